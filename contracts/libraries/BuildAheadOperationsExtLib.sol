// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BlobLib} from "@aztec-blob-lib/BlobLib.sol";
import {PublicInputArgs, SubmitEpochRootProofArgs} from "@aztec/core/interfaces/IRollup.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {EpochProofLib} from "@aztec/core/libraries/rollup/EpochProofLib.sol";
import {ProposeArgs, ValidateHeaderArgs} from "@aztec/core/libraries/rollup/ProposeLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {LateRewardLib} from "./LateRewardLib.sol";
import {LateSettlementExtLib} from "./LateSettlementExtLib.sol";
import {LateSubmissionExtLib} from "./LateSubmissionExtLib.sol";
import {ProposeLib} from "./ProposeLib.sol";
import {RawCallLib} from "./RawCallLib.sol";

/**
 * @title BuildAheadOperationsExtLib
 * @notice Linked in place of upstream's `RollupOperationsExtLib`: this is how the change is delivered.
 *
 * @dev `RollupCore` reaches proposals and proofs only through that external library, so a rollup linked against this
 *      one behaves differently without a changed line in `Rollup`. It has exactly upstream's seven external functions;
 *      their selectors are built from the names of upstream's structs, which are imported here and never declared
 *      again.
 *      Parameters are calldata where upstream copies them to memory: the selectors are the same, and what is rejected
 *      early was never copied.
 */
library BuildAheadOperationsExtLib {
  /**
   * @notice Accepts an epoch proof, and splits the rewards of the late checkpoints that it proves.
   * @dev Of an epoch with late slots it is handed on as it came, and the call ends there: see RawCallLib and
   *      LateSettlementExtLib.
   * @param _args Range, public inputs, fees, attestations, blob opening and proof
   */
  function submitEpochRootProof(SubmitEpochRootProofArgs calldata _args) external {
    if (LateRewardLib.hasLateSlots(_args.end)) {
      RawCallLib.delegate(address(LateSettlementExtLib), LateSettlementExtLib.submitEpochRootProof.selector);
    }
    EpochProofLib.submitEpochRootProof(_args);
  }

  /**
   * @notice Validates a header and its attestations without landing it.
   * @dev Handed on as it came, see RawCallLib.
   */
  function validateHeaderWithAttestations(
    ValidateHeaderArgs calldata,
    CommitteeAttestations calldata,
    address[] calldata,
    Signature calldata
  ) external {
    RawCallLib.delegate(address(LateSubmissionExtLib), LateSubmissionExtLib.validateHeaderWithAttestations.selector);
  }

  /**
   * @notice Appends a checkpoint to the pending chain, on time or late; see ProposeLib.
   * @param _args Archive, oracle input and header of the checkpoint
   * @param _attestations The packed committee attestations
   * @param _signers The members that signed, in committee order; ignored late
   * @param _attestationsAndSignersSignature The proposer's signature over both; late, if it has not attested, the one
   *        over the gossiped proposal
   * @param _blobInput Number of blobs (1 byte), then their commitments (48 bytes each)
   * @param _checkBlob Whether to compare the commitments with the transaction's blobs
   */
  function propose(
    ProposeArgs calldata _args,
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers,
    Signature calldata _attestationsAndSignersSignature,
    bytes calldata _blobInput,
    bool _checkBlob
  ) external {
    ProposeLib.propose(_args, _attestations, _signers, _attestationsAndSignersSignature, _blobInput, _checkBlob);
  }

  /// @notice Removes checkpoints that can no longer be proven, as upstream.
  function prune() external {
    require(STFLib.canPruneAtTime(Timestamp.wrap(block.timestamp)), Errors.Rollup__NothingToPrune());
    STFLib.prune();
  }

  /**
   * @notice The public inputs of an epoch proof, as upstream.
   * @param _start The first checkpoint of the proof
   * @param _end The last checkpoint of the proof
   * @param _args Archives, out hash and prover
   * @param _fees The (recipient, value) pairs
   * @param _blobPublicInputs The batched blob's inputs
   * @return The public inputs
   */
  function getEpochProofPublicInputs(
    uint256 _start,
    uint256 _end,
    PublicInputArgs calldata _args,
    bytes32[] calldata _fees,
    bytes calldata _blobPublicInputs
  ) external view returns (bytes32[] memory) {
    return EpochProofLib.getEpochProofPublicInputs(_start, _end, _args, _fees, _blobPublicInputs);
  }

  /**
   * @notice Validates blob commitments against the transaction's blobs, as upstream.
   * @param _blobsInput Number of blobs (1 byte), then their commitments (48 bytes each)
   * @param _checkBlob Whether to compare the commitments with the transaction's blobs
   * @return blobHashes The versioned hashes
   * @return blobsHashesCommitment The commitment to them that the header carries
   * @return blobCommitments The commitments
   */
  function validateBlobs(
    bytes calldata _blobsInput,
    bool _checkBlob
  ) external view returns (bytes32[] memory blobHashes, bytes32 blobsHashesCommitment, bytes[] memory blobCommitments) {
    return BlobLib.validateBlobs(_blobsInput, _checkBlob);
  }

  /**
   * @notice The base fee of blob gas, as upstream.
   * @return Wei per unit of blob gas
   */
  function getBlobBaseFee() external view returns (uint256) {
    return BlobLib.getBlobBaseFee();
  }
}
