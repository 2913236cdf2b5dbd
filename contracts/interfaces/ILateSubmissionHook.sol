// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LateSubmissionRecord} from "./ILateSubmission.sol";

/**
 * @title ILateSubmissionHook
 * @notice A consequence of a settled late submission, pulled from the rollup's record by the penalty controller.
 * @dev Never called while a checkpoint is proposed or proven. Safety: a hook trusts its controller only. Liveness: a
 *      hook that reverts is retried later and does not hold back any other hook.
 */
interface ILateSubmissionHook {
  /**
   * @notice Applies the consequence of one settled late submission.
   * @param _record The settled record
   * @return The selector of this function; anything else counts as a failure
   */
  function onLateSubmission(LateSubmissionRecord calldata _record) external returns (bytes4);
}
