// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEscapeHatch} from "@aztec/core/interfaces/IEscapeHatch.sol";
import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Ownable} from "@oz/access/Ownable.sol";
import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {ILatePenaltyController} from "../../../contracts/interfaces/ILatePenaltyController.sol";
import {
  ILateStrikeLedger,
  Strike,
  StrikeCount,
  StrikeKind,
  StrikeWeights
} from "../../../contracts/interfaces/ILateStrikeLedger.sol";
import {ILateSubmission, LateSubmissionRecord} from "../../../contracts/interfaces/ILateSubmission.sol";
import {LatePenaltyController} from "../../../contracts/penalties/LatePenaltyController.sol";
import {LateStrikeLedger} from "../../../contracts/penalties/LateStrikeLedger.sol";
import {EscapeHatch__MockForPenalties} from "../../../contracts/test/penalties/EscapeHatch__MockForPenalties.sol";
import {Rollup__MockForPenalties} from "../../../contracts/test/penalties/Rollup__MockForPenalties.sol";

/// @dev Slots of 1 second, epochs of 32 slots, proofs for one more epoch; registered in slot 1000: 1001 is the first.
contract LateStrikeLedgerTest is Test {
  uint256 private constant WINDOW = 300;
  uint16 private constant LATE_WEIGHT = 2;
  uint16 private constant MISS_WEIGHT = 3;

  address private immutable GOVERNANCE = makeAddr("governance");
  address private immutable ALICE = makeAddr("alice");
  address private immutable BOB = makeAddr("bob");

  Rollup__MockForPenalties private rollup;
  LatePenaltyController private controller;
  LateStrikeLedger private ledger;

  function setUp() public {
    rollup = new Rollup__MockForPenalties();
    rollup.setCurrentSlot(1000);
    controller = new LatePenaltyController(ILateSubmission(address(rollup)), GOVERNANCE);
    ledger = new LateStrikeLedger(
      controller,
      GOVERNANCE,
      WINDOW,
      StrikeWeights({late: LATE_WEIGHT, missed: MISS_WEIGHT})
    );
    vm.prank(GOVERNANCE);
    controller.addHook(ledger, 200_000);
  }

  // ---- set-up ----

  function test_constructor_takesRollupFromTheControllerAndEmitsWeights() public {
    vm.expectEmit();
    emit ILateStrikeLedger.StrikeWeightsUpdated(StrikeWeights({late: 1, missed: 1}));
    LateStrikeLedger fresh = new LateStrikeLedger(controller, GOVERNANCE, WINDOW, StrikeWeights({late: 1, missed: 1}));
    assertEq(fresh.ROLLUP(), address(rollup), "the controller's rollup");
    assertEq(fresh.getWeights().missed, 1, "weights");
  }

  function test_constructor_takesTheShortestAndTheLongestWindow() public {
    // Three epochs of 32 slots: the slot's own, one for the proof, one for the report.
    assertEq(_newLedger(96).WINDOW_SLOTS(), 96, "shortest");
    assertEq(_newLedger(8960).WINDOW_SLOTS(), 8960, "longest");
  }

  function test_constructor_revertsIfTheWindowIsInvalid() public {
    uint256[3] memory windows = [uint256(0), 95, 8961];
    for (uint256 i = 0; i < windows.length; ++i) {
      _expectInvalidWindow(windows[i], 96);
      _newLedger(windows[i]);
    }
  }

  function test_constructor_shortestWindowFollowsTheProofWindow() public {
    rollup.setProofSubmissionEpochs(7);
    _expectInvalidWindow(287, 288);
    _newLedger(287);
    assertEq(_newLedger(288).WINDOW_SLOTS(), 288, "nine epochs");
  }

  function test_constructor_revertsForAnyWindowIfProofsMayTakeLongerThanTheLongest() public {
    // 280 epochs of 32 slots are the longest window; one more is too long.
    rollup.setProofSubmissionEpochs(278);
    assertEq(_newLedger(8960).WINDOW_SLOTS(), 8960, "the only one");
    rollup.setProofSubmissionEpochs(279);
    uint256[2] memory windows = [uint256(8960), 8992];
    for (uint256 i = 0; i < windows.length; ++i) {
      _expectInvalidWindow(windows[i], 8992);
      _newLedger(windows[i]);
    }
  }

  function test_setWeights_revertsIfAMissWeighsLess() public {
    vm.expectRevert(abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__WeightsInverted.selector, 5, 4));
    vm.prank(GOVERNANCE);
    ledger.setWeights(StrikeWeights({late: 5, missed: 4}));
    vm.expectRevert(abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__WeightsInverted.selector, 5, 4));
    new LateStrikeLedger(controller, GOVERNANCE, WINDOW, StrikeWeights({late: 5, missed: 4}));
  }

  function test_setWeights_revertsForAnyoneButGovernance() public {
    vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
    ledger.setWeights(StrikeWeights({late: 1, missed: 1}));
  }

  function test_setWeights_appliesToEveryCountFromThenOn() public {
    _land(1010, ALICE);
    vm.prank(GOVERNANCE);
    ledger.setWeights(StrikeWeights({late: 7, missed: 7}));
    assertEq(ledger.strikesOf(ALICE).weight, 7, "weight under the new weights");
  }

  // ---- late landings ----

  function test_onLateSubmission_recordsAgainstTheOriginalProposerAtTheRecordsSlot() public {
    rollup.setRecord(1010, ALICE, true);
    rollup.setCurrentSlot(1200);
    vm.expectEmit(address(ledger));
    emit ILateStrikeLedger.StrikeRecorded(ALICE, Slot.wrap(1010), StrikeKind.Late);
    assertEq(controller.penalize(Slot.wrap(1010)), 0, "applied");

    _assertCount(ALICE, 1, 0);
    Strike[] memory strikes = ledger.getStrikes(ALICE);
    assertEq(Slot.unwrap(strikes[0].slot), 1010, "the record's slot, not that of the call");
    _assertCount(BOB, 0, 0);
  }

  function test_onLateSubmission_revertsForAnyoneButTheController() public {
    rollup.setRecord(1010, ALICE, true);
    LateSubmissionRecord memory record = ILateSubmission(address(rollup)).getLateSubmission(Slot.wrap(1010));
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateStrikeLedger.LateStrikeLedger__CallerNotController.selector,
        address(this),
        address(controller)
      )
    );
    ledger.onLateSubmission(record);
  }

  function test_onLateSubmission_revertsIfTheSlotHasLeftTheWindow() public {
    // The ring of records spans more than the window: ten epochs.
    rollup.setProofSubmissionEpochs(8);
    rollup.setRecord(1010, ALICE, true);
    rollup.setCurrentSlot(1010 + WINDOW);
    _callAsController(
      1010,
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__SlotTooOld.selector, Slot.wrap(1010), Slot.wrap(1011))
    );
    rollup.setCurrentSlot(1010 + WINDOW - 1);
    _callAsController(1010, "");
    _assertCount(ALICE, 1, 0);
  }

  function test_onLateSubmission_revertsIfTheSlotIsNotOver() public {
    rollup.setRecord(1010, ALICE, true);
    rollup.setCurrentSlot(1010);
    _callAsController(
      1010,
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__SlotNotOver.selector, Slot.wrap(1010), Slot.wrap(1010))
    );
  }

  function test_onLateSubmission_revertsIfRecorded() public {
    _land(1010, ALICE);
    _callAsController(
      1010,
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__AlreadyRecorded.selector, ALICE, Slot.wrap(1010))
    );
  }

  function test_onLateSubmission_exemptsASlotRightAfterALateLanding() public {
    _land(1010, BOB);
    rollup.setRecord(1011, ALICE, true);
    rollup.setCurrentSlot(1012);
    vm.recordLogs();
    vm.expectEmit(address(ledger));
    emit ILateStrikeLedger.StrikeExempted(ALICE, Slot.wrap(1011));
    assertEq(controller.penalize(Slot.wrap(1011)), 0, "not pending");
    assertTrue(controller.isApplied(Slot.wrap(1011), ledger), "judged: hooks that read the ledger go on");
    assertEq(_countStrikes(vm.getRecordedLogs()), 0, "no strike");
    _assertCount(ALICE, 0, 0);
    _assertCount(BOB, 1, 0);
  }

  function test_onLateSubmission_countsOnlyTheFirstOfARun() public {
    for (uint256 slot = 1010; slot < 1015; ++slot) {
      _land(slot, ALICE);
    }
    Strike[] memory strikes = ledger.getStrikes(ALICE);
    assertEq(strikes.length, 1, "one strike");
    assertEq(Slot.unwrap(strikes[0].slot), 1010, "the first of the run");
    _land(1016, ALICE);
    _assertCount(ALICE, 2, 0);
  }

  function test_onLateSubmission_countsInWhicheverOrderSlotsAreReported() public {
    rollup.setRecord(1010, BOB, true);
    rollup.setRecord(1011, ALICE, true);
    rollup.setCurrentSlot(1020);
    assertEq(controller.penalize(Slot.wrap(1011)), 0, "the later one first");
    assertEq(controller.penalize(Slot.wrap(1010)), 0, "then the earlier one");
    _assertCount(ALICE, 0, 0);
    _assertCount(BOB, 1, 0);
  }

  function test_onLateSubmission_revertsOnceALateLandingBeforeItMayBeForgotten() public {
    rollup.setRecord(1009, BOB, true);
    rollup.setRecord(1010, ALICE, true);
    // The ring spans eight epochs of 32 slots; slot 1009's place is taken by slot 1265 from slot 1266 on.
    rollup.setCurrentSlot(1266);
    bytes memory tooLate = abi.encodeWithSelector(
      ILateStrikeLedger.LateStrikeLedger__ReportedTooLate.selector,
      Slot.wrap(1010),
      Slot.wrap(1265)
    );
    _callAsController(1010, tooLate);
    assertEq(controller.penalize(Slot.wrap(1010)), 1, "stays pending");
    rollup.setCurrentSlot(1265);
    vm.expectEmit(address(ledger));
    emit ILateStrikeLedger.StrikeExempted(ALICE, Slot.wrap(1010));
    assertEq(controller.penalize(Slot.wrap(1010)), 0, "in time");
    _assertCount(ALICE, 0, 0);
  }

  function test_onLateSubmission_revertsIfTheRecordBeforeCannotBeRead() public {
    rollup.setRecord(1010, ALICE, true);
    rollup.setCurrentSlot(1011);
    bytes memory question = abi.encodeCall(ILateSubmission.hasLandedLate, (Slot.wrap(1009)));
    vm.mockCallRevert(address(rollup), question, hex"");
    bytes memory unreadable = abi.encodeWithSelector(
      ILateStrikeLedger.LateStrikeLedger__RecordUnreadable.selector,
      Slot.wrap(1009)
    );
    _callAsController(1010, unreadable);
    vm.mockCallRevert(address(rollup), question, abi.encodeWithSignature("Error(string)", "no"));
    _callAsController(1010, unreadable);
    assertEq(controller.penalize(Slot.wrap(1010)), 1, "stays pending");

    // An answer that is no boolean: it cannot be decoded, and that is a failure without a word.
    vm.mockCall(address(rollup), question, hex"01");
    assertEq(controller.penalize(Slot.wrap(1010)), 1, "stays pending");
    _assertCount(ALICE, 0, 0);

    vm.clearMockedCalls();
    assertEq(controller.penalize(Slot.wrap(1010)), 0, "judged once the rollup answers");
    _assertCount(ALICE, 1, 0);
  }

  function test_onLateSubmission_nothingComesBeforeSlotZero() public {
    rollup.setRecord(0, ALICE, true);
    rollup.setCurrentSlot(1);
    _callAsController(0, "");
    _assertCount(ALICE, 1, 0);
  }

  /// @dev A miss that L1 can prove is never held against the proposer of its slot less than a late landing would be.
  function testFuzz_strikes_aMissWeighsAtLeastAsMuchAsALateLanding(bool _isPreviousLate, uint8 _offset) public {
    uint256 before = 1010 + uint256(_offset);
    _gap(before, before + 2);
    if (_isPreviousLate) rollup.setRecord(before, BOB, true);
    rollup.setProposer(before + 1, BOB);

    uint256 missWeight = 0;
    try ledger.recordMiss(5, Slot.wrap(before + 1)) {
      missWeight = ledger.strikesOf(BOB).weight;
    } catch (bytes memory reason) {
      assertEq(bytes4(reason), ILateStrikeLedger.LateStrikeLedger__MayBeDisplaced.selector, "the only excuse");
    }
    rollup.setRecord(before + 1, ALICE, true);
    _callAsController(before + 1, "");
    assertGe(missWeight, ledger.strikesOf(ALICE).weight, "withholding is never cheaper than being rescued");
    assertEq(missWeight == 0, _isPreviousLate, "a miss counts unless it may have been displaced");
  }

  // ---- misses ----

  function test_recordMiss_recordsAgainstTheSlotsProposer() public {
    _gap(1010, 1013);
    rollup.setProposer(1011, ALICE);
    rollup.setProposer(1012, BOB);
    vm.expectEmit(address(ledger));
    emit ILateStrikeLedger.StrikeRecorded(ALICE, Slot.wrap(1011), StrikeKind.Missed);
    assertEq(ledger.recordMiss(5, Slot.wrap(1011)), ALICE, "who missed");
    assertEq(ledger.recordMiss(5, Slot.wrap(1012)), BOB, "who missed next");
    _assertCount(ALICE, 0, 1);
    _assertCount(BOB, 0, 1);
  }

  function test_recordMiss_revertsIfRecorded() public {
    _gap(1010, 1013);
    rollup.setProposer(1011, ALICE);
    ledger.recordMiss(5, Slot.wrap(1011));
    vm.expectRevert(
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__AlreadyRecorded.selector, ALICE, Slot.wrap(1011))
    );
    ledger.recordMiss(5, Slot.wrap(1011));
  }

  function test_recordMiss_revertsOutsideTheGap() public {
    _gap(1010, 1013);
    uint256[4] memory outside = [uint256(1009), 1010, 1013, 1014];
    for (uint256 i = 0; i < outside.length; ++i) {
      rollup.setProposer(outside[i], ALICE);
      vm.expectRevert(
        abi.encodeWithSelector(
          ILateStrikeLedger.LateStrikeLedger__NotInGap.selector,
          Slot.wrap(outside[i]),
          Slot.wrap(1010),
          Slot.wrap(1013)
        )
      );
      ledger.recordMiss(5, Slot.wrap(outside[i]));
    }
  }

  function test_recordMiss_revertsUntilBothCheckpointsAreProven() public {
    _gap(1010, 1013);
    rollup.setProposer(1011, ALICE);
    rollup.setProven(5);
    vm.expectRevert(abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__NotProven.selector, 6, 5));
    ledger.recordMiss(5, Slot.wrap(1011));
    rollup.setProven(6);
    ledger.recordMiss(5, Slot.wrap(1011));
  }

  function test_recordMiss_revertsAtGenesis() public {
    vm.expectRevert(ILateStrikeLedger.LateStrikeLedger__GapAtGenesis.selector);
    ledger.recordMiss(0, Slot.wrap(1011));
  }

  function test_recordMiss_revertsBeforeRegistration() public {
    _gap(990, 1005);
    rollup.setProposer(1000, ALICE);
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateStrikeLedger.LateStrikeLedger__BeforeRegistration.selector,
        Slot.wrap(1000),
        Slot.wrap(1001)
      )
    );
    ledger.recordMiss(5, Slot.wrap(1000));
    rollup.setProposer(1001, ALICE);
    ledger.recordMiss(5, Slot.wrap(1001));
  }

  function test_recordMiss_revertsOnceTheLedgerIsNoHookAnyMore() public {
    _gap(1010, 1013);
    rollup.setProposer(1011, ALICE);
    vm.prank(GOVERNANCE);
    controller.removeHook(ledger);
    vm.expectRevert(
      abi.encodeWithSelector(ILatePenaltyController.LatePenaltyController__NotRegistered.selector, ledger)
    );
    ledger.recordMiss(5, Slot.wrap(1011));
  }

  function test_recordMiss_revertsIfTheGapMayHaveBeenPruned() public {
    // Slot 1010 is in epoch 31 (992 to 1023). Its proof is due by the end of epoch 32; from 33 (1056) on it can go.
    _gap(1009, 1055);
    rollup.setProposer(1020, ALICE);
    // Slot 1055 itself is too early, but its checkpoint may have landed late, in slot 1056.
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateStrikeLedger.LateStrikeLedger__GapMayBePruned.selector,
        Slot.wrap(1020),
        Epoch.wrap(33),
        Epoch.wrap(33)
      )
    );
    ledger.recordMiss(5, Slot.wrap(1020));
    rollup.setCheckpoint(6, 1054);
    ledger.recordMiss(5, Slot.wrap(1020));
  }

  function test_recordMiss_pruneEpochFollowsTheFirstSlotOfTheGap() public {
    // The checkpoint before lies in epoch 31, but whatever was pruned lies in epoch 32 or later.
    _gap(1023, 1060);
    rollup.setProposer(1030, ALICE);
    ledger.recordMiss(5, Slot.wrap(1030));
    _assertCount(ALICE, 0, 1);

    // One slot earlier, what was pruned may have been proposed in the last slot of epoch 31.
    _gap(1022, 1055);
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateStrikeLedger.LateStrikeLedger__GapMayBePruned.selector,
        Slot.wrap(1031),
        Epoch.wrap(33),
        Epoch.wrap(33)
      )
    );
    ledger.recordMiss(5, Slot.wrap(1031));
  }

  function test_recordMiss_revertsAfterALateLanding() public {
    _gap(1010, 1013);
    rollup.setRecord(1010, BOB, true);
    rollup.setProposer(1011, ALICE);
    rollup.setProposer(1012, ALICE);
    vm.expectRevert(
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__MayBeDisplaced.selector, Slot.wrap(1011))
    );
    ledger.recordMiss(5, Slot.wrap(1011));
    ledger.recordMiss(5, Slot.wrap(1012));
    _assertCount(ALICE, 0, 1);
  }

  function test_recordMiss_revertsAfterALateLandingThatWasRemoved() public {
    // The late landing's parent was invalidated, and it with it. What it had displaced did not come back.
    _gap(1008, 1013);
    rollup.setRemovedRecord(1010);
    rollup.setProposer(1011, ALICE);
    vm.expectRevert(
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__MayBeDisplaced.selector, Slot.wrap(1011))
    );
    ledger.recordMiss(5, Slot.wrap(1011));
  }

  function test_recordMiss_revertsIfTheRecordCannotBeRead() public {
    _gap(1010, 1013);
    rollup.setProposer(1011, ALICE);
    rollup.setRecordUnreadable(true);
    vm.expectRevert(
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__RecordUnreadable.selector, Slot.wrap(1010))
    );
    ledger.recordMiss(5, Slot.wrap(1011));
  }

  function test_recordMiss_revertsOnceALateLandingNextToItMayBeForgotten() public {
    _gap(1010, 1013);
    rollup.setProposer(1011, ALICE);
    rollup.setProposer(1012, ALICE);
    // The ring spans eight epochs of 32 slots, for each slot of the gap from the slot before it.
    rollup.setCurrentSlot(1267);
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateStrikeLedger.LateStrikeLedger__ReportedTooLate.selector,
        Slot.wrap(1011),
        Slot.wrap(1266)
      )
    );
    ledger.recordMiss(5, Slot.wrap(1011));
    ledger.recordMiss(5, Slot.wrap(1012));
    rollup.setCurrentSlot(1266);
    ledger.recordMiss(5, Slot.wrap(1011));
    _assertCount(ALICE, 0, 2);
  }

  function test_recordMiss_ringOfRecordsGrowsWithTheProofWindow() public {
    rollup.setProofSubmissionEpochs(7);
    _gap(1010, 1013);
    rollup.setProposer(1011, ALICE);
    rollup.setCurrentSlot(1010 + 9 * 32);
    ledger.recordMiss(5, Slot.wrap(1011));
    _assertCount(ALICE, 0, 1);
  }

  function test_recordMiss_revertsWhileTheEscapeHatchIsOpen() public {
    rollup.setEscapeHatch(IEscapeHatch(address(new EscapeHatch__MockForPenalties(32))));
    _gap(1020, 1030);
    rollup.setProposer(1023, ALICE);
    rollup.setProposer(1024, ALICE);
    ledger.recordMiss(5, Slot.wrap(1023));
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateStrikeLedger.LateStrikeLedger__EscapeHatchOpen.selector,
        Slot.wrap(1024),
        Epoch.wrap(32)
      )
    );
    ledger.recordMiss(5, Slot.wrap(1024));
    _assertCount(ALICE, 0, 1);
  }

  function test_recordMiss_revertsWithoutCommittee() public {
    _gap(1010, 1013);
    vm.expectRevert(abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__NoCommittee.selector, Slot.wrap(1011)));
    ledger.recordMiss(5, Slot.wrap(1011));
  }

  // ---- the window ----

  function test_strikesOf_forgetsASlotExactlyOneWindowLater() public {
    _land(1010, ALICE);
    rollup.setCurrentSlot(1010 + WINDOW - 1);
    _assertCount(ALICE, 1, 0);
    rollup.setCurrentSlot(1010 + WINDOW);
    _assertCount(ALICE, 0, 0);
    assertEq(ledger.getStrikes(ALICE).length, 0, "none listed either");
  }

  function test_strikesAt_givesEveryVoterTheSameCountForOneWindow() public {
    _land(1010, ALICE);
    rollup.setCurrentSlot(1010 + WINDOW);
    assertEq(ledger.strikesAt(ALICE, Slot.wrap(1310)).late, 0, "a window that no longer contains it");
    assertEq(ledger.strikesAt(ALICE, Slot.wrap(1309)).late, 1, "the last window that contains it");
    assertEq(ledger.strikesAt(ALICE, Slot.wrap(1011)).late, 1, "the oldest window that can be asked for");
    vm.expectRevert(
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__SlotTooOld.selector, Slot.wrap(1010), Slot.wrap(1011))
    );
    ledger.strikesAt(ALICE, Slot.wrap(1010));
  }

  function test_strikesAt_revertsForTheFuture() public {
    vm.expectRevert(
      abi.encodeWithSelector(ILateStrikeLedger.LateStrikeLedger__SlotNotOver.selector, Slot.wrap(1001), Slot.wrap(1000))
    );
    ledger.strikesAt(ALICE, Slot.wrap(1001));
  }

  function test_strikesOf_youngNetworkHasAWindowFromSlotZero() public {
    rollup.setCurrentSlot(3);
    _assertCount(ALICE, 0, 0);
  }

  /// @dev Against a plain list of strikes: random late landings of two proposers over many windows, counted at random
  ///      places of the last window.
  function testFuzz_strikes_matchAPlainList(uint256 _seed) public {
    uint256 slot = 1001;
    uint256[] memory landed = new uint256[](120);
    for (uint256 i = 0; i < landed.length; ++i) {
      // Never right after another one, which would exempt it.
      slot += 2 + (uint256(keccak256(abi.encode(_seed, i))) % 40);
      landed[i] = slot;
      _land(slot, i % 3 == 0 ? BOB : ALICE);
      if (i % 10 != 9) continue;

      uint256 current = slot + 1;
      uint256 last = current - (uint256(keccak256(abi.encode(_seed, i, "at"))) % WINDOW);
      uint256 expected = 0;
      for (uint256 j = 0; j <= i; ++j) {
        if (j % 3 != 0 && landed[j] <= last && landed[j] + WINDOW > last) ++expected;
      }
      assertEq(ledger.strikesAt(ALICE, Slot.wrap(last)).late, expected, "late landings in the window");
      _assertListMatchesCount(ALICE);
    }
  }

  /// @dev Lets a slot land late and be settled and judged in the slot after.
  function _land(uint256 _slot, address _proposer) private {
    rollup.setRecord(_slot, _proposer, true);
    rollup.setCurrentSlot(_slot + 1);
    assertEq(controller.penalize(Slot.wrap(_slot)), 0, "the ledger took the record");
  }

  /// @dev Checkpoints 5 and 6, both proven, at two slots; the time is thirty slots after.
  function _gap(uint256 _before, uint256 _afterwards) private {
    rollup.setCheckpoint(5, _before);
    rollup.setCheckpoint(6, _afterwards);
    rollup.setProven(6);
    rollup.setCurrentSlot(_afterwards + 30);
  }

  function _newLedger(uint256 _windowSlots) private returns (LateStrikeLedger) {
    return new LateStrikeLedger(controller, GOVERNANCE, _windowSlots, StrikeWeights({late: 1, missed: 1}));
  }

  function _expectInvalidWindow(uint256 _windowSlots, uint256 _minimum) private {
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateStrikeLedger.LateStrikeLedger__InvalidWindow.selector,
        _windowSlots,
        _minimum,
        ledger.MAX_WINDOW_SLOTS()
      )
    );
  }

  function _callAsController(uint256 _slot, bytes memory _expectedError) private {
    LateSubmissionRecord memory record = ILateSubmission(address(rollup)).getLateSubmission(Slot.wrap(_slot));
    if (_expectedError.length > 0) vm.expectRevert(_expectedError);
    vm.prank(address(controller));
    ledger.onLateSubmission(record);
  }

  function _countStrikes(Vm.Log[] memory _logs) private pure returns (uint256 count) {
    for (uint256 i = 0; i < _logs.length; ++i) {
      if (_logs[i].topics[0] == ILateStrikeLedger.StrikeRecorded.selector) ++count;
    }
  }

  function _assertCount(address _proposer, uint256 _late, uint256 _missed) private view {
    StrikeCount memory count = ledger.strikesOf(_proposer);
    assertEq(count.late, _late, "late landings");
    assertEq(count.missed, _missed, "misses");
    assertEq(count.weight, _late * LATE_WEIGHT + _missed * MISS_WEIGHT, "weight");
  }

  function _assertListMatchesCount(address _proposer) private view {
    Strike[] memory strikes = ledger.getStrikes(_proposer);
    assertEq(strikes.length, ledger.strikesOf(_proposer).late, "as many listed as counted");
    for (uint256 i = 1; i < strikes.length; ++i) {
      assertLt(Slot.unwrap(strikes[i - 1].slot), Slot.unwrap(strikes[i].slot), "oldest first");
    }
  }
}
