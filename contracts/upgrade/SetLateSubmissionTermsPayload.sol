// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {ILateSubmission, LateSubmissionTerms} from "../interfaces/ILateSubmission.sol";

/**
 * @title SetLateSubmissionTermsPayload
 * @notice A governance payload that sets the terms of late submissions on one rollup.
 *
 * @dev The terms are fixed at deployment, so that voters read what they vote on. Terms that the rollup would refuse
 *      make the execution revert with the rollup's own error.
 */
contract SetLateSubmissionTermsPayload is IPayload {
  /// @notice The rollup whose terms are set.
  ILateSubmission public immutable ROLLUP;

  LateSubmissionTerms private terms;

  /**
   * @notice Fixes what the payload does.
   * @param _rollup The rollup whose terms are set
   * @param _terms The new terms
   */
  constructor(ILateSubmission _rollup, LateSubmissionTerms memory _terms) {
    ROLLUP = _rollup;
    terms = _terms;
  }

  /// @inheritdoc IPayload
  function getActions() external view override(IPayload) returns (IPayload.Action[] memory actions) {
    actions = new IPayload.Action[](1);
    actions[0] = Action({
      target: address(ROLLUP),
      data: abi.encodeCall(ILateSubmission.setLateSubmissionTerms, (terms))
    });
  }

  /// @inheritdoc IPayload
  function getURI() external pure override(IPayload) returns (string memory) {
    return "SetLateSubmissionTermsPayload";
  }
}
