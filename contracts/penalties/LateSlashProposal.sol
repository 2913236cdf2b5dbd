// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISlasher} from "@aztec/core/interfaces/ISlasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Clones} from "@oz/proxy/Clones.sol";

/**
 * @title LateSlashProposal
 * @notice Lets governance hand a slash payload to the slasher.
 * @dev Governance executes a payload's actions itself, and it is not the slasher: given the slash payload directly,
 *      it would be turned away. Cloned with slasher and slash payload as immutable arguments.
 */
contract LateSlashProposal is IPayload {
  /// @inheritdoc IPayload
  function getActions() external view override(IPayload) returns (IPayload.Action[] memory actions) {
    (ISlasher slasher, IPayload payload) = abi.decode(Clones.fetchCloneArgs(address(this)), (ISlasher, IPayload));
    actions = new IPayload.Action[](1);
    actions[0] = IPayload.Action({target: address(slasher), data: abi.encodeCall(ISlasher.slash, (payload))});
  }

  /// @inheritdoc IPayload
  function getURI() external pure override(IPayload) returns (string memory) {
    return "LateSlashProposal";
  }
}
