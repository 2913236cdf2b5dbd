// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";

/// @notice What a proposer's slot is held against it for.
enum StrikeKind {
  None,
  Late,
  Missed
}

/**
 * @notice One strike of a proposer.
 * @param slot The slot that the proposer was assigned to
 * @param kind What happened to it
 */
struct Strike {
  Slot slot;
  StrikeKind kind;
}

/**
 * @notice What each strike weighs.
 * @param late The weight of a late landing
 * @param missed The weight of a miss, at least that of a late landing
 */
struct StrikeWeights {
  uint16 late;
  uint16 missed;
}

/**
 * @notice The strikes of a proposer in one window.
 * @param late How many of its slots landed late
 * @param missed How many of its slots stayed empty
 * @param weight Their weight under the weights in force
 */
struct StrikeCount {
  uint256 late;
  uint256 missed;
  uint256 weight;
}

/**
 * @title ILateStrikeLedger
 * @notice Late landings and proven misses of every proposer, in a sliding window of slots.
 *
 * @dev A miss weighs at least as much as a late landing, or a proposer would rather withhold than be rescued. In the
 *      slot right after a late landing neither weighs anything: a miss cannot be proven there (see below), so a late
 *      landing is exempt as well. Of a run of late landings only the first is a strike. The others began behind it,
 *      and the reward split still takes its share of every one of them.
 *
 *      A miss is proven by two adjacent *proven* checkpoints whose slots leave a gap. Not every gap is proof:
 *      - a gap so long that the proofs of its first epoch fell due inside it may have held checkpoints that were
 *        pruned for want of a proof, which is the provers' failure;
 *      - in the slot right after a late landing, the proposer's own checkpoint may have been displaced by it;
 *      - while the escape hatch is open, or without a committee, nobody of the committee was to propose.
 *      A slot whose checkpoint was invalidated does count: the chain has nothing of it.
 *
 *      **A strike has to be reported in time.** The rollup keeps the slots of checkpoints in a ring of
 *      `epochDuration * (proofSubmissionEpochs + 1) + 1` entries and its late submissions in one of at least eight
 *      epochs; once either has moved on, the gap cannot be judged any more. A late landing is judged by its
 *      predecessor's record too, which is given away one slot before its own. `recordMiss` is permissionless, as is
 *      the controller's `penalize`, so that anyone who cares can report, after the proof and before that.
 */
interface ILateStrikeLedger {
  /**
   * @notice Emitted when a strike is recorded against a proposer.
   * @param proposer Whom it is held against
   * @param slot The slot
   * @param kind What happened to the slot
   */
  event StrikeRecorded(address indexed proposer, Slot indexed slot, StrikeKind kind);

  /**
   * @notice Emitted instead when a late landing is not held against its proposer: the slot before landed late too.
   * @param proposer Whom it would be held against
   * @param slot The slot
   */
  event StrikeExempted(address indexed proposer, Slot indexed slot);

  /**
   * @notice Emitted when governance sets the weights, and once at deployment.
   * @param weights The weights from now on
   */
  event StrikeWeightsUpdated(StrikeWeights weights);

  /// @notice Thrown when a miss would weigh less than a late landing.
  error LateStrikeLedger__WeightsInverted(uint256 late, uint256 missed);
  /// @notice Thrown at deployment when late landings would leave the window before they can be reported, or when it
  /// is longer than the largest.
  error LateStrikeLedger__InvalidWindow(uint256 windowSlots, uint256 minimum, uint256 maximum);
  /// @notice Thrown when anyone but the controller reports a late landing.
  error LateStrikeLedger__CallerNotController(address caller, address controller);
  /// @notice Thrown when the slot is the current one or a later one.
  error LateStrikeLedger__SlotNotOver(Slot slot, Slot currentSlot);
  /// @notice Thrown when the slot has left the window.
  error LateStrikeLedger__SlotTooOld(Slot slot, Slot oldest);
  /// @notice Thrown when the slot is held against its proposer already.
  error LateStrikeLedger__AlreadyRecorded(address proposer, Slot slot);
  /// @notice Thrown when a missed slot began before the ledger was registered as a hook.
  error LateStrikeLedger__BeforeRegistration(Slot slot, Slot firstSlot);
  /// @notice Thrown when the gap begins at genesis: the first checkpoint has no predecessor that anyone proposed.
  error LateStrikeLedger__GapAtGenesis();
  /// @notice Thrown when the checkpoint after the gap is not proven yet.
  error LateStrikeLedger__NotProven(uint256 checkpointNumber, uint256 provenCheckpointNumber);
  /// @notice Thrown when the slot does not lie strictly between the slots of the two checkpoints.
  error LateStrikeLedger__NotInGap(Slot slot, Slot before, Slot afterwards);
  /// @notice Thrown when the gap reaches the epoch in which its first epoch could be pruned: checkpoints may have
  /// been.
  error LateStrikeLedger__GapMayBePruned(Slot slot, Epoch pruneEpoch, Epoch epochAfterGap);
  /// @notice Thrown when the rollup may have overwritten whether the slot before landed late.
  error LateStrikeLedger__ReportedTooLate(Slot slot, Slot deadline);
  /// @notice Thrown when the rollup does not say whether the checkpoint of a slot landed late.
  error LateStrikeLedger__RecordUnreadable(Slot slot);
  /// @notice Thrown when a missed slot follows a late landing, which may have displaced its checkpoint.
  error LateStrikeLedger__MayBeDisplaced(Slot slot);
  /// @notice Thrown when the escape hatch was open: the committee was not to propose.
  error LateStrikeLedger__EscapeHatchOpen(Slot slot, Epoch epoch);
  /// @notice Thrown when the slot had no proposer.
  error LateStrikeLedger__NoCommittee(Slot slot);

  /**
   * @notice Sets the weights. Owner only. They apply to every count from then on.
   * @param _weights The new weights
   */
  function setWeights(StrikeWeights calldata _weights) external;

  /**
   * @notice Records that a slot's proposer let it pass. Anyone may call it; L1 proves it.
   * @dev Reverts with upstream's `Rollup__UnavailableTempCheckpointLog` once the checkpoint log has been
   *      overwritten, and with `ValidatorSelection__InsufficientValidatorSetSize` for a slot that could have no
   *      committee.
   * @param _checkpointNumber The proven checkpoint before the gap, not genesis
   * @param _slot The missed slot
   * @return proposer Whom it is held against
   */
  function recordMiss(uint256 _checkpointNumber, Slot _slot) external returns (address proposer);

  /// @notice The weights in force.
  function getWeights() external view returns (StrikeWeights memory);

  /**
   * @notice The strikes of a proposer in the window that ends with the current slot.
   * @dev What nodes that vote to slash read: about one storage word per 112 slots of the window.
   * @param _proposer The proposer
   */
  function strikesOf(address _proposer) external view returns (StrikeCount memory);

  /**
   * @notice The strikes of a proposer in the window that ends with a slot, so that all voters of a round can count
   *         the same slots.
   * @dev As far as they are recorded by then: strikes are never taken back, but a late report adds to a past window.
   * @param _proposer The proposer
   * @param _slot The last slot of the window, at most one window ago
   */
  function strikesAt(address _proposer, Slot _slot) external view returns (StrikeCount memory);

  /**
   * @notice Every strike of a proposer in the window that ends with the current slot, oldest first.
   * @param _proposer The proposer
   */
  function getStrikes(address _proposer) external view returns (Strike[] memory);
}
