// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStakingCore} from "@aztec/core/interfaces/IStaking.sol";
import {IValidatorSelection} from "@aztec/core/interfaces/IValidatorSelection.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Clones} from "@oz/proxy/Clones.sol";
import {ILateSlashRegistry} from "../interfaces/ILateSlashRegistry.sol";

/**
 * @notice What a late slash does.
 * @param registry Where its strikes are consumed
 * @param rollup The rollup that slashes
 * @param attester Whom it slashes
 * @param slots The strikes of its batch
 * @param prices What each of them costs, in the order of the slots and in units of the staking asset
 * @param lastSlot The last slot in which it may be executed
 */
struct LateSlash {
  ILateSlashRegistry registry;
  address rollup;
  address attester;
  Slot[] slots;
  uint256[] prices;
  Slot lastSlot;
}

/**
 * @title LateSlashPayload
 * @notice Slashes an attester for the strikes of a batch that nobody has slashed for yet: consume, slash, check.
 * @dev Cloned with its `LateSlash` as immutable arguments, as upstream clones its own slash payloads. Only the
 *      rollup's slasher can execute it: the registry turns anyone else away.
 *
 *      The slasher asks for the actions when it executes. Slots and prices are fixed by the payload's address; only
 *      consumption in the registry varies, and that is never taken back. So whoever chooses the payload, or lets the
 *      time for a veto pass, has seen the most that it can do: by its execution it may do less, even less than the
 *      threshold of the hook that made it. A veto forbids this payload and not its strikes, which may be in others.
 */
contract LateSlashPayload is IPayload {
  /// @notice Thrown when the payload's time is over.
  error LateSlashPayload__Expired(Slot lastSlot, Slot currentSlot);

  /**
   * @inheritdoc IPayload
   * @dev What it would do now; after its last slot it reverts. With nothing left the first action reverts. So does one
   *      kept from an earlier answer, once any of its slots has been consumed since.
   */
  function getActions() external view override(IPayload) returns (IPayload.Action[] memory actions) {
    LateSlash memory slash = abi.decode(Clones.fetchCloneArgs(address(this)), (LateSlash));
    Slot currentSlot = IValidatorSelection(slash.rollup).getCurrentSlot();
    require(currentSlot <= slash.lastSlot, LateSlashPayload__Expired(slash.lastSlot, currentSlot));
    (Slot[] memory slots, uint256 amount) = _notConsumed(slash);
    actions = new IPayload.Action[](3);
    actions[0] = IPayload.Action({
      target: address(slash.registry),
      data: abi.encodeCall(ILateSlashRegistry.consume, (slash.rollup, slash.attester, slots))
    });
    actions[1] = IPayload.Action({
      target: slash.rollup,
      data: abi.encodeCall(IStakingCore.slash, (slash.attester, amount))
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

  /// @dev The strikes that are left, and the sum of their prices.
  function _notConsumed(LateSlash memory _slash) private view returns (Slot[] memory slots, uint256 amount) {
    Slot[] memory left = new Slot[](_slash.slots.length);
    uint256 length = 0;
    for (uint256 i = 0; i < left.length; ++i) {
      if (_slash.registry.isConsumed(_slash.rollup, _slash.slots[i])) continue;
      left[length] = _slash.slots[i];
      ++length;
      amount += _slash.prices[i];
    }

    slots = new Slot[](length);
    for (uint256 i = 0; i < length; ++i) {
      slots[i] = left[i];
    }
  }
}
