// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LateSplitLib} from "../../libraries/LateSplitLib.sol";

/// @notice Exposes LateSplitLib to tests.
contract LateSplitLib__Harness {
  function isValid(uint256 _submitterBps, uint256 _burnBps) external pure returns (bool) {
    return LateSplitLib.isValid(_submitterBps, _burnBps);
  }

  function resolve(
    uint256 _firstBps,
    uint256 _submitterBps,
    uint256 _burnBps,
    uint256 _delay,
    uint256 _windowSeconds
  ) external pure returns (uint256 cutBps, uint256 restBps) {
    return LateSplitLib.resolve(_firstBps, _submitterBps, _burnBps, _delay, _windowSeconds);
  }

  function splitDown(
    uint256 _share,
    uint256 _submitterBps,
    uint256 _burnBps,
    bool _isCredited
  ) external pure returns (uint256 cut, uint256 forfeit) {
    return LateSplitLib.splitDown(_share, _submitterBps, _burnBps, _isCredited);
  }
}
