// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LateMarks} from "../../../contracts/libraries/LateSubmissionLib.sol";

/// @dev The namespace of late submissions by the formula of ERC-7201, for which the contract has a literal.
bytes32 constant LATE_SUBMISSION_POSITION =
  keccak256(abi.encode(uint256(keccak256("buildahead.storage.LateSubmission")) - 1)) & ~bytes32(uint256(0xff));

/**
 * @notice Reads packed marks of late slots as they are stored.
 * @dev For tests only. The compiler leaves a jump behind wherever it inlines such a function: in LateSubmissionLib they
 *      would cost gas in every proof, and bytes that the operations library hardly has.
 */
library LateMarksLib {
  /// @dev Not taken from the contract, so that tests see it move.
  uint256 private constant TAG_SHIFT = 224;

  /**
   * @notice The storage word of a place in the ring.
   * @param _ringIndex The epoch's number modulo the epochs that the ring spans
   */
  function position(uint256 _ringIndex) internal pure returns (bytes32) {
    return keccak256(abi.encode(_ringIndex, uint256(LATE_SUBMISSION_POSITION) + 1));
  }

  /// @notice The number of the epoch whose slots are marked.
  function epoch(LateMarks _marks) internal pure returns (uint256) {
    return LateMarks.unwrap(_marks) >> TAG_SHIFT;
  }

  /// @notice A bit for each late slot, the epoch's first slot in the lowest bit.
  function bits(LateMarks _marks) internal pure returns (uint256) {
    return LateMarks.unwrap(_marks) & ((1 << TAG_SHIFT) - 1);
  }
}
