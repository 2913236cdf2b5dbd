// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {ProposeArgs} from "@aztec/core/libraries/rollup/ProposeLib.sol";
import {ProposedHeader, ProposedHeaderLib} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {AttestationLib} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {Epoch, Slot} from "@aztec/core/libraries/TimeLib.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {Checkpoints} from "@oz/utils/structs/Checkpoints.sol";
import {CheckpointDigestLib} from "../../libraries/CheckpointDigestLib.sol";
import {PackedAttestationsLib} from "../../libraries/PackedAttestationsLib.sol";
import {ProposerLib} from "../../libraries/ProposerLib.sol";
import {SampleSeedLib} from "../../libraries/SampleSeedLib.sol";
import {RollupState__Harness} from "./RollupState__Harness.sol";

/// @notice Exposes what reads a proposal in calldata, and beside it the upstream functions that it stands for.
contract ProposerLib__Harness is RollupState__Harness {
  using Checkpoints for Checkpoints.Trace224;

  function setCommitment(Epoch _epoch, bytes32 _commitment) external {
    ValidatorSelectionLib.getStorage().committeeCommitments[_epoch] = _commitment;
  }

  function pushRandao(uint32 _time, uint224 _randao) external {
    ValidatorSelectionLib.getStorage().randaos.push(_time, _randao);
  }

  /// @return proposer What is in the cache of proposers afterwards
  /// @return index The same
  function verifyProposer(
    Slot _slot,
    Epoch _epoch,
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers,
    bytes32 _digest,
    Signature calldata _signature
  ) external returns (address proposer, uint256 index) {
    ProposerLib.verifyProposer(_slot, _epoch, _attestations, _signers, _digest, _signature);
    return ValidatorSelectionLib.getCachedProposer(_slot);
  }

  /// @return proposer What is in the cache of proposers afterwards
  /// @return index The same
  function upstreamVerifyProposer(
    Slot _slot,
    Epoch _epoch,
    CommitteeAttestations memory _attestations,
    address[] memory _signers,
    bytes32 _digest,
    Signature memory _signature
  ) external returns (address proposer, uint256 index) {
    ValidatorSelectionLib.verifyProposer(_slot, _epoch, _attestations, _signers, _digest, _signature, true);
    return ValidatorSelectionLib.getCachedProposer(_slot);
  }

  function getSampleSeed(Epoch _epoch) external view returns (uint256) {
    return SampleSeedLib.getSampleSeed(_epoch);
  }

  function upstreamGetSampleSeed(Epoch _epoch) external view returns (uint256) {
    return ValidatorSelectionLib.getSampleSeed(_epoch);
  }

  function getProposerIndex(Epoch _epoch, Slot _slot, uint256 _size) external view returns (uint256) {
    uint256 seed = ValidatorSelectionLib.getSampleSeed(_epoch);
    return ValidatorSelectionLib.computeProposerIndex(_epoch, _slot, seed, _size);
  }

  function hashHeader(ProposeArgs calldata _args) external view returns (bytes32) {
    return CheckpointDigestLib.hashHeader(CheckpointDigestLib.pack(_args));
  }

  function pack(ProposeArgs calldata _args) external pure returns (bytes memory) {
    return CheckpointDigestLib.pack(_args);
  }

  function upstreamHashHeader(ProposedHeader memory _header) external pure returns (bytes32) {
    return ProposedHeaderLib.hash(_header);
  }

  function hash(CommitteeAttestations calldata _attestations) external pure returns (bytes32) {
    return PackedAttestationsLib.hash(_attestations);
  }

  function hashWithSigners(
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers
  ) external pure returns (bytes32) {
    return PackedAttestationsLib.hashWithSigners(_attestations, _signers);
  }

  function upstreamHashWithSigners(
    CommitteeAttestations memory _attestations,
    address[] memory _signers
  ) external pure returns (bytes32) {
    return AttestationLib.getAttestationsAndSignersDigest(_attestations, _signers);
  }
}
