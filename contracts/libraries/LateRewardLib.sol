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
import {LowestBitLib} from "./LowestBitLib.sol";

/**
 * @notice What settlement needs to know from before upstream credits an epoch proof.
 * @param start The first checkpoint of the proof
 * @param provenLength How many checkpoints of the epoch were proven before
 * @param newLength How many are proven after
 * @param logs How many logs of checkpoints upstream stores
 * @param ringSlots How many slots the ring of records spans
 * @param firstSlot The first slot of the epoch
 * @param marks A bit for each slot of the epoch that was marked late; none if the proof adds nothing
 * @param rewardsBefore What the coinbases of late checkpoints had, by the checkpoint's place in the proof
 */
struct Settlement {
  uint256 start;
  uint256 provenLength;
  uint256 newLength;
  uint256 logs;
  uint256 ringSlots;
  uint256 firstSlot;
  uint256 marks;
  uint256[] rewardsBefore;
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

  /// @dev What the checkpoints of one proof have in common. The reward is looked for when the first slot is settled.
  struct Common {
    bool isTxsEnabled;
    bool isRewardKnown;
    uint256 reward;
  }

  /**
   * @notice Applies the split to every late checkpoint that the proof has newly proven.
   * @dev State changes: rewards move from the coinbases to the submitters, records become settled; then, once, the
   *      forfeited sum leaves the rollup.
   * @param _fees The proof's (recipient, value) pairs
   * @param _settlement What `prepare` found before upstream ran
   */
  function settle(bytes32[] calldata _fees, Settlement memory _settlement) internal {
    Common memory common = Common({isTxsEnabled: FeeLib.isTxsEnabled(), isRewardKnown: false, reward: 0});
    uint256 forfeited = 0;
    for (uint256 marks = _settlement.marks; marks != 0; marks &= marks - 1) {
      forfeited += _settleSlot(_settlement.firstSlot + LowestBitLib.find(marks), _fees, _settlement, common);
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
    if (settlement.newLength <= settlement.provenLength) return settlement;
    settlement.firstSlot = Slot.unwrap(epoch.toSlots());
    settlement.marks = LateSubmissionLib.getMarks(epoch);
    settlement.rewardsBefore = _readRewards(_fees, settlement);
  }

  /**
   * @dev Returns what is forfeited: nothing if the checkpoint is not newly proven, its record is settled (a proof
   *      within the proof may have come first), or the mark is stale. Record and log are read here and not before
   *      upstream runs: what upstream stores of the range does not change while it does.
   */
  function _settleSlot(
    uint256 _slot,
    bytes32[] calldata _fees,
    Settlement memory _settlement,
    Common memory _common
  ) private returns (uint256 forfeit) {
    StoredRecord storage place = _record(_slot, _settlement.ringSlots);
    StoredRecord memory stored = place;
    (bool isNew, uint256 index) = _findNew(stored.checkpointNumber, _settlement);
    if (!isNew || stored.isSettled || stored.slot != _slot) return 0;
    CompressedTempCheckpointLog storage log = _log(stored.checkpointNumber, _settlement.logs);
    if (Slot.unwrap(log.slotNumber.decompress()) != _slot) return 0;

    place.isSettled = true;
    uint256 fee = _common.isTxsEnabled ? _sequencerFee(log, _paidFee(_fees, index)) : 0;
    if (!_common.isRewardKnown) {
      _common.isRewardKnown = true;
      _common.reward = _checkpointReward(_fees, _settlement, index, fee, _common.isTxsEnabled);
    }
    return _split(stored, _coinbase(_fees, index), _common.reward + fee, _settlement.rewardsBefore[index]);
  }

  /**
   * @dev Moves the submitter's cut and takes away what is forfeited. Both fit into what the coinbase was credited,
   *      unless somebody claimed in its name during the proof, or proved the epoch a second time within it: then they
   *      get what is there above what the coinbase had before, the submitter first.
   */
  function _split(
    StoredRecord memory _stored,
    address _coinbaseAddress,
    uint256 _share,
    uint256 _rewardsBefore
  ) private returns (uint256 forfeit) {
    address submitter = _stored.submitter;
    uint256 cut;
    (cut, forfeit) = LateSplitLib.splitDown(_share, _stored.submitterBps, _stored.burnBps, submitter != address(0));

    mapping(address => uint256) storage rewards = RewardLib.getStorage().sequencerRewards;
    uint256 current = rewards[_coinbaseAddress];
    uint256 credited = _credited(current, _rewardsBefore);
    // Both parts together are at most the share, and then at most what is there.
    unchecked {
      if (cut + forfeit > credited) {
        cut = Math.min(cut, credited);
        forfeit = credited - cut;
      }
      rewards[_coinbaseAddress] = current - cut - forfeit;
    }
    if (cut > 0) rewards[submitter] += cut;

    emit ILateSubmission.LateSubmissionSettled(
      Slot.wrap(_stored.slot),
      submitter,
      _coinbaseAddress,
      _share,
      cut,
      forfeit
    );
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

  /// @dev What the coinbases of marked slots have that the proof would prove newly.
  function _readRewards(
    bytes32[] calldata _fees,
    Settlement memory _settlement
  ) private view returns (uint256[] memory rewardsBefore) {
    // Upstream refuses a proof with too few fees.
    rewardsBefore = new uint256[](Math.min(_settlement.newLength, _fees.length / 2));
    _settlement.rewardsBefore = rewardsBefore;
    for (uint256 marks = _settlement.marks; marks != 0; marks &= marks - 1) {
      uint256 slot = _settlement.firstSlot + LowestBitLib.find(marks);
      (bool isNew, uint256 index) = _findNew(_record(slot, _settlement.ringSlots).checkpointNumber, _settlement);
      if (isNew) rewardsBefore[index] = RewardLib.getStorage().sequencerRewards[_coinbase(_fees, index)];
    }
  }

  /**
   * @dev What upstream has credited to each newly proven checkpoint besides fees: the same for all of them. One
   *      coinbase tells: what its rewards have risen by, less the fees of its checkpoints, divided by their number. It
   *      is the one at `_index`, whose checkpoint's fee is known.
   */
  function _checkpointReward(
    bytes32[] calldata _fees,
    Settlement memory _settlement,
    uint256 _index,
    uint256 _fee,
    bool _isTxsEnabled
  ) private view returns (uint256) {
    address coinbase = _coinbase(_fees, _index);
    uint256 fees = _fee;
    uint256 count = 1;
    for (uint256 i = _settlement.provenLength; i < _settlement.newLength; ++i) {
      if (_coinbase(_fees, i) != coinbase || i == _index) continue;
      ++count;
      if (_isTxsEnabled) fees += _sequencerFee(_log(_settlement.start + i, _settlement.logs), _paidFee(_fees, i));
    }
    uint256 current = RewardLib.getStorage().sequencerRewards[coinbase];
    uint256 credited = _credited(current, _settlement.rewardsBefore[_index]);
    return credited > fees ? (credited - fees) / count : 0;
  }

  /// @dev What upstream credits to the coinbase out of a checkpoint's fee: the rest after congestion burn and prover.
  function _sequencerFee(
    CompressedTempCheckpointLog storage _checkpoint,
    uint256 _paid
  ) private view returns (uint256) {
    CompressedFeeHeader feeHeader = _checkpoint.feeHeader;
    uint256 manaUsed = feeHeader.getManaUsed();
    // Costs have 64 bits and mana 32, and upstream has taken the burn from the fee already.
    unchecked {
      uint256 afterBurn = _paid - feeHeader.getCongestionCost() * manaUsed;
      return afterBurn - Math.min(manaUsed * feeHeader.getProverCost(), afterBurn);
    }
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

  /// @dev The place in the proof of the checkpoint that a record names, and whether the proof proves that place newly.
  function _findNew(
    uint256 _checkpointNumber,
    Settlement memory _settlement
  ) private pure returns (bool isNew, uint256 index) {
    unchecked {
      index = _checkpointNumber - _settlement.start;
    }
    isNew = index >= _settlement.provenLength && index < _settlement.rewardsBefore.length;
  }

  /// @dev What rewards have risen by. If they have fallen, they were claimed in between, and what is there is new.
  function _credited(uint256 _now, uint256 _before) private pure returns (uint256) {
    return _now < _before ? _now : _now - _before;
  }

  /// @dev Nothing overflows: a proof has no more checkpoints than upstream has accepted, or than there are fees.
  function _coinbase(bytes32[] calldata _fees, uint256 _index) private pure returns (address) {
    unchecked {
      return address(uint160(uint256(_fees[2 * _index])));
    }
  }

  function _paidFee(bytes32[] calldata _fees, uint256 _index) private pure returns (uint256) {
    unchecked {
      return uint256(_fees[2 * _index + 1]);
    }
  }
}
