// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {TimeLib, Epoch, Slot} from "@aztec/core/libraries/TimeLib.sol";
import {LateSubmissionRecord, LateSubmissionTerms} from "../../interfaces/ILateSubmission.sol";
import {LateSubmissionLib, LateSubmissionStorage} from "../../libraries/LateSubmissionLib.sol";
import {RollupState__Harness} from "./RollupState__Harness.sol";

/// @notice Exposes LateSubmissionLib to tests.
contract LateSubmissionLib__Harness is RollupState__Harness {
  function initialize(LateSubmissionTerms memory _terms) external {
    LateSubmissionLib.initialize(_terms);
  }

  function setTerms(LateSubmissionTerms memory _terms) external {
    LateSubmissionLib.setTerms(_terms);
  }

  function nameRecipient(address _recipient) external {
    LateSubmissionLib.nameRecipient(_recipient);
  }

  function takeRecipient() external returns (address) {
    return LateSubmissionLib.takeRecipient();
  }

  function record(Slot _slot, uint256 _checkpointNumber, address _originalProposer) external {
    LateSubmissionLib.record(_slot, TimeLib.epochFromSlot(_slot), _checkpointNumber, _originalProposer);
  }

  /// @notice Does to a record what settlement does to it.
  function markSettled(Slot _slot) external {
    LateSubmissionLib.getStorage().records[LateSubmissionLib.recordIndex(_slot)].isSettled = true;
  }

  function getTerms() external view returns (LateSubmissionTerms memory) {
    return LateSubmissionLib.getStorage().terms;
  }

  function getRecord(Slot _slot) external view returns (LateSubmissionRecord memory) {
    return LateSubmissionLib.getRecord(_slot);
  }

  function hasRecord(Slot _slot) external view returns (bool) {
    return LateSubmissionLib.hasRecord(_slot);
  }

  function getMarks(Epoch _epoch) external view returns (uint256) {
    return LateSubmissionLib.getMarks(_epoch);
  }

  function isMarked(Epoch _epoch) external view returns (bool) {
    return LateSubmissionLib.isMarked(Epoch.unwrap(_epoch), TimeLib.getStorage().proofSubmissionEpochs);
  }

  function isInChain(uint256 _checkpointNumber, Slot _slot) external view returns (bool) {
    return LateSubmissionLib.isInChain(_checkpointNumber, _slot);
  }

  function isAvailable(uint256 _checkpointNumber) external view returns (bool) {
    return LateSubmissionLib.isAvailable(_checkpointNumber);
  }

  function recordIndex(Slot _slot) external view returns (uint256) {
    return LateSubmissionLib.recordIndex(_slot);
  }

  function ringEpochs() external view returns (uint256) {
    return LateSubmissionLib.ringEpochs();
  }

  function upstreamGetSlotNumber(uint256 _checkpointNumber) external view returns (Slot) {
    return STFLib.getSlotNumber(_checkpointNumber);
  }

  function loadTransient(bytes32 _position) external view returns (bytes32 value) {
    assembly {
      value := tload(_position)
    }
  }

  function storagePosition() external pure returns (bytes32 position) {
    LateSubmissionStorage storage store = LateSubmissionLib.getStorage();
    assembly {
      position := store.slot
    }
  }
}
