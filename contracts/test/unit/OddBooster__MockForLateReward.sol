// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBoosterCore} from "@aztec/core/reward-boost/RewardBooster.sol";
import {RewardDistributor__MockForLateReward} from "./RewardDistributor__MockForLateReward.sol";

/// @notice What claims a coinbase's rewards: the rollup, or what stands for it.
interface IClaimable {
  function claimSequencerRewards(address _coinbase) external returns (uint256);
}

/// @notice Does something else than counting shares while a proof asks it for them.
contract OddBooster__MockForLateReward is IBoosterCore {
  RewardDistributor__MockForLateReward internal drained;
  IClaimable internal rollup;
  address internal coinbase;

  function setDrained(RewardDistributor__MockForLateReward _distributor) external {
    drained = _distributor;
  }

  function setClaimed(IClaimable _rollup, address _coinbase) external {
    rollup = _rollup;
    coinbase = _coinbase;
  }

  function updateAndGetShares(address) external override(IBoosterCore) returns (uint256) {
    if (address(drained) != address(0)) drained.drain();
    if (address(rollup) != address(0)) rollup.claimSequencerRewards(coinbase);
    return 1;
  }

  function getSharesFor(address) external pure override(IBoosterCore) returns (uint256) {
    return 1;
  }
}
