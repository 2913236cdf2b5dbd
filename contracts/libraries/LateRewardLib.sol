// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CompressedTempCheckpointLog} from "@aztec/core/libraries/compressed-data/CheckpointLog.sol";
import {CompressedFeeHeader, FeeHeaderLib} from "@aztec/core/libraries/compressed-data/fees/FeeStructs.sol";
import {FeeLib} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {BpsLib, RewardConfig, RewardLib} from "@aztec/core/libraries/rollup/RewardLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {TimeLib, TimeStorage, Epoch, Slot} from "@aztec/core/libraries/TimeLib.sol";
import {CompressedSlot, CompressedTimeMath} from "@aztec/shared/libraries/CompressedTimeMath.sol";
import {IERC20} from "@oz/token/ERC20/IERC20.sol";
import {SafeERC20} from "@oz/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@oz/utils/math/Math.sol";
import {ILateSubmission} from "../interfaces/ILateSubmission.sol";
import {LateSplitLib} from "./LateSplitLib.sol";
import {LateSubmissionLib, StoredRecord} from "./LateSubmissionLib.sol";

/**
 * @notice What settlement needs to know from before upstream credits an epoch proof.
 * @param epoch The epoch of the proof
 * @param start The first checkpoint of the proof
 * @param provenLength How many checkpoints of the epoch were proven before
 * @param newLength How many are proven after; not larger than `provenLength` if the proof adds nothing
 * @param distributorBalance What the reward distributor has; zero if the proof adds nothing
 */
struct Settlement {
  Epoch epoch;
  uint256 start;
  uint256 provenLength;
  uint256 newLength;
  uint256 distributorBalance;
}

/**
 * @title LateRewardLib
 * @notice Splits the reward of late checkpoints when an epoch proof credits it.
 *
 * @dev Settlement decorates upstream: look first, let upstream's `EpochProofLib` run as it is, then move parts of what
 *      it has credited. Upstream overwrites what the split needs (the proven length, the distributor's balance), hence
 *      the look before. Nothing here reverts where upstream alone would have succeeded, given that a proof takes from
 *      the distributor only what upstream claims.
 */
library LateRewardLib {
  using CompressedTimeMath for CompressedSlot;
  using FeeHeaderLib for CompressedFeeHeader;
  using SafeERC20 for IERC20;
  using TimeLib for Epoch;
  using TimeLib for Slot;

  /**
   * @notice Applies the split to every late checkpoint that the proof has newly proven.
   * @dev State changes: rewards move from the coinbases to the submitters, records become settled; then, once, the
   *      forfeited sum leaves the rollup.
   * @param _fees The proof's (recipient, value) pairs
   * @param _settlement What `prepare` found before upstream ran
   */
  function settle(bytes32[] calldata _fees, Settlement memory _settlement) internal {
    if (_settlement.newLength <= _settlement.provenLength) return;

    uint256 checkpointReward = _checkpointReward(_settlement);
    uint256 firstSlot = Slot.unwrap(_settlement.epoch.toSlots());
    uint256 forfeited = 0;
    for (uint256 marks = LateSubmissionLib.getMarks(_settlement.epoch); marks != 0; marks &= marks - 1) {
      Slot slot = Slot.wrap(firstSlot + Math.log2(marks & (~marks + 1)));
      forfeited += _settleSlot(slot, _fees, _settlement, checkpointReward);
    }
    if (forfeited > 0) _sink(forfeited);
  }

  /**
   * @notice Whether the epoch of a checkpoint has slots that were marked late.
   * @dev The only thing that a proof without late slots pays for: one storage word, besides words that upstream reads
   *      anyway. Whether upstream still stores the log is not asked: of a checkpoint that is not available the answer
   *      may be wrong, but upstream refuses its proof.
   * @param _end The last checkpoint of a proof, any value
   * @return Whether there are
   */
  function hasLateSlots(uint256 _end) internal view returns (bool) {
    TimeStorage storage time = TimeLib.getStorage();
    // Nothing can overflow: durations have 32 bits. One expression reads the word of durations once.
    unchecked {
      uint256 epochDuration = time.epochDuration;
      uint256 proofSubmissionEpochs = time.proofSubmissionEpochs;
      uint256 logs = epochDuration * (proofSubmissionEpochs + 1) + 1;
      uint256 slot = CompressedSlot.unwrap(STFLib.getStorage().tempCheckpointLogs[_end % logs].slotNumber);
      return LateSubmissionLib.isMarked(slot / epochDuration, proofSubmissionEpochs);
    }
  }

  /**
   * @notice Reads what upstream is about to overwrite.
   * @dev Nothing here depends on the range being a valid one: upstream rejects any other with its own error, and then
   *      nobody uses the answer.
   * @param _start The first checkpoint of the proof, any value
   * @param _end The last checkpoint of the proof, any value
   * @return settlement What `settle` wants to know
   */
  function prepare(uint256 _start, uint256 _end) internal view returns (Settlement memory settlement) {
    settlement.epoch = _log(_end).slotNumber.decompress().epochFromSlot();
    settlement.start = _start;
    settlement.provenLength = RewardLib.getStorage().epochRewards[settlement.epoch].longestProvenLength;
    unchecked {
      settlement.newLength = _end - _start + 1;
    }
    if (settlement.newLength > settlement.provenLength) settlement.distributorBalance = _distributorBalance();
  }

  /// @dev Returns what is forfeited; zero if the mark is stale, the record settled, or the checkpoint not newly proven.
  function _settleSlot(
    Slot _slot,
    bytes32[] calldata _fees,
    Settlement memory _settlement,
    uint256 _reward
  ) private returns (uint256 forfeit) {
    StoredRecord storage stored = LateSubmissionLib.getStorage().records[LateSubmissionLib.recordIndex(_slot)];
    uint256 checkpointNumber = stored.checkpointNumber;
    if (
      stored.slot != Slot.unwrap(_slot) ||
      stored.isSettled ||
      checkpointNumber < _settlement.start + _settlement.provenLength ||
      checkpointNumber >= _settlement.start + _settlement.newLength
    ) return 0;

    // The log of what the proof has just proven is stored.
    CompressedTempCheckpointLog storage log = _log(checkpointNumber);
    if (log.slotNumber.decompress() != _slot) return 0;

    stored.isSettled = true;

    uint256 feeIndex = 2 * (checkpointNumber - _settlement.start);
    address coinbase = address(uint160(uint256(_fees[feeIndex])));
    uint256 share = _reward + _sequencerFee(log, uint256(_fees[feeIndex + 1]));
    return _split(_slot, stored, coinbase, share);
  }

  /// @dev Moves the submitter's cut and takes away what is forfeited.
  function _split(
    Slot _slot,
    StoredRecord storage _stored,
    address _coinbase,
    uint256 _share
  ) private returns (uint256 forfeit) {
    address submitter = _stored.submitter;
    uint256 cut;
    (cut, forfeit) = LateSplitLib.splitDown(_share, _stored.submitterBps, _stored.burnBps, submitter != address(0));

    mapping(address => uint256) storage rewards = RewardLib.getStorage().sequencerRewards;
    rewards[_coinbase] -= cut + forfeit;
    if (cut > 0) rewards[submitter] += cut;

    emit ILateSubmission.LateSubmissionSettled(_slot, submitter, _coinbase, _share, cut, forfeit);
  }

  /// @dev Where the forfeited part goes: burned, as v4 burns congestion fees. The one place to change that policy.
  function _sink(uint256 _amount) private {
    STFLib.getStorage().config.feeAsset.safeTransfer(RewardLib.BURN_ADDRESS, _amount);
  }

  /**
   * @dev What upstream has credited to each newly proven checkpoint's coinbase besides fees. What the distributor paid
   *      is seen from its balance: that is cheaper than to ask it again whether this rollup is the canonical one, and
   *      right too if it is not. Bounded by what was due, so that a distributor that pays too much changes nothing. The
   *      balance can even rise: without a checkpoint reward, upstream never looks at who the distributor is.
   */
  function _checkpointReward(Settlement memory _settlement) private view returns (uint256) {
    RewardConfig storage config = RewardLib.getStorage().config;
    uint256 added = _settlement.newLength - _settlement.provenLength;
    uint256 balance = Math.min(_settlement.distributorBalance, _distributorBalance());
    uint256 paid = _settlement.distributorBalance - balance;
    return BpsLib.mul(Math.min(paid, added * config.checkpointReward), config.sequencerBps) / added;
  }

  /// @dev What upstream credits to the coinbase out of a checkpoint's fee: the rest after congestion burn and prover.
  function _sequencerFee(CompressedTempCheckpointLog storage _checkpoint, uint256 _fee) private view returns (uint256) {
    if (!FeeLib.isTxsEnabled()) return 0;
    CompressedFeeHeader feeHeader = _checkpoint.feeHeader;
    uint256 manaUsed = feeHeader.getManaUsed();
    uint256 afterBurn = _fee - feeHeader.getCongestionCost() * manaUsed;
    return afterBurn - Math.min(manaUsed * feeHeader.getProverCost(), afterBurn);
  }

  function _distributorBalance() private view returns (uint256) {
    address distributor = address(RewardLib.getStorage().config.rewardDistributor);
    return STFLib.getStorage().config.feeAsset.balanceOf(distributor);
  }

  /// @dev The place of a checkpoint's log. Unlike upstream's accessor it does not ask whether the log is still stored.
  function _log(uint256 _checkpointNumber) private view returns (CompressedTempCheckpointLog storage) {
    return STFLib.getStorage().tempCheckpointLogs[_checkpointNumber % STFLib.roundaboutSize()];
  }
}
