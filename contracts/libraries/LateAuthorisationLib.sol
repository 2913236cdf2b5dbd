// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEscapeHatch} from "@aztec/core/interfaces/IEscapeHatch.sol";
import {ValidatorSelectionStorage} from "@aztec/core/interfaces/IValidatorSelection.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {AttestationLib, CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {TimeLib, Epoch, Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {ILateSubmission, LateSubmissionTerms} from "../interfaces/ILateSubmission.sol";
import {LateSubmissionLib} from "./LateSubmissionLib.sol";
import {Submission, SubmissionWindowLib} from "./SubmissionWindowLib.sol";

/**
 * @title LateAuthorisationLib
 * @notice When a late header may land, and who vouches for it.
 *
 * @dev On time, upstream asks for two signatures of the proposer and counts no quorum. The second of them, over
 *      (attestations, signers), exists nowhere but in the proposer's own transaction, so a rescuer cannot have it; and
 *      without a quorum a proposer could land an unattested checkpoint after its successor was built, and take the next
 *      slot away for gas only. A late submission therefore brings the whole quorum, verified here, the proposer's own
 *      attestation among it. What is accepted can never be invalidated and can always be proven.
 */
library LateAuthorisationLib {
  using AttestationLib for CommitteeAttestations;
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
   * @notice Verifies that the committee of the header slot vouches for the digest, its proposer included.
   * @dev Validations performed, in this order:
   *      - the bitmap names as many signatures as there are signers: Errors.AttestationLib__SignersSizeMismatch
   *      - both byte strings have exactly the lengths that the bitmap asks for: Errors.AttestationLib__*SizeMismatch.
   *        `verifyAttestations` alone never compares them, and whoever proves the epoch has to send them again.
   *      - signers and addresses are the committee: Errors.ValidatorSelection__InvalidCommitteeCommitment
   *      - more than two thirds have signed, and every signature recovers to its member: Errors.ValidatorSelection__*
   *      - the proposer of the slot is among them: Errors.ValidatorSelection__MissingProposerSignature
   * @param _slot The header slot
   * @param _attestations The packed attestations
   * @param _signers The members that signed, in committee order
   * @param _digest The payload digest that they signed
   * @return proposer The proposer of the header slot
   */
  function verifyQuorum(
    Slot _slot,
    CommitteeAttestations memory _attestations,
    address[] memory _signers,
    bytes32 _digest
  ) internal returns (address proposer) {
    Epoch epoch = _slot.epochFromSlot();
    (bytes32 commitment, uint256 committeeSize) = ValidatorSelectionLib.getCommitteeCommitmentAt(epoch);

    // Upstream's reconstruction indexes the signers by the bitmap and would run out of bounds.
    uint256 signatures = _countBits(_attestations.signatureIndices);
    require(signatures == _signers.length, Errors.AttestationLib__SignersSizeMismatch(signatures, _signers.length));
    address[] memory committee = _attestations.reconstructCommitteeFromSigners(_signers, committeeSize);
    bytes32 reconstructed = keccak256(abi.encode(committee));
    require(
      reconstructed == commitment,
      Errors.ValidatorSelection__InvalidCommitteeCommitment(reconstructed, commitment)
    );

    ValidatorSelectionLib.verifyAttestations(epoch, _attestations, _digest);

    uint256 seed = ValidatorSelectionLib.getSampleSeed(epoch);
    uint256 index = ValidatorSelectionLib.computeProposerIndex(epoch, _slot, seed, committeeSize);
    proposer = committee[index];
    require(_attestations.isSignature(index), Errors.ValidatorSelection__MissingProposerSignature(proposer, index));
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

  /// @dev Counts the set bits; a set bit past the committee counts too, and so fails the comparison with the signers.
  function _countBits(bytes memory _bitmap) private pure returns (uint256 count) {
    unchecked {
      for (uint256 i = 0; i < _bitmap.length; ++i) {
        for (uint256 bits = uint8(_bitmap[i]); bits != 0; bits &= bits - 1) {
          ++count;
        }
      }
    }
  }
}
