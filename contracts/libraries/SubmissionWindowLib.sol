// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Slot} from "@aztec/shared/libraries/TimeMath.sol";

/**
 * @notice What a header slot is at a point in time.
 * @dev `Foreign`: neither this slot nor the previous one, or the window does not exist; upstream's error applies.
 */
enum Submission {
  Foreign,
  OnTime,
  Late,
  Closed
}

/**
 * @title SubmissionWindowLib
 * @notice Decides whether a header slot is open for submission. Pure time arithmetic: no storage, no clock.
 *
 * @dev Let S be the start of slot N+1 and W the window's length in seconds. A header for slot N is
 *
 *          slot N                slot N+1
 *      |------------------|--------------|-----------------|
 *        OnTime            S   Late     S+W     Closed
 *
 *      on time in [start of N, S), late in [S, S+W), closed in [S+W, start of N+2), foreign elsewhere. The start of
 *      each interval belongs to it, its end does not. With W = 0 there is no window, hence no `Late` and no `Closed`.
 */
library SubmissionWindowLib {
  /**
   * @notice Classifies a header slot.
   * @param _headerSlot The slot of the header, any value
   * @param _currentSlot The slot of the block
   * @param _elapsed Seconds since the current slot began
   * @param _windowSeconds Length of the window in seconds, zero if there is none
   * @return What the header slot is now
   */
  function classify(
    Slot _headerSlot,
    Slot _currentSlot,
    uint256 _elapsed,
    uint256 _windowSeconds
  ) internal pure returns (Submission) {
    if (_headerSlot == _currentSlot) return Submission.OnTime;
    if (_windowSeconds == 0 || !isPrevious(_headerSlot, _currentSlot)) return Submission.Foreign;
    if (_elapsed < _windowSeconds) return Submission.Late;
    return Submission.Closed;
  }

  /**
   * @notice Whether the header slot is the one just before the current slot.
   * @dev The header slot comes from calldata. The addition must not revert for its largest value, and its wrap to zero
   *      must not pass as the predecessor of slot zero.
   * @param _headerSlot The slot of the header, any value
   * @param _currentSlot The slot of the block
   * @return Whether it is
   */
  function isPrevious(Slot _headerSlot, Slot _currentSlot) internal pure returns (bool) {
    unchecked {
      return Slot.unwrap(_currentSlot) != 0 && Slot.unwrap(_headerSlot) + 1 == Slot.unwrap(_currentSlot);
    }
  }
}
