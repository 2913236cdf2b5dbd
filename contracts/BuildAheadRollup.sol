// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {RollupConfigInput} from "@aztec/core/interfaces/IRollup.sol";
import {IVerifier} from "@aztec/core/interfaces/IVerifier.sol";
import {Rollup} from "@aztec/core/Rollup.sol";
import {GenesisState} from "@aztec/core/RollupCore.sol";
import {Slot} from "@aztec/core/libraries/TimeLib.sol";
import {GSE} from "@aztec/governance/GSE.sol";
import {IERC20} from "@oz/token/ERC20/IERC20.sol";
import {ILateSubmission, LateSubmissionRecord, LateSubmissionTerms} from "./interfaces/ILateSubmission.sol";
import {LateSubmissionExtLib} from "./libraries/LateSubmissionExtLib.sol";
import {RawCallLib} from "./libraries/RawCallLib.sol";

/**
 * @title BuildAheadRollup
 * @notice Upstream's rollup with a previous-slot submission window.
 *
 * @dev `Rollup` is inherited as it is. The window is delivered by linking `BuildAheadOperationsExtLib` where upstream
 *      links `RollupOperationsExtLib`; this contract only adds the surface of `ILateSubmission`. There is still one
 *      selector that proposes, `propose`: archivers decode L1 transactions for exactly that one.
 */
contract BuildAheadRollup is Rollup, ILateSubmission {
  /**
   * @notice Upstream's constructor, then the first terms.
   * @param _feeAsset The token in which fees and rewards are paid
   * @param _stakingAsset The token that validators stake
   * @param _gse The staking escrow that all rollup versions share
   * @param _epochProofVerifier The verifier of epoch proofs
   * @param _governance The owner
   * @param _genesisState The genesis roots
   * @param _config Upstream's configuration; build-ahead deployments set an `inboxLag` of at least 2, because a child
   *        built before its parent landed dies on any message sent in between if the lag is 1
   * @param _terms The terms of late submissions to start with
   */
  constructor(
    IERC20 _feeAsset,
    IERC20 _stakingAsset,
    GSE _gse,
    IVerifier _epochProofVerifier,
    address _governance,
    GenesisState memory _genesisState,
    RollupConfigInput memory _config,
    LateSubmissionTerms memory _terms
  ) Rollup(_feeAsset, _stakingAsset, _gse, _epochProofVerifier, _governance, _genesisState, _config) {
    LateSubmissionExtLib.initialize(_terms);
  }

  /// @inheritdoc ILateSubmission
  function setLateSubmissionTerms(LateSubmissionTerms calldata) external override(ILateSubmission) onlyOwner {
    RawCallLib.delegate(address(LateSubmissionExtLib), LateSubmissionExtLib.setTerms.selector);
  }

  /// @inheritdoc ILateSubmission
  function nameLateRecipient(address) external override(ILateSubmission) {
    RawCallLib.delegate(address(LateSubmissionExtLib), LateSubmissionExtLib.nameRecipient.selector);
  }

  /// @inheritdoc ILateSubmission
  function requireOpen(Slot, bytes32) external view override(ILateSubmission) {
    RawCallLib.delegateView(address(LateSubmissionExtLib), LateSubmissionExtLib.requireOpen.selector);
  }

  /// @inheritdoc ILateSubmission
  function getLateSubmissionTerms() external view override(ILateSubmission) returns (LateSubmissionTerms memory terms) {
    RawCallLib.delegateView(address(LateSubmissionExtLib), LateSubmissionExtLib.getTerms.selector);
    return terms;
  }

  /// @inheritdoc ILateSubmission
  function hasLandedLate(Slot) external view override(ILateSubmission) returns (bool hasLanded) {
    RawCallLib.delegateView(address(LateSubmissionExtLib), LateSubmissionExtLib.hasLandedLate.selector);
    return hasLanded;
  }

  /// @inheritdoc ILateSubmission
  function getLateSubmission(
    Slot
  ) external view override(ILateSubmission) returns (LateSubmissionRecord memory record) {
    RawCallLib.delegateView(address(LateSubmissionExtLib), LateSubmissionExtLib.getRecord.selector);
    return record;
  }
}
