// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Slot} from "@aztec/shared/libraries/TimeMath.sol";

import {Submission, SubmissionWindowLib} from "../../libraries/SubmissionWindowLib.sol";

/**
 * @title SubmissionWindowProof
 * @notice What must hold of the window for every slot, time and length. Never deployed: `npm run smt` proves it.
 */
contract SubmissionWindowProof {
  /**
   * @notice Each class is exactly the interval that the specification gives it, and nothing overflows.
   * @param _headerSlot The slot of the header, any value
   * @param _currentSlot The slot of the block, any value
   * @param _elapsed Seconds since the current slot began, any value
   * @param _windowSeconds Length of the window in seconds, any value
   */
  function everyClassIsItsInterval(
    uint256 _headerSlot,
    uint256 _currentSlot,
    uint256 _elapsed,
    uint256 _windowSeconds
  ) external pure {
    Submission submission = SubmissionWindowLib.classify(
      Slot.wrap(_headerSlot),
      Slot.wrap(_currentSlot),
      _elapsed,
      _windowSeconds
    );
    bool isPrevious = _currentSlot > _headerSlot && _currentSlot - _headerSlot == 1;
    assert((submission == Submission.OnTime) == (_headerSlot == _currentSlot));
    assert((submission == Submission.Late) == (isPrevious && _elapsed < _windowSeconds));
    assert((submission == Submission.Closed) == (isPrevious && _windowSeconds > 0 && _elapsed >= _windowSeconds));
  }

  /**
   * @notice Without a window the rule is upstream's: this slot or none.
   * @param _headerSlot The slot of the header, any value
   * @param _currentSlot The slot of the block, any value
   * @param _elapsed Seconds since the current slot began, any value
   */
  function withoutAWindowTheRuleIsUpstreams(uint256 _headerSlot, uint256 _currentSlot, uint256 _elapsed) external pure {
    Submission submission = SubmissionWindowLib.classify(Slot.wrap(_headerSlot), Slot.wrap(_currentSlot), _elapsed, 0);
    assert(submission == Submission.OnTime || submission == Submission.Foreign);
    assert((submission == Submission.OnTime) == (_headerSlot == _currentSlot));
  }

  /**
   * @notice The last slot number is nobody's predecessor: its successor wraps to zero, which must not count.
   * @param _currentSlot The slot of the block, any value
   */
  function theLastSlotHasNoSuccessor(uint256 _currentSlot) external pure {
    assert(!SubmissionWindowLib.isPrevious(Slot.wrap(type(uint256).max), Slot.wrap(_currentSlot)));
  }
}
