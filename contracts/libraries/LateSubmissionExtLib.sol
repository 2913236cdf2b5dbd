// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Errors} from "@aztec/core/libraries/Errors.sol";
import {AttestationLib, CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {FeeLib} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {ProposeLib as UpstreamProposeLib, ValidateHeaderArgs} from "@aztec/core/libraries/rollup/ProposeLib.sol";
import {ProposedHeader} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {TimeLib, Epoch, Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {LateSubmissionRecord, LateSubmissionTerms} from "../interfaces/ILateSubmission.sol";
import {LateAuthorisationLib} from "./LateAuthorisationLib.sol";
import {LateSubmissionLib} from "./LateSubmissionLib.sol";
import {ProposalChecksLib} from "./ProposalChecksLib.sol";
import {SubmissionWindowLib} from "./SubmissionWindowLib.sol";

/**
 * @title LateSubmissionExtLib
 * @notice What only late submissions need, as an external library: nobody else pays for it, in code size or in gas.
 *
 * @dev Linked into `BuildAheadRollup` and into `BuildAheadOperationsExtLib`. Reached by delegatecall only, so that
 *      `address(this)`, `msg.sender` and all storage are the rollup's.
 */
library LateSubmissionExtLib {
  using AttestationLib for CommitteeAttestations;
  using TimeLib for Slot;
  using TimeLib for Timestamp;

  /**
   * @notice Sets the first terms. Called by the rollup's constructor.
   * @param _terms The terms to start with
   */
  function initialize(LateSubmissionTerms calldata _terms) external {
    LateSubmissionLib.initialize(_terms);
  }

  /**
   * @notice Sets the terms for later submissions.
   * @param _terms The new terms
   */
  function setTerms(LateSubmissionTerms calldata _terms) external {
    LateSubmissionLib.setTerms(_terms);
  }

  /**
   * @notice Names who is credited if the caller lands a late checkpoint in this transaction.
   * @param _recipient Who is credited, not zero
   */
  function nameRecipient(address _recipient) external {
    LateSubmissionLib.nameRecipient(_recipient);
  }

  /**
   * @notice Authorises and records a late submission: epoch set-up, quorum, record, mark.
   * @param _slot The header slot, open according to `requireLateOpen`
   * @param _checkpointNumber The number that the checkpoint gets
   * @param _attestations The packed attestations
   * @param _digest The payload digest that the committee signed
   * @param _proposalDigest The hash of the gossiped proposal
   * @param _proposalSignature The proposer's signature over it; not read if the proposer has attested
   */
  function authorise(
    Slot _slot,
    uint256 _checkpointNumber,
    CommitteeAttestations calldata _attestations,
    bytes32 _digest,
    bytes32 _proposalDigest,
    Signature calldata _proposalSignature
  ) external {
    Epoch epoch = _slot.epochFromSlot();
    LateAuthorisationLib.setUpEpoch(epoch);
    address proposer = LateAuthorisationLib.authorise(
      _slot,
      epoch,
      _attestations,
      _digest,
      _proposalDigest,
      _proposalSignature
    );
    LateSubmissionLib.record(_slot, epoch, _checkpointNumber, proposer);
  }

  /**
   * @notice Validates a header and its attestations without landing it.
   * @dev Upstream's body, unless the header is one for the previous slot and there is a window. Then the fee is
   *      recomputed for the header slot, because `Rollup` has computed `_args.manaMinFee` from the clock and is not
   *      virtual, and the attestations have to satisfy what a late submission has to satisfy. One case is refused here
   *      that `propose` takes: the proposer's signature over the gossiped proposal in place of its attestation. That
   *      proposal contains the archive, and this function is not given any.
   * @param _args Header, digest, fee and flags
   * @param _attestations The packed committee attestations; empty to validate the header alone
   * @param _signers The members that signed, in committee order
   * @param _attestationsAndSignersSignature The proposer's signature over both; ignored for the previous slot
   */
  function validateHeaderWithAttestations(
    ValidateHeaderArgs calldata _args,
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers,
    Signature calldata _attestationsAndSignersSignature
  ) external {
    Slot slot = _args.header.slotNumber;
    Timestamp currentTime = Timestamp.wrap(block.timestamp);

    if (
      LateSubmissionLib.getStorage().terms.windowSeconds == 0 ||
      !SubmissionWindowLib.isPrevious(slot, currentTime.slotFromTimestamp())
    ) {
      UpstreamProposeLib.validateHeader(_args);
      if (_attestations.isEmpty()) return;
      Epoch epoch = slot.epochFromSlot();
      ValidatorSelectionLib.verifyAttestations(epoch, _attestations, _args.digest);
      ValidatorSelectionLib.verifyProposer(
        slot,
        epoch,
        _attestations,
        _signers,
        _args.digest,
        _attestationsAndSignersSignature,
        false
      );
      return;
    }

    ProposedHeader calldata header = _args.header;
    uint256 parent = STFLib.getEffectivePendingCheckpointNumber(currentTime);
    ProposalChecksLib.requireNewSlot(parent, slot);
    LateAuthorisationLib.requireOpen(slot);
    ProposalChecksLib.requireParentArchive(parent, header.lastArchiveRoot);
    uint256 minFee = FeeLib.summedMinFee(FeeLib.getManaMinFeeComponentsAt(parent, slot.toTimestamp(), true));
    ProposalChecksLib.validateContents(header, minFee, _args.blobsHashesCommitment, _args.flags.ignoreDA);

    if (_attestations.isEmpty()) return;
    _requireQuorum(slot, _attestations, _args.digest);
  }

  /**
   * @notice Reverts unless a header slot other than the current one may land now.
   * @param _slot The header slot
   */
  function requireLateOpen(Slot _slot) external view {
    LateAuthorisationLib.requireOpen(_slot);
  }

  /**
   * @notice Makes the checks that `propose` makes first, for the chain as it would be after a due prune.
   * @param _slot The header slot
   * @param _lastArchive The archive root that the header builds on
   */
  function requireOpen(Slot _slot, bytes32 _lastArchive) external view {
    Timestamp currentTime = Timestamp.wrap(block.timestamp);
    uint256 parent = ProposalChecksLib.requireNewSlotAt(currentTime, _slot);
    if (_slot != currentTime.slotFromTimestamp()) LateAuthorisationLib.requireOpen(_slot);
    ProposalChecksLib.requireParentArchive(parent, _lastArchive);
  }

  /**
   * @notice The terms in force.
   * @return The terms
   */
  function getTerms() external view returns (LateSubmissionTerms memory) {
    return LateSubmissionLib.getStorage().terms;
  }

  /**
   * @notice Whether a checkpoint of a slot ever landed late.
   * @param _slot The header slot
   * @return Whether the record in the slot's place is its own
   */
  function hasLandedLate(Slot _slot) external view returns (bool) {
    return LateSubmissionLib.hasRecord(_slot);
  }

  /**
   * @notice The late submission of a slot, checked against the chain.
   * @param _slot The header slot
   * @return The record
   */
  function getRecord(Slot _slot) external view returns (LateSubmissionRecord memory) {
    return LateSubmissionLib.getRecord(_slot);
  }

  /// @dev The quorum, with the proposer's own attestation in it.
  function _requireQuorum(Slot _slot, CommitteeAttestations calldata _attestations, bytes32 _digest) private {
    (address proposer, uint256 index, bool hasAttested) = LateAuthorisationLib.verifyQuorum(
      _slot,
      _slot.epochFromSlot(),
      _attestations,
      _digest
    );
    require(hasAttested, Errors.ValidatorSelection__MissingProposerSignature(proposer, index));
  }
}
