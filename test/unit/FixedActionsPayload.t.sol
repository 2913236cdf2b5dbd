// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Test} from "forge-std/Test.sol";
import {FixedActionsPayload} from "../../contracts/upgrade/FixedActionsPayload.sol";

contract FixedActionsPayloadTest is Test {
  function test_constructor_keepsActionsInOrder() public {
    IPayload.Action[] memory actions = new IPayload.Action[](2);
    actions[0] = IPayload.Action({target: address(this), data: hex"01"});
    actions[1] = IPayload.Action({target: address(vm), data: hex"0203"});
    FixedActionsPayload payload = new FixedActionsPayload(actions, "uri");

    assertEq(abi.encode(payload.getActions()), abi.encode(actions), "actions");
    assertEq(payload.getURI(), "uri", "uri");
  }

  function test_constructor_revertsWithoutActions() public {
    vm.expectRevert(FixedActionsPayload.FixedActionsPayload__NoActions.selector);
    new FixedActionsPayload(new IPayload.Action[](0), "uri");
  }

  function test_constructor_revertsIfATargetHasNoCode() public {
    IPayload.Action[] memory actions = new IPayload.Action[](2);
    actions[0] = IPayload.Action({target: address(this), data: ""});
    actions[1] = IPayload.Action({target: address(0xdead), data: ""});
    vm.expectRevert(
      abi.encodeWithSelector(FixedActionsPayload.FixedActionsPayload__NotAContract.selector, address(0xdead))
    );
    new FixedActionsPayload(actions, "uri");
  }
}
