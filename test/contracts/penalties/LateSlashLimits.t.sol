// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SlashRound} from "@aztec/core/libraries/SlashRoundLib.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {ILateSlashingHook, SlashTerms, StrikeBatch} from "../../../contracts/interfaces/ILateSlashingHook.sol";
import {ILateSlashRegistry} from "../../../contracts/interfaces/ILateSlashRegistry.sol";
import {LateSlashPayload} from "../../../contracts/penalties/LateSlashPayload.sol";
import {TallyProposer__Mock} from "../../../contracts/test/penalties/TallyProposer__Mock.sol";
import {LateSlashingSetUp} from "../../support/solidity/LateSlashingSetUp.sol";

/// @dev What keeps a slash within time, beyond a veto, and from happening twice.
contract LateSlashLimitsTest is LateSlashingSetUp {
  uint32 private constant LIFETIME = 1200;
  uint256 private constant FIRST = 1010;
  /// @dev What a late landing costs.
  uint256 private constant PRICE = LATE_WEIGHT * uint256(PER_WEIGHT);

  function setUp() public override {
    super.setUp();
    SlashTerms memory terms = hook.getTerms();
    terms.lifetimeSlots = LIFETIME;
    hook.setTerms(terms);
  }

  // ---- time ----

  function test_setTerms_revertsIfAPayloadCouldEndBeforeItsStrikesAreForgotten() public {
    SlashTerms memory terms = hook.getTerms();
    terms.lifetimeSlots = uint32(WINDOW);
    hook.setTerms(terms);
    terms.lifetimeSlots = uint32(WINDOW - 1);
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__LifetimeTooShort.selector, WINDOW - 1, WINDOW)
    );
    hook.setTerms(terms);
  }

  function test_payload_canBeExecutedInItsLastSlotAndNotLater() public {
    land(FIRST);
    land(FIRST + 2);
    IPayload proposal = hook.open(ALICE);
    uint256 last = FIRST + 2 + LIFETIME;
    rollup.setCurrentSlot(last + 1);
    IPayload payload = slashPayloadOf(proposal);
    vm.expectRevert(
      abi.encodeWithSelector(LateSlashPayload.LateSlashPayload__Expired.selector, Slot.wrap(last), Slot.wrap(last + 1))
    );
    payload.getActions();
    rollup.setCurrentSlot(last);
    executeAsGovernance(proposal);
    assertEq(stakeOf(ALICE), STAKE - 2 * PRICE, "in its last slot it slashes");
  }

  function test_payload_doesNothingTenWindowsLater() public {
    land(FIRST);
    land(FIRST + 2);
    IPayload proposal = hook.open(ALICE);
    rollup.setCurrentSlot(FIRST + 10 * WINDOW);
    IPayload.Action memory action = proposal.getActions()[0];
    (bool isSuccess, ) = action.target.call(action.data);
    assertFalse(isSuccess, "its time is over");
    assertEq(stakeOf(ALICE), STAKE, "nothing is slashed");
  }

  function test_open_makesOnePayloadForABatchWheneverItIsCalled() public {
    land(FIRST);
    land(FIRST + 2);
    IPayload payload = hook.open(ALICE);
    rollup.setCurrentSlot(FIRST + 100);
    assertEq(address(hook.open(ALICE)), address(payload), "its last slot depends on its strikes only");
  }

  // ---- veto ----

  function test_openFrom_slashesWhatAVetoedBatchWouldShield() public {
    uint256 full = hook.MAX_BATCH();
    for (uint256 i = 0; i < full + 3; ++i) {
      land(FIRST + 2 * i);
    }
    IPayload vetoed = hook.open(ALICE);
    slasher.vetoPayload(slashPayloadOf(vetoed));
    assertEq(address(hook.open(ALICE)), address(vetoed), "the oldest strikes make the same batch again");

    Slot from = Slot.wrap(FIRST + 2 * full);
    StrikeBatch memory batch = hook.getBatchFrom(ALICE, from);
    assertEq(batch.slots.length, 3, "the strikes after the vetoed ones");
    assertEq(Slot.unwrap(batch.slots[0]), Slot.unwrap(from), "from this slot on, itself included");
    executeAsGovernance(hook.openFrom(ALICE, from));
    assertEq(stakeOf(ALICE), STAKE - 3 * PRICE, "they are slashed for");
    assertEq(hook.getBatch(ALICE).slots.length, full, "the vetoed ones are left as they were");
  }

  function test_openFrom_revertsIfTooLittleIsLeft() public {
    land(FIRST);
    land(FIRST + 2);
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__BelowThreshold.selector, ALICE, LATE_WEIGHT, THRESHOLD)
    );
    hook.openFrom(ALICE, Slot.wrap(FIRST + 1));
  }

  // ---- a replaced slasher ----

  function test_consumeTalliedBy_countsARoundOfAReplacedSlasher() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    registry.noteSlasher(address(rollup));
    tally.execute();
    address old = address(slasher);
    rollup.setSlasher(address(deploySlasher(address(0xDEAD))));
    registry.consumeTalliedBy(address(rollup), old, SlashRound.wrap(15), committee, ALICE, Slot.wrap(FIRST));
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(FIRST)), "no payload slashes for it again");
  }

  function test_consumeTallied_notesTheSlasherForTheDayItIsReplaced() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.SlasherNoted(address(rollup), address(slasher));
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(FIRST));
  }

  function test_consumeTalliedBy_knowsThePresentSlasherThoughNobodyHasNotedIt() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    registry.consumeTalliedBy(
      address(rollup),
      address(slasher),
      SlashRound.wrap(15),
      committee,
      ALICE,
      Slot.wrap(FIRST)
    );
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(FIRST)), "consumed");
  }

  function test_consumeTalliedBy_refusesASlasherThatTheRollupNeverHad() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    address stranger = address(deploySlasher(address(tally)));
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__UnknownSlasher.selector, address(rollup), stranger)
    );
    registry.consumeTalliedBy(address(rollup), stranger, SlashRound.wrap(15), committee, ALICE, Slot.wrap(FIRST));
  }

  function test_noteSlasher_isDoneByEveryHookAndByEveryPayload() public {
    vm.recordLogs();
    registry.noteSlasher(address(rollup));
    assertEq(vm.getRecordedLogs().length, 0, "the hook has noted it when it was deployed");

    address next = address(deploySlasher(address(0xDEAD)));
    rollup.setSlasher(next);
    land(FIRST);
    rollup.setRecord(FIRST + 2, ALICE, true);
    rollup.setCurrentSlot(FIRST + 3);
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.SlasherNoted(address(rollup), next);
    controller.penalize(Slot.wrap(FIRST + 2));
  }

  function _tally() private returns (TallyProposer__Mock tally, address[] memory committee) {
    tally = new TallyProposer__Mock();
    tally.setVote(1, 1);
    slasher = deploySlasher(address(tally));
    rollup.setSlasher(address(slasher));
    committee = new address[](2);
    (committee[0], committee[1]) = (BOB, ALICE);
    rollup.setCommittee(31, committee);
    rollup.setProposer(FIRST, ALICE);
  }
}
