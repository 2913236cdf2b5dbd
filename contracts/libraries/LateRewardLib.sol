// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CompressedTempCheckpointLog} from "@aztec/core/libraries/compressed-data/CheckpointLog.sol";
import {CompressedFeeHeader, FeeHeaderLib} from "@aztec/core/libraries/compressed-data/fees/FeeStructs.sol";
import {FeeLib} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {RewardLib} from "@aztec/core/libraries/rollup/RewardLib.sol";
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
 * @notice A late slot that the proof may be about to settle.
 * @param slot The slot
 * @param index Its checkpoint's place in the proof
 * @param rewardsBefore What the checkpoint's coinbase had
 */
struct DueSlot {
  uint256 slot;
  uint256 index;
  uint256 rewardsBefore;
}

/**
 * @notice What settlement needs to know from before upstream credits an epoch proof.
 * @param start The first checkpoint of the proof
 * @param provenLength How many checkpoints of the epoch were proven before
 * @param newLength How many are proven after; not larger than `provenLength` if the proof adds nothing
 * @param logs How many logs of checkpoints upstream stores
 * @param ringSlots How many slots the ring of records spans
 * @param due The slots to settle if the proof stands
 */
struct Settlement {
  uint256 start;
  uint256 provenLength;
  uint256 newLength;
  uint256 logs;
  uint256 ringSlots;
  DueSlot[] due;
}

/**
 * @title LateRewardLib
 * @notice Splits the reward of late checkpoints when an epoch proof credits it.
 *
 * @dev Settlement decorates upstream: look first, let upstream's `EpochProofLib` run as it is, then move parts of what
 *      it has credited. What it has credited is seen from the coinbases' rewards, before and after: neither distributor
 *      nor booster is asked, so that it does not matter which ones governance has installed, or what they do while
 *      upstream calls them. Nothing here reverts where upstream alone would have succeeded, and no coinbase ends with
 *      less than it had before the proof.
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
    bool isTxsEnabled = FeeLib.isTxsEnabled();
    bool isRewardKnown = false;
    uint256 checkpointReward = 0;
    uint256 forfeited = 0;
    for (uint256 i = 0; i < _settlement.due.length; ++i) {
      DueSlot memory due = _settlement.due[i];
      StoredRecord storage stored = _record(due.slot, _settlement.ringSlots);
      // A proof within the proof may have come first.
      if (stored.isSettled) continue;
      stored.isSettled = true;
      if (!isRewardKnown) {
        isRewardKnown = true;
        checkpointReward = _checkpointReward(_fees, _settlement, due, isTxsEnabled);
      }
      uint256 share = checkpointReward;
      if (isTxsEnabled) share += _sequencerFee(_fees, _settlement, due.index);
      forfeited += _split(due, stored, _coinbase(_fees, due.index), share);
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
   * @param _fees The proof's (recipient, value) pairs, any number of them
   * @return settlement What `settle` wants to know
   */
  function prepare(
    uint256 _start,
    uint256 _end,
    bytes32[] calldata _fees
  ) internal view returns (Settlement memory settlement) {
    (settlement.logs, settlement.ringSlots) = _sizes();
    Epoch epoch = _log(_end, settlement.logs).slotNumber.decompress().epochFromSlot();
    settlement.start = _start;
    settlement.provenLength = RewardLib.getStorage().epochRewards[epoch].longestProvenLength;
    unchecked {
      settlement.newLength = _end - _start + 1;
    }
    if (settlement.newLength > settlement.provenLength) settlement.due = _findDue(settlement, epoch, _fees);
  }

  /**
   * @dev Moves the submitter's cut and takes away what is forfeited. Both fit into what the coinbase was credited,
   *      unless somebody claimed in its name during the proof, or proved the epoch a second time within it: then they
   *      get what is there above what the coinbase had before, the submitter first.
   */
  function _split(
    DueSlot memory _due,
    StoredRecord storage _stored,
    address _coinbaseAddress,
    uint256 _share
  ) private returns (uint256 forfeit) {
    address submitter = _stored.submitter;
    uint256 cut;
    (cut, forfeit) = LateSplitLib.splitDown(_share, _stored.submitterBps, _stored.burnBps, submitter != address(0));

    mapping(address => uint256) storage rewards = RewardLib.getStorage().sequencerRewards;
    uint256 current = rewards[_coinbaseAddress];
    uint256 credited = _credited(current, _due.rewardsBefore);
    if (cut + forfeit > credited) {
      cut = Math.min(cut, credited);
      forfeit = credited - cut;
    }
    rewards[_coinbaseAddress] = current - cut - forfeit;
    if (cut > 0) rewards[submitter] += cut;

    emit ILateSubmission.LateSubmissionSettled(Slot.wrap(_due.slot), submitter, _coinbaseAddress, _share, cut, forfeit);
  }

  /**
   * @dev Where the forfeited part goes: burned, as v4 burns congestion fees. The one place to change that policy.
   *      Upstream believes a distributor that says it has paid; if it has not, there may be less to burn than was
   *      credited. The balance is asked only then. The asset is upstream's own, which answers with a boolean.
   */
  function _sink(uint256 _amount) private {
    IERC20 feeAsset = STFLib.getStorage().config.feeAsset;
    try feeAsset.transfer(RewardLib.BURN_ADDRESS, _amount) returns (bool isPaid) {
      if (isPaid) return;
      // What fails is tried again below, with what is there.
      // solhint-disable-next-line no-empty-blocks
    } catch {}
    feeAsset.safeTransfer(RewardLib.BURN_ADDRESS, Math.min(_amount, feeAsset.balanceOf(address(this))));
  }

  /**
   * @dev The late slots that the proof settles if it stands: the mark is not stale, the record not settled, and the
   *      checkpoint newly proven. What upstream stores of the range does not change until it has accepted the proof.
   */
  function _findDue(
    Settlement memory _settlement,
    Epoch _epoch,
    bytes32[] calldata _fees
  ) private view returns (DueSlot[] memory due) {
    uint256 marks = LateSubmissionLib.getMarks(_epoch);
    uint256 firstSlot = Slot.unwrap(_epoch.toSlots());
    due = new DueSlot[](_countBits(marks));
    uint256 count = 0;
    for (; marks != 0; marks &= marks - 1) {
      uint256 slot = firstSlot + Math.log2(marks & (~marks + 1));
      (bool isDue, uint256 index) = _isDue(slot, _settlement);
      // Upstream refuses a proof with too few fees.
      if (!isDue || index >= _fees.length / 2) continue;
      due[count] = DueSlot({
        slot: slot,
        index: index,
        rewardsBefore: RewardLib.getStorage().sequencerRewards[_coinbase(_fees, index)]
      });
      ++count;
    }
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(due, count)
    }
  }

  function _isDue(uint256 _slot, Settlement memory _settlement) private view returns (bool, uint256 index) {
    StoredRecord storage stored = _record(_slot, _settlement.ringSlots);
    uint256 checkpointNumber = stored.checkpointNumber;
    bool isSettled = stored.isSettled;
    unchecked {
      index = checkpointNumber - _settlement.start;
    }
    return (
      !isSettled &&
        index >= _settlement.provenLength &&
        index < _settlement.newLength &&
        stored.slot == _slot &&
        Slot.unwrap(_log(checkpointNumber, _settlement.logs).slotNumber.decompress()) == _slot,
      index
    );
  }

  /**
   * @dev What upstream has credited to each newly proven checkpoint besides fees: the same for all of them. One
   *      coinbase tells: what its rewards have risen by, less the fees of its checkpoints, divided by their number.
   */
  function _checkpointReward(
    bytes32[] calldata _fees,
    Settlement memory _settlement,
    DueSlot memory _due,
    bool _isTxsEnabled
  ) private view returns (uint256) {
    address coinbase = _coinbase(_fees, _due.index);
    uint256 credited = _credited(RewardLib.getStorage().sequencerRewards[coinbase], _due.rewardsBefore);
    uint256 fees = 0;
    uint256 count = 0;
    for (uint256 i = _settlement.provenLength; i < _settlement.newLength; ++i) {
      if (_coinbase(_fees, i) != coinbase) continue;
      ++count;
      if (_isTxsEnabled && _fees[2 * i + 1] != 0) fees += _sequencerFee(_fees, _settlement, i);
    }
    return credited > fees ? (credited - fees) / count : 0;
  }

  /**
   * @dev What upstream credits to the coinbase out of a checkpoint's fee: the rest after congestion burn and prover.
   *      There are fees only while transactions are enabled.
   */
  function _sequencerFee(
    bytes32[] calldata _fees,
    Settlement memory _settlement,
    uint256 _index
  ) private view returns (uint256) {
    CompressedFeeHeader feeHeader = _log(_settlement.start + _index, _settlement.logs).feeHeader;
    uint256 manaUsed = feeHeader.getManaUsed();
    uint256 afterBurn = uint256(_fees[2 * _index + 1]) - feeHeader.getCongestionCost() * manaUsed;
    return afterBurn - Math.min(manaUsed * feeHeader.getProverCost(), afterBurn);
  }

  /// @dev How many logs of checkpoints upstream stores, and how many slots the ring of records spans.
  function _sizes() private view returns (uint256 logs, uint256 ringSlots) {
    return (STFLib.roundaboutSize(), LateSubmissionLib.ringEpochs() * TimeLib.getStorage().epochDuration);
  }

  /// @dev The place of a checkpoint's log. Unlike upstream's accessor it does not ask whether the log is still stored.
  function _log(uint256 _checkpointNumber, uint256 _logs) private view returns (CompressedTempCheckpointLog storage) {
    return STFLib.getStorage().tempCheckpointLogs[_checkpointNumber % _logs];
  }

  function _record(uint256 _slot, uint256 _ringSlots) private view returns (StoredRecord storage) {
    return LateSubmissionLib.getStorage().records[_slot % _ringSlots];
  }

  function _countBits(uint256 _bits) private pure returns (uint256 count) {
    for (; _bits != 0; _bits &= _bits - 1) ++count;
  }

  /// @dev What rewards have risen by. If they have fallen, they were claimed in between, and what is there is new.
  function _credited(uint256 _now, uint256 _before) private pure returns (uint256) {
    return _now < _before ? _now : _now - _before;
  }

  function _coinbase(bytes32[] calldata _fees, uint256 _index) private pure returns (address) {
    return address(uint160(uint256(_fees[2 * _index])));
  }
}
