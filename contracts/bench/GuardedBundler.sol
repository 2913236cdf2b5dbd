// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IRollupCore} from "@aztec/core/interfaces/IRollup.sol";
import {Slot} from "@aztec/core/libraries/TimeLib.sol";
import {ILateSubmission} from "../interfaces/ILateSubmission.sol";

/// @notice Multicall3's entry of a bundle.
struct Call3 {
  address target;
  bool allowFailure;
  bytes callData;
}

/**
 * @title GuardedBundler
 * @notice Measured, not deployed: Multicall3's `aggregate3`, with a question before an entry that proposes.
 *
 * @dev What a losing `propose` still costs inside a bundle is its own entry: `RollupCore` decodes all arguments before
 *      it calls anything of ours. Slot and parent archive stand at fixed places in those arguments, so a bundling
 *      contract can ask `requireOpen(slot, lastArchive)` first, for the price of a small view call, and leave the entry
 *      out when the answer is a revert. Same calldata as Multicall3, to the byte.
 */
contract GuardedBundler {
  /// @dev Positions in the calldata of `propose`: selector, archive, price modifier, then the header's words.
  uint256 private constant LAST_ARCHIVE_POSITION = 68;
  uint256 private constant SLOT_POSITION = 228;

  error GuardedBundler__CallFailed(address target);

  /**
   * @notice Makes all calls, except proposals that cannot land now.
   * @param _calls The calls, at most 256
   * @return succeeded A bit for each call, the first in the lowest. Multicall3's answer with all data would cost
   *         3 k more, and a transaction has nobody to read it.
   */
  function aggregate3(Call3[] calldata _calls) external payable returns (uint256 succeeded) {
    for (uint256 i = 0; i < _calls.length; ++i) {
      Call3 calldata entry = _calls[i];
      address target = entry.target;
      bytes calldata callData = entry.callData;
      bool success = false;
      if (_isOpen(target, callData)) {
        // Bundles call anything.
        // solhint-disable-next-line avoid-low-level-calls
        (success, ) = target.call(callData);
      }
      require(success || entry.allowFailure, GuardedBundler__CallFailed(target));
      if (success) succeeded |= 1 << i;
    }
  }

  /// @dev Anything but a proposal is. Of too short a proposal, words are read that are not its own; `propose` itself
  ///      refuses it then, if the guard has not.
  function _isOpen(address _target, bytes calldata _callData) private view returns (bool isOpen) {
    bytes32 lastArchive;
    Slot slot;
    bytes4 selector;
    // A guard that decodes the call would cost what it saves.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      selector := and(calldataload(_callData.offset), shl(224, 0xffffffff))
      lastArchive := calldataload(add(_callData.offset, LAST_ARCHIVE_POSITION))
      slot := calldataload(add(_callData.offset, SLOT_POSITION))
    }
    if (selector != IRollupCore.propose.selector) return true;
    // Only whether the question reverts matters.
    // solhint-disable-next-line avoid-low-level-calls
    (isOpen, ) = _target.staticcall(abi.encodeCall(ILateSubmission.requireOpen, (slot, lastArchive)));
  }
}
