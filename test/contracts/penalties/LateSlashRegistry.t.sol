// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {SlashRound} from "@aztec/core/libraries/SlashRoundLib.sol";
import {EmpireSlashingProposer} from "@aztec/core/slashing/EmpireSlashingProposer.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {SlashPath} from "../../../contracts/interfaces/ILateSlashingHook.sol";
import {ILateSlashRegistry} from "../../../contracts/interfaces/ILateSlashRegistry.sol";
import {ILateSubmission} from "../../../contracts/interfaces/ILateSubmission.sol";
import {LatePenaltyController} from "../../../contracts/penalties/LatePenaltyController.sol";
import {LateSlashingHook} from "../../../contracts/penalties/LateSlashingHook.sol";
import {LateStrikeLedger} from "../../../contracts/penalties/LateStrikeLedger.sol";
import {Rollup__MockForPenalties} from "../../../contracts/test/penalties/Rollup__MockForPenalties.sol";
import {TallyProposer__Mock} from "../../../contracts/test/penalties/TallyProposer__Mock.sol";
import {LateSlashingSetUp} from "../../support/solidity/LateSlashingSetUp.sol";

/// @dev No strike is paid twice, whoever asks and whatever is replaced around the registry.
contract LateSlashRegistryTest is LateSlashingSetUp {
  // ---- its doors ----

  function test_consume_revertsForAnyoneButTheSlasher() public {
    bytes memory expected = abi.encodeWithSelector(
      ILateSlashRegistry.LateSlashRegistry__CallerNotSlasher.selector,
      address(this),
      address(slasher)
    );
    vm.expectRevert(expected);
    registry.consume(address(rollup), ALICE, oneSlot(1010));
    vm.expectRevert(expected);
    registry.requireSlashed(address(rollup), ALICE);
  }

  function test_consume_revertsIfEmpty() public {
    vm.expectRevert(nothingLeft());
    vm.prank(address(slasher));
    registry.consume(address(rollup), ALICE, new Slot[](0));
  }

  function test_requireSlashed_revertsUnlessConsumedForTheSame() public {
    vm.startPrank(address(slasher));
    bytes memory expected = abi.encodeWithSelector(
      ILateSlashRegistry.LateSlashRegistry__NothingConsumed.selector,
      address(rollup),
      ALICE
    );
    vm.expectRevert(expected);
    registry.requireSlashed(address(rollup), ALICE);
    registry.consume(address(rollup), BOB, oneSlot(1010));
    vm.expectRevert(expected);
    registry.requireSlashed(address(rollup), ALICE);
    vm.stopPrank();
  }

  function test_requireSlashed_vouchesForOneSlashOnly() public {
    vm.startPrank(address(slasher));
    registry.consume(address(rollup), ALICE, oneSlot(1010));
    rollup.slash(ALICE, 1 ether);
    registry.requireSlashed(address(rollup), ALICE);
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__NothingConsumed.selector, address(rollup), ALICE)
    );
    registry.requireSlashed(address(rollup), ALICE);
    vm.stopPrank();
  }

  function test_consume_aMadeUpRollupSpoilsItsOwnEntriesOnly() public {
    Rollup__MockForPenalties madeUp = new Rollup__MockForPenalties();
    madeUp.setSlasher(BOB);
    vm.prank(BOB);
    registry.consume(address(madeUp), ALICE, oneSlot(1010));
    assertTrue(registry.isConsumed(address(madeUp), Slot.wrap(1010)), "there");
    assertFalse(registry.isConsumed(address(rollup), Slot.wrap(1010)), "not here");
  }

  // ---- replacements ----

  function test_execute_notAgainThroughAReplacedSlasher() public {
    IPayload payload = landTwoAndOpen();
    executeAsGovernance(payload);
    IPayload slashPayload = slashPayloadOf(payload);
    IPayload.Action memory consume = slashPayload.getActions()[0];
    Slasher newSlasher = deploySlasher(address(0xDEAD));
    rollup.setSlasher(address(newSlasher));
    vm.expectRevert(
      abi.encodeWithSelector(Slasher.Slasher__SlashFailed.selector, consume.target, consume.data, nothingLeft())
    );
    newSlasher.slash(slashPayload);
    assertEq(stakeOf(ALICE), STAKE - 4 ether, "not twice");
  }

  function test_execute_notAgainThroughAReplacedLedger() public {
    // Two ledgers and hooks at once, as in the middle of a replacement: both hold the same strikes.
    (LateStrikeLedger otherLedger, LateSlashingHook otherHook) = deployLedgerAndHook(controller, SlashPath.Governance);
    IPayload first = landTwoAndOpen();
    IPayload second = otherHook.open(ALICE);
    assertEq(otherLedger.strikesOf(ALICE).late, 2, "the other ledger has them too");
    executeAsGovernance(first);
    expectSlashFailed(second, nothingLeft());
    assertEq(stakeOf(ALICE), STAKE - 4 ether, "not twice");
    assertEq(otherHook.getBatch(ALICE).slots.length, 0, "and the other hook knows it");
  }

  function test_execute_upgradedRollupHasStrikesOfItsOwn() public {
    IPayload payload = landTwoAndOpen();
    // The validator follows the latest rollup: its stake is there from now on, its strikes are here.
    Rollup__MockForPenalties upgraded = new Rollup__MockForPenalties();
    upgraded.setCurrentSlot(1000);
    upgraded.setStake(ALICE, STAKE, Status.VALIDATING);
    rollup.setStake(ALICE, 0, Status.NONE);
    Slasher upgradedSlasher = deploySlasher(address(0xDEAD));
    upgraded.setSlasher(address(upgradedSlasher));
    IPayload slashPayload = slashPayloadOf(payload);
    IPayload.Action memory consume = slashPayload.getActions()[0];
    bytes memory notSlasher = abi.encodeWithSelector(
      ILateSlashRegistry.LateSlashRegistry__CallerNotSlasher.selector,
      address(upgradedSlasher),
      address(slasher)
    );
    vm.expectRevert(
      abi.encodeWithSelector(Slasher.Slasher__SlashFailed.selector, consume.target, consume.data, notSlasher)
    );
    upgradedSlasher.slash(slashPayload);
    assertEq(upgraded.getAttesterView(ALICE).effectiveBalance, STAKE, "the old batch does not reach the new rollup");

    // The same slot numbers there are other slots.
    LatePenaltyController upgradedController = new LatePenaltyController(
      ILateSubmission(address(upgraded)),
      address(this)
    );
    (, LateSlashingHook upgradedHook) = deployLedgerAndHook(upgradedController, SlashPath.Governance);
    (rollup, controller, hook, slasher) = (upgraded, upgradedController, upgradedHook, upgradedSlasher);
    executeAsGovernance(landTwoAndOpen());
    assertEq(stakeOf(ALICE), STAKE - 4 ether, "slashed for the strikes of the new rollup");
  }

  // ---- votes ----

  function test_consumeTallied_leavesTheRestOfABatch() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    IPayload payload = landTwoAndOpen();
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.StrikesConsumed(address(rollup), ALICE, oneSlot(1010));
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(1010)), "consumed");
    executeAsGovernance(payload);
    assertEq(stakeOf(ALICE), STAKE - 2 ether, "governance slashes for the other strike only");
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(1020)), "which is consumed too");
    vm.expectRevert(alreadyConsumed(1010));
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
  }

  function test_consumeTallied_keepsGovernanceFromSlashingAgain() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    rollup.setProposer(1020, ALICE);
    IPayload payload = landTwoAndOpen();
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1020));
    expectSlashFailed(payload, nothingLeft());
    assertEq(stakeOf(ALICE), STAKE, "the votes have slashed for all of it");
  }

  function test_consumeTallied_revertsWithoutAnExecutedTallyRound() public {
    EmpireSlashingProposer empire = deployEmpire(address(rollup));
    rollup.setSlasher(address(deploySlasher(address(empire))));
    vm.expectRevert(abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__NotTally.selector, address(empire)));
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), new address[](2), ALICE, Slot.wrap(1010));

    (, address[] memory committee) = _tally();
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__RoundNotExecuted.selector, SlashRound.wrap(15))
    );
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
  }

  function test_consumeTallied_revertsForAnyoneWhoWasNotSlashedForThatEpoch() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    address[] memory forged = new address[](2);
    (forged[0], forged[1]) = (ALICE, ALICE);
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__WrongCommittee.selector,
        keccak256(abi.encode(committee)),
        keccak256(abi.encode(forged))
      )
    );
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), forged, ALICE, Slot.wrap(1010));

    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__NotTheProposer.selector, Slot.wrap(1010), ALICE, BOB)
    );
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, BOB, Slot.wrap(1010));

    // The round slashed somebody else, or the same member for the round's other epoch.
    bytes memory notSlashed = abi.encodeWithSelector(
      ILateSlashRegistry.LateSlashRegistry__NotSlashedByRound.selector,
      SlashRound.wrap(15),
      ALICE
    );
    tally.setVote(1, 0);
    vm.expectRevert(notSlashed);
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
    tally.setVote(0, 1);
    vm.expectRevert(notSlashed);
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
  }

  function test_consumeTallied_revertsForASlotOfTheFirstEpochIfTheLaterOneWasVotedFor() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    // The round's first epoch has the same committee, and Alice proposes in it too; she is voted for in the second.
    uint256 slot = 1010 - 32;
    rollup.setCommittee(30, committee);
    rollup.setProposer(slot, ALICE);
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__NotSlashedByRound.selector,
        SlashRound.wrap(15),
        ALICE
      )
    );
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(slot));
    assertFalse(registry.isConsumed(address(rollup), Slot.wrap(slot)), "nothing is consumed");

    tally.setVote(0, 1);
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(slot));
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(slot)), "a vote for its own epoch consumes it");
  }

  /// @dev Alice proposes slot 1010 in epoch 31, the second of round 15's epochs 30 and 31, and is voted for there.
  function _tally() private returns (TallyProposer__Mock tally, address[] memory committee) {
    tally = new TallyProposer__Mock();
    tally.setVote(1, 1);
    slasher = deploySlasher(address(tally));
    rollup.setSlasher(address(slasher));
    committee = new address[](2);
    (committee[0], committee[1]) = (BOB, ALICE);
    rollup.setCommittee(31, committee);
    rollup.setProposer(1010, ALICE);
  }
}
