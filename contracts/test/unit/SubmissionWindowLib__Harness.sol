// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Submission, SubmissionWindowLib} from "../../libraries/SubmissionWindowLib.sol";

/// @notice Exposes SubmissionWindowLib to tests.
contract SubmissionWindowLib__Harness {
  function classify(
    Slot _headerSlot,
    Slot _currentSlot,
    uint256 _elapsed,
    uint256 _windowSeconds
  ) external pure returns (Submission) {
    return SubmissionWindowLib.classify(_headerSlot, _currentSlot, _elapsed, _windowSeconds);
  }

  function isPrevious(Slot _headerSlot, Slot _currentSlot) external pure returns (bool) {
    return SubmissionWindowLib.isPrevious(_headerSlot, _currentSlot);
  }
}
