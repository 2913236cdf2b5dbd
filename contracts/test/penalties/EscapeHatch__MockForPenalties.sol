// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Epoch} from "@aztec/shared/libraries/TimeMath.sol";

/**
 * @title EscapeHatch__MockForPenalties
 * @notice Open in one epoch.
 */
contract EscapeHatch__MockForPenalties {
  uint256 public immutable OPEN_EPOCH;

  constructor(uint256 _openEpoch) {
    OPEN_EPOCH = _openEpoch;
  }

  function isHatchOpen(Epoch _epoch) external view returns (bool, address) {
    return (Epoch.unwrap(_epoch) == OPEN_EPOCH, address(0));
  }
}
