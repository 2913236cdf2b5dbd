// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISlasher} from "@aztec/core/interfaces/ISlasher.sol";
import {IStakingCore} from "@aztec/core/interfaces/IStaking.sol";
import {Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {SlashRound} from "@aztec/core/libraries/SlashRoundLib.sol";
import {EmpireSlashingProposer} from "@aztec/core/slashing/EmpireSlashingProposer.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Ownable} from "@oz/access/Ownable.sol";
import {Clones} from "@oz/proxy/Clones.sol";
import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {ILateSlashingHook, SlashPath, SlashTerms, StrikeBatch} from "../../contracts/interfaces/ILateSlashingHook.sol";
import {ILateSlashRegistry} from "../../contracts/interfaces/ILateSlashRegistry.sol";
import {StrikeWeights} from "../../contracts/interfaces/ILateStrikeLedger.sol";
import {ILateSubmission, LateSubmissionRecord} from "../../contracts/interfaces/ILateSubmission.sol";
import {LatePenaltyController} from "../../contracts/penalties/LatePenaltyController.sol";
import {LateSlash} from "../../contracts/penalties/LateSlashPayload.sol";
import {LateSlashingHook} from "../../contracts/penalties/LateSlashingHook.sol";
import {LateSlashRegistry} from "../../contracts/penalties/LateSlashRegistry.sol";
import {LateStrikeLedger} from "../../contracts/penalties/LateStrikeLedger.sol";
import {Rollup__MockForPenalties} from "../../contracts/test/penalties/Rollup__MockForPenalties.sol";
import {TallyProposer__Mock} from "../../contracts/test/penalties/TallyProposer__Mock.sol";

/// @dev Upstream's own Slasher and empire proposer around a rollup double. The test contract is governance.
contract LateSlashingTest is Test {
  uint256 private constant STAKE = 100 ether;
  uint96 private constant PER_WEIGHT = 1 ether;
  uint32 private constant THRESHOLD = 4;
  uint16 private constant LATE_WEIGHT = 2;
  uint16 private constant MISS_WEIGHT = 3;

  address private immutable ALICE = makeAddr("alice");
  address private immutable BOB = makeAddr("bob");

  Rollup__MockForPenalties private rollup;
  Slasher private slasher;
  LatePenaltyController private controller;
  LateStrikeLedger private ledger;
  LateSlashRegistry private registry;
  LateSlashingHook private hook;

  function setUp() public {
    rollup = new Rollup__MockForPenalties();
    rollup.setCurrentSlot(1000);
    slasher = _newSlasher(address(0xDEAD));
    rollup.setSlasher(address(slasher));
    rollup.setStake(ALICE, STAKE, Status.VALIDATING);
    registry = new LateSlashRegistry();
    controller = new LatePenaltyController(ILateSubmission(address(rollup)), address(this));
    (ledger, hook) = _newLedgerAndHook(controller, SlashPath.Governance);
  }

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
    hook.setTerms(_terms(fullBatch + 1));
    vm.expectRevert(outOfReach);
    new LateSlashingHook(ledger, registry, SlashPath.Governance, address(this), _terms(fullBatch + 1));
    hook.setTerms(_terms(fullBatch));
    assertEq(hook.getTerms().threshold, fullBatch, "a full batch of late landings suffices");

    // Where late landings weigh nothing, a full batch is one of misses.
    ledger.setWeights(_weights(0, MISS_WEIGHT));
    fullBatch = uint32(hook.MAX_BATCH()) * MISS_WEIGHT;
    hook.setTerms(_terms(fullBatch));
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__ThresholdOutOfReach.selector, fullBatch + 1, fullBatch)
    );
    hook.setTerms(_terms(fullBatch + 1));

    // The least weight counts as well.
    ledger.setWeights(_weights(1, MISS_WEIGHT));
    fullBatch = uint32(hook.MAX_BATCH());
    hook.setTerms(_terms(fullBatch));
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__ThresholdOutOfReach.selector, fullBatch + 1, fullBatch)
    );
    hook.setTerms(_terms(fullBatch + 1));
  }

  function test_setTerms_laterWeightsCanPutTheThresholdOutOfReach() public {
    uint32 fullBatch = uint32(hook.MAX_BATCH()) * LATE_WEIGHT;
    hook.setTerms(_terms(fullBatch));
    for (uint256 i = 0; i < hook.MAX_BATCH() + 1; ++i) {
      _land(1010 + 2 * i);
    }
    hook.open(ALICE);
    ledger.setWeights(_weights(LATE_WEIGHT - 1, MISS_WEIGHT));
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
    _land(1010);
    SlashTerms memory terms = SlashTerms({threshold: 2, lifetimeSlots: 9000, amountPerWeight: 3 ether});
    vm.expectEmit(address(hook));
    emit ILateSlashingHook.SlashTermsUpdated(terms);
    hook.setTerms(terms);
    assertEq(hook.getTerms().threshold, 2, "threshold");
    _executeAsGovernance(hook.open(ALICE));
    assertEq(_stakeOf(ALICE), STAKE - 6 ether, "two units of weight at three");
  }

  // ---- the path ----

  function test_constructor_refusesTheEmpirePathUnderTally() public {
    TallyProposer__Mock tally = new TallyProposer__Mock();
    slasher = _newSlasher(address(tally));
    rollup.setSlasher(address(slasher));
    _expectPathUnavailable(SlashPath.EmpireRound, address(slasher), address(tally));
    _newHook(ledger, SlashPath.EmpireRound);
  }

  function test_constructor_refusesTheEmpireProposerOfAnotherRollup() public {
    EmpireSlashingProposer empire = _newEmpire(address(new Rollup__MockForPenalties()));
    slasher = _newSlasher(address(empire));
    rollup.setSlasher(address(slasher));
    _expectPathUnavailable(SlashPath.EmpireRound, address(slasher), address(empire));
    _newHook(ledger, SlashPath.EmpireRound);
  }

  function test_constructor_refusesAProposerWithoutCode() public {
    _expectPathUnavailable(SlashPath.EmpireRound, address(slasher), address(0xDEAD));
    _newHook(ledger, SlashPath.EmpireRound);
  }

  function test_constructor_refusesARollupWithoutSlasher() public {
    rollup.setSlasher(address(0));
    _expectPathUnavailable(SlashPath.Governance, address(0), address(0));
    _newHook(ledger, SlashPath.Governance);
  }

  function test_open_refusesAPathThatHasGone() public {
    _land(1010);
    slasher = new Slasher(address(this), BOB, 1);
    rollup.setSlasher(address(slasher));
    rollup.setRecord(1020, ALICE, true);
    rollup.setCurrentSlot(1021);
    assertEq(controller.penalize(Slot.wrap(1020)), 1, "the hook stays pending: nobody could execute the payload");
    _expectPathUnavailable(SlashPath.Governance, address(slasher), BOB);
    hook.open(ALICE);
  }

  // ---- opening ----

  function test_onLateSubmission_opensThePayloadOnceTheStrikesSuffice() public {
    _land(1010);
    assertEq(hook.getBatch(ALICE).weight, 2, "one strike");
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__BelowThreshold.selector, ALICE, 2, THRESHOLD)
    );
    hook.open(ALICE);

    vm.recordLogs();
    _land(1020);
    assertEq(_countLogs(ILateSlashingHook.BatchOpened.selector), 1, "opened by the second");
    StrikeBatch memory batch = hook.getBatch(ALICE);
    assertEq(batch.slots.length, 2, "both strikes");
    assertEq(batch.prices[0], 2 ether, "the price of one");
    assertEq(batch.prices[1], 2 ether, "and of the other");
    assertEq(batch.amount, 4 ether, "of both");
  }

  function test_open_givesOnePayloadPerBatch() public {
    IPayload first = _landTwoAndOpen();
    vm.recordLogs();
    assertEq(address(hook.open(ALICE)), address(first), "the same payload");
    assertEq(_countLogs(ILateSlashingHook.BatchOpened.selector), 0, "and nothing new");
    _land(1030);
    assertNotEq(address(hook.open(ALICE)), address(first), "another batch, another payload");
  }

  function test_open_proposesAPayloadAgainWhenTheSlasherIsReplaced() public {
    IPayload proposal = _landTwoAndOpen();
    IPayload slashPayload = _slashPayloadOf(proposal);
    Slasher newSlasher = _newSlasher(address(0xDEAD));
    rollup.setSlasher(address(newSlasher));
    // What was proposed before asks the old slasher, whom the registry turns away.
    _expectSlashFailed(
      proposal,
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__CallerNotSlasher.selector,
        address(slasher),
        address(newSlasher)
      )
    );

    vm.recordLogs();
    IPayload newProposal = hook.open(ALICE);
    assertEq(_countLogs(ILateSlashingHook.BatchOpened.selector), 1, "announced again");
    assertNotEq(address(newProposal), address(proposal), "another proposal");
    assertEq(address(_slashPayloadOf(newProposal)), address(slashPayload), "for the same slash");
    _executeAsGovernance(newProposal);
    assertEq(_stakeOf(ALICE), STAKE - 4 ether, "which the new slasher executes");
  }

  function test_open_makesPayloadsThatSayWhatTheyDo() public {
    IPayload proposal = _landTwoAndOpen();
    IPayload slashPayload = _slashPayloadOf(proposal);
    IPayload.Action[] memory actions = proposal.getActions();
    assertEq(proposal.getURI(), "LateSlashProposal", "what governance is given");
    assertEq(actions.length, 1, "one action");
    assertEq(actions[0].target, address(slasher), "of the slasher");
    assertEq(actions[0].data, abi.encodeCall(ISlasher.slash, (slashPayload)), "to slash");

    actions = slashPayload.getActions();
    Slot[] memory slots = new Slot[](2);
    (slots[0], slots[1]) = (Slot.wrap(1010), Slot.wrap(1020));
    assertEq(slashPayload.getURI(), "LateSlashPayload", "what the slasher is given");
    assertEq(actions.length, 3, "three actions");
    assertEq(actions[0].target, address(registry), "the registry first");
    assertEq(
      actions[0].data,
      abi.encodeCall(ILateSlashRegistry.consume, (address(rollup), ALICE, slots)),
      "consumes every strike"
    );
    assertEq(actions[1].target, address(rollup), "then the rollup");
    assertEq(actions[1].data, abi.encodeCall(IStakingCore.slash, (ALICE, 4 ether)), "slashes for them");
    assertEq(actions[2].target, address(registry), "and the registry");
    assertEq(
      actions[2].data,
      abi.encodeCall(ILateSlashRegistry.requireSlashed, (address(rollup), ALICE)),
      "makes sure of it"
    );
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
      _land(1010 + 2 * i);
    }
    StrikeBatch memory batch = hook.getBatch(ALICE);
    assertEq(batch.slots.length, hook.MAX_BATCH(), "not more than the bound");
    assertEq(Slot.unwrap(batch.slots[0]), 1010, "oldest first");
    _executeAsGovernance(hook.open(ALICE));
    assertEq(hook.getBatch(ALICE).slots.length, 4, "the rest is left for another");
    _executeAsGovernance(hook.open(ALICE));
    assertEq(_stakeOf(ALICE), STAKE - 40 ether, "every strike paid once");
  }

  /**
   * @notice The dearest opening: the widest window, each strike in a word of its own, two payloads to make.
   * @dev Every call is a transaction of its own, so that nothing is warm.
   * hardhat-config: isolate = true
   */
  function test_onLateSubmission_openingAFullBatchFitsTheLargestGasLimit() public {
    controller = new LatePenaltyController(ILateSubmission(address(rollup)), address(this));
    uint256 window = ledger.MAX_WINDOW_SLOTS();
    ledger = new LateStrikeLedger(controller, address(this), window, _weights(LATE_WEIGHT, MISS_WEIGHT));
    uint256 maxBatch = hook.MAX_BATCH();
    uint32 fullBatch = uint32(maxBatch) * LATE_WEIGHT;
    hook = new LateSlashingHook(ledger, registry, SlashPath.Governance, address(this), _terms(fullBatch));
    controller.addHook(ledger, 200_000);
    uint32 gasLimit = uint32(controller.MAX_HOOK_GAS());
    controller.addHook(hook, gasLimit);

    uint256 first = 1000 + window;
    for (uint256 i = 0; i < maxBatch; ++i) {
      _land(first + (i * window) / maxBatch);
    }
    StrikeBatch memory batch = hook.getBatch(ALICE);
    assertEq(batch.slots.length, maxBatch, "a full batch");
    vm.recordLogs();
    hook.open(ALICE);
    assertEq(_countLogs(ILateSlashingHook.BatchOpened.selector), 0, "which the last landing has opened");
  }

  function test_getBatch_leavesOutStrikesThatWeighNothing() public {
    _land(1010);
    ledger.setWeights(_weights(0, MISS_WEIGHT));
    StrikeBatch memory batch = hook.getBatch(ALICE);
    assertEq(batch.slots.length, 0, "nothing to slash for");
    assertEq(batch.prices.length, 0, "at no price");
    assertEq(batch.amount, 0, "nothing to pay");
  }

  // ---- nothing to slash ----

  function test_open_refusesValidatorsThatMovedOrLeft() public {
    _landTwoAndOpen();
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
    _landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.NONE);
    rollup.setExit(ALICE, STAKE, block.timestamp + 1, Status.EXITING);
    hook.open(ALICE);
    vm.warp(block.timestamp + 1);
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__NothingToSlash.selector, ALICE, Status.EXITING)
    );
    hook.open(ALICE);
  }

  function test_execute_revertsForAValidatorThatMovedMeanwhile() public {
    IPayload payload = _landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.NONE);
    _expectSlashFailed(
      payload,
      abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__StakeUnchanged.selector, ALICE, 0, 0)
    );
    assertFalse(registry.isConsumed(address(rollup), Slot.wrap(1010)), "nothing is consumed for nothing");

    // Should it come back to the rollup, it can still be slashed.
    rollup.setStake(ALICE, STAKE, Status.VALIDATING);
    _executeAsGovernance(payload);
    assertEq(_stakeOf(ALICE), STAKE - 4 ether, "slashed after all");
  }

  function test_execute_revertsForAnExitThatIsOver() public {
    IPayload payload = _landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.EXITING);
    rollup.setExit(ALICE, STAKE, block.timestamp, Status.EXITING);
    _expectSlashFailed(
      payload,
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__StakeUnchanged.selector,
        ALICE,
        Status.EXITING,
        STAKE
      )
    );
  }

  function test_execute_revertsIfTheRollupSaysNothing() public {
    IPayload payload = _landTwoAndOpen();
    rollup.setSlashMode(Rollup__MockForPenalties.SlashMode.Silent);
    _expectSlashFailed(
      payload,
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__StakeUnchanged.selector,
        ALICE,
        Status.VALIDATING,
        STAKE
      )
    );
  }

  function test_execute_slashesAnExitInProgress() public {
    IPayload payload = _landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.EXITING);
    rollup.setExit(ALICE, STAKE, block.timestamp + 1, Status.EXITING);
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.StakeFallen(address(rollup), ALICE, 4 ether);
    _executeAsGovernance(payload);
  }

  function test_execute_saysIfThereWasLessToTake() public {
    IPayload payload = _landTwoAndOpen();
    rollup.setStake(ALICE, 1 ether, Status.VALIDATING);
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.StakeFallen(address(rollup), ALICE, 1 ether);
    _executeAsGovernance(payload);
    assertEq(_stakeOf(ALICE), 0, "all that was left");
  }

  // ---- never twice ----

  function test_execute_slashesOnce() public {
    IPayload payload = _landTwoAndOpen();
    _executeAsGovernance(payload);
    assertEq(_stakeOf(ALICE), STAKE - 4 ether, "slashed");
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(1010)), "consumed");
    _expectSlashFailed(payload, _nothingLeft());
    assertEq(_stakeOf(ALICE), STAKE - 4 ether, "not twice");
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__BelowThreshold.selector, ALICE, 0, THRESHOLD)
    );
    hook.open(ALICE);
  }

  function test_execute_overlappingPayloadSlashesForTheRestOnly() public {
    IPayload small = _landTwoAndOpen();
    _land(1030);
    IPayload large = hook.open(ALICE);
    _executeAsGovernance(small);
    assertEq(_stakeOf(ALICE), STAKE - 4 ether, "two strikes");
    // The third alone would not have been enough to open a payload.
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.StrikesConsumed(address(rollup), ALICE, _slots(1030));
    _executeAsGovernance(large);
    assertEq(_stakeOf(ALICE), STAKE - 6 ether, "three strikes paid once");
    _expectSlashFailed(large, _nothingLeft());
  }

  function test_execute_diesWithALargerPayloadThatWasFirst() public {
    IPayload small = _landTwoAndOpen();
    _land(1030);
    _executeAsGovernance(hook.open(ALICE));
    _expectSlashFailed(small, _nothingLeft());
    assertEq(_stakeOf(ALICE), STAKE - 6 ether, "three strikes paid once");
  }

  function testFuzz_execute_slashesForExactlyWhatIsLeft(uint256 _consumed) public {
    uint256[5] memory batch = [uint256(1010), 1012, 1013, 1020, 1030];
    _land(1010);
    _miss(1010, 1012);
    _miss(1010, 1013);
    _land(1020);
    _land(1030);
    IPayload payload = hook.open(ALICE);
    assertEq(hook.getBatch(ALICE).slots.length, batch.length, "the whole batch");
    // Neither the weights nor the price of the day change what the payload costs.
    ledger.setWeights(_weights(1, 1));
    hook.setTerms(SlashTerms({threshold: 1, lifetimeSlots: 9000, amountPerWeight: 7 ether}));

    uint256 left = 0;
    for (uint256 i = 0; i < batch.length; ++i) {
      if ((_consumed >> i) & 1 == 1) {
        vm.prank(address(slasher));
        registry.consume(address(rollup), ALICE, _slots(batch[i]));
      } else {
        bool isMissed = batch[i] == 1012 || batch[i] == 1013;
        left += uint256(isMissed ? MISS_WEIGHT : LATE_WEIGHT) * PER_WEIGHT;
      }
    }
    if (left > 0) _executeAsGovernance(payload);
    assertEq(_stakeOf(ALICE), STAKE - left, "the price of what was left");
    for (uint256 i = 0; i < batch.length; ++i) {
      assertTrue(registry.isConsumed(address(rollup), Slot.wrap(batch[i])), "all of it is consumed");
    }
    _expectSlashFailed(payload, _nothingLeft());
    assertEq(_stakeOf(ALICE), STAKE - left, "once");
  }

  function test_execute_staleActionsAreTurnedAway() public {
    IPayload slashPayload = _slashPayloadOf(_landTwoAndOpen());
    IPayload.Action[] memory stale = slashPayload.getActions();
    vm.startPrank(address(slasher));
    registry.consume(address(rollup), ALICE, _slots(1020));
    (bool success, bytes memory reason) = stale[0].target.call(stale[0].data);
    vm.stopPrank();
    assertFalse(success, "an earlier answer does not hold");
    assertEq(reason, _alreadyConsumed(1020), "because of the strike that went in between");
    assertFalse(registry.isConsumed(address(rollup), Slot.wrap(1010)), "and consumes nothing");
  }

  function test_execute_aSlotNamedTwiceIsNotPricedTwice() public {
    Slot[] memory slots = new Slot[](2);
    (slots[0], slots[1]) = (Slot.wrap(1010), Slot.wrap(1010));
    uint256[] memory prices = new uint256[](2);
    (prices[0], prices[1]) = (1 ether, 1 ether);
    bytes memory twice = abi.encode(
      LateSlash({
        registry: registry,
        rollup: address(rollup),
        attester: ALICE,
        slots: slots,
        prices: prices,
        lastSlot: Slot.wrap(2000)
      })
    );
    IPayload madeUp = IPayload(Clones.cloneWithImmutableArgs(hook.PAYLOAD_IMPLEMENTATION(), twice));
    IPayload.Action memory consume = madeUp.getActions()[0];
    vm.expectRevert(
      abi.encodeWithSelector(
        Slasher.Slasher__SlashFailed.selector,
        consume.target,
        consume.data,
        _alreadyConsumed(1010)
      )
    );
    slasher.slash(madeUp);
    assertEq(_stakeOf(ALICE), STAKE, "not slashed");
  }

  function test_execute_aVetoForbidsThePayloadAndNotItsStrikes() public {
    IPayload vetoed = _landTwoAndOpen();
    slasher.vetoPayload(_slashPayloadOf(vetoed));
    IPayload.Action memory execute = vetoed.getActions()[0];
    vm.expectRevert(abi.encodeWithSelector(Slasher.Slasher__PayloadVetoed.selector, address(_slashPayloadOf(vetoed))));
    this.callOut(execute);
    _land(1030);
    _executeAsGovernance(hook.open(ALICE));
    assertEq(_stakeOf(ALICE), STAKE - 6 ether, "all three in another payload");
  }

  function test_execute_notAgainThroughAReplacedSlasher() public {
    IPayload payload = _landTwoAndOpen();
    _executeAsGovernance(payload);
    IPayload slashPayload = _slashPayloadOf(payload);
    IPayload.Action memory consume = slashPayload.getActions()[0];
    Slasher newSlasher = _newSlasher(address(0xDEAD));
    rollup.setSlasher(address(newSlasher));
    vm.expectRevert(
      abi.encodeWithSelector(Slasher.Slasher__SlashFailed.selector, consume.target, consume.data, _nothingLeft())
    );
    newSlasher.slash(slashPayload);
    assertEq(_stakeOf(ALICE), STAKE - 4 ether, "not twice");
  }

  function test_execute_notAgainThroughAReplacedLedger() public {
    // Two ledgers and hooks at once, as in the middle of a replacement: both hold the same strikes.
    (LateStrikeLedger otherLedger, LateSlashingHook otherHook) = _newLedgerAndHook(controller, SlashPath.Governance);
    IPayload first = _landTwoAndOpen();
    IPayload second = otherHook.open(ALICE);
    assertEq(otherLedger.strikesOf(ALICE).late, 2, "the other ledger has them too");
    _executeAsGovernance(first);
    _expectSlashFailed(second, _nothingLeft());
    assertEq(_stakeOf(ALICE), STAKE - 4 ether, "not twice");
    assertEq(otherHook.getBatch(ALICE).slots.length, 0, "and the other hook knows it");
  }

  function test_execute_upgradedRollupHasStrikesOfItsOwn() public {
    IPayload payload = _landTwoAndOpen();
    // The validator follows the latest rollup: its stake is there from now on, its strikes are here.
    Rollup__MockForPenalties upgraded = new Rollup__MockForPenalties();
    upgraded.setCurrentSlot(1000);
    upgraded.setStake(ALICE, STAKE, Status.VALIDATING);
    rollup.setStake(ALICE, 0, Status.NONE);
    Slasher upgradedSlasher = _newSlasher(address(0xDEAD));
    upgraded.setSlasher(address(upgradedSlasher));
    IPayload slashPayload = _slashPayloadOf(payload);
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
    (, LateSlashingHook upgradedHook) = _newLedgerAndHook(upgradedController, SlashPath.Governance);
    (rollup, controller, hook, slasher) = (upgraded, upgradedController, upgradedHook, upgradedSlasher);
    _executeAsGovernance(_landTwoAndOpen());
    assertEq(_stakeOf(ALICE), STAKE - 4 ether, "slashed for the strikes of the new rollup");
  }

  // ---- the registry's doors ----

  function test_consume_revertsForAnyoneButTheSlasher() public {
    bytes memory expected = abi.encodeWithSelector(
      ILateSlashRegistry.LateSlashRegistry__CallerNotSlasher.selector,
      address(this),
      address(slasher)
    );
    vm.expectRevert(expected);
    registry.consume(address(rollup), ALICE, _slots(1010));
    vm.expectRevert(expected);
    registry.requireSlashed(address(rollup), ALICE);
  }

  function test_execute_governanceItselfIsTurnedAway() public {
    IPayload slashPayload = _slashPayloadOf(_landTwoAndOpen());
    IPayload.Action memory consume = slashPayload.getActions()[0];
    assertEq(consume.target, address(registry), "consuming is the first action");
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__CallerNotSlasher.selector,
        address(this),
        address(slasher)
      )
    );
    this.callOut(consume);
  }

  function test_consume_revertsIfEmpty() public {
    vm.expectRevert(_nothingLeft());
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
    registry.consume(address(rollup), BOB, _slots(1010));
    vm.expectRevert(expected);
    registry.requireSlashed(address(rollup), ALICE);
    vm.stopPrank();
  }

  function test_requireSlashed_vouchesForOneSlashOnly() public {
    vm.startPrank(address(slasher));
    registry.consume(address(rollup), ALICE, _slots(1010));
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
    registry.consume(address(madeUp), ALICE, _slots(1010));
    assertTrue(registry.isConsumed(address(madeUp), Slot.wrap(1010)), "there");
    assertFalse(registry.isConsumed(address(rollup), Slot.wrap(1010)), "not here");
  }

  // ---- votes ----

  function test_consumeTallied_leavesTheRestOfABatch() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    IPayload payload = _landTwoAndOpen();
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.StrikesConsumed(address(rollup), ALICE, _slots(1010));
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(1010)), "consumed");
    _executeAsGovernance(payload);
    assertEq(_stakeOf(ALICE), STAKE - 2 ether, "governance slashes for the other strike only");
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(1020)), "which is consumed too");
    vm.expectRevert(_alreadyConsumed(1010));
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
  }

  function test_consumeTallied_keepsGovernanceFromSlashingAgain() public {
    (TallyProposer__Mock tally, address[] memory committee) = _tally();
    tally.execute();
    rollup.setProposer(1020, ALICE);
    IPayload payload = _landTwoAndOpen();
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1010));
    registry.consumeTallied(address(rollup), SlashRound.wrap(15), committee, ALICE, Slot.wrap(1020));
    _expectSlashFailed(payload, _nothingLeft());
    assertEq(_stakeOf(ALICE), STAKE, "the votes have slashed for all of it");
  }

  function test_consumeTallied_revertsWithoutAnExecutedTallyRound() public {
    EmpireSlashingProposer empire = _newEmpire(address(rollup));
    rollup.setSlasher(address(_newSlasher(address(empire))));
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

  /// @dev Calls as this contract, that is as governance.
  function callOut(IPayload.Action calldata _action) external {
    (bool success, bytes memory reason) = _action.target.call(_action.data);
    if (success) return;
    assembly {
      revert(add(reason, 0x20), mload(reason))
    }
  }

  function _newSlasher(address _proposer) private returns (Slasher made) {
    made = new Slasher(address(this), address(this), 1);
    made.initializeProposer(_proposer);
  }

  function _newEmpire(address _instance) private returns (EmpireSlashingProposer) {
    return new EmpireSlashingProposer(_instance, ISlasher(address(slasher)), 2, 3, 5, 1);
  }

  function _newHook(LateStrikeLedger _ledger, SlashPath _path) private returns (LateSlashingHook) {
    return new LateSlashingHook(_ledger, registry, _path, address(this), _terms(THRESHOLD));
  }

  function _newLedgerAndHook(
    LatePenaltyController _controller,
    SlashPath _path
  ) private returns (LateStrikeLedger newLedger, LateSlashingHook newHook) {
    newLedger = new LateStrikeLedger(_controller, address(this), 300, _weights(LATE_WEIGHT, MISS_WEIGHT));
    newHook = _newHook(newLedger, _path);
    _controller.addHook(newLedger, 200_000);
    _controller.addHook(newHook, 1_000_000);
  }

  /// @dev Alice proposes slot 1010 in epoch 31, the second of round 15's epochs 30 and 31, and is voted for there.
  function _tally() private returns (TallyProposer__Mock tally, address[] memory committee) {
    tally = new TallyProposer__Mock();
    tally.setVote(1, 1);
    slasher = _newSlasher(address(tally));
    rollup.setSlasher(address(slasher));
    committee = new address[](2);
    (committee[0], committee[1]) = (BOB, ALICE);
    rollup.setCommittee(31, committee);
    rollup.setProposer(1010, ALICE);
  }

  function _land(uint256 _slot) private {
    rollup.setRecord(_slot, ALICE, true);
    rollup.setCurrentSlot(_slot + 1);
    assertEq(controller.penalize(Slot.wrap(_slot)), 0, "ledger and hook took the record");
  }

  /// @dev Alice misses a slot that lies between two proven checkpoints, and not right after the first.
  function _miss(uint256 _before, uint256 _slot) private {
    rollup.setCheckpoint(1, _before);
    rollup.setCheckpoint(2, _slot + 1);
    rollup.setProven(2);
    rollup.setProposer(_slot, ALICE);
    rollup.setCurrentSlot(_slot + 2);
    assertEq(ledger.recordMiss(1, Slot.wrap(_slot)), ALICE, "the miss is hers");
  }

  function _landTwoAndOpen() private returns (IPayload) {
    _land(1010);
    _land(1020);
    return hook.open(ALICE);
  }

  function _executeAsGovernance(IPayload _proposal) private {
    IPayload.Action[] memory actions = _proposal.getActions();
    for (uint256 i = 0; i < actions.length; ++i) {
      this.callOut(actions[i]);
    }
  }

  function _slashPayloadOf(IPayload _proposal) private view returns (IPayload) {
    bytes memory data = _proposal.getActions()[0].data;
    address payload;
    assembly {
      payload := mload(add(data, 0x24))
    }
    return IPayload(payload);
  }

  /// @dev Upstream wraps the failing action's reason.
  function _expectSlashFailed(IPayload _proposal, bytes memory _reason) private {
    IPayload.Action[] memory actions = _slashPayloadOf(_proposal).getActions();
    uint256 failing = bytes4(_reason) == ILateSlashRegistry.LateSlashRegistry__StakeUnchanged.selector ? 2 : 0;
    IPayload.Action memory execute = _proposal.getActions()[0];
    vm.expectRevert(
      abi.encodeWithSelector(
        Slasher.Slasher__SlashFailed.selector,
        actions[failing].target,
        actions[failing].data,
        _reason
      )
    );
    this.callOut(execute);
  }

  function _expectPathUnavailable(SlashPath _path, address _slasher, address _executor) private {
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__PathUnavailable.selector, _path, _slasher, _executor)
    );
  }

  function _countLogs(bytes32 _topic) private returns (uint256 count) {
    Vm.Log[] memory logs = vm.getRecordedLogs();
    for (uint256 i = 0; i < logs.length; ++i) {
      if (logs[i].topics[0] == _topic) ++count;
    }
  }

  function _stakeOf(address _attester) private view returns (uint256) {
    return rollup.getAttesterView(_attester).effectiveBalance;
  }

  function _alreadyConsumed(uint256 _slot) private view returns (bytes memory) {
    return
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__AlreadyConsumed.selector,
        address(rollup),
        Slot.wrap(_slot)
      );
  }

  function _nothingLeft() private view returns (bytes memory) {
    return abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__NothingLeft.selector, address(rollup), ALICE);
  }

  function _terms(uint32 _threshold) private pure returns (SlashTerms memory) {
    return SlashTerms({threshold: _threshold, lifetimeSlots: 9000, amountPerWeight: PER_WEIGHT});
  }

  function _weights(uint16 _late, uint16 _missed) private pure returns (StrikeWeights memory) {
    return StrikeWeights({late: _late, missed: _missed});
  }

  function _slots(uint256 _slot) private pure returns (Slot[] memory slots) {
    slots = new Slot[](1);
    slots[0] = Slot.wrap(_slot);
  }
}
