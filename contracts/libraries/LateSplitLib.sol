// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/**
 * @title LateSplitLib
 * @notice Splits the reward of a late checkpoint. Pure arithmetic.
 *
 * @dev cut + forfeit + keep == share for every input that satisfies `isValid`. Both cuts round down, so the dust stays
 *      with the coinbase.
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
