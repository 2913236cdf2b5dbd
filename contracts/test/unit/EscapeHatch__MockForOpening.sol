// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Epoch} from "@aztec/core/libraries/TimeLib.sol";

/// @notice An escape hatch that is open in the epochs that a test says.
contract EscapeHatch__MockForOpening {
  mapping(Epoch epoch => bool isOpen) internal openEpochs;

  function open(Epoch _epoch) external {
    openEpochs[_epoch] = true;
  }

  function isHatchOpen(Epoch _epoch) external view returns (bool isOpen, address proposer) {
    return (openEpochs[_epoch], address(this));
  }
}
