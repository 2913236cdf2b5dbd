// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";

/**
 * @title FixedActionsPayload
 * @notice A governance payload whose actions are fixed at deployment, so that voters read what they vote on.
 *
 * @dev Registering the rollup needs upstream's payload only. This one is for what governance decides later: the terms
 *      of late submissions, opening rewards, hooks. An action that its target refuses makes the execution revert
 *      with `Governance__CallFailed`; one whose target has no code would succeed without doing anything, and is refused
 *      here.
 */
contract FixedActionsPayload is IPayload {
  IPayload.Action[] private actions;
  string private uri;

  /// @notice Thrown when there is nothing to execute.
  error FixedActionsPayload__NoActions();
  /// @notice Thrown when the target of an action has no code: governance would count the call as a success.
  error FixedActionsPayload__NotAContract(address target);

  /**
   * @notice Fixes what the payload does.
   * @param _actions The calls that governance makes, in order; at least one
   * @param _uri Where the proposal is described
   */
  constructor(IPayload.Action[] memory _actions, string memory _uri) {
    require(_actions.length > 0, FixedActionsPayload__NoActions());
    for (uint256 i = 0; i < _actions.length; ++i) {
      address target = _actions[i].target;
      require(target.code.length > 0, FixedActionsPayload__NotAContract(target));
      actions.push(_actions[i]);
    }
    uri = _uri;
  }

  /// @inheritdoc IPayload
  function getActions() external view override(IPayload) returns (IPayload.Action[] memory) {
    return actions;
  }

  /// @inheritdoc IPayload
  function getURI() external view override(IPayload) returns (string memory) {
    return uri;
  }
}
