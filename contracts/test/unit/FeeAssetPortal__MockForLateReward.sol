// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IMintableERC20} from "@aztec/shared/interfaces/IMintableERC20.sol";

/// @notice A fee asset portal that pays fees out of newly minted tokens.
contract FeeAssetPortal__MockForLateReward {
  IMintableERC20 internal immutable ASSET;

  constructor(IMintableERC20 _asset) {
    ASSET = _asset;
  }

  function distributeFees(address _to, uint256 _amount) external {
    ASSET.mint(_to, _amount);
  }
}
