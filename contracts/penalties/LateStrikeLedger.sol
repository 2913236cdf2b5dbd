// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEscapeHatch} from "@aztec/core/interfaces/IEscapeHatch.sol";
import {IRollup} from "@aztec/core/interfaces/IRollup.sol";
import {IValidatorSelection} from "@aztec/core/interfaces/IValidatorSelection.sol";
import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Ownable} from "@oz/access/Ownable.sol";
import {Math} from "@oz/utils/math/Math.sol";
import {ILateStrikeLedger, Strike, StrikeCount, StrikeKind, StrikeWeights} from "../interfaces/ILateStrikeLedger.sol";
import {ILateSubmission, LateSubmissionRecord} from "../interfaces/ILateSubmission.sol";
import {ILateSubmissionHook} from "../interfaces/ILateSubmissionHook.sol";
import {LateSubmissionLib} from "../libraries/LateSubmissionLib.sol";
import {LatePenaltyController} from "./LatePenaltyController.sol";
import {StrikeWord, StrikeWordLib} from "./StrikeWordLib.sol";

/**
 * @title LateStrikeLedger
 * @notice Late landings and proven misses per original proposer, in a sliding window of slots.
 *
 * @dev A strike is a bit at the place of its slot, so the same slot cannot count twice and the window is exact.
 *      Words live in a ring per proposer that spans two windows: a proposer's storage is bounded, and counts that
 *      end anywhere in the last window are complete. Only the controller (late landings) and L1's own evidence
 *      (misses) write.
 */
contract LateStrikeLedger is ILateStrikeLedger, ILateSubmissionHook, Ownable {
  using StrikeWordLib for StrikeWord;

  /// @notice The longest window, in slots: a bit more than a week of 72-second slots. It bounds what a count reads.
  uint256 public constant MAX_WINDOW_SLOTS = 8960;

  /// @dev Epochs that a slot has beyond those that still take its proof: its own, and one more for the reports.
  uint256 private constant OWN_AND_REPORT_EPOCHS = 2;

  /// @notice The only caller that reports late landings.
  LatePenaltyController public immutable CONTROLLER;

  /// @notice The rollup whose proposers are judged.
  address public immutable ROLLUP;

  /// @notice Length of the sliding window, in slots.
  uint256 public immutable WINDOW_SLOTS;

  /// @dev How many words a proposer's ring has: those that two windows can touch.
  uint256 private immutable RING_WORDS;

  StrikeWeights private weights;

  mapping(address proposer => mapping(uint256 ringIndex => StrikeWord word)) private ring;

  /**
   * @notice Sets the window for good and the first weights.
   * @dev A late landing is reported after its epoch is proven. A window shorter than that can take would forget it
   *      before anybody could report it, so the least is (proof submission epochs + 2) epochs of the rollup. A rollup
   *      for which that is more than `MAX_WINDOW_SLOTS` can have no ledger.
   * @param _controller The controller that reports late landings; it also names the rollup
   * @param _governance The owner, who sets the weights
   * @param _windowSlots Length of the sliding window, in slots
   * @param _weights The weights to start with
   */
  constructor(
    LatePenaltyController _controller,
    address _governance,
    uint256 _windowSlots,
    StrikeWeights memory _weights
  ) Ownable(_governance) {
    CONTROLLER = _controller;
    ROLLUP = address(_controller.ROLLUP());
    uint256 minimum = _reportEpochs() * IValidatorSelection(ROLLUP).getEpochDuration();
    require(
      _windowSlots >= minimum && _windowSlots <= MAX_WINDOW_SLOTS,
      LateStrikeLedger__InvalidWindow(_windowSlots, minimum, MAX_WINDOW_SLOTS)
    );
    WINDOW_SLOTS = _windowSlots;
    RING_WORDS = (2 * _windowSlots) / StrikeWordLib.SLOTS_PER_WORD + 2;
    _setWeights(_weights);
  }

  /// @inheritdoc ILateStrikeLedger
  function setWeights(StrikeWeights calldata _weights) external override(ILateStrikeLedger) onlyOwner {
    _setWeights(_weights);
  }

  /**
   * @inheritdoc ILateSubmissionHook
   * @dev Records a strike, unless the slot before landed late as well; `StrikeExempted` says so then, and the slot is
   *      judged. In that slot a miss cannot be held against the proposer, because the late landing may have displaced
   *      its checkpoint. If a late landing could, the proposer would rather withhold than be rescued. In the other
   *      direction, of a run of late landings only the first is a strike, even if one proposer holds several of its
   *      slots. That is cheap: the later ones started behind a parent that was late itself, and the reward split
   *      takes its share of each of them in any case.
   *
   *      Reverts, and so stays pending, once the rollup may have forgotten whether the slot before landed late.
   *
   *      Needs more gas than the least that the controller takes: it should be registered with 100,000 or more, about
   *      twice what a strike costs.
   */
  function onLateSubmission(
    LateSubmissionRecord calldata _record
  ) external override(ILateSubmissionHook) returns (bytes4) {
    require(msg.sender == address(CONTROLLER), LateStrikeLedger__CallerNotController(msg.sender, address(CONTROLLER)));
    if (_followsLateLanding(_record.slot)) {
      emit StrikeExempted(_record.originalProposer, _record.slot);
    } else {
      _strike(_record.originalProposer, _record.slot, StrikeKind.Late);
    }
    return ILateSubmissionHook.onLateSubmission.selector;
  }

  /// @inheritdoc ILateStrikeLedger
  function recordMiss(
    uint256 _checkpointNumber,
    Slot _slot
  ) external override(ILateStrikeLedger) returns (address proposer) {
    Slot firstSlot = CONTROLLER.getFirstSlot(this);
    require(_slot >= firstSlot, LateStrikeLedger__BeforeRegistration(_slot, firstSlot));

    _requireProvenGap(_checkpointNumber, _slot);

    IValidatorSelection selection = IValidatorSelection(ROLLUP);
    Epoch epoch = selection.getEpochAtSlot(_slot);
    IEscapeHatch escapeHatch = selection.getEscapeHatchForEpoch(epoch);
    if (address(escapeHatch) != address(0)) {
      (bool isOpen, ) = escapeHatch.isHatchOpen(epoch);
      require(!isOpen, LateStrikeLedger__EscapeHatchOpen(_slot, epoch));
    }

    proposer = selection.getProposerAt(selection.getTimestampForSlot(_slot));
    require(proposer != address(0), LateStrikeLedger__NoCommittee(_slot));
    _strike(proposer, _slot, StrikeKind.Missed);
  }

  /// @inheritdoc ILateStrikeLedger
  function getWeights() external view override(ILateStrikeLedger) returns (StrikeWeights memory) {
    return weights;
  }

  /// @inheritdoc ILateStrikeLedger
  function strikesOf(address _proposer) external view override(ILateStrikeLedger) returns (StrikeCount memory) {
    return _count(_proposer, _currentSlot());
  }

  /// @inheritdoc ILateStrikeLedger
  function strikesAt(
    address _proposer,
    Slot _slot
  ) external view override(ILateStrikeLedger) returns (StrikeCount memory) {
    Slot currentSlot = _currentSlot();
    require(_slot <= currentSlot, LateStrikeLedger__SlotNotOver(_slot, currentSlot));
    Slot oldest = _windowStart(currentSlot);
    require(_slot >= oldest, LateStrikeLedger__SlotTooOld(_slot, oldest));
    return _count(_proposer, _slot);
  }

  /// @inheritdoc ILateStrikeLedger
  function getStrikes(address _proposer) external view override(ILateStrikeLedger) returns (Strike[] memory strikes) {
    uint256 last = Slot.unwrap(_currentSlot());
    uint256 first = Slot.unwrap(_windowStart(Slot.wrap(last)));
    StrikeCount memory count = _count(_proposer, Slot.wrap(last));
    strikes = new Strike[](count.late + count.missed);

    uint256 found = 0;
    for (uint256 index = StrikeWordLib.wordIndex(first); found < strikes.length; ++index) {
      StrikeWord word = _load(_proposer, index);
      (uint256 late, uint256 missed) = word.within(index, first, last);
      for (uint256 bits = late | missed; bits != 0; bits &= bits - 1) {
        uint256 slot = index * StrikeWordLib.SLOTS_PER_WORD + Math.log2(bits & (~bits + 1));
        strikes[found] = Strike({slot: Slot.wrap(slot), kind: word.kindAt(slot)});
        ++found;
      }
    }
  }

  function _setWeights(StrikeWeights memory _weights) private {
    require(_weights.missed >= _weights.late, LateStrikeLedger__WeightsInverted(_weights.late, _weights.missed));
    weights = _weights;
    emit StrikeWeightsUpdated(_weights);
  }

  function _strike(address _proposer, Slot _slot, StrikeKind _kind) private {
    Slot currentSlot = _currentSlot();
    require(_slot < currentSlot, LateStrikeLedger__SlotNotOver(_slot, currentSlot));
    Slot oldest = _windowStart(currentSlot);
    require(_slot >= oldest, LateStrikeLedger__SlotTooOld(_slot, oldest));

    uint256 slot = Slot.unwrap(_slot);
    uint256 index = StrikeWordLib.wordIndex(slot);
    StrikeWord word = _load(_proposer, index);
    require(word.kindAt(slot) == StrikeKind.None, LateStrikeLedger__AlreadyRecorded(_proposer, _slot));

    ring[_proposer][index % RING_WORDS] = word.mark(slot, _kind);
    emit StrikeRecorded(_proposer, _slot, _kind);
  }

  /// @dev Reverts unless the slot lies in a gap between two proven checkpoints that can only be the proposer's doing.
  function _requireProvenGap(uint256 _checkpointNumber, Slot _slot) private view {
    IRollup rollup = IRollup(ROLLUP);
    require(_checkpointNumber != 0, LateStrikeLedger__GapAtGenesis());
    uint256 proven = rollup.getProvenCheckpointNumber();
    require(_checkpointNumber < proven, LateStrikeLedger__NotProven(_checkpointNumber + 1, proven));

    Slot before = rollup.getCheckpoint(_checkpointNumber).slotNumber;
    Slot afterwards = rollup.getCheckpoint(_checkpointNumber + 1).slotNumber;
    require(before < _slot && _slot < afterwards, LateStrikeLedger__NotInGap(_slot, before, afterwards));

    IValidatorSelection selection = IValidatorSelection(ROLLUP);
    uint256 submissionEpochs = rollup.getProofSubmissionEpochs();

    // Whatever the gap once held was proposed after `before`. It can have been pruned at the earliest in the epoch
    // after the last one that took proofs for the gap's first epoch, and at the latest when `afterwards` landed,
    // maybe late.
    Epoch pruneEpoch = selection.getEpochAtSlot(before + Slot.wrap(1)) + Epoch.wrap(submissionEpochs + 1);
    Epoch landingEpoch = selection.getEpochAtSlot(afterwards + Slot.wrap(1));
    require(landingEpoch < pruneEpoch, LateStrikeLedger__GapMayBePruned(_slot, pruneEpoch, landingEpoch));

    // Only a late landing in the slot before can have displaced one: the checkpoint before the gap, or one within it
    // that has been removed since.
    require(!_followsLateLanding(_slot), LateStrikeLedger__MayBeDisplaced(_slot));
  }

  /**
   * @dev Whether the slot before landed late. No late landing and no miss is then held against the proposer of this
   *      one: they have to be exempt together, or one of them would pay. Reverts when the rollup cannot tell any more.
   */
  function _followsLateLanding(Slot _slot) private view returns (bool) {
    if (_slot == Slot.wrap(0)) return false;
    Slot before = _slot - Slot.wrap(1);
    // The rollup's ring gives a late submission's place away to the slot one ring later, and that can be recorded at
    // the earliest in the slot after.
    uint256 ringEpochs = Math.max(LateSubmissionLib.MIN_RING_EPOCHS, _reportEpochs());
    Slot deadline = before + Slot.wrap(ringEpochs * IValidatorSelection(ROLLUP).getEpochDuration());
    require(_currentSlot() <= deadline, LateStrikeLedger__ReportedTooLate(_slot, deadline));
    return _isLate(before);
  }

  /// @dev How many epochs pass from the beginning of a slot's own until reports after its last possible proof are in.
  function _reportEpochs() private view returns (uint256) {
    return IRollup(ROLLUP).getProofSubmissionEpochs() + OWN_AND_REPORT_EPOCHS;
  }

  /// @dev The count of the window that ends with a slot.
  function _count(address _proposer, Slot _last) private view returns (StrikeCount memory count) {
    uint256 last = Slot.unwrap(_last);
    uint256 first = Slot.unwrap(_windowStart(_last));
    for (uint256 index = StrikeWordLib.wordIndex(first); index <= StrikeWordLib.wordIndex(last); ++index) {
      (uint256 late, uint256 missed) = _load(_proposer, index).within(index, first, last);
      count.late += StrikeWordLib.countBits(late);
      count.missed += StrikeWordLib.countBits(missed);
    }
    StrikeWeights memory inForce = weights;
    count.weight = count.late * inForce.late + count.missed * inForce.missed;
  }

  /// @dev Whether a checkpoint of a slot landed late, be it that it was removed again with an invalidated parent: what
  ///      it displaced did not come back. A failure is no answer; one that is no boolean reverts without data.
  function _isLate(Slot _slot) private view returns (bool) {
    try ILateSubmission(ROLLUP).hasLandedLate(_slot) returns (bool isLate) {
      return isLate;
    } catch {
      revert LateStrikeLedger__RecordUnreadable(_slot);
    }
  }

  function _load(address _proposer, uint256 _index) private view returns (StrikeWord) {
    return ring[_proposer][_index % RING_WORDS].orEmpty(_index);
  }

  /// @dev The first slot of the window that ends with a slot.
  function _windowStart(Slot _last) private view returns (Slot) {
    uint256 end = Slot.unwrap(_last) + 1;
    return Slot.wrap(end - Math.min(end, WINDOW_SLOTS));
  }

  function _currentSlot() private view returns (Slot) {
    return IValidatorSelection(ROLLUP).getCurrentSlot();
  }
}
