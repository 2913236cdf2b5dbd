// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {RawCallLib} from "../../../contracts/libraries/RawCallLib.sol";
import {RawCallLib__Harness, RawCallTarget} from "../../../contracts/test/unit/RawCallLib__Harness.sol";

contract RawCallLibTest is Test {
  RawCallTarget internal target;

  function setUp() public {
    target = new RawCallTarget();
  }

  function testFuzz_delegate_handsOnArgumentsAndAnswer(uint256 _value, string calldata _text) public {
    uint256 value = bound(_value, 0, type(uint256).max - 1);
    RawCallLib__Harness harness = new RawCallLib__Harness(address(target), RawCallTarget.write.selector);
    (uint256 answer, string memory text) = harness.run(value, _text);
    assertEq(answer, value + 1, "the target's answer");
    assertEq(text, _text, "to the last byte");
    assertEq(harness.getValue(), value, "the target wrote the caller's storage");
  }

  function test_delegate_handsOnAReason() public {
    RawCallLib__Harness harness = new RawCallLib__Harness(address(target), RawCallTarget.refuse.selector);
    vm.expectRevert(abi.encodeWithSelector(RawCallTarget.RawCallTarget__Refused.selector, 7));
    harness.run(7, "");
  }

  function test_delegate_revertsIfThereIsNoCode() public {
    address nobody = makeAddr("nobody");
    RawCallLib__Harness harness = new RawCallLib__Harness(nobody, RawCallTarget.write.selector);
    vm.expectRevert(abi.encodeWithSelector(RawCallLib.RawCallLib__NoCode.selector, nobody));
    harness.run(7, "");
    vm.expectRevert(abi.encodeWithSelector(RawCallLib.RawCallLib__NoCode.selector, nobody));
    harness.look();
  }

  function test_delegateView_readsTheCallersState() public {
    RawCallLib__Harness harness = new RawCallLib__Harness(address(target), RawCallTarget.read.selector);
    (uint256 value, address self, address caller) = harness.look();
    assertEq(value, 0, "the caller's storage");
    assertEq(self, address(harness), "the caller's address");
    assertEq(caller, address(this), "the caller's caller");
  }
}
