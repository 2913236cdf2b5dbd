// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Submission} from "../../../contracts/libraries/SubmissionWindowLib.sol";
import {SubmissionWindowLib__Harness} from "../../../contracts/test/unit/SubmissionWindowLib__Harness.sol";
import {BoundaryCases} from "../../support/solidity/BoundaryCases.sol";

/**
 * classify
 * ├── when the header slot is the current slot
 * │   └── it is on time, whatever the clock and the window say
 * ├── when the header slot is the previous slot
 * │   ├── when there is no window: foreign
 * │   ├── when less than the window has passed: late
 * │   └── when the window has passed: closed
 * └── when it is any other slot, the wrap around zero included: foreign
 */
contract SubmissionWindowLibTest is BoundaryCases {
  SubmissionWindowLib__Harness internal harness;

  function setUp() public override {
    super.setUp();
    harness = new SubmissionWindowLib__Harness();
  }

  function test_classify_matchesTheTable() public view {
    uint256 count = countCases("window");
    for (uint256 i = 0; i < count; ++i) {
      Submission found = harness.classify(
        Slot.wrap(readUint("window", i, "headerSlot")),
        Slot.wrap(readUint("window", i, "currentSlot")),
        readUint("window", i, "elapsed"),
        readUint("window", i, "windowSeconds")
      );
      string memory expected = vm.parseJsonString(table, at("window", i, "expected"));
      assertEq(nameOf(found), expected, readName("window", i));
    }
  }

  function test_isPrevious_holdsForThePredecessorOnly() public view {
    assertTrue(isPrevious(0, 1), "slot 0 comes before slot 1");
    assertTrue(isPrevious(type(uint256).max - 1, type(uint256).max), "the last but one slot comes before the last");
    assertFalse(isPrevious(type(uint256).max, 0), "nothing comes before slot 0: the sum must not wrap into it");
    assertFalse(isPrevious(0, 0), "a slot does not come before itself");
    assertFalse(isPrevious(1, 0), "a slot does not come before a smaller one");
    assertFalse(isPrevious(type(uint256).max, type(uint256).max), "the largest slot does not come before itself");
    assertFalse(isPrevious(4, 6), "two slots apart are not neighbours");
  }

  function testFuzz_isPrevious_matchesSubtraction(uint256 _headerSlot, uint256 _currentSlot) public view {
    bool expected = _currentSlot > 0 && _headerSlot == _currentSlot - 1;
    assertEq(isPrevious(_headerSlot, _currentSlot), expected, "any two slots");
    if (_currentSlot > 0) assertTrue(isPrevious(_currentSlot - 1, _currentSlot), "a slot and its predecessor");
  }

  /// @dev The model looks at two instants in seconds instead of at slots, as a reader of the specification would.
  function testFuzz_classify_matchesTheModel(
    uint256 _slotDuration,
    uint256 _windowSeconds,
    uint256 _time,
    uint256 _slotsBack
  ) public view {
    uint256 slotDuration = bound(_slotDuration, 1, 600);
    uint256 windowSeconds = bound(_windowSeconds, 0, slotDuration);
    uint256 time = boundNearEdges(_time, slotDuration, windowSeconds);
    uint256 currentSlot = time / slotDuration;
    uint256 slotsBack = bound(_slotsBack, 0, 3);
    if (slotsBack > currentSlot) slotsBack = currentSlot;
    uint256 headerSlot = currentSlot - slotsBack;

    uint256 ownEnd = (headerSlot + 1) * slotDuration;
    string memory expected = "Foreign";
    if (time < ownEnd) expected = "OnTime";
    else if (windowSeconds > 0 && time < ownEnd + windowSeconds) expected = "Late";
    else if (windowSeconds > 0 && time < ownEnd + slotDuration) expected = "Closed";

    Submission found = harness.classify(
      Slot.wrap(headerSlot),
      Slot.wrap(currentSlot),
      time % slotDuration,
      windowSeconds
    );
    assertEq(nameOf(found), expected, "the slot at this second");
  }

  /// @dev A second of the first forty slots; three in four within one second of a slot's start or its window's end.
  function boundNearEdges(
    uint256 _time,
    uint256 _slotDuration,
    uint256 _windowSeconds
  ) internal pure returns (uint256) {
    if (_time % 4 == 0) return bound(_time, 0, 40 * _slotDuration);
    uint256 edge = bound(_time / 8, 1, 40) * _slotDuration;
    if (_time & 4 != 0) edge += _windowSeconds;
    return edge + (_time % 4) - 2;
  }

  function isPrevious(uint256 _headerSlot, uint256 _currentSlot) internal view returns (bool) {
    return harness.isPrevious(Slot.wrap(_headerSlot), Slot.wrap(_currentSlot));
  }

  function nameOf(Submission _submission) internal pure returns (string memory) {
    if (_submission == Submission.Foreign) return "Foreign";
    if (_submission == Submission.OnTime) return "OnTime";
    if (_submission == Submission.Late) return "Late";
    return "Closed";
  }
}
