// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Multicall3's entry of a bundle.
struct Call3 {
  address target;
  bool allowFailure;
  bytes callData;
}

/// @notice Multicall3's answer to an entry. A skipped entry has failed with empty data.
struct Result {
  bool success;
  bytes returnData;
}

/**
 * @title GuardedBundler
 * @notice Measured, not deployed: Multicall3 with a question before its heaviest entry.
 *
 * @dev What a losing `propose` still costs inside a bundle is its own entry: `RollupCore` decodes all arguments before
 *      it calls anything of ours. A caller can ask `requireOpen(slot, lastArchive)` first, for the price of a small
 *      view call, and leave the entry out when the answer is a revert.
 */
contract GuardedBundler {
  error GuardedBundler__CallFailed(address target);

  /**
   * @notice Makes all calls, and the first of them only if the guard does not revert.
   * @param _guard Whom to ask
   * @param _question What to ask, by static call
   * @param _calls The calls, the guarded one first
   * @return results What became of each
   */
  function aggregateGuarded(
    address _guard,
    bytes calldata _question,
    Call3[] calldata _calls
  ) external payable returns (Result[] memory results) {
    results = new Result[](_calls.length);
    // Only whether the question reverts matters, not what it answers.
    // solhint-disable-next-line avoid-low-level-calls
    (bool isOpen, ) = _guard.staticcall(_question);
    uint256 first = 0;
    if (!isOpen) {
      require(_calls[0].allowFailure, GuardedBundler__CallFailed(_calls[0].target));
      first = 1;
    }
    for (uint256 i = first; i < _calls.length; ++i) {
      Call3 calldata entry = _calls[i];
      // Bundles call anything.
      // solhint-disable-next-line avoid-low-level-calls
      (results[i].success, results[i].returnData) = entry.target.call(entry.callData);
      require(entry.allowFailure || results[i].success, GuardedBundler__CallFailed(entry.target));
    }
  }
}
