// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Timestamp} from "@aztec/core/libraries/TimeLib.sol";

/// @notice A staking escrow with a set of attesters that never changes and belongs to every rollup.
contract GSE__MockForLateAuthorisation {
  address[] internal attesters;

  constructor(address[] memory _attesters) {
    attesters = _attesters;
  }

  function getAttesterCountAtTime(address, Timestamp) external view returns (uint256) {
    return attesters.length;
  }

  function getAttestersFromIndicesAtTime(
    address,
    Timestamp,
    uint256[] memory _indices
  ) external view returns (address[] memory found) {
    found = new address[](_indices.length);
    for (uint256 i = 0; i < _indices.length; ++i) {
      found[i] = attesters[_indices[i]];
    }
  }
}
