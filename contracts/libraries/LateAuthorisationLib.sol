// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEscapeHatch} from "@aztec/core/interfaces/IEscapeHatch.sol";
import {ValidatorSelectionStorage} from "@aztec/core/interfaces/IValidatorSelection.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {TimeLib, Epoch, Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {MessageHashUtils} from "@oz/utils/cryptography/MessageHashUtils.sol";
import {ILateSubmission, LateSubmissionTerms} from "../interfaces/ILateSubmission.sol";
import {LateSubmissionLib} from "./LateSubmissionLib.sol";
import {PackedAttestationsLib} from "./PackedAttestationsLib.sol";
import {ProposerLib} from "./ProposerLib.sol";
import {Submission, SubmissionWindowLib} from "./SubmissionWindowLib.sol";

/**
 * @title LateAuthorisationLib
 * @notice When a late header may land, and who vouches for it.
 *
 * @dev On time, upstream asks for two signatures of the proposer and counts no quorum. The second of them, over
 *      (attestations, signers), exists nowhere but in the proposer's own transaction, so a rescuer cannot have it; and
 *      without a quorum a proposer could land an unattested checkpoint after its successor was built, and take the next
 *      slot away for gas only. A late submission therefore brings the whole quorum, verified here. What is accepted can
 *      never be invalidated and can always be proven.
 *
 *      The proposer has to have agreed too: by its own attestation, or by its signature over the checkpoint proposal
 *      that it gossips. Nobody attests without the second one, so whatever could be attested can be rescued by anybody;
 *      a proposer that keeps its attestation to itself does not keep the rescue to itself.
 */
library LateAuthorisationLib {
  using MessageHashUtils for bytes32;
  using PackedAttestationsLib for CommitteeAttestations;
  using TimeLib for Epoch;
  using TimeLib for Slot;
  using TimeLib for Timestamp;

  /**
   * @notice Sets up the header's epoch, as far as a late submission may.
   * @dev For the current epoch this is upstream's set-up, seed included. For the previous epoch only the committee is
   *      memoised: upstream's set-up would store a seed for an epoch that is over, and so change a later committee
   *      after the fact. The current epoch is left alone then, because upstream's set-up returns early once a
   *      commitment exists, before it stores the seed.
   * @param _epoch The header's epoch: the current or the previous one
   */
  function setUpEpoch(Epoch _epoch) internal {
    if (_epoch == Timestamp.wrap(block.timestamp).epochFromTimestamp()) {
      ValidatorSelectionLib.setupEpoch(_epoch);
      return;
    }
    ValidatorSelectionStorage storage store = ValidatorSelectionLib.getStorage();
    if (store.committeeCommitments[_epoch] == bytes32(0)) {
      (bytes32 commitment, ) = ValidatorSelectionLib.getCommitteeCommitmentAt(_epoch);
      store.committeeCommitments[_epoch] = commitment;
    }
  }

  /**
   * @notice Verifies that the committee of the header slot vouches for the digest.
   * @dev Validations performed, in this order:
   *      - there are more than two thirds of the signatures: see PackedAttestationsLib.requireQuorum
   *      - both byte strings have exactly the lengths that they should have, and each signature is one: see
   *        PackedAttestationsLib.recoverCommittee. Lengths matter because whoever proves the epoch has to send the same
   *        bytes again.
   *      - what the signatures recover to is the committee: Errors.ValidatorSelection__InvalidCommitteeCommitment. A
   *        signature of anybody else, or over anything else, recovers to somebody else and changes the commitment.
   *
   *      Who is said to have signed is not asked: the signatures themselves say it.
   * @param _slot The header slot
   * @param _epoch Its epoch
   * @param _attestations The packed attestations
   * @param _digest The payload digest that they signed
   * @return proposer The proposer of the header slot
   * @return index Its place in the committee
   * @return hasAttested Whether its own attestation is among them
   */
  function verifyQuorum(
    Slot _slot,
    Epoch _epoch,
    CommitteeAttestations calldata _attestations,
    bytes32 _digest
  ) internal returns (address proposer, uint256 index, bool hasAttested) {
    (bytes32 commitment, uint256 size) = ValidatorSelectionLib.getCommitteeCommitmentAt(_epoch);
    index = ProposerLib.getProposerIndex(_epoch, _slot, size);

    _attestations.requireQuorum(size, (2 * size) / 3 + 1);
    bytes32 recovered;
    (recovered, proposer) = _attestations.recoverCommittee(_digest.toEthSignedMessageHash(), size, index);
    ProposerLib.requireCommitment(recovered, commitment);
    hasAttested = _attestations.isSigned(index);
  }

  /**
   * @notice Verifies that committee and proposer of the header slot have authorised a checkpoint.
   * @dev Validations performed, after those of `verifyQuorum`: the proposer's own attestation is among the signatures,
   *      or else its signature over the gossiped checkpoint proposal is given.
   *      - neither: Errors.ValidatorSelection__MissingProposerSignature
   *      - a signature that is not the proposer's over this proposal: SignatureLib__InvalidSignature or ECDSA's errors
   * @param _slot The header slot
   * @param _epoch Its epoch
   * @param _attestations The packed attestations
   * @param _digest The payload digest that the committee signed
   * @param _proposalDigest The hash of the gossiped proposal
   * @param _proposalSignature The proposer's signature over it; not read if the proposer has attested
   * @return proposer The proposer of the header slot
   */
  function authorise(
    Slot _slot,
    Epoch _epoch,
    CommitteeAttestations calldata _attestations,
    bytes32 _digest,
    bytes32 _proposalDigest,
    Signature calldata _proposalSignature
  ) internal returns (address proposer) {
    uint256 index;
    bool hasAttested;
    (proposer, index, hasAttested) = verifyQuorum(_slot, _epoch, _attestations, _digest);
    if (hasAttested) return proposer;
    // Upstream takes a signature without a recovery identifier for none.
    require(_proposalSignature.v != 0, Errors.ValidatorSelection__MissingProposerSignature(proposer, index));
    ProposerLib.requireSignature(proposer, _proposalDigest, _proposalSignature);
  }

  /**
   * @notice Reverts unless a header slot other than the current one may land now.
   * @dev Cheapest first. Validations performed:
   *      - the slot is the previous one, and there is a window: Errors.HeaderLib__InvalidSlotNumber
   *      - the window has not passed: LateSubmission__WindowClosed
   *      - the slot is not the last of its epoch, unless the terms allow it: LateSubmission__CrossEpochClosed
   *      - there are committees: LateSubmission__NoCommittee
   *      - the header's epoch accepts proofs: LateSubmission__EpochPastDeadline
   *      - the header's epoch has no open escape hatch: LateSubmission__EscapeHatchOpen
   * @param _slot The header slot
   */
  function requireOpen(Slot _slot) internal view {
    LateSubmissionTerms memory terms = LateSubmissionLib.getStorage().terms;
    Slot currentSlot = Timestamp.wrap(block.timestamp).slotFromTimestamp();
    Timestamp slotStart = currentSlot.toTimestamp();
    uint256 elapsed = block.timestamp - Timestamp.unwrap(slotStart);

    Submission submission = SubmissionWindowLib.classify(_slot, currentSlot, elapsed, terms.windowSeconds);
    require(
      submission != Submission.Closed,
      ILateSubmission.LateSubmission__WindowClosed(_slot, slotStart + Timestamp.wrap(terms.windowSeconds))
    );
    require(submission == Submission.Late, Errors.HeaderLib__InvalidSlotNumber(currentSlot, _slot));

    Epoch epoch = _slot.epochFromSlot();
    Epoch currentEpoch = currentSlot.epochFromSlot();
    require(terms.crossEpoch || epoch == currentEpoch, ILateSubmission.LateSubmission__CrossEpochClosed(_slot, epoch));
    require(
      ValidatorSelectionLib.getStorage().targetCommitteeSize != 0,
      ILateSubmission.LateSubmission__NoCommittee(_slot)
    );
    require(
      epoch.isAcceptingProofsAtEpoch(currentEpoch),
      ILateSubmission.LateSubmission__EpochPastDeadline(_slot, epoch.toDeadlineEpoch(), currentEpoch)
    );

    IEscapeHatch escapeHatch = ValidatorSelectionLib.getEscapeHatchForEpoch(epoch);
    if (address(escapeHatch) != address(0)) {
      (bool isOpen, ) = escapeHatch.isHatchOpen(epoch);
      require(!isOpen, ILateSubmission.LateSubmission__EscapeHatchOpen(_slot, epoch));
    }
  }
}
