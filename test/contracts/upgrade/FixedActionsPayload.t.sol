// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Test} from "forge-std/Test.sol";
import {FixedActionsPayload} from "../../../contracts/upgrade/FixedActionsPayload.sol";

contract FixedActionsPayloadTest is Test {
  string private constant URI = "what it is for";

  function test_constructor_revertsWithoutActions() public {
    vm.expectRevert(FixedActionsPayload.FixedActionsPayload__NoActions.selector);
    new FixedActionsPayload(new IPayload.Action[](0), URI);
  }

  function test_constructor_revertsForATargetWithoutCode() public {
    IPayload.Action[] memory actions = new IPayload.Action[](2);
    actions[0] = IPayload.Action({target: address(this), data: hex"01"});
    actions[1] = IPayload.Action({target: address(0xDEAD), data: hex"02"});
    vm.expectRevert(
      abi.encodeWithSelector(FixedActionsPayload.FixedActionsPayload__NotAContract.selector, address(0xDEAD))
    );
    new FixedActionsPayload(actions, URI);
  }

  function test_getActions_returnsThemInTheGivenOrder() public {
    IPayload.Action[] memory actions = new IPayload.Action[](2);
    actions[0] = IPayload.Action({target: address(this), data: hex"01"});
    actions[1] = IPayload.Action({target: address(vm), data: hex"0203"});
    IPayload.Action[] memory kept = new FixedActionsPayload(actions, URI).getActions();
    assertEq(abi.encode(kept), abi.encode(actions), "all actions, in order");
  }

  function test_getURI_returnsTheGivenOne() public {
    IPayload.Action[] memory actions = new IPayload.Action[](1);
    actions[0] = IPayload.Action({target: address(this), data: hex"01"});
    assertEq(new FixedActionsPayload(actions, URI).getURI(), URI, "the URI");
  }
}
