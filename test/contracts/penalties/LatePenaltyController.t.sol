// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Ownable} from "@oz/access/Ownable.sol";
import {ReentrancyGuardTransient} from "@oz/utils/ReentrancyGuardTransient.sol";
import {Test} from "forge-std/Test.sol";
import {ILatePenaltyController, PenaltyHook} from "../../../contracts/interfaces/ILatePenaltyController.sol";
import {ILateSubmission, LateSubmissionRecord} from "../../../contracts/interfaces/ILateSubmission.sol";
import {ILateSubmissionHook} from "../../../contracts/interfaces/ILateSubmissionHook.sol";
import {LatePenaltyController} from "../../../contracts/penalties/LatePenaltyController.sol";
import {PenaltyHook__Mock} from "../../../contracts/test/penalties/PenaltyHook__Mock.sol";
import {Rollup__MockForPenalties} from "../../../contracts/test/penalties/Rollup__MockForPenalties.sol";

/// @dev A hook that enters the controller again without naming any slot.
contract EmptyBatchHook is ILateSubmissionHook {
  function onLateSubmission(LateSubmissionRecord calldata) external override(ILateSubmissionHook) returns (bytes4) {
    ILatePenaltyController(msg.sender).penalizeBatch(new Slot[](0));
    return ILateSubmissionHook.onLateSubmission.selector;
  }
}

contract LatePenaltyControllerTest is Test {
  uint32 private constant GAS_LIMIT = 400_000;
  Slot private constant SLOT = Slot.wrap(101);
  Slot private constant NEXT_SLOT = Slot.wrap(102);

  address private immutable GOVERNANCE = makeAddr("governance");
  address private immutable PROPOSER = makeAddr("proposer");

  Rollup__MockForPenalties private rollup;
  LatePenaltyController private controller;

  function setUp() public {
    rollup = new Rollup__MockForPenalties();
    rollup.setCurrentSlot(100);
    controller = new LatePenaltyController(ILateSubmission(address(rollup)), GOVERNANCE);
    rollup.setRecord(Slot.unwrap(SLOT), PROPOSER, true);
    rollup.setRecord(Slot.unwrap(NEXT_SLOT), PROPOSER, true);
  }

  // ---- governance ----

  function test_addHook_registersFromTheNextSlotOn() public {
    PenaltyHook__Mock hook = new PenaltyHook__Mock(PenaltyHook__Mock.Behaviour.Record);
    vm.expectEmit(address(controller));
    emit ILatePenaltyController.PenaltyHookAdded(hook, GAS_LIMIT, SLOT);
    _add(hook);
    PenaltyHook[] memory hooks = controller.getHooks();
    assertEq(hooks.length, 1, "one hook");
    assertEq(address(hooks[0].hook), address(hook), "the hook");
    assertEq(hooks[0].gasLimit, GAS_LIMIT, "its gas");
    assertEq(Slot.unwrap(controller.getFirstSlot(hook)), 101, "first slot is the one after registration");
  }

  function test_addHook_revertsForAnyoneButGovernance() public {
    PenaltyHook__Mock hook = new PenaltyHook__Mock(PenaltyHook__Mock.Behaviour.Record);
    vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
    controller.addHook(hook, GAS_LIMIT);
    _add(hook);
    vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
    controller.removeHook(hook);
  }

  function test_addHook_revertsIfRegistered() public {
    ILateSubmissionHook hook = _addNew(PenaltyHook__Mock.Behaviour.Record);
    vm.expectRevert(
      abi.encodeWithSelector(ILatePenaltyController.LatePenaltyController__AlreadyRegistered.selector, hook)
    );
    _add(hook);
  }

  function test_addHook_revertsWithoutCode() public {
    ILateSubmissionHook hook = ILateSubmissionHook(makeAddr("nobody"));
    vm.expectRevert(abi.encodeWithSelector(ILatePenaltyController.LatePenaltyController__NotAContract.selector, hook));
    _add(hook);
  }

  function test_addHook_acceptsTheLeastCode() public {
    ILateSubmissionHook hook = ILateSubmissionHook(makeAddr("one byte"));
    vm.etch(address(hook), hex"00");
    _add(hook);
    assertEq(controller.getHooks().length, 1, "any code will do");
  }

  function test_addHook_revertsIfTheGasLimitIsOutOfBounds() public {
    PenaltyHook__Mock hook = new PenaltyHook__Mock(PenaltyHook__Mock.Behaviour.Record);
    uint32[2] memory limits = [uint32(49_999), uint32(1_500_001)];
    for (uint256 i = 0; i < limits.length; ++i) {
      vm.expectRevert(
        abi.encodeWithSelector(
          ILatePenaltyController.LatePenaltyController__GasLimitOutOfBounds.selector,
          limits[i],
          50_000,
          1_500_000
        )
      );
      vm.prank(GOVERNANCE);
      controller.addHook(hook, limits[i]);
    }
    vm.startPrank(GOVERNANCE);
    controller.addHook(hook, 50_000);
    controller.removeHook(hook);
    controller.addHook(hook, 1_500_000);
    vm.stopPrank();
  }

  function test_addHook_revertsIfTheListIsFull() public {
    for (uint256 i = 0; i < controller.MAX_HOOKS(); ++i) {
      _addNew(PenaltyHook__Mock.Behaviour.Record);
    }
    PenaltyHook__Mock hook = new PenaltyHook__Mock(PenaltyHook__Mock.Behaviour.Record);
    vm.expectRevert(abi.encodeWithSelector(ILatePenaltyController.LatePenaltyController__TooManyHooks.selector, 8));
    _add(hook);
  }

  function test_removeHook_keepsTheOrderOfTheOthers() public {
    ILateSubmissionHook first = _addNew(PenaltyHook__Mock.Behaviour.Record);
    ILateSubmissionHook second = _addNew(PenaltyHook__Mock.Behaviour.Record);
    ILateSubmissionHook third = _addNew(PenaltyHook__Mock.Behaviour.Record);
    vm.expectEmit(address(controller));
    emit ILatePenaltyController.PenaltyHookRemoved(first);
    vm.prank(GOVERNANCE);
    controller.removeHook(first);
    PenaltyHook[] memory hooks = controller.getHooks();
    assertEq(hooks.length, 2, "two remain");
    assertEq(address(hooks[0].hook), address(second), "second first");
    assertEq(address(hooks[1].hook), address(third), "third second");
  }

  function test_removeHook_revertsIfNotRegistered() public {
    PenaltyHook__Mock hook = new PenaltyHook__Mock(PenaltyHook__Mock.Behaviour.Record);
    bytes memory expected = abi.encodeWithSelector(
      ILatePenaltyController.LatePenaltyController__NotRegistered.selector,
      hook
    );
    vm.expectRevert(expected);
    vm.prank(GOVERNANCE);
    controller.removeHook(hook);
    vm.expectRevert(expected);
    controller.getFirstSlot(hook);
  }

  // ---- once per settled late slot and hook ----

  function test_penalize_handsTheWholeRecordToEveryHookOnce() public {
    PenaltyHook__Mock first = _addNew(PenaltyHook__Mock.Behaviour.Record);
    PenaltyHook__Mock second = _addNew(PenaltyHook__Mock.Behaviour.Record);
    vm.expectEmit(address(controller));
    emit ILatePenaltyController.PenaltyApplied(SLOT, first);
    vm.expectEmit(address(controller));
    emit ILatePenaltyController.PenaltyApplied(SLOT, second);
    assertEq(controller.penalize(SLOT), 0, "nothing pending");
    assertEq(controller.penalize(SLOT), 0, "still nothing pending");

    LateSubmissionRecord[] memory judged = first.getJudged();
    assertEq(judged.length, 1, "judged once");
    assertEq(
      keccak256(abi.encode(judged[0])),
      keccak256(abi.encode(ILateSubmission(address(rollup)).getLateSubmission(SLOT))),
      "the record as the rollup has it"
    );
    assertEq(second.getJudged().length, 1, "judged once by the second");
    assertTrue(controller.isApplied(SLOT, first), "applied");
    assertFalse(controller.isApplied(NEXT_SLOT, first), "not for another slot");
  }

  function test_penalize_revertsIfNotSettled() public {
    rollup.setRecord(Slot.unwrap(SLOT), PROPOSER, false);
    vm.expectRevert(abi.encodeWithSelector(ILatePenaltyController.LatePenaltyController__NotSettled.selector, SLOT));
    controller.penalize(SLOT);
  }

  function test_penalize_revertsIfTheSlotIsUnknown() public {
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__UnknownSlot.selector, Slot.wrap(7)));
    controller.penalize(Slot.wrap(7));
  }

  function test_penalizeBatch_judgesEverySlotAndToleratesRepeats() public {
    PenaltyHook__Mock hook = _addNew(PenaltyHook__Mock.Behaviour.Record);
    Slot[] memory slots = new Slot[](3);
    (slots[0], slots[1], slots[2]) = (SLOT, NEXT_SLOT, NEXT_SLOT);
    assertEq(controller.penalizeBatch(slots), 0, "nothing pending");
    LateSubmissionRecord[] memory judged = hook.getJudged();
    assertEq(judged.length, 2, "each slot once");
    assertEq(Slot.unwrap(judged[0].slot), Slot.unwrap(SLOT), "the first of them");
    assertEq(Slot.unwrap(judged[1].slot), Slot.unwrap(NEXT_SLOT), "the second");
  }

  function test_penalize_hookJudgesOnlySlotsAfterItsRegistration() public {
    rollup.setRecord(99, PROPOSER, true);
    rollup.setRecord(100, PROPOSER, true);
    PenaltyHook__Mock hook = _addNew(PenaltyHook__Mock.Behaviour.Record);
    controller.penalize(Slot.wrap(99));
    controller.penalize(Slot.wrap(100));
    assertEq(hook.getJudged().length, 0, "slots that had begun before are not judged");
    controller.penalize(SLOT);
    assertEq(hook.getJudged().length, 1, "the first slot after is");
  }

  function test_penalize_hookRegisteredAgainJudgesOnlyFromThenOn() public {
    PenaltyHook__Mock hook = _addNew(PenaltyHook__Mock.Behaviour.Record);
    controller.penalize(SLOT);
    vm.prank(GOVERNANCE);
    controller.removeHook(hook);
    controller.penalize(NEXT_SLOT);
    rollup.setCurrentSlot(110);
    _add(hook);
    controller.penalize(SLOT);
    controller.penalize(NEXT_SLOT);
    assertEq(hook.getJudged().length, 1, "neither twice nor after the fact");
  }

  // ---- hostile hooks ----

  function test_penalize_failingHookStaysPendingAndIsRetried() public {
    PenaltyHook__Mock failing = _addNew(PenaltyHook__Mock.Behaviour.Revert);
    PenaltyHook__Mock healthy = _addNew(PenaltyHook__Mock.Behaviour.Record);
    bytes32 reason = bytes32(PenaltyHook__Mock.PenaltyHook__Refused.selector);
    vm.expectEmit(address(controller));
    emit ILatePenaltyController.PenaltyFailed(SLOT, failing, reason);
    assertEq(controller.penalize(SLOT), 1, "one pending");
    assertFalse(controller.isApplied(SLOT, failing), "pending");
    assertEq(healthy.getJudged().length, 1, "the other is not held back");

    failing.setBehaviour(PenaltyHook__Mock.Behaviour.Record);
    assertEq(controller.penalize(SLOT), 0, "nothing pending any more");
    assertEq(failing.getJudged().length, 1, "judged on retry");
    assertEq(healthy.getJudged().length, 1, "and the other not again");
  }

  function test_penalize_everyBadAnswerIsAFailureOfThatHookOnly() public {
    for (uint8 i = 1; i <= uint8(PenaltyHook__Mock.Behaviour.Reenter); ++i) {
      PenaltyHook__Mock.Behaviour behaviour = PenaltyHook__Mock.Behaviour(i);
      controller = new LatePenaltyController(ILateSubmission(address(rollup)), GOVERNANCE);
      PenaltyHook__Mock before = _addNew(PenaltyHook__Mock.Behaviour.Record);
      PenaltyHook__Mock bad = _addNew(behaviour);
      PenaltyHook__Mock afterwards = _addNew(PenaltyHook__Mock.Behaviour.Record);
      assertEq(controller.penalize(SLOT), 1, "only the bad hook is pending");
      assertFalse(controller.isApplied(SLOT, bad), "the bad hook is pending");
      assertEq(bad.getJudged().length, 0, "nothing of the bad hook remains");
      assertEq(before.getJudged().length, 1, "the hook before was called");
      assertEq(afterwards.getJudged().length, 1, "the hook after was called");
    }
  }

  function test_penalize_reasonIsEmptyWithoutData() public {
    PenaltyHook__Mock hook = _addNew(PenaltyHook__Mock.Behaviour.RevertEmpty);
    // A slot whose place in the bitmap leaves something behind where the reason will be written.
    Slot slot = Slot.wrap(1001);
    rollup.setRecord(Slot.unwrap(slot), PROPOSER, true);
    vm.expectEmit(address(controller));
    emit ILatePenaltyController.PenaltyFailed(slot, hook, bytes32(0));
    controller.penalize(slot);
  }

  function test_penalize_bombCostsNoMoreThanTheHooksGas() public {
    _addNew(PenaltyHook__Mock.Behaviour.BombReturn);
    _addNew(PenaltyHook__Mock.Behaviour.BombRevert);
    uint256 gasBefore = gasleft();
    controller.penalize(SLOT);
    // Copying 200,000 bytes twice would cost the controller some 200,000 gas more than the hooks themselves.
    assertLt(gasBefore - gasleft(), 2 * uint256(GAS_LIMIT), "the caller pays for the calls only");
  }

  function test_penalize_gasBurnerTakesItsLimitAndNoMore() public {
    _addNew(PenaltyHook__Mock.Behaviour.BurnGas);
    PenaltyHook__Mock healthy = _addNew(PenaltyHook__Mock.Behaviour.Record);
    uint256 gasBefore = gasleft();
    controller.penalize(SLOT);
    uint256 gasUsed = gasBefore - gasleft();
    assertGt(gasUsed, GAS_LIMIT, "it burnt what it was given");
    assertLt(gasUsed, 2 * uint256(GAS_LIMIT) + 50_000, "and the rest was left");
    assertEq(healthy.getJudged().length, 1, "for the other hook");
  }

  function test_penalize_reentranceIsRefused() public {
    PenaltyHook__Mock hook = _addNew(PenaltyHook__Mock.Behaviour.Reenter);
    vm.expectEmit(address(controller));
    emit ILatePenaltyController.PenaltyFailed(
      SLOT,
      hook,
      bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
    );
    controller.penalize(SLOT);

    hook.setBehaviour(PenaltyHook__Mock.Behaviour.ReenterAndSwallow);
    controller.penalize(SLOT);
    assertFalse(hook.hasReentered(), "the second entry failed");
    assertEq(hook.getJudged().length, 1, "and the hook was entered once");
  }

  function test_penalize_reentranceWithNothingToDoIsRefusedToo() public {
    EmptyBatchHook hook = new EmptyBatchHook();
    _add(hook);
    vm.expectEmit(address(controller));
    emit ILatePenaltyController.PenaltyFailed(
      SLOT,
      hook,
      bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
    );
    assertEq(controller.penalize(SLOT), 1, "it stays pending");
  }

  function test_penalize_hookThatIsTheOwnerMayChangeTheListMeanwhile() public {
    PenaltyHook__Mock hook = _addNew(PenaltyHook__Mock.Behaviour.RemoveItself);
    PenaltyHook__Mock afterwards = _addNew(PenaltyHook__Mock.Behaviour.Record);
    vm.prank(GOVERNANCE);
    controller.transferOwnership(address(hook));
    assertEq(controller.penalize(SLOT), 0, "nothing pending");
    assertEq(controller.getHooks().length, 1, "it removed itself");
    assertEq(afterwards.getJudged().length, 1, "and no other was skipped");
  }

  function test_penalize_callerCannotStarveAHook() public {
    PenaltyHook__Mock hook = _addNew(PenaltyHook__Mock.Behaviour.Record);
    bytes memory data = abi.encodeCall(controller.penalize, (SLOT));
    bool hasSucceeded = false;
    for (uint256 gasGiven = 30_000; gasGiven <= 600_000; gasGiven += 10_000) {
      uint256 snapshot = vm.snapshotState();
      (bool success, ) = address(controller).call{gas: gasGiven}(data);
      // Either nothing happened at all, or the hook had all its gas.
      if (success) {
        hasSucceeded = true;
        assertTrue(controller.isApplied(SLOT, hook), "a hook that works is never left pending by its caller");
        assertGe(hook.gasSeen(), (uint256(GAS_LIMIT) * 99) / 100, "it had the gas it was promised");
      }
      vm.revertToState(snapshot);
    }
    assertTrue(hasSucceeded, "enough gas is enough");
  }

  function test_penalize_revertsIfTheCallerLeavesTooLittleGas() public {
    _addNew(PenaltyHook__Mock.Behaviour.Record);
    (bool success, bytes memory reason) = address(controller).call{gas: 300_000}(
      abi.encodeCall(controller.penalize, (SLOT))
    );
    assertFalse(success, "it reverts");
    (uint256 available, uint256 required) = _readInsufficientGas(reason);
    assertEq(required, 400_000 + 400_000 / uint256(63) + 10_000, "and says how much was needed");

    // What was lacking, less one, lacks; with it there is exactly enough. Calls of one state cost the same.
    uint256 enough = 300_000 + required - available;
    (success, reason) = address(controller).call{gas: enough - 1}(abi.encodeCall(controller.penalize, (NEXT_SLOT)));
    assertFalse(success, "one unit too few");
    (available, ) = _readInsufficientGas(reason);
    enough += required - available - 1;
    (success, ) = address(controller).call{gas: enough}(abi.encodeCall(controller.penalize, (NEXT_SLOT)));
    assertTrue(success, "exactly enough");
  }

  function test_penalize_worstCaseFitsATransaction() public {
    for (uint256 i = 0; i < controller.MAX_HOOKS(); ++i) {
      PenaltyHook__Mock hook = new PenaltyHook__Mock(PenaltyHook__Mock.Behaviour.BurnGas);
      vm.prank(GOVERNANCE);
      controller.addHook(hook, 1_500_000);
    }
    uint256 transactionGasLimit = 16_777_216;
    (bool success, bytes memory answer) = address(controller).call{gas: transactionGasLimit - 21_000 - 600}(
      abi.encodeCall(controller.penalize, (SLOT))
    );
    assertTrue(success, "eight hooks that burn all they get do not hold up the call");
    assertEq(abi.decode(answer, (uint256)), 8, "all of them are pending");
  }

  function _readInsufficientGas(bytes memory _reason) private pure returns (uint256 available, uint256 required) {
    bytes4 expected = ILatePenaltyController.LatePenaltyController__InsufficientGas.selector;
    assertEq(bytes4(_reason), expected, "it says that gas lacks");
    // Memory cannot be sliced, so that `abi.decode` does not reach behind the selector.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      available := mload(add(_reason, 0x24))
      required := mload(add(_reason, 0x44))
    }
  }

  function _addNew(PenaltyHook__Mock.Behaviour _behaviour) private returns (PenaltyHook__Mock hook) {
    hook = new PenaltyHook__Mock(_behaviour);
    _add(hook);
  }

  function _add(ILateSubmissionHook _hook) private {
    vm.prank(GOVERNANCE);
    controller.addHook(_hook, GAS_LIMIT);
  }
}
