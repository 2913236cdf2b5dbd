// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {StakingLib} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {TimeLib, Epoch, Slot} from "@aztec/core/libraries/TimeLib.sol";
import {GSE} from "@aztec/governance/GSE.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {Checkpoints} from "@oz/utils/structs/Checkpoints.sol";
import {LateSubmissionTerms} from "../../interfaces/ILateSubmission.sol";
import {LateAuthorisationLib} from "../../libraries/LateAuthorisationLib.sol";
import {LateSubmissionLib} from "../../libraries/LateSubmissionLib.sol";
import {RollupState__Harness} from "./RollupState__Harness.sol";

/// @notice Exposes LateAuthorisationLib to tests, and beside it the upstream functions that it is compared with.
contract LateAuthorisationLib__Harness is RollupState__Harness {
  using Checkpoints for Checkpoints.Trace160;
  using TimeLib for Slot;
  using Checkpoints for Checkpoints.Trace224;

  function setTerms(LateSubmissionTerms memory _terms) external {
    LateSubmissionLib.setTerms(_terms);
  }

  /// @param _since The escape hatch counts for epochs that start at this time or later, in seconds
  function setEscapeHatch(uint96 _since, address _escapeHatch) external {
    ValidatorSelectionLib.getStorage().escapeHatchCheckpoints.push(_since, uint160(_escapeHatch));
  }

  function setGSE(address _gse) external {
    StakingLib.getStorage().gse = GSE(_gse);
  }

  function setCommitment(Epoch _epoch, bytes32 _commitment) external {
    ValidatorSelectionLib.getStorage().committeeCommitments[_epoch] = _commitment;
  }

  function setUpEpoch(Epoch _epoch) external {
    LateAuthorisationLib.setUpEpoch(_epoch);
  }

  function upstreamSetupEpoch(Epoch _epoch) external {
    ValidatorSelectionLib.setupEpoch(_epoch);
  }

  function verifyQuorum(
    Slot _slot,
    CommitteeAttestations calldata _attestations,
    bytes32 _digest
  ) external returns (address proposer, uint256 index, bool hasAttested) {
    return LateAuthorisationLib.verifyQuorum(_slot, _slot.epochFromSlot(), _attestations, _digest);
  }

  function authorise(
    Slot _slot,
    CommitteeAttestations calldata _attestations,
    bytes32 _digest,
    bytes32 _proposalDigest,
    Signature calldata _proposalSignature
  ) external returns (address) {
    return
      LateAuthorisationLib.authorise(
        _slot,
        _slot.epochFromSlot(),
        _attestations,
        _digest,
        _proposalDigest,
        _proposalSignature
      );
  }

  function upstreamGetCommitteeAt(Epoch _epoch) external returns (address[] memory) {
    return ValidatorSelectionLib.getCommitteeAt(_epoch);
  }

  function requireOpen(Slot _slot) external view {
    LateAuthorisationLib.requireOpen(_slot);
  }

  function getCommitment(Epoch _epoch) external view returns (bytes32) {
    return ValidatorSelectionLib.getStorage().committeeCommitments[_epoch];
  }

  function getSampleSeed(Epoch _epoch) external view returns (uint256) {
    return ValidatorSelectionLib.getSampleSeed(_epoch);
  }

  function getCachedProposer(Slot _slot) external view returns (address, uint256) {
    return ValidatorSelectionLib.getCachedProposer(_slot);
  }

  function getRandaoCount() external view returns (uint256) {
    return ValidatorSelectionLib.getStorage().randaos.length();
  }

  function getProposerIndex(Epoch _epoch, Slot _slot, uint256 _committeeSize) external view returns (uint256) {
    uint256 seed = ValidatorSelectionLib.getSampleSeed(_epoch);
    return ValidatorSelectionLib.computeProposerIndex(_epoch, _slot, seed, _committeeSize);
  }
}
