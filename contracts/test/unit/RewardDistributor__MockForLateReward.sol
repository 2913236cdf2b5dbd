// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IRewardDistributor} from "@aztec/governance/interfaces/IRewardDistributor.sol";
import {IERC20} from "@oz/token/ERC20/IERC20.sol";

/// @notice A reward distributor whose canonical rollup is set by the test, which can give too much or be broken.
interface IMintable {
  function mint(address _to, uint256 _amount) external;
}

contract RewardDistributor__MockForLateReward is IRewardDistributor {
  error RewardDistributor__Broken();

  IERC20 internal immutable ASSET;
  address internal canonical;
  bool internal isBroken;
  uint256 internal extra;
  bool internal isRefilled;
  bool internal isMiserly;

  constructor(IERC20 _asset) {
    ASSET = _asset;
  }

  function setCanonicalRollup(address _rollup) external {
    canonical = _rollup;
  }

  function setBroken() external {
    isBroken = true;
  }

  /// @param _extra What every claim gets besides what it asked for
  function setExtra(uint256 _extra) external {
    extra = _extra;
  }

  /// @notice Lets every claim pay nothing, without a word.
  function setMiserly() external {
    isMiserly = true;
  }

  /// @notice Lets every claim leave the balance as it is. The distributor has to be a minter.
  function setRefill(bool _isRefilled) external {
    isRefilled = _isRefilled;
  }

  function claim(address _to, uint256 _amount) external override(IRewardDistributor) {
    if (isMiserly) return;
    ASSET.transfer(_to, _amount + extra);
    if (isRefilled) IMintable(address(ASSET)).mint(address(this), _amount + extra);
  }

  /// @notice Gives everything away, to nobody in particular.
  function drain() external {
    ASSET.transfer(address(0xdead), ASSET.balanceOf(address(this)));
  }

  function recover(address, address, uint256) external override(IRewardDistributor) {}

  function canonicalRollup() external view override(IRewardDistributor) returns (address) {
    require(!isBroken, RewardDistributor__Broken());
    return canonical;
  }
}
