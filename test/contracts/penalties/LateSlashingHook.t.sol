// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {EmpireSlashingProposer} from "@aztec/core/slashing/EmpireSlashingProposer.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Ownable} from "@oz/access/Ownable.sol";
import {
  ILateSlashingHook,
  SlashPath,
  SlashTerms,
  StrikeBatch
} from "../../../contracts/interfaces/ILateSlashingHook.sol";
import {ILateSubmission, LateSubmissionRecord} from "../../../contracts/interfaces/ILateSubmission.sol";
import {LatePenaltyController} from "../../../contracts/penalties/LatePenaltyController.sol";
import {LateSlashingHook} from "../../../contracts/penalties/LateSlashingHook.sol";
import {LateStrikeLedger} from "../../../contracts/penalties/LateStrikeLedger.sol";
import {Rollup__MockForPenalties} from "../../../contracts/test/penalties/Rollup__MockForPenalties.sol";
import {TallyProposer__Mock} from "../../../contracts/test/penalties/TallyProposer__Mock.sol";
import {LateSlashingSetUp} from "../../support/solidity/LateSlashingSetUp.sol";

/// @dev When a payload is opened, at which terms and on which path.
contract LateSlashingHookTest is LateSlashingSetUp {
  // ---- set-up ----

  function test_setTerms_revertsIfInvalid() public {
    SlashTerms[2] memory invalid = [
      SlashTerms({threshold: 0, lifetimeSlots: 9000, amountPerWeight: 1}),
      SlashTerms({threshold: 1, lifetimeSlots: 9000, amountPerWeight: 0})
    ];
    for (uint256 i = 0; i < invalid.length; ++i) {
      vm.expectRevert(
        abi.encodeWithSelector(
          ILateSlashingHook.LateSlashingHook__InvalidTerms.selector,
          invalid[i].threshold,
          invalid[i].amountPerWeight
        )
      );
      hook.setTerms(invalid[i]);
    }
  }

  function test_setTerms_revertsIfAFullBatchCouldStayBelow() public {
    uint32 fullBatch = uint32(hook.MAX_BATCH()) * LATE_WEIGHT;
    bytes memory outOfReach = abi.encodeWithSelector(
      ILateSlashingHook.LateSlashingHook__ThresholdOutOfReach.selector,
      fullBatch + 1,
      fullBatch
    );
    vm.expectRevert(outOfReach);
    hook.setTerms(termsWith(fullBatch + 1));
    vm.expectRevert(outOfReach);
    new LateSlashingHook(ledger, registry, SlashPath.Governance, address(this), termsWith(fullBatch + 1));
    hook.setTerms(termsWith(fullBatch));
    assertEq(hook.getTerms().threshold, fullBatch, "a full batch of late landings suffices");

    // Where late landings weigh nothing, a full batch is one of misses.
    ledger.setWeights(weights(0, MISS_WEIGHT));
    fullBatch = uint32(hook.MAX_BATCH()) * MISS_WEIGHT;
    hook.setTerms(termsWith(fullBatch));
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__ThresholdOutOfReach.selector, fullBatch + 1, fullBatch)
    );
    hook.setTerms(termsWith(fullBatch + 1));

    // The least weight counts as well.
    ledger.setWeights(weights(1, MISS_WEIGHT));
    fullBatch = uint32(hook.MAX_BATCH());
    hook.setTerms(termsWith(fullBatch));
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__ThresholdOutOfReach.selector, fullBatch + 1, fullBatch)
    );
    hook.setTerms(termsWith(fullBatch + 1));
  }

  function test_setTerms_laterWeightsCanPutTheThresholdOutOfReach() public {
    uint32 fullBatch = uint32(hook.MAX_BATCH()) * LATE_WEIGHT;
    hook.setTerms(termsWith(fullBatch));
    for (uint256 i = 0; i < hook.MAX_BATCH() + 1; ++i) {
      land(1010 + 2 * i);
    }
    hook.open(ALICE);
    ledger.setWeights(weights(LATE_WEIGHT - 1, MISS_WEIGHT));
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateSlashingHook.LateSlashingHook__BelowThreshold.selector,
        ALICE,
        hook.MAX_BATCH() * (LATE_WEIGHT - 1),
        fullBatch
      )
    );
    hook.open(ALICE);
  }

  function test_setTerms_revertsForAnyoneButGovernance() public {
    vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ALICE));
    vm.prank(ALICE);
    hook.setTerms(SlashTerms({threshold: 1, lifetimeSlots: 9000, amountPerWeight: 1}));
  }

  function test_setTerms_appliesToPayloadsFromThenOn() public {
    land(1010);
    SlashTerms memory terms = SlashTerms({threshold: 2, lifetimeSlots: 9000, amountPerWeight: 3 ether});
    vm.expectEmit(address(hook));
    emit ILateSlashingHook.SlashTermsUpdated(terms);
    hook.setTerms(terms);
    assertEq(hook.getTerms().threshold, 2, "threshold");
    executeAsGovernance(hook.open(ALICE));
    assertEq(stakeOf(ALICE), STAKE - 6 ether, "two units of weight at three");
  }

  // ---- the path ----

  function test_constructor_refusesTheEmpirePathUnderTally() public {
    TallyProposer__Mock tally = new TallyProposer__Mock();
    slasher = deploySlasher(address(tally));
    rollup.setSlasher(address(slasher));
    _expectPathUnavailable(SlashPath.EmpireRound, address(slasher), address(tally));
    deployHook(ledger, SlashPath.EmpireRound);
  }

  function test_constructor_refusesTheEmpireProposerOfAnotherRollup() public {
    EmpireSlashingProposer empire = deployEmpire(address(new Rollup__MockForPenalties()));
    slasher = deploySlasher(address(empire));
    rollup.setSlasher(address(slasher));
    _expectPathUnavailable(SlashPath.EmpireRound, address(slasher), address(empire));
    deployHook(ledger, SlashPath.EmpireRound);
  }

  function test_constructor_refusesAProposerWithoutCode() public {
    _expectPathUnavailable(SlashPath.EmpireRound, address(slasher), address(0xDEAD));
    deployHook(ledger, SlashPath.EmpireRound);
  }

  function test_constructor_refusesARollupWithoutSlasher() public {
    rollup.setSlasher(address(0));
    _expectPathUnavailable(SlashPath.Governance, address(0), address(0));
    deployHook(ledger, SlashPath.Governance);
  }

  function test_open_refusesAPathThatHasGone() public {
    land(1010);
    slasher = new Slasher(address(this), BOB, 1);
    rollup.setSlasher(address(slasher));
    rollup.setRecord(1020, ALICE, true);
    rollup.setCurrentSlot(1021);
    assertEq(controller.penalize(Slot.wrap(1020)), 1, "the hook stays pending: nobody could execute the payload");
    _expectPathUnavailable(SlashPath.Governance, address(slasher), BOB);
    hook.open(ALICE);
  }

  function test_constructor_takesAnExecutorWhateverItsCodeIs() public {
    vm.etch(BOB, hex"00");
    slasher = new Slasher(address(this), BOB, 1);
    rollup.setSlasher(address(slasher));
    LateSlashingHook made = deployHook(ledger, SlashPath.Governance);
    assertEq(uint8(made.PATH()), uint8(SlashPath.Governance), "a single byte is code");
  }

  // ---- opening ----

  function test_onLateSubmission_opensThePayloadOnceTheStrikesSuffice() public {
    land(1010);
    assertEq(hook.getBatch(ALICE).weight, 2, "one strike");
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__BelowThreshold.selector, ALICE, 2, THRESHOLD)
    );
    hook.open(ALICE);

    vm.recordLogs();
    land(1020);
    assertEq(countLogs(ILateSlashingHook.BatchOpened.selector), 1, "opened by the second");
    StrikeBatch memory batch = hook.getBatch(ALICE);
    assertEq(batch.slots.length, 2, "both strikes");
    assertEq(batch.prices[0], 2 ether, "the price of one");
    assertEq(batch.prices[1], 2 ether, "and of the other");
    assertEq(batch.amount, 4 ether, "of both");
  }

  function test_open_givesOnePayloadPerBatch() public {
    IPayload first = landTwoAndOpen();
    vm.recordLogs();
    assertEq(address(hook.open(ALICE)), address(first), "the same payload");
    assertEq(countLogs(ILateSlashingHook.BatchOpened.selector), 0, "and nothing new");
    land(1030);
    assertNotEq(address(hook.open(ALICE)), address(first), "another batch, another payload");
  }

  function test_onLateSubmission_revertsForAnyoneButTheController() public {
    rollup.setRecord(1010, ALICE, true);
    LateSubmissionRecord memory record = ILateSubmission(address(rollup)).getLateSubmission(Slot.wrap(1010));
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateSlashingHook.LateSlashingHook__CallerNotController.selector,
        address(this),
        address(controller)
      )
    );
    hook.onLateSubmission(record);
  }

  function test_onLateSubmission_waitsForTheLedger() public {
    rollup.setRecord(1010, ALICE, true);
    LateSubmissionRecord memory record = ILateSubmission(address(rollup)).getLateSubmission(Slot.wrap(1010));
    vm.expectRevert(abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__NotInLedger.selector, Slot.wrap(1010)));
    vm.prank(address(controller));
    hook.onLateSubmission(record);
  }

  function test_getBatch_isBounded() public {
    for (uint256 i = 0; i < 20; ++i) {
      land(1010 + 2 * i);
    }
    StrikeBatch memory batch = hook.getBatch(ALICE);
    assertEq(batch.slots.length, hook.MAX_BATCH(), "not more than the bound");
    assertEq(Slot.unwrap(batch.slots[0]), 1010, "oldest first");
    executeAsGovernance(hook.open(ALICE));
    assertEq(hook.getBatch(ALICE).slots.length, 4, "the rest is left for another");
    executeAsGovernance(hook.open(ALICE));
    assertEq(stakeOf(ALICE), STAKE - 40 ether, "every strike paid once");
  }

  /**
   * @notice The dearest opening: the widest window, each strike in a word of its own, two payloads to make.
   * @dev Every call is a transaction of its own, so that nothing is warm.
   * hardhat-config: isolate = true
   */
  function test_onLateSubmission_openingAFullBatchFitsTheLargestGasLimit() public {
    controller = new LatePenaltyController(ILateSubmission(address(rollup)), address(this));
    uint256 window = ledger.MAX_WINDOW_SLOTS();
    ledger = new LateStrikeLedger(controller, address(this), window, weights(LATE_WEIGHT, MISS_WEIGHT));
    uint256 maxBatch = hook.MAX_BATCH();
    uint32 fullBatch = uint32(maxBatch) * LATE_WEIGHT;
    hook = new LateSlashingHook(ledger, registry, SlashPath.Governance, address(this), termsWith(fullBatch));
    controller.addHook(ledger, 200_000);
    uint32 gasLimit = uint32(controller.MAX_HOOK_GAS());
    controller.addHook(hook, gasLimit);

    uint256 first = 1000 + window;
    for (uint256 i = 0; i < maxBatch; ++i) {
      land(first + (i * window) / maxBatch);
    }
    StrikeBatch memory batch = hook.getBatch(ALICE);
    assertEq(batch.slots.length, maxBatch, "a full batch");
    vm.recordLogs();
    hook.open(ALICE);
    assertEq(countLogs(ILateSlashingHook.BatchOpened.selector), 0, "which the last landing has opened");
  }

  function test_getBatch_leavesOutStrikesThatWeighNothing() public {
    land(1010);
    ledger.setWeights(weights(0, MISS_WEIGHT));
    StrikeBatch memory batch = hook.getBatch(ALICE);
    assertEq(batch.slots.length, 0, "nothing to slash for");
    assertEq(batch.prices.length, 0, "at no price");
    assertEq(batch.amount, 0, "nothing to pay");
  }

  // ---- nothing to slash ----

  function test_open_acceptsTheSmallestStakeAndTheSmallestPrice() public {
    SlashTerms memory terms = termsWith(THRESHOLD);
    terms.amountPerWeight = 1;
    hook.setTerms(terms);
    landTwoAndOpen();
    rollup.setStake(ALICE, 1, Status.VALIDATING);
    assertEq(hook.getBatch(ALICE).amount, 2 * LATE_WEIGHT, "a unit of the token for each unit of weight");
    assertTrue(address(hook.open(ALICE)) != address(0), "there is something to slash");
  }

  function test_open_refusesValidatorsThatMovedOrLeft() public {
    landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.NONE);
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__NothingToSlash.selector, ALICE, Status.NONE)
    );
    hook.open(ALICE);
    rollup.setExit(ALICE, STAKE, block.timestamp, Status.EXITING);
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__NothingToSlash.selector, ALICE, Status.EXITING)
    );
    hook.open(ALICE);
  }

  function test_open_acceptsAValidatorWhoseExitCanStillBeSlashed() public {
    landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.NONE);
    rollup.setExit(ALICE, STAKE, block.timestamp + 1, Status.EXITING);
    hook.open(ALICE);
    vm.warp(block.timestamp + 1);
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__NothingToSlash.selector, ALICE, Status.EXITING)
    );
    hook.open(ALICE);
  }

  function _expectPathUnavailable(SlashPath _path, address _slasher, address _executor) private {
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__PathUnavailable.selector, _path, _slasher, _executor)
    );
  }
}
