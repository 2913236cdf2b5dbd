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
 * @notice What settlement needs to know from before upstream credits an epoch proof.
 * @param epoch The epoch of the proof
 * @param start The first checkpoint of the proof
 * @param provenLength How many checkpoints of the epoch were proven before
 * @param newLength How many are proven after; not larger than `provenLength` if the proof adds nothing
 * @param marks The epoch's late slots, the first slot of the epoch in the lowest bit; zero if the proof adds nothing
 * @param rewardsBefore What the coinbase of each late slot had, by the slot's place in its epoch
 * @param isRewardKnown Whether `checkpointReward` has been computed: the first slot that is settled needs it
 * @param checkpointReward What upstream has credited to each newly proven checkpoint besides fees
 */
struct Settlement {
  Epoch epoch;
  uint256 start;
  uint256 provenLength;
  uint256 newLength;
  uint256 marks;
  uint256[] rewardsBefore;
  bool isRewardKnown;
  uint256 checkpointReward;
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
    if (_settlement.newLength <= _settlement.provenLength) return;

    uint256 forfeited = 0;
    for (uint256 marks = _settlement.marks; marks != 0; marks &= marks - 1) {
      forfeited += _settleSlot(Math.log2(marks & (~marks + 1)), _fees, _settlement);
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
    settlement.epoch = _log(_end).slotNumber.decompress().epochFromSlot();
    settlement.start = _start;
    settlement.provenLength = RewardLib.getStorage().epochRewards[settlement.epoch].longestProvenLength;
    unchecked {
      settlement.newLength = _end - _start + 1;
    }
    if (settlement.newLength <= settlement.provenLength) return settlement;

    settlement.marks = LateSubmissionLib.getMarks(settlement.epoch);
    settlement.rewardsBefore = new uint256[](LateSubmissionLib.MAX_EPOCH_DURATION);
    uint256 firstSlot = Slot.unwrap(settlement.epoch.toSlots());
    for (uint256 marks = settlement.marks; marks != 0; marks &= marks - 1) {
      uint256 place = Math.log2(marks & (~marks + 1));
      uint256 index;
      unchecked {
        index = _record(Slot.wrap(firstSlot + place)).checkpointNumber - _start;
      }
      // Of a record that is not due the answer is never used.
      if (index >= settlement.newLength || index >= _fees.length / 2) continue;
      settlement.rewardsBefore[place] = RewardLib.getStorage().sequencerRewards[_coinbase(_fees, index)];
    }
  }

  /// @dev Returns what is forfeited; zero if the slot is not due.
  function _settleSlot(
    uint256 _place,
    bytes32[] calldata _fees,
    Settlement memory _settlement
  ) private returns (uint256 forfeit) {
    Slot slot = _settlement.epoch.toSlots() + Slot.wrap(_place);
    StoredRecord storage stored = _record(slot);
    if (!_isDue(slot, stored, _settlement)) return 0;
    stored.isSettled = true;

    uint256 index = stored.checkpointNumber - _settlement.start;
    uint256 before = _settlement.rewardsBefore[_place];
    if (!_settlement.isRewardKnown) {
      _settlement.isRewardKnown = true;
      _settlement.checkpointReward = _checkpointReward(_fees, _settlement, index, before);
    }
    uint256 fee = _sequencerFee(_settlement.start + index, uint256(_fees[2 * index + 1]));
    return _split(slot, stored, _coinbase(_fees, index), _settlement.checkpointReward + fee, before);
  }

  /**
   * @dev Moves the submitter's cut and takes away what is forfeited. Both fit into what the coinbase was credited,
   *      unless somebody claimed in its name during the proof, or proved the epoch a second time within it: then they
   *      get what is there above what the coinbase had before, the submitter first.
   */
  function _split(
    Slot _slot,
    StoredRecord storage _stored,
    address _coinbaseAddress,
    uint256 _share,
    uint256 _before
  ) private returns (uint256 forfeit) {
    address submitter = _stored.submitter;
    uint256 cut;
    (cut, forfeit) = LateSplitLib.splitDown(_share, _stored.submitterBps, _stored.burnBps, submitter != address(0));

    mapping(address => uint256) storage rewards = RewardLib.getStorage().sequencerRewards;
    uint256 credited = _credited(rewards[_coinbaseAddress], _before);
    cut = Math.min(cut, credited);
    forfeit = Math.min(forfeit, credited - cut);
    rewards[_coinbaseAddress] -= cut + forfeit;
    if (cut > 0) rewards[submitter] += cut;

    emit ILateSubmission.LateSubmissionSettled(_slot, submitter, _coinbaseAddress, _share, cut, forfeit);
  }

  /**
   * @dev Where the forfeited part goes: burned, as v4 burns congestion fees. The one place to change that policy.
   *      Upstream believes a distributor that says it has paid; if it has not, there may be less to burn than was
   *      credited.
   */
  function _sink(uint256 _amount) private {
    IERC20 feeAsset = STFLib.getStorage().config.feeAsset;
    feeAsset.safeTransfer(RewardLib.BURN_ADDRESS, Math.min(_amount, feeAsset.balanceOf(address(this))));
  }

  /**
   * @dev Whether a marked slot is split by this proof: the mark is not stale, the record not settled, and the
   *      checkpoint newly proven. The log of what the proof has just proven is stored.
   */
  function _isDue(Slot _slot, StoredRecord storage _stored, Settlement memory _settlement) private view returns (bool) {
    uint256 checkpointNumber = _stored.checkpointNumber;
    return
      _stored.slot == Slot.unwrap(_slot) &&
      !_stored.isSettled &&
      checkpointNumber >= _settlement.start + _settlement.provenLength &&
      checkpointNumber < _settlement.start + _settlement.newLength &&
      _log(checkpointNumber).slotNumber.decompress() == _slot;
  }

  /**
   * @dev What upstream has credited to each newly proven checkpoint besides fees: the same for all of them. One
   *      coinbase tells: what its rewards have risen by, less the fees of its checkpoints, divided by their number.
   */
  function _checkpointReward(
    bytes32[] calldata _fees,
    Settlement memory _settlement,
    uint256 _index,
    uint256 _before
  ) private view returns (uint256) {
    address coinbase = _coinbase(_fees, _index);
    uint256 credited = _credited(RewardLib.getStorage().sequencerRewards[coinbase], _before);
    uint256 fees = 0;
    uint256 count = 0;
    for (uint256 i = _settlement.provenLength; i < _settlement.newLength; ++i) {
      if (_coinbase(_fees, i) != coinbase) continue;
      fees += _sequencerFee(_settlement.start + i, uint256(_fees[2 * i + 1]));
      ++count;
    }
    return credited > fees ? (credited - fees) / count : 0;
  }

  /// @dev What upstream credits to the coinbase out of a checkpoint's fee: the rest after congestion burn and prover.
  function _sequencerFee(uint256 _checkpointNumber, uint256 _fee) private view returns (uint256) {
    if (!FeeLib.isTxsEnabled()) return 0;
    CompressedFeeHeader feeHeader = _log(_checkpointNumber).feeHeader;
    uint256 manaUsed = feeHeader.getManaUsed();
    uint256 afterBurn = _fee - feeHeader.getCongestionCost() * manaUsed;
    return afterBurn - Math.min(manaUsed * feeHeader.getProverCost(), afterBurn);
  }

  function _record(Slot _slot) private view returns (StoredRecord storage) {
    return LateSubmissionLib.getStorage().records[LateSubmissionLib.recordIndex(_slot)];
  }

  /// @dev The place of a checkpoint's log. Unlike upstream's accessor it does not ask whether the log is still stored.
  function _log(uint256 _checkpointNumber) private view returns (CompressedTempCheckpointLog storage) {
    return STFLib.getStorage().tempCheckpointLogs[_checkpointNumber % STFLib.roundaboutSize()];
  }

  /// @dev What rewards have risen by. If they have fallen, they were claimed in between, and what is there is new.
  function _credited(uint256 _now, uint256 _before) private pure returns (uint256) {
    return _now < _before ? _now : _now - _before;
  }

  function _coinbase(bytes32[] calldata _fees, uint256 _index) private pure returns (address) {
    return address(uint160(uint256(_fees[2 * _index])));
  }
}
