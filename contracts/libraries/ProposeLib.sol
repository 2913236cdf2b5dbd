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
import {ProposedHeader, ProposedHeaderLib} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {TimeLib, Epoch, Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {LateSubmissionExtLib} from "./LateSubmissionExtLib.sol";
import {ProposalChecksLib} from "./ProposalChecksLib.sol";

/**
 * @title ProposeLib
 * @notice The proposal path with a previous-slot submission window.
 *
 * @dev Everything that the header commits to is derived from the header's slot: its epoch, hence committee, proposer,
 *      escape hatch and whether it is the first checkpoint of its epoch, and the minimum mana fee. Only two questions look
 *      at the clock: is the slot open, and what is prunable? On time the header slot is the current slot, and everything
 *      is what upstream makes of it.
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
  using TimeLib for Slot;
  using TimeLib for Timestamp;

  /// @dev Interim values, in memory for want of stack.
  struct Interim {
    bool isLate;
    bool isTxsEnabled;
    bool isEscapeHatch;
    bool isFirstCheckpointOfEpoch;
    uint256 checkpointNumber;
    Epoch epoch;
    bytes32[] blobHashes;
    bytes[] blobCommitments;
    bytes32 blobsHashesCommitment;
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
   *      - there is blob input: Errors.Rollup__NoBlobsInCheckpoint; it matches the blobs: Errors.Rollup__InvalidBlobHash
   *      - the header's contents: see ProposalChecksLib.validateContents
   *      - on time: the proposer's two signatures, or the escape hatch's proposer as the caller, as upstream
   *      - late: the quorum, see LateAuthorisationLib.verifyQuorum; the (attestations, signers) signature is ignored
   *      - the inbox: Errors.Rollup__InvalidInHash
   *
   *      Validations not performed: on time, the quorum (counted by the proof, as upstream); the state transition.
   *
   *      State changes: upstream's. Late also the record and mark of the slot, and no proposer cache.
   *
   * @param _args Archive, oracle input and header of the checkpoint
   * @param _attestations The packed committee attestations
   * @param _signers The members that signed, in committee order
   * @param _attestationsAndSignersSignature The proposer's signature over attestations and signers; on time only
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
    if (STFLib.canPruneAtTime(Timestamp.wrap(block.timestamp))) STFLib.prune();

    RollupStore storage rollupStore = STFLib.getStorage();
    CompressedChainTips tips = rollupStore.tips;
    Interim memory v;
    Slot slot = _args.header.slotNumber;
    {
      uint256 parent = tips.getPending();
      v.checkpointNumber = parent + 1;
      v.epoch = slot.epochFromSlot();

      Slot parentSlot = ProposalChecksLib.requireNewSlot(parent, slot);
      v.isLate = slot != Timestamp.wrap(block.timestamp).slotFromTimestamp();
      if (v.isLate) LateSubmissionExtLib.requireLateOpen(slot);
      ProposalChecksLib.requireParentArchive(parent, _args.header.lastArchiveRoot);

      v.isFirstCheckpointOfEpoch = v.checkpointNumber == 1 || v.epoch > parentSlot.epochFromSlot();
    }

    // Without transactions, as during ignition, there is no fee to compute and no message to consume.
    v.isTxsEnabled = FeeLib.isTxsEnabled();
    if (v.isTxsEnabled) FeeLib.updateL1GasFeeOracle();

    require(_blobsInput.length > 0, Errors.Rollup__NoBlobsInCheckpoint());
    (v.blobHashes, v.blobsHashesCommitment, v.blobCommitments) = BlobLib.validateBlobs(_blobsInput, _checkBlob);

    ProposedHeader memory header = _args.header;
    v.headerHash = ProposedHeaderLib.hash(header);
    v.payloadDigest = UpstreamProposeLib.digest(
      ProposePayload({archive: _args.archive, oracleInput: _args.oracleInput, headerHash: v.headerHash})
    );

    if (!v.isLate) {
      v.escapeHatch = ValidatorSelectionLib.getEscapeHatchForEpoch(v.epoch);
      if (address(v.escapeHatch) != address(0)) {
        (v.isEscapeHatch, v.escapeHatchProposer) = v.escapeHatch.isHatchOpen(v.epoch);
      }
      // An open hatch must not depend on there being enough validators for a committee.
      if (!v.isEscapeHatch) ValidatorSelectionLib.setupEpoch(v.epoch);
    }

    if (v.isTxsEnabled) {
      v.fee = FeeLib.getManaMinFeeComponentsAt(v.checkpointNumber - 1, slot.toTimestamp(), true);
    }
    ProposalChecksLib.validateContents(header, FeeLib.summedMinFee(v.fee), v.blobsHashesCommitment, false);

    if (v.isLate) {
      LateSubmissionExtLib.authorise(slot, v.checkpointNumber, _attestations, _signers, v.payloadDigest);
    } else if (v.isEscapeHatch) {
      require(
        msg.sender == v.escapeHatchProposer,
        Errors.Rollup__InvalidEscapeHatchProposer(v.escapeHatchProposer, msg.sender)
      );
    } else {
      ValidatorSelectionLib.verifyProposer(
        slot, v.epoch, _attestations, _signers, v.payloadDigest, _attestationsAndSignersSignature, true
      );
    }

    _store(v, _args, header, _attestations, tips);
  }

  /// @dev Commits the checkpoint: tips, archive, log, inbox, escape hatch, event.
  function _store(
    Interim memory _v,
    ProposeArgs calldata _args,
    ProposedHeader memory _header,
    CommitteeAttestations calldata _attestations,
    CompressedChainTips _tips
  ) private {
    bytes32 blobCommitmentsHash = BlobLib.calculateBlobCommitmentsHash(
      STFLib.getBlobCommitmentsHash(_v.checkpointNumber - 1), _v.blobCommitments, _v.isFirstCheckpointOfEpoch
    );
    FeeHeader memory feeHeader;
    if (_v.isTxsEnabled) {
      feeHeader = FeeLib.computeFeeHeader(
        _v.checkpointNumber,
        _args.oracleInput.feeAssetPriceModifier,
        _header.totalManaUsed,
        _v.fee.congestionCost,
        _v.fee.proverCost
      );
    }
    _v.attestationsHash = keccak256(abi.encode(_attestations));

    RollupStore storage rollupStore = STFLib.getStorage();
    rollupStore.tips = _tips.updatePending(_v.checkpointNumber);
    rollupStore.archives[_v.checkpointNumber] = _args.archive;
    STFLib.addTempCheckpointLog(
      TempCheckpointLog({
        headerHash: _v.headerHash,
        blobCommitmentsHash: blobCommitmentsHash,
        outHash: _header.outHash,
        attestationsHash: _v.attestationsHash,
        payloadDigest: _v.payloadDigest,
        slotNumber: _header.slotNumber,
        feeHeader: feeHeader
      })
    );

    if (_v.isTxsEnabled) {
      bytes32 inHash = rollupStore.config.inbox.consume(_v.checkpointNumber);
      require(_header.inHash == inHash, Errors.Rollup__InvalidInHash(inHash, _header.inHash));
    }
    if (_v.isEscapeHatch) {
      _v.escapeHatch.updateSubmittedArchive(_v.escapeHatchProposer, uint128(_v.checkpointNumber), _args.archive);
    }

    emit IRollupCore.CheckpointProposed(
      _v.checkpointNumber, _args.archive, _v.blobHashes, _v.payloadDigest, _v.attestationsHash
    );
  }
}
