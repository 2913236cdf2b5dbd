// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {SlashRound} from "@aztec/core/libraries/SlashRoundLib.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Test} from "forge-std/Test.sol";
import {
  ILateSlashingHook,
  SlashPath,
  SlashTerms,
  StrikeBatch
} from "../../../contracts/interfaces/ILateSlashingHook.sol";
import {ILateSlashRegistry} from "../../../contracts/interfaces/ILateSlashRegistry.sol";
import {StrikeWeights} from "../../../contracts/interfaces/ILateStrikeLedger.sol";
import {ILateSubmission} from "../../../contracts/interfaces/ILateSubmission.sol";
import {LatePenaltyController} from "../../../contracts/penalties/LatePenaltyController.sol";
import {LateSlashPayload} from "../../../contracts/penalties/LateSlashPayload.sol";
import {LateSlashingHook} from "../../../contracts/penalties/LateSlashingHook.sol";
import {LateSlashRegistry} from "../../../contracts/penalties/LateSlashRegistry.sol";
import {LateStrikeLedger} from "../../../contracts/penalties/LateStrikeLedger.sol";
import {Rollup__MockForPenalties} from "../../../contracts/test/penalties/Rollup__MockForPenalties.sol";
import {TallyProposer__Mock} from "../../../contracts/test/penalties/TallyProposer__Mock.sol";

/// @dev What keeps a slash within time, beyond a veto, and from happening twice. The test contract is governance.
contract LateSlashLimitsTest is Test {
  uint256 private constant WINDOW = 300;
  uint32 private constant LIFETIME = 1200;
  uint256 private constant FIRST = 1010;

  address private immutable ALICE = makeAddr("alice");
  address private immutable BOB = makeAddr("bob");

  Rollup__MockForPenalties private rollup;
  Slasher private slasher;
  LatePenaltyController private controller;
  LateSlashRegistry private registry;
  LateSlashingHook private hook;

  function setUp() public {
    rollup = new Rollup__MockForPenalties();
    rollup.setCurrentSlot(1000);
    slasher = _newSlasher(address(0xDEAD));
    rollup.setSlasher(address(slasher));
    rollup.setStake(ALICE, 100 ether, Status.VALIDATING);
    registry = new LateSlashRegistry();
    controller = new LatePenaltyController(ILateSubmission(address(rollup)), address(this));
    LateStrikeLedger ledger = new LateStrikeLedger(
      controller,
      address(this),
      WINDOW,
      StrikeWeights({late: 1, missed: 1})
    );
    hook = new LateSlashingHook(
      ledger,
      registry,
      SlashPath.Governance,
      address(this),
      SlashTerms({threshold: 2, lifetimeSlots: LIFETIME, amountPerWeight: 1 ether})
    );
    controller.addHook(ledger, 200_000);
    controller.addHook(hook, 1_500_000);
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
    _land(FIRST);
    _land(FIRST + 2);
    IPayload proposal = hook.open(ALICE);
    uint256 last = FIRST + 2 + LIFETIME;
    rollup.setCurrentSlot(last + 1);
    IPayload payload = _slashPayloadOf(proposal);
    vm.expectRevert(
      abi.encodeWithSelector(LateSlashPayload.LateSlashPayload__Expired.selector, Slot.wrap(last), Slot.wrap(last + 1))
    );
    payload.getActions();
    rollup.setCurrentSlot(last);
    _execute(proposal);
    assertEq(_stakeOf(ALICE), 98 ether, "in its last slot it slashes");
  }

  function test_payload_doesNothingTenWindowsLater() public {
    _land(FIRST);
    _land(FIRST + 2);
    IPayload proposal = hook.open(ALICE);
    rollup.setCurrentSlot(FIRST + 10 * WINDOW);
    IPayload.Action memory action = proposal.getActions()[0];
    (bool isSuccess, ) = action.target.call(action.data);
    assertFalse(isSuccess, "its time is over");
    assertEq(_stakeOf(ALICE), 100 ether, "nothing is slashed");
  }

  function test_open_makesOnePayloadForABatchWheneverItIsCalled() public {
    _land(FIRST);
    _land(FIRST + 2);
    IPayload payload = hook.open(ALICE);
    rollup.setCurrentSlot(FIRST + 100);
    assertEq(address(hook.open(ALICE)), address(payload), "its last slot depends on its strikes only");
  }

  // ---- veto ----

  function test_openFrom_slashesWhatAVetoedBatchWouldShield() public {
    uint256 full = hook.MAX_BATCH();
    for (uint256 i = 0; i < full + 3; ++i) {
      _land(FIRST + 2 * i);
    }
    IPayload vetoed = hook.open(ALICE);
    slasher.vetoPayload(_slashPayloadOf(vetoed));
    assertEq(address(hook.open(ALICE)), address(vetoed), "the oldest strikes make the same batch again");

    Slot from = Slot.wrap(FIRST + 2 * full);
    StrikeBatch memory batch = hook.getBatchFrom(ALICE, from);
    assertEq(batch.slots.length, 3, "the strikes after the vetoed ones");
    assertEq(Slot.unwrap(batch.slots[0]), Slot.unwrap(from), "from this slot on, itself included");
    _execute(hook.openFrom(ALICE, from));
    assertEq(_stakeOf(ALICE), 97 ether, "they are slashed for");
    assertEq(hook.getBatch(ALICE).slots.length, full, "the vetoed ones are left as they were");
  }

  function test_openFrom_revertsIfTooLittleIsLeft() public {
    _land(FIRST);
    _land(FIRST + 2);
    vm.expectRevert(abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__BelowThreshold.selector, ALICE, 1, 2));
    hook.openFrom(ALICE, Slot.wrap(FIRST + 1));
  }

  // ---- a replaced slasher ----

  function test_consumeTalliedBy_countsARoundOfAReplacedSlasher() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    registry.noteSlasher(address(rollup));
    tally.execute();
    address old = address(slasher);
    rollup.setSlasher(address(_newSlasher(address(0xDEAD))));
    registry.consumeTalliedBy(address(rollup), old, SlashRound.wrap(15), committee, ALICE, Slot.wrap(FIRST));
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(FIRST)), "no payload slashes for it again");
  }

  function test_consumeTalliedBy_refusesASlasherThatTheRollupNeverHad() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    address stranger = address(_newSlasher(address(tally)));
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__UnknownSlasher.selector, address(rollup), stranger)
    );
    registry.consumeTalliedBy(address(rollup), stranger, SlashRound.wrap(15), committee, ALICE, Slot.wrap(FIRST));
  }

  function test_noteSlasher_isDoneByEveryHookAndByEveryPayload() public {
    vm.recordLogs();
    registry.noteSlasher(address(rollup));
    assertEq(vm.getRecordedLogs().length, 0, "the hook has noted it when it was deployed");

    address next = address(_newSlasher(address(0xDEAD)));
    rollup.setSlasher(next);
    _land(FIRST);
    rollup.setRecord(FIRST + 2, ALICE, true);
    rollup.setCurrentSlot(FIRST + 3);
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.SlasherNoted(address(rollup), next);
    controller.penalize(Slot.wrap(FIRST + 2));
  }

  // ---- helpers ----

  function _newSlasher(address _proposer) private returns (Slasher made) {
    made = new Slasher(address(this), address(this), 1);
    made.initializeProposer(_proposer);
  }

  function _tally() private returns (TallyProposer__Mock tally, address[] memory committee) {
    tally = new TallyProposer__Mock();
    tally.setVote(1, 1);
    slasher = _newSlasher(address(tally));
    rollup.setSlasher(address(slasher));
    committee = new address[](2);
    (committee[0], committee[1]) = (BOB, ALICE);
    rollup.setCommittee(31, committee);
    rollup.setProposer(FIRST, ALICE);
  }

  function _land(uint256 _slot) private {
    rollup.setRecord(_slot, ALICE, true);
    rollup.setCurrentSlot(_slot + 1);
    assertEq(controller.penalize(Slot.wrap(_slot)), 0, "ledger and hook took the record");
  }

  function _execute(IPayload _proposal) private {
    IPayload.Action memory action = _proposal.getActions()[0];
    (bool isSuccess, ) = action.target.call(action.data);
    assertTrue(isSuccess, "executed by governance");
  }

  function _slashPayloadOf(IPayload _proposal) private view returns (IPayload) {
    bytes memory data = _proposal.getActions()[0].data;
    address payload;
    assembly {
      payload := mload(add(data, 0x24))
    }
    return IPayload(payload);
  }

  function _stakeOf(address _attester) private view returns (uint256) {
    return rollup.getAttesterView(_attester).effectiveBalance;
  }
}
