// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Epoch, Slot, Timestamp} from "@aztec/shared/libraries/TimeMath.sol";

/**
 * @notice What governance decides about late submissions.
 * @dev A late proposer forfeits `submitterBps + burnBps` of its reward in every case. Of that, the submitter's part
 *      rises with the delay, from `firstBps` at the window's first second towards `submitterBps` at its end; the rest
 *      is burned.
 * @param firstBps The submitter's part at the window's first second, in basis points (0 to `submitterBps`)
 * @param submitterBps What the submitter's part rises to, in basis points (0 to 10,000)
 * @param burnBps What is burned in every case, in basis points (0 to 10,000 - `submitterBps`)
 * @param windowSeconds Length of the window at the start of the next slot, in seconds (0 switches the feature off)
 * @param crossEpoch Whether the last slot of an epoch may land in the first slot of the next epoch
 */
struct LateSubmissionTerms {
  uint16 firstBps;
  uint16 submitterBps;
  uint16 burnBps;
  uint32 windowSeconds;
  bool crossEpoch;
}

/**
 * @notice What the rollup remembers about one late submission.
 * @param slot The header slot
 * @param checkpointNumber The checkpoint's number in the chain
 * @param submitter Who is credited for the submission; zero when nobody is
 * @param originalProposer The committee member that was assigned to the header slot
 * @param submitterBps The submitter's share at the moment of landing, in basis points
 * @param burnBps The burned share at the moment of landing, in basis points: the rest of what is forfeited
 * @param delay Seconds between the start of the submission slot and the submission
 * @param isSettled Whether an epoch proof has applied the split
 */
struct LateSubmissionRecord {
  Slot slot;
  uint256 checkpointNumber;
  address submitter;
  address originalProposer;
  uint256 submitterBps;
  uint256 burnBps;
  uint256 delay;
  bool isSettled;
}

/**
 * @title ILateSubmission
 * @notice The surface that a rollup with a previous-slot submission window adds to upstream's `IRollup`.
 *
 * @dev Assumptions for safety: the fee asset is upstream's (no transfer hooks, no fee on transfer); the linked
 *      libraries are the ones of this package. Assumption for liveness: none beyond upstream's. Nothing that governance
 *      can set through this interface is called while a checkpoint is proposed or proven.
 */
interface ILateSubmission {
  /**
   * @notice Emitted when the owner sets new terms, and once at deployment.
   * @param terms The terms from now on
   */
  event LateSubmissionTermsUpdated(LateSubmissionTerms terms);

  /**
   * @notice Emitted when a checkpoint lands one slot late, in the transaction that lands it.
   * @param slot The header slot
   * @param checkpointNumber The number that the checkpoint gets
   * @param originalProposer The committee member assigned to the slot
   * @param submitter Who is credited, zero for nobody
   * @param delay Seconds since the submission slot began
   */
  event LateSubmissionRecorded(
    Slot indexed slot,
    uint256 indexed checkpointNumber,
    address indexed originalProposer,
    address submitter,
    uint256 delay
  );

  /**
   * @notice Emitted when an epoch proof splits the reward of a late checkpoint.
   * @dev The coinbase keeps `share - submitterCut - forfeited`.
   * @param slot The header slot
   * @param submitter Who gets the cut, zero for nobody
   * @param coinbase Who was credited by upstream
   * @param share What upstream credited for this checkpoint
   * @param submitterCut What moved to the submitter
   * @param forfeited What was burned
   */
  event LateSubmissionSettled(
    Slot indexed slot,
    address indexed submitter,
    address indexed coinbase,
    uint256 share,
    uint256 submitterCut,
    uint256 forfeited
  );

  /// @notice Thrown when a header of the previous slot arrives at or after `closedAt`, the end of its window.
  error LateSubmission__WindowClosed(Slot slot, Timestamp closedAt);
  /// @notice Thrown when a late header lies in an epoch whose escape hatch is open: no committee vouches for it.
  error LateSubmission__EscapeHatchOpen(Slot slot, Epoch epoch);
  /// @notice Thrown when the rollup runs without committees, so that nobody can authorise a late header.
  error LateSubmission__NoCommittee(Slot slot);
  /// @notice Thrown when a late header's epoch accepts no proofs any more: its checkpoint could only be pruned.
  error LateSubmission__EpochPastDeadline(Slot slot, Epoch deadline, Epoch currentEpoch);
  /// @notice Thrown when a late header lies in the last slot of its epoch and the terms keep epochs apart.
  error LateSubmission__CrossEpochClosed(Slot slot, Epoch epoch);
  /// @notice Thrown when the bitmap of late attestations has a bit that belongs to no member of the committee.
  error LateSubmission__BitPastCommittee(uint256 committeeSize);
  /// @notice Thrown when the zero address is named as recipient.
  error LateSubmission__ZeroRecipient();
  /// @notice Thrown when the submitter's part would begin above what it rises to.
  error LateSubmission__FirstShareTooLarge(uint256 firstBps, uint256 submitterBps);
  /// @notice Thrown when the two shares of the terms exceed the whole.
  error LateSubmission__SplitTooLarge(uint256 submitterBps, uint256 burnBps);
  /// @notice Thrown when the window of the terms is longer than a slot.
  error LateSubmission__WindowTooLong(uint256 windowSeconds, uint256 slotDuration);
  /// @notice Thrown at deployment when an epoch has more slots than one word of marks can hold.
  error LateSubmission__EpochTooLong(uint256 epochDuration, uint256 maximum);
  /// @notice Thrown when no late submission of that slot is part of the chain, or its record has been overwritten.
  error LateSubmission__UnknownSlot(Slot slot);

  /**
   * @notice Sets the terms for submissions from now on. Records keep the terms they were accepted under.
   * @param _terms The new terms
   */
  function setLateSubmissionTerms(LateSubmissionTerms calldata _terms) external;

  /**
   * @notice Names who is credited if the caller lands a late checkpoint later in this transaction.
   * @dev Kept in transient storage under `msg.sender` and cleared by the late submission that uses it. A publisher that
   *      sends through Multicall3 calls this in the same bundle, before `propose`.
   * @param _recipient Who is credited, not zero
   */
  function nameLateRecipient(address _recipient) external;

  /**
   * @notice Reverts unless a header for `_slot` on top of `_lastArchive` passes the checks that `propose` makes first.
   * @dev For bundling contracts that would rather skip a hopeless `propose` than pay for its calldata decoding. It
   *      raises the errors of `propose`; passing it does not promise success.
   * @param _slot The header slot
   * @param _lastArchive The archive root that the header builds on
   */
  function requireOpen(Slot _slot, bytes32 _lastArchive) external view;

  /// @notice The terms in force.
  function getLateSubmissionTerms() external view returns (LateSubmissionTerms memory);

  /**
   * @notice Whether a checkpoint of a slot ever landed late, as long as the record's place has not been taken.
   * @dev Unlike `getLateSubmission` it answers yes also if that checkpoint was removed later, with a parent that was
   *      invalidated or by a prune: it may have displaced its successor all the same.
   * @param _slot The header slot
   */
  function hasLandedLate(Slot _slot) external view returns (bool);

  /**
   * @notice The late submission of a slot, if it is part of the chain.
   * @param _slot The header slot
   */
  function getLateSubmission(Slot _slot) external view returns (LateSubmissionRecord memory);
}
