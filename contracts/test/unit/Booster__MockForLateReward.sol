// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBoosterCore} from "@aztec/core/reward-boost/RewardBooster.sol";

/// @notice A booster that gives one share to everybody.
contract Booster__MockForLateReward is IBoosterCore {
  function updateAndGetShares(address) external pure override(IBoosterCore) returns (uint256) {
    return 1;
  }

  function getSharesFor(address) external pure override(IBoosterCore) returns (uint256) {
    return 1;
  }
}
