// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStakingCore} from "@aztec/core/interfaces/IStaking.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Clones} from "@oz/proxy/Clones.sol";
import {ILateSlashRegistry} from "../interfaces/ILateSlashRegistry.sol";

/**
 * @notice What a late slash does.
 * @param registry Where its strikes are consumed
 * @param rollup The rollup that slashes
 * @param attester Whom it slashes
 * @param amount How much, in units of the staking asset
 * @param slots The strikes that it consumes
 */
struct LateSlash {
  ILateSlashRegistry registry;
  address rollup;
  address attester;
  uint256 amount;
  Slot[] slots;
}

/**
 * @title LateSlashPayload
 * @notice Slashes an attester once for a batch of strikes: consume, slash, check.
 * @dev Cloned with its `LateSlash` as immutable arguments, as upstream clones its own slash payloads. Only the
 *      rollup's slasher can execute it: the registry turns anyone else away.
 */
contract LateSlashPayload is IPayload {
  /// @inheritdoc IPayload
  function getActions() external view override(IPayload) returns (IPayload.Action[] memory actions) {
    LateSlash memory slash = abi.decode(Clones.fetchCloneArgs(address(this)), (LateSlash));
    actions = new IPayload.Action[](3);
    actions[0] = IPayload.Action({
      target: address(slash.registry),
      data: abi.encodeCall(ILateSlashRegistry.consume, (slash.rollup, slash.attester, slash.slots))
    });
    actions[1] = IPayload.Action({
      target: slash.rollup,
      data: abi.encodeCall(IStakingCore.slash, (slash.attester, slash.amount))
    });
    actions[2] = IPayload.Action({
      target: address(slash.registry),
      data: abi.encodeCall(ILateSlashRegistry.requireSlashed, (slash.rollup, slash.attester))
    });
  }

  /// @inheritdoc IPayload
  function getURI() external pure override(IPayload) returns (string memory) {
    return "LateSlashPayload";
  }
}
