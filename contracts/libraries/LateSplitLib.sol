// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/**
 * @title LateSplitLib
 * @notice Splits the reward of a late checkpoint. Pure arithmetic.
 *
 * @dev cut + forfeit + keep == share for every input that satisfies `isValid`. Both cuts round down, so the dust stays
 *      with the coinbase.
 *
 *      The submitter's part is the price of a rescue, found by an auction in time:
 *
 *          submitterBps |              ____*
 *                       |         ____/
 *                       |    ____/          rising with the delay, a step of whole basis points at a time
 *              firstBps |___/
 *                       0               windowSeconds
 *
 *      A part that did not rise would be a bounty on lateness: enough to be worth causing it, or copying a rescue.
 */
library LateSplitLib {
  /// @notice The whole, in basis points.
  uint256 internal constant WHOLE_BPS = 10_000;

  /**
   * @notice Whether two shares fit into the whole.
   * @param _submitterBps The submitter's share in basis points
   * @param _burnBps The forfeited share in basis points
   */
  function isValid(uint256 _submitterBps, uint256 _burnBps) internal pure returns (bool) {
    return _submitterBps <= WHOLE_BPS && _burnBps <= WHOLE_BPS - _submitterBps;
  }

  /**
   * @notice Resolves terms for one delay: what the submitter gets, and what of the forfeited whole is then burned.
   * @dev The two always add up to `_submitterBps + _burnBps`.
   * @param _firstBps The submitter's part without delay, in basis points, at most `_submitterBps`
   * @param _submitterBps What it rises to, in basis points, at most 10,000
   * @param _burnBps What is burned in every case, in basis points, at most 10,000 - `_submitterBps`
   * @param _delay Seconds since the window opened, less than `_windowSeconds`
   * @param _windowSeconds The length of the window in seconds, 1 to 2^32 - 1
   * @return cutBps The submitter's part, rounded down
   * @return restBps The burned part
   */
  function resolve(
    uint256 _firstBps,
    uint256 _submitterBps,
    uint256 _burnBps,
    uint256 _delay,
    uint256 _windowSeconds
  ) internal pure returns (uint256 cutBps, uint256 restBps) {
    cutBps = _firstBps + ((_submitterBps - _firstBps) * _delay) / _windowSeconds;
    restBps = _submitterBps + _burnBps - cutBps;
  }

  /**
   * @notice Splits a share, rounding both cuts down.
   * @param _share What upstream credited to the coinbase; at most (2^256 - 1) / 10,000
   * @param _submitterBps The submitter's share in basis points
   * @param _burnBps The forfeited share in basis points
   * @param _isCredited Whether there is a submitter to credit; otherwise its cut is forfeited too
   * @return cut What the submitter gets
   * @return forfeit What nobody gets
   */
  function splitDown(
    uint256 _share,
    uint256 _submitterBps,
    uint256 _burnBps,
    bool _isCredited
  ) internal pure returns (uint256 cut, uint256 forfeit) {
    cut = (_share * _submitterBps) / WHOLE_BPS;
    forfeit = (_share * _burnBps) / WHOLE_BPS;
    if (!_isCredited) {
      forfeit += cut;
      cut = 0;
    }
  }
}
