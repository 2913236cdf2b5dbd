// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Math} from "@oz/utils/math/Math.sol";
import {SafeCast} from "@oz/utils/math/SafeCast.sol";
import {
  ILateSubmission,
  LateSubmissionRecord,
  LateSubmissionTerms
} from "../../../contracts/interfaces/ILateSubmission.sol";
import {LateMarks} from "../../../contracts/libraries/LateSubmissionLib.sol";
import {LateSubmissionLib__Harness} from "../../../contracts/test/unit/LateSubmissionLib__Harness.sol";
import {LATE_SUBMISSION_POSITION, LateMarksLib} from "../../support/solidity/LateMarksLib.sol";
import {LateSubmissionModel} from "../../support/solidity/LateSubmissionModel.sol";

/// @notice A contract that names and takes recipients, as a bundling contract does.
contract Bundler {
  function name(LateSubmissionLib__Harness _harness, address _recipient) external {
    _harness.nameRecipient(_recipient);
  }

  function take(LateSubmissionLib__Harness _harness) external returns (address) {
    return _harness.takeRecipient();
  }
}

contract LateSubmissionLibTest is Test {
  using LateMarksLib for LateMarks;

  uint256 internal constant GENESIS = 1_000_000;
  uint256 internal constant SLOT_DURATION = 36;
  uint256 internal constant EPOCH_DURATION = 4;
  uint256 internal constant PROOF_EPOCHS = 1;
  uint256 internal constant RING_SLOTS = 8 * EPOCH_DURATION;

  bytes32 internal constant RECIPIENT_POSITION =
    keccak256(abi.encode(uint256(keccak256("buildahead.transient.LateRecipient")) - 1)) & ~bytes32(uint256(0xff));

  address internal immutable PROPOSER = makeAddr("proposer");
  address internal immutable SUBMITTER = makeAddr("submitter");

  LateSubmissionLib__Harness internal harness;

  function setUp() public {
    harness = deploy(EPOCH_DURATION, PROOF_EPOCHS);
    harness.setTerms(terms(5000, 2500, 24, false));
  }

  // --- terms ---------------------------------------------------------------------------------------------------------

  function test_initialize_setsAndAnnouncesTheTerms() public {
    LateSubmissionTerms memory expected = terms(4321, 1234, 17, true);
    vm.expectEmit();
    emit ILateSubmission.LateSubmissionTermsUpdated(expected);
    harness.initialize(expected);
    assertTerms(expected);
  }

  function test_initialize_acceptsTheLongestEpochThatFitsTheMarks() public {
    harness = deploy(224, PROOF_EPOCHS);
    harness.initialize(terms(5000, 2500, 24, false));
    assertTerms(terms(5000, 2500, 24, false));
  }

  function test_initialize_revertsIfTheEpochIsOneSlotTooLong() public {
    harness = deploy(225, PROOF_EPOCHS);
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__EpochTooLong.selector, 225, 224));
    harness.initialize(terms(5000, 2500, 24, false));
  }

  function test_initialize_checksTheTermsToo() public {
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__SplitTooLarge.selector, 10_000, 1));
    harness.initialize(terms(10_000, 1, 24, false));
  }

  function test_setTerms_revertsIfTheSharesExceedTheWhole() public {
    LateSubmissionTerms memory before = harness.getTerms();
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__SplitTooLarge.selector, 5000, 5001));
    harness.setTerms(terms(5000, 5001, 24, false));
    vm.expectRevert(
      abi.encodeWithSelector(ILateSubmission.LateSubmission__SplitTooLarge.selector, type(uint16).max, type(uint16).max)
    );
    harness.setTerms(terms(type(uint16).max, type(uint16).max, 24, false));
    assertTerms(before);
  }

  function test_setTerms_revertsIfTheFirstShareIsLarger() public {
    LateSubmissionTerms memory falling = terms(5000, 2500, 24, false);
    falling.firstBps = 5001;
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__FirstShareTooLarge.selector, 5001, 5000));
    harness.setTerms(falling);
    // Terms that are wrong in two ways: what the submitter gets comes first.
    falling = terms(9999, 2500, 24, false);
    falling.firstBps = 10_000;
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__FirstShareTooLarge.selector, 10_000, 9999));
    harness.setTerms(falling);
  }

  function test_setTerms_acceptsSharesThatMakeTheWhole() public {
    harness.setTerms(terms(5000, 5000, 24, false));
    assertTerms(terms(5000, 5000, 24, false));
    harness.setTerms(terms(0, 10_000, 0, false));
    assertTerms(terms(0, 10_000, 0, false));
  }

  function test_setTerms_revertsIfTheWindowIsLongerThanASlot() public {
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__WindowTooLong.selector, 37, 36));
    harness.setTerms(terms(5000, 2500, 37, false));
    vm.expectRevert(
      abi.encodeWithSelector(ILateSubmission.LateSubmission__WindowTooLong.selector, type(uint32).max, 36)
    );
    harness.setTerms(terms(5000, 2500, type(uint32).max, false));
  }

  function test_setTerms_acceptsAWindowAsLongAsASlot() public {
    harness.setTerms(terms(5000, 2500, 36, true));
    assertTerms(terms(5000, 2500, 36, true));
  }

  function test_setTerms_writesOneWordAtTheNamespace() public {
    vm.record();
    harness.setTerms(terms(0x1122, 0x0344, 33, true));
    bytes32[] memory writes = writtenWords();
    assertEq(writes.length, 1, "terms take one storage word");
    assertEq(writes[0], LATE_SUBMISSION_POSITION, "terms stand first in the namespace");
    uint256 word =
      0x1122 | (uint256(0x1122) << 16) | (uint256(0x0344) << 32) | (uint256(33) << 48) | (uint256(1) << 80);
    assertEq(
      vm.load(address(harness), LATE_SUBMISSION_POSITION),
      bytes32(word),
      "terms are packed in declaration order"
    );
  }

  // --- recipient -----------------------------------------------------------------------------------------------------

  function test_nameRecipient_revertsForZero() public {
    vm.expectRevert(ILateSubmission.LateSubmission__ZeroRecipient.selector);
    harness.nameRecipient(address(0));
  }

  function test_nameRecipient_usesTheTransientNamespace() public {
    harness.nameRecipient(SUBMITTER);
    bytes32 position = keccak256(abi.encode(address(this), RECIPIENT_POSITION));
    assertEq(
      harness.loadTransient(position),
      bytes32(uint256(uint160(SUBMITTER))),
      "the name lies at its ERC-7201 position"
    );
  }

  function test_nameRecipient_writesNoStorage() public {
    vm.record();
    harness.nameRecipient(SUBMITTER);
    assertEq(writtenWords().length, 0, "a name lives in transient storage only");
  }

  function test_takeRecipient_returnsTheNameOnce() public {
    harness.nameRecipient(SUBMITTER);
    assertEq(harness.takeRecipient(), SUBMITTER, "the named recipient is credited");
    assertEq(harness.takeRecipient(), address(0), "the name is gone after its use");
  }

  function test_takeRecipient_returnsTheLastNameGiven() public {
    harness.nameRecipient(PROPOSER);
    harness.nameRecipient(SUBMITTER);
    assertEq(harness.takeRecipient(), SUBMITTER, "a later name replaces an earlier one");
  }

  function test_takeRecipient_creditsAPlainAccountItself() public {
    vm.prank(SUBMITTER, SUBMITTER);
    assertEq(harness.takeRecipient(), SUBMITTER, "a plain account needs no name");
  }

  function test_takeRecipient_prefersTheNameToThePlainAccount() public {
    vm.prank(SUBMITTER, SUBMITTER);
    harness.nameRecipient(PROPOSER);
    vm.prank(SUBMITTER, SUBMITTER);
    assertEq(harness.takeRecipient(), PROPOSER, "the name counts");
    vm.prank(SUBMITTER, SUBMITTER);
    assertEq(harness.takeRecipient(), SUBMITTER, "after its use the plain account counts again");
  }

  function test_takeRecipient_creditsNobodyForAContract() public {
    Bundler bundler = new Bundler();
    vm.prank(SUBMITTER, SUBMITTER);
    assertEq(bundler.take(harness), address(0), "neither a shared contract nor who calls it is credited");
  }

  function test_takeRecipient_isKeyedByTheCaller() public {
    Bundler bundler = new Bundler();
    Bundler other = new Bundler();
    vm.prank(SUBMITTER, SUBMITTER);
    bundler.name(harness, SUBMITTER);
    vm.prank(SUBMITTER, SUBMITTER);
    assertEq(other.take(harness), address(0), "another contract cannot take the name");
    vm.prank(SUBMITTER, SUBMITTER);
    assertEq(harness.takeRecipient(), SUBMITTER, "the origin is credited as itself, not through the bundler's name");
    vm.prank(SUBMITTER, SUBMITTER);
    assertEq(bundler.take(harness), SUBMITTER, "the name is still there for its owner");
  }

  // --- records -------------------------------------------------------------------------------------------------------

  function test_record_writesTwoWordsAndAMark() public {
    harness.setTerms(terms(4321, 1234, 24, false));
    uint256 slot = 45;
    vm.record();
    landLate(slot, 7, 11);
    bytes32[] memory writes = writtenWords();
    assertEq(writes.length, 3, "two record words and one word of marks");

    bytes32 recordWord = keccak256(abi.encode(slot % RING_SLOTS, uint256(LATE_SUBMISSION_POSITION) + 2));
    bytes32 markWord = LateMarksLib.position((slot / EPOCH_DURATION) % 8);
    assertWritten(writes, recordWord, "the record's first word");
    assertWritten(writes, bytes32(uint256(recordWord) + 1), "the record's second word");
    assertWritten(writes, markWord, "the marks of the epoch");

    uint256 first =
      uint256(uint160(SUBMITTER)) |
        (slot << 160) |
        (uint256(11) << 192) |
        (uint256(4321) << 224) |
        (uint256(1234) << 240);
    uint256 second = uint256(uint160(PROPOSER)) | (uint256(7) << 160);
    assertEq(vm.load(address(harness), recordWord), bytes32(first), "submitter, slot, delay and split");
    assertEq(
      vm.load(address(harness), bytes32(uint256(recordWord) + 1)),
      bytes32(second),
      "proposer, number, unsettled"
    );
    LateMarks marks = LateMarks.wrap(uint256(vm.load(address(harness), markWord)));
    assertEq(marks.epoch(), slot / EPOCH_DURATION, "the epoch's tag");
    assertEq(marks.bits(), 1 << (slot % EPOCH_DURATION), "and the slot's bit");
  }

  function test_record_announcesItself() public {
    vm.warp(startOf(6) + 23);
    harness.nameRecipient(SUBMITTER);
    vm.expectEmit();
    emit ILateSubmission.LateSubmissionRecorded(Slot.wrap(5), 3, PROPOSER, SUBMITTER, 23);
    harness.record(Slot.wrap(5), 3, PROPOSER);
  }

  function test_record_measuresTheDelayFromTheNextSlotsStart() public {
    landLate(5, 1, 0);
    assertEq(harness.getRecord(Slot.wrap(5)).delay, 0, "in the first second of the next slot");
    landLate(9, 2, 35);
    assertEq(harness.getRecord(Slot.wrap(9)).delay, 35, "in the last second of the next slot");
  }

  function test_record_keepsTheTermsItWasAcceptedUnder() public {
    landLate(5, 1, 0);
    harness.setTerms(terms(1, 2, 3, true));
    LateSubmissionRecord memory kept = harness.getRecord(Slot.wrap(5));
    assertEq(kept.submitterBps, 5000, "the submitter's share at the time");
    assertEq(kept.burnBps, 2500, "the forfeited share at the time");
  }

  function test_record_resolvesTheSplitForItsDelay() public {
    LateSubmissionTerms memory rising = terms(5000, 2500, 24, false);
    rising.firstBps = 1000;
    harness.setTerms(rising);
    uint256[4] memory delays = [uint256(0), 1, 12, 23];
    uint256[4] memory cuts = [uint256(1000), 1166, 3000, 4833];
    for (uint256 i = 0; i < delays.length; ++i) {
      landLate(5 + 2 * i, i + 1, delays[i]);
      LateSubmissionRecord memory found = harness.getRecord(Slot.wrap(5 + 2 * i));
      assertEq(found.submitterBps, cuts[i], "the submitter's share at its delay");
      assertEq(found.burnBps, 7500 - cuts[i], "what is forfeited in all does not depend on the delay");
    }
  }

  function test_hasRecord_remembersALandingThatWasRemoved() public {
    landLate(5, 1, 0);
    assertTrue(harness.hasRecord(Slot.wrap(5)), "it landed late");
    assertFalse(harness.hasRecord(Slot.wrap(4)), "its neighbours did not");
    assertFalse(harness.hasRecord(Slot.wrap(6)), "its neighbours did not");
    harness.setTips(0, 0);
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__UnknownSlot.selector, 5));
    harness.getRecord(Slot.wrap(5));
    assertTrue(harness.hasRecord(Slot.wrap(5)), "removed, it has landed late all the same");
    assertFalse(harness.hasRecord(Slot.wrap(0)), "an empty place is no record of slot zero");
  }

  function test_record_takesTheNameAway() public {
    landLate(5, 1, 0);
    assertEq(harness.takeRecipient(), address(0), "the late submission has used the name up");
  }

  function test_record_creditsNobodyForAContractWithoutAName() public {
    vm.warp(startOf(6));
    harness.setCheckpointSlot(1, Slot.wrap(5));
    harness.setTips(1, 0);
    harness.record(Slot.wrap(5), 1, PROPOSER);
    assertEq(harness.getRecord(Slot.wrap(5)).submitter, address(0), "nobody is credited");
  }

  function test_record_revertsIfTheCheckpointNumberDoesNotFit() public {
    vm.warp(startOf(6));
    uint256 tooLarge = uint256(type(uint88).max) + 1;
    vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 88, tooLarge));
    harness.record(Slot.wrap(5), tooLarge, PROPOSER);
    harness.record(Slot.wrap(5), tooLarge - 1, PROPOSER);
  }

  function test_getRecord_returnsEveryField() public {
    landLate(5, 9, 13);
    LateSubmissionRecord memory found = harness.getRecord(Slot.wrap(5));
    assertEq(Slot.unwrap(found.slot), 5, "slot");
    assertEq(found.checkpointNumber, 9, "number");
    assertEq(found.submitter, SUBMITTER, "submitter");
    assertEq(found.originalProposer, PROPOSER, "proposer");
    assertEq(found.submitterBps, 5000, "submitter's share");
    assertEq(found.burnBps, 2500, "forfeited share");
    assertEq(found.delay, 13, "delay");
    assertFalse(found.isSettled, "not settled");
  }

  function test_getRecord_revertsForASlotThatWasNeverLate() public {
    assertUnknown(5);
    landLate(5, 1, 0);
    assertUnknown(4);
    assertUnknown(6);
    assertUnknown(type(uint256).max);
    assertUnknown(type(uint32).max);
    // A slot whose low 32 bits are those of the recorded one, in the same place of the ring.
    assertUnknown(uint256(1 << 32) * RING_SLOTS + 5);
  }

  function test_getRecord_revertsForSlotZeroInEmptyStorage() public {
    assertUnknown(0);
  }

  function test_getRecord_revertsAfterAPrune() public {
    landLate(5, 4, 0);
    harness.setTips(3, 3);
    assertUnknown(5);
  }

  function test_getRecord_revertsIfTheNumberWentToAnotherSlot() public {
    landLate(5, 4, 0);
    harness.setTips(3, 3);
    harness.setCheckpointSlot(4, Slot.wrap(7));
    harness.setTips(4, 3);
    assertUnknown(5);
  }

  function test_getRecord_returnsTheRecordAgainIfTheSlotIsProposedAgain() public {
    landLate(5, 4, 0);
    harness.setTips(3, 3);
    landLate(5, 4, 20);
    assertEq(harness.getRecord(Slot.wrap(5)).delay, 20, "the second landing counts");
  }

  function test_getRecord_revertsWhenUpstreamNoLongerStoresTheCheckpoint() public {
    uint256 logs = EPOCH_DURATION * (PROOF_EPOCHS + 1) + 1;
    landLate(5, 4, 0);
    harness.setTips(4 + logs - 1, 3);
    assertEq(harness.getRecord(Slot.wrap(5)).checkpointNumber, 4, "the oldest stored checkpoint still counts");
    harness.setTips(4 + logs, 3);
    assertUnknown(5);
  }

  function test_getRecord_returnsASettledRecordWithoutTheChain() public {
    landLate(5, 4, 0);
    harness.markSettled(Slot.wrap(5));
    harness.setTips(0, 0);
    assertTrue(harness.getRecord(Slot.wrap(5)).isSettled, "what is proven stays");
    harness.setTips(1_000_000, 1_000_000);
    assertEq(harness.getRecord(Slot.wrap(5)).checkpointNumber, 4, "even when upstream has forgotten the checkpoint");
  }

  function test_getRecord_tellsSlotsInTheSamePlaceApart() public {
    uint256 later = 5 + RING_SLOTS;
    assertEq(harness.recordIndex(Slot.wrap(5)), harness.recordIndex(Slot.wrap(later)), "one place for both");

    landLate(5, 4, 0);
    harness.markSettled(Slot.wrap(5));
    assertUnknown(later);

    landLate(later, 5, 0);
    assertUnknown(5);
    assertFalse(harness.getRecord(Slot.wrap(later)).isSettled, "the new record does not inherit the settlement");

    vm.record();
    landLate(later + RING_SLOTS, 6, 0);
    assertEq(writtenWords().length, 3, "the ring reuses its words");
    assertUnknown(later);
  }

  // --- marks ---------------------------------------------------------------------------------------------------------

  function test_getMarks_hasOneBitForEachLateSlot() public {
    landLate(4, 1, 0);
    landLate(7, 2, 0);
    assertMarks(1, 9, "first and last slot of the epoch");
    assertMarks(0, 0, "the epoch before has none");
    assertMarks(2, 0, "the epoch after has none");
  }

  function test_getMarks_doesNotMergeEpochsInTheSamePlace() public {
    landLate(4, 1, 0);
    assertMarks(9, 0, "the later epoch does not see the older one's marks");
    landLate(4 + RING_SLOTS + 2, 2, 0);
    assertMarks(9, 4, "the word is taken over, not merged");
    assertMarks(1, 0, "the older epoch's marks are gone");
  }

  function test_getMarks_holdsTheLastSlotOfTheLongestEpoch() public {
    harness = deploy(224, PROOF_EPOCHS);
    harness.setTerms(terms(5000, 2500, 24, false));
    landLate(223, 1, 0);
    assertMarks(0, 1 << 223, "the highest mark does not touch the tag");
    landLate(224 * 5 + 223, 2, 0);
    assertMarks(5, 1 << 223, "beside a tag that is not zero");
  }

  // --- ring and chain ------------------------------------------------------------------------------------------------

  function test_ringEpochs_outlivesTheProofDeadline() public {
    uint32[6] memory proofEpochs = [0, 1, 6, 7, 1000, type(uint32).max];
    uint256[6] memory expected = [uint256(8), 8, 8, 9, 1002, uint256(type(uint32).max) + 2];
    for (uint256 i = 0; i < proofEpochs.length; ++i) {
      harness = deploy(EPOCH_DURATION, proofEpochs[i]);
      assertEq(harness.ringEpochs(), expected[i], "at least eight, and two more than the proofs may take");
    }
  }

  function test_recordIndex_wrapsAtTheRing() public {
    assertEq(harness.recordIndex(Slot.wrap(RING_SLOTS - 1)), RING_SLOTS - 1, "the last place");
    assertEq(harness.recordIndex(Slot.wrap(RING_SLOTS)), 0, "back to the first");
    harness = deploy(224, type(uint32).max);
    uint256 places = 224 * (uint256(type(uint32).max) + 2);
    assertEq(harness.recordIndex(Slot.wrap(places - 1)), places - 1, "a large ring does not overflow");
    assertEq(harness.recordIndex(Slot.wrap(places)), 0, "and wraps at its own length");
  }

  function testFuzz_recordIndex_isUniqueWithinTheRing(uint32 _slot, uint256 _distance, uint8 _proofEpochs) public {
    harness = deploy(EPOCH_DURATION, _proofEpochs);
    uint256 places = EPOCH_DURATION * (_proofEpochs > 6 ? uint256(_proofEpochs) + 2 : 8);
    uint256 distance = bound(_distance, 1, places - 1);
    uint256 index = harness.recordIndex(Slot.wrap(_slot));
    assertNotEq(index, harness.recordIndex(Slot.wrap(_slot + distance)), "two slots of one ring length do not collide");
    assertEq(index, harness.recordIndex(Slot.wrap(_slot + places)), "one ring length further they do");
  }

  function test_isAvailable_answersWhereUpstreamReverts() public {
    uint256 logs = EPOCH_DURATION * (PROOF_EPOCHS + 1) + 1;
    harness.setTips(20, 15);
    assertTrue(harness.isAvailable(20), "the tip");
    assertFalse(harness.isAvailable(21), "beyond the tip");
    assertTrue(harness.isAvailable(20 - logs + 1), "the oldest stored checkpoint");
    assertFalse(harness.isAvailable(20 - logs), "one older");
    assertFalse(harness.isAvailable(type(uint256).max), "the largest number");
  }

  function testFuzz_isAvailable_matchesUpstream(uint128 _pending, uint256 _number, bool _isNear) public {
    harness.setTips(_pending, 0);
    uint256 number = _isNear ? bound(_number, _pending < 12 ? 0 : _pending - 12, uint256(_pending) + 2) : _number;
    bool isStored;
    try harness.upstreamGetSlotNumber(number) {
      isStored = true;
    } catch {}
    assertEq(harness.isAvailable(number), isStored, "available exactly where upstream's accessor does not revert");
  }

  function test_isInChain_asksForNumberAndSlot() public {
    harness.setCheckpointSlot(4, Slot.wrap(5));
    harness.setTips(4, 0);
    assertTrue(harness.isInChain(4, Slot.wrap(5)), "that checkpoint has that slot");
    assertFalse(harness.isInChain(4, Slot.wrap(6)), "not another slot");
    assertFalse(harness.isInChain(5, Slot.wrap(5)), "not another number");
    assertFalse(harness.isInChain(type(uint256).max, Slot.wrap(5)), "no revert for any number");
  }

  // --- namespace -----------------------------------------------------------------------------------------------------

  function test_getStorage_liesAtItsErc7201Position() public view {
    assertEq(harness.storagePosition(), LATE_SUBMISSION_POSITION, "recomputed from the namespace's name");
  }

  // --- reference model -----------------------------------------------------------------------------------------------

  /// @dev Random landings, on time and late, with prunes and settlements between them, over about five ring lengths.
  function testFuzz_recordsAndMarks_matchTheModel(uint256 _seed) public {
    LateSubmissionModel model = new LateSubmissionModel(EPOCH_DURATION, PROOF_EPOCHS);
    uint256 slot = 1;
    uint256 lateSlots;
    for (uint256 step = 0; step < 60; ++step) {
      uint256 random = uint256(keccak256(abi.encode(_seed, step)));
      slot += 1 + (random % 4);
      uint256 kind = (random >> 8) % 8;
      if (kind < 2) {
        model.append(slot);
        harness.setCheckpointSlot(model.tip(), Slot.wrap(slot));
        harness.setTips(model.tip(), 0);
      } else if (kind < 6) {
        landRandomly(model, slot, random >> 16);
        ++lateSlots;
      } else if (kind == 6) {
        uint256 tip = model.tip();
        tip -= Math.min(tip - model.lowestTip(), (random >> 16) % 5);
        model.rewind(tip);
        harness.setTips(tip, 0);
      } else {
        uint256 settled = slot - Math.min(slot, (random >> 16) % 8);
        // Settlement touches only records that it finds.
        if (model.remembers(settled)) {
          model.settle(settled);
          harness.markSettled(Slot.wrap(settled));
        }
      }
      if (step % 6 == 5) assertMatches(model, slot);
    }
    assertGt(lateSlots, 10, "the run has landed late slots");
  }

  // --- helpers -------------------------------------------------------------------------------------------------------

  function landRandomly(LateSubmissionModel _model, uint256 _slot, uint256 _random) internal {
    LateSubmissionTerms memory drawn;
    drawn.submitterBps = uint16(_random % 10_001);
    drawn.firstBps = uint16((_random >> 128) % (uint256(drawn.submitterBps) + 1));
    drawn.burnBps = uint16((_random >> 16) % (10_001 - drawn.submitterBps));
    drawn.windowSeconds = 36;
    harness.setTerms(drawn);

    LateSubmissionModel.Entry memory entry;
    entry.slot = _slot;
    entry.delay = (_random >> 32) % 36;
    entry.submitterBps = drawn.firstBps + ((drawn.submitterBps - drawn.firstBps) * entry.delay) / 36;
    entry.burnBps = uint256(drawn.submitterBps) + drawn.burnBps - entry.submitterBps;
    entry.submitter = (_random >> 40) % 4 == 0 ? address(0) : address(uint160(_random >> 64));
    entry.originalProposer = address(uint160(_random >> 80));
    _model.append(_slot);
    entry.checkpointNumber = _model.tip();
    _model.land(entry);

    vm.warp(startOf(_slot + 1) + entry.delay);
    if (entry.submitter != address(0)) harness.nameRecipient(entry.submitter);
    harness.record(Slot.wrap(_slot), entry.checkpointNumber, entry.originalProposer);
    harness.setCheckpointSlot(entry.checkpointNumber, Slot.wrap(_slot));
    harness.setTips(entry.checkpointNumber, 0);
  }

  function assertMatches(LateSubmissionModel _model, uint256 _slot) internal view {
    uint256 first = _slot < RING_SLOTS + 6 ? 0 : _slot - RING_SLOTS - 6;
    for (uint256 slot = first; slot <= _slot + 2; ++slot) {
      (bool isKnown, LateSubmissionModel.Entry memory expected) = _model.getRecord(slot);
      try harness.getRecord(Slot.wrap(slot)) returns (LateSubmissionRecord memory found) {
        assertTrue(isKnown, "a record that the model does not know");
        assertEq(abi.encode(found), abi.encode(expected), "every field of the record");
      } catch (bytes memory reason) {
        assertFalse(isKnown, "a record that only the model knows");
        assertEq(
          reason,
          abi.encodeWithSelector(ILateSubmission.LateSubmission__UnknownSlot.selector, slot),
          "the reason for an unknown slot"
        );
      }
    }
    for (uint256 epoch = first / EPOCH_DURATION; epoch <= _slot / EPOCH_DURATION + 1; ++epoch) {
      assertMarks(epoch, _model.getMarks(epoch), "the marks of an epoch");
    }
  }

  /// @dev The marks of an epoch, and the shorter answer to whether there are any.
  function assertMarks(uint256 _epoch, uint256 _expected, string memory _message) internal view {
    assertEq(harness.getMarks(Epoch.wrap(_epoch)), _expected, _message);
    assertEq(harness.isMarked(Epoch.wrap(_epoch)), _expected != 0, _message);
  }

  /// @dev Lands a late checkpoint for the submitter, `_delay` seconds into the next slot, and makes it the tip.
  function landLate(uint256 _slot, uint256 _checkpointNumber, uint256 _delay) internal {
    vm.warp(startOf(_slot + 1) + _delay);
    harness.nameRecipient(SUBMITTER);
    harness.record(Slot.wrap(_slot), _checkpointNumber, PROPOSER);
    harness.setCheckpointSlot(_checkpointNumber, Slot.wrap(_slot));
    harness.setTips(_checkpointNumber, 0);
  }

  function assertUnknown(uint256 _slot) internal {
    vm.expectRevert(abi.encodeWithSelector(ILateSubmission.LateSubmission__UnknownSlot.selector, _slot));
    harness.getRecord(Slot.wrap(_slot));
  }

  function assertTerms(LateSubmissionTerms memory _expected) internal view {
    assertEq(abi.encode(harness.getTerms()), abi.encode(_expected), "the terms in force");
  }

  function deploy(uint256 _epochDuration, uint256 _proofEpochs) internal returns (LateSubmissionLib__Harness deployed) {
    deployed = new LateSubmissionLib__Harness();
    deployed.initializeTime(GENESIS, SLOT_DURATION, _epochDuration, _proofEpochs);
  }

  /// @dev The distinct storage words of the harness, in our namespace, written since `vm.record`.
  function writtenWords() internal returns (bytes32[] memory distinct) {
    (, bytes32[] memory writes) = vm.accesses(address(harness));
    distinct = new bytes32[](writes.length);
    uint256 count;
    for (uint256 i = 0; i < writes.length; ++i) {
      if (isUpstreamWord(writes[i]) || contains(distinct, count, writes[i])) continue;
      distinct[count] = writes[i];
      ++count;
    }
    assembly {
      mstore(distinct, count)
    }
  }

  /// @dev Words of the rollup state that `landLate` sets up for itself.
  function isUpstreamWord(bytes32 _word) internal pure returns (bool) {
    uint256 stf = uint256(keccak256("aztec.stf.storage"));
    if (_word == bytes32(stf)) return true;
    for (uint256 i = 0; i < EPOCH_DURATION * (PROOF_EPOCHS + 1) + 1; ++i) {
      uint256 log = uint256(keccak256(abi.encode(i, stf + 2)));
      if (uint256(_word) >= log && uint256(_word) < log + 7) return true;
    }
    return false;
  }

  function assertWritten(bytes32[] memory _writes, bytes32 _word, string memory _message) internal pure {
    assertTrue(contains(_writes, _writes.length, _word), _message);
  }

  function contains(bytes32[] memory _words, uint256 _count, bytes32 _word) internal pure returns (bool) {
    for (uint256 i = 0; i < _count; ++i) {
      if (_words[i] == _word) return true;
    }
    return false;
  }

  function terms(
    uint16 _submitterBps,
    uint16 _burnBps,
    uint32 _windowSeconds,
    bool _crossEpoch
  ) internal pure returns (LateSubmissionTerms memory) {
    return
      LateSubmissionTerms({
        firstBps: _submitterBps,
        submitterBps: _submitterBps,
        burnBps: _burnBps,
        windowSeconds: _windowSeconds,
        crossEpoch: _crossEpoch
      });
  }

  function startOf(uint256 _slot) internal pure returns (uint256) {
    return GENESIS + _slot * SLOT_DURATION;
  }
}
