// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEscapeHatch} from "@aztec/core/interfaces/IEscapeHatch.sol";
import {CheckpointLog} from "@aztec/core/libraries/compressed-data/CheckpointLog.sol";
import {AttesterView, Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {Epoch, Slot, Timestamp} from "@aztec/shared/libraries/TimeMath.sol";
import {ILateSubmission, LateSubmissionRecord} from "../../interfaces/ILateSubmission.sol";

/**
 * @title Rollup__MockForPenalties
 * @notice What penalties read of a rollup, settable: slots of 1 second, epochs of 32 slots.
 */
contract Rollup__MockForPenalties {
  /// @notice What `slash` does with the stake.
  enum SlashMode {
    Honest,
    Silent
  }

  uint256 public constant EPOCH_DURATION = 32;

  SlashMode public slashMode;
  Slot public currentSlot;
  uint256 public provenCheckpointNumber;
  uint256 public proofSubmissionEpochs = 1;
  address public slasher;
  IEscapeHatch public escapeHatch;
  bool public isRecordUnreadable;

  mapping(uint256 slot => LateSubmissionRecord record) private records;
  mapping(uint256 slot => bool isRemoved) private isRemoved;
  mapping(uint256 checkpointNumber => Slot slot) private checkpoints;
  mapping(uint256 slot => address proposer) private proposers;
  mapping(address attester => AttesterView attesterView) private attesters;
  mapping(uint256 epoch => bytes32 commitment) private commitments;

  function setCurrentSlot(uint256 _slot) external {
    currentSlot = Slot.wrap(_slot);
  }

  function setRecord(uint256 _slot, address _originalProposer, bool _isSettled) external {
    records[_slot] = LateSubmissionRecord({
      slot: Slot.wrap(_slot),
      checkpointNumber: 1,
      submitter: address(0xBEEF),
      originalProposer: _originalProposer,
      submitterBps: 5000,
      burnBps: 2500,
      delay: 12,
      isSettled: _isSettled
    });
  }

  /// @notice What is left of a late landing that was removed from the chain.
  function setRemovedRecord(uint256 _slot) external {
    isRemoved[_slot] = true;
  }

  function setRecordUnreadable(bool _isRecordUnreadable) external {
    isRecordUnreadable = _isRecordUnreadable;
  }

  function setCheckpoint(uint256 _checkpointNumber, uint256 _slot) external {
    checkpoints[_checkpointNumber] = Slot.wrap(_slot);
  }

  function setProven(uint256 _checkpointNumber) external {
    provenCheckpointNumber = _checkpointNumber;
  }

  function setProofSubmissionEpochs(uint256 _epochs) external {
    proofSubmissionEpochs = _epochs;
  }

  function setProposer(uint256 _slot, address _proposer) external {
    proposers[_slot] = _proposer;
  }

  function setEscapeHatch(IEscapeHatch _escapeHatch) external {
    escapeHatch = _escapeHatch;
  }

  function setSlasher(address _slasher) external {
    slasher = _slasher;
  }

  function setSlashMode(SlashMode _slashMode) external {
    slashMode = _slashMode;
  }

  function setCommittee(uint256 _epoch, address[] calldata _committee) external {
    commitments[_epoch] = keccak256(abi.encode(_committee));
  }

  function setStake(address _attester, uint256 _effectiveBalance, Status _status) external {
    attesters[_attester].effectiveBalance = _effectiveBalance;
    attesters[_attester].status = _status;
  }

  function setExit(address _attester, uint256 _amount, uint256 _exitableAt, Status _status) external {
    AttesterView storage attester = attesters[_attester];
    attester.exit.exists = true;
    attester.exit.amount = _amount;
    attester.exit.exitableAt = Timestamp.wrap(_exitableAt);
    attester.status = _status;
  }

  /// @notice Like upstream: answers false without a word when there is nothing to slash.
  function slash(address _attester, uint256 _amount) external returns (bool) {
    AttesterView storage attester = attesters[_attester];
    if (slashMode == SlashMode.Silent) return false;
    if (attester.exit.exists) {
      if (Timestamp.unwrap(attester.exit.exitableAt) <= block.timestamp) return false;
      attester.exit.amount -= _min(_amount, attester.exit.amount);
      return true;
    }
    if (attester.effectiveBalance == 0) return false;
    attester.effectiveBalance -= _min(_amount, attester.effectiveBalance);
    return true;
  }

  function getCurrentSlot() external view returns (Slot) {
    return currentSlot;
  }

  function getLateSubmission(Slot _slot) external view returns (LateSubmissionRecord memory record) {
    // A failure that is not the rollup's own "no".
    require(!isRecordUnreadable);
    record = records[Slot.unwrap(_slot)];
    require(record.checkpointNumber != 0, ILateSubmission.LateSubmission__UnknownSlot(_slot));
  }

  function hasLandedLate(Slot _slot) external view returns (bool) {
    require(!isRecordUnreadable);
    return records[Slot.unwrap(_slot)].checkpointNumber != 0 || isRemoved[Slot.unwrap(_slot)];
  }

  function getProvenCheckpointNumber() external view returns (uint256) {
    return provenCheckpointNumber;
  }

  function getCheckpoint(uint256 _checkpointNumber) external view returns (CheckpointLog memory log) {
    log.slotNumber = checkpoints[_checkpointNumber];
  }

  function getProofSubmissionEpochs() external view returns (uint256) {
    return proofSubmissionEpochs;
  }

  function getEscapeHatchForEpoch(Epoch) external view returns (IEscapeHatch) {
    return escapeHatch;
  }

  function getProposerAt(Timestamp _ts) external view returns (address) {
    return proposers[Timestamp.unwrap(_ts)];
  }

  function getEpochCommitteeCommitment(Epoch _epoch) external view returns (bytes32, uint256) {
    return (commitments[Epoch.unwrap(_epoch)], 0);
  }

  function getSlasher() external view returns (address) {
    return slasher;
  }

  function getAttesterView(address _attester) external view returns (AttesterView memory) {
    return attesters[_attester];
  }

  function getEpochDuration() external pure returns (uint256) {
    return EPOCH_DURATION;
  }

  function getEpochAtSlot(Slot _slot) external pure returns (Epoch) {
    return Epoch.wrap(Slot.unwrap(_slot) / EPOCH_DURATION);
  }

  function getTimestampForSlot(Slot _slot) external pure returns (Timestamp) {
    return Timestamp.wrap(Slot.unwrap(_slot));
  }

  function _min(uint256 _a, uint256 _b) private pure returns (uint256) {
    if (_a < _b) return _a;
    return _b;
  }
}
