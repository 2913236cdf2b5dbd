// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BlobLib} from "@aztec-blob-lib/BlobLib.sol";
import {IEscapeHatch} from "@aztec/core/interfaces/IEscapeHatch.sol";
import {IRollupCore, RollupStore} from "@aztec/core/interfaces/IRollup.sol";
import {TempCheckpointLog} from "@aztec/core/libraries/compressed-data/CheckpointLog.sol";
import {FeeHeader} from "@aztec/core/libraries/compressed-data/fees/FeeStructs.sol";
import {ChainTipsLib, CompressedChainTips} from "@aztec/core/libraries/compressed-data/Tips.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {FeeLib, ManaMinFeeComponents} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {
  ProposeLib as UpstreamProposeLib,
  ProposeArgs,
  ProposePayload
} from "@aztec/core/libraries/rollup/ProposeLib.sol";
import {ProposedHeader} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {TimeLib, Epoch, Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {CheckpointDigestLib} from "./CheckpointDigestLib.sol";
import {LateSubmissionExtLib} from "./LateSubmissionExtLib.sol";
import {PackedAttestationsLib} from "./PackedAttestationsLib.sol";
import {ProposalChecksLib} from "./ProposalChecksLib.sol";
import {ProposerLib} from "./ProposerLib.sol";

/**
 * @title ProposeLib
 * @notice The proposal path with a previous-slot submission window.
 *
 * @dev Everything that the header commits to is derived from the header's slot: its epoch, hence committee, proposer,
 *      escape hatch and whether it is the first checkpoint of its epoch, and the minimum mana fee. Only two questions
 *      look at the clock: is the slot open, and what is prunable? On time the header slot is the current slot, and
 *      everything is what upstream makes of it.
 *
 *      Order of work, cheapest rejection first:
 *      1. a due prune
 *      2. the slot comes after the tip's: Errors.Rollup__SlotAlreadyInChain
 *      3. the slot is the current one, or open as a late one (see LateAuthorisationLib)
 *      4. the header builds on the tip: Errors.Rollup__InvalidArchive
 *      5. fee oracle, blobs, header, authorisation, state, inbox: upstream's order
 *
 *      Upstream makes checks 2 to 4 after its blob, hash, fee and committee work. Of two faults in one header it may
 *      therefore name the other; which headers are accepted does not depend on the order.
 */
library ProposeLib {
  using ChainTipsLib for CompressedChainTips;
  using PackedAttestationsLib for CommitteeAttestations;
  using TimeLib for Slot;
  using TimeLib for Timestamp;

  /// @dev Interim values, in memory for want of stack.
  struct Interim {
    bool isLate;
    bool isTxsEnabled;
    bool isEscapeHatch;
    bool isFirstCheckpointOfEpoch;
    CompressedChainTips tips;
    uint256 checkpointNumber;
    Epoch epoch;
    bytes32[] blobHashes;
    bytes[] blobCommitments;
    bytes32 blobsHashesCommitment;
    bytes proposal;
    bytes32 headerHash;
    bytes32 payloadDigest;
    bytes32 attestationsHash;
    IEscapeHatch escapeHatch;
    address escapeHatchProposer;
    ManaMinFeeComponents fee;
  }

  /**
   * @notice Appends a checkpoint to the pending chain, on time or late.
   * @dev Validations performed besides the order of work above:
   *      - there is blob input: Errors.Rollup__NoBlobsInCheckpoint
   *      - it matches the blobs: Errors.Rollup__InvalidBlobHash
   *      - the header's contents: see ProposalChecksLib.validateContents
   *      - on time: the proposer's two signatures, or the escape hatch's proposer as the caller, as upstream
   *      - late: the quorum and the proposer, see LateAuthorisationLib.authorise
   *      - the inbox: Errors.Rollup__InvalidInHash
   *
   *      Validations not performed: on time, the quorum (counted by the proof, as upstream); the state transition.
   *
   *      State changes: upstream's. Late also the record and mark of the slot, and no proposer cache.
   *
   * @param _args Archive, oracle input and header of the checkpoint
   * @param _attestations The packed committee attestations
   * @param _signers The members that signed, in committee order; ignored late
   * @param _attestationsAndSignersSignature The proposer's signature over attestations and signers; late, if the
   *        proposer has not attested, over the gossiped checkpoint proposal
   * @param _blobsInput Number of blobs (1 byte), then their commitments (48 bytes each)
   * @param _checkBlob Whether to compare the commitments with the transaction's blobs
   */
  function propose(
    ProposeArgs calldata _args,
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers,
    Signature calldata _attestationsAndSignersSignature,
    bytes calldata _blobsInput,
    bool _checkBlob
  ) internal {
    Interim memory v;
    _requireOpen(v, _args.header);

    // Without transactions, as during ignition, there is no fee to compute and no message to consume.
    v.isTxsEnabled = FeeLib.isTxsEnabled();
    if (v.isTxsEnabled) FeeLib.updateL1GasFeeOracle();

    require(_blobsInput.length > 0, Errors.Rollup__NoBlobsInCheckpoint());
    (v.blobHashes, v.blobsHashesCommitment, v.blobCommitments) = BlobLib.validateBlobs(_blobsInput, _checkBlob);

    v.proposal = CheckpointDigestLib.pack(_args);
    v.headerHash = CheckpointDigestLib.hashHeader(v.proposal);
    v.payloadDigest = UpstreamProposeLib.digest(
      ProposePayload({archive: _args.archive, oracleInput: _args.oracleInput, headerHash: v.headerHash})
    );
    _authorise(v, _args.header, _attestations, _signers, _attestationsAndSignersSignature);

    v.attestationsHash = _attestations.hash();
    _store(v, _args);
  }

  /**
   * @dev A due prune, then the checks that reject cheaply. Upstream's tip is the effective one after the prune.
   *
   *      A prune can be due only while the tip belongs to an earlier epoch. A tip of the current epoch landed in the
   *      current epoch, and its proposal made whatever prune was due: that depends on the epoch and on the oldest
   *      unproven checkpoint alone, and neither a proof nor an invalidation makes that one older.
   */
  function _requireOpen(Interim memory _v, ProposedHeader calldata _header) private {
    Slot slot = _header.slotNumber;
    Slot currentSlot = Timestamp.wrap(block.timestamp).slotFromTimestamp();

    (uint256 parent, Slot parentSlot) = _readTip(_v);
    if (
      parentSlot.epochFromSlot() != currentSlot.epochFromSlot() &&
      STFLib.canPruneAtTime(Timestamp.wrap(block.timestamp))
    ) {
      STFLib.prune();
      (parent, parentSlot) = _readTip(_v);
    }

    require(slot > parentSlot, Errors.Rollup__SlotAlreadyInChain(parentSlot, slot));
    _v.isLate = slot != currentSlot;
    if (_v.isLate) LateSubmissionExtLib.requireLateOpen(slot);
    ProposalChecksLib.requireParentArchive(parent, _header.lastArchiveRoot);

    _v.checkpointNumber = parent + 1;
    _v.epoch = slot.epochFromSlot();
    _v.isFirstCheckpointOfEpoch = parent == 0 || _v.epoch > parentSlot.epochFromSlot();
  }

  /// @dev Epoch set-up, the header's contents, then whoever vouches for it: proposer, hatch proposer or quorum.
  function _authorise(
    Interim memory _v,
    ProposedHeader calldata _header,
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers,
    Signature calldata _attestationsAndSignersSignature
  ) private {
    Slot slot = _header.slotNumber;
    if (!_v.isLate) {
      _v.escapeHatch = ValidatorSelectionLib.getEscapeHatchForEpoch(_v.epoch);
      if (address(_v.escapeHatch) != address(0)) {
        (_v.isEscapeHatch, _v.escapeHatchProposer) = _v.escapeHatch.isHatchOpen(_v.epoch);
      }
      // An open hatch must not depend on there being enough validators for a committee.
      if (!_v.isEscapeHatch) ValidatorSelectionLib.setupEpoch(_v.epoch);
    }

    if (_v.isTxsEnabled) {
      _v.fee = FeeLib.getManaMinFeeComponentsAt(_v.checkpointNumber - 1, slot.toTimestamp(), true);
    }
    ProposalChecksLib.validateContents(_header, FeeLib.summedMinFee(_v.fee), _v.blobsHashesCommitment, false);

    if (_v.isLate) {
      LateSubmissionExtLib.authorise(
        slot,
        _v.checkpointNumber,
        _attestations,
        _v.payloadDigest,
        keccak256(_v.proposal),
        _attestationsAndSignersSignature
      );
    } else if (_v.isEscapeHatch) {
      require(
        msg.sender == _v.escapeHatchProposer,
        Errors.Rollup__InvalidEscapeHatchProposer(_v.escapeHatchProposer, msg.sender)
      );
    } else {
      ProposerLib.verifyProposer(
        slot,
        _v.epoch,
        _attestations,
        _signers,
        _v.payloadDigest,
        _attestationsAndSignersSignature
      );
    }
  }

  /// @dev Commits the checkpoint: tips, archive, log, inbox, escape hatch, event.
  function _store(Interim memory _v, ProposeArgs calldata _args) private {
    bytes32 blobCommitmentsHash = BlobLib.calculateBlobCommitmentsHash(
      STFLib.getBlobCommitmentsHash(_v.checkpointNumber - 1),
      _v.blobCommitments,
      _v.isFirstCheckpointOfEpoch
    );
    FeeHeader memory feeHeader;
    if (_v.isTxsEnabled) {
      feeHeader = FeeLib.computeFeeHeader(
        _v.checkpointNumber,
        _args.oracleInput.feeAssetPriceModifier,
        _args.header.totalManaUsed,
        _v.fee.congestionCost,
        _v.fee.proverCost
      );
    }

    RollupStore storage rollupStore = STFLib.getStorage();
    rollupStore.tips = _v.tips.updatePending(_v.checkpointNumber);
    rollupStore.archives[_v.checkpointNumber] = _args.archive;
    STFLib.addTempCheckpointLog(
      TempCheckpointLog({
        headerHash: _v.headerHash,
        blobCommitmentsHash: blobCommitmentsHash,
        outHash: _args.header.outHash,
        attestationsHash: _v.attestationsHash,
        payloadDigest: _v.payloadDigest,
        slotNumber: _args.header.slotNumber,
        feeHeader: feeHeader
      })
    );

    if (_v.isTxsEnabled) {
      bytes32 inHash = rollupStore.config.inbox.consume(_v.checkpointNumber);
      require(_args.header.inHash == inHash, Errors.Rollup__InvalidInHash(inHash, _args.header.inHash));
    }
    if (_v.isEscapeHatch) {
      _v.escapeHatch.updateSubmittedArchive(_v.escapeHatchProposer, uint128(_v.checkpointNumber), _args.archive);
    }

    emit IRollupCore.CheckpointProposed(
      _v.checkpointNumber,
      _args.archive,
      _v.blobHashes,
      _v.payloadDigest,
      _v.attestationsHash
    );
  }

  /// @dev The pending tip as it is, and its slot.
  function _readTip(Interim memory _v) private view returns (uint256 parent, Slot slot) {
    _v.tips = STFLib.getStorage().tips;
    parent = _v.tips.getPending();
    slot = STFLib.getSlotNumber(parent);
  }
}
