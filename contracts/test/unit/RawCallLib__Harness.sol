// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {RawCallLib} from "../../libraries/RawCallLib.sol";

/// @notice What a raw call may be handed on to. Its functions stand for a library's.
contract RawCallTarget {
  uint256 internal value;

  error RawCallTarget__Refused(uint256 value);

  function write(uint256 _value, string calldata _text) external returns (uint256, string memory) {
    value = _value;
    return (_value + 1, _text);
  }

  function refuse(uint256 _value, string calldata) external pure returns (uint256, string memory) {
    revert RawCallTarget__Refused(_value);
  }

  function read() external view returns (uint256, address, address) {
    return (value, address(this), msg.sender);
  }
}

/// @notice Exposes RawCallLib to tests.
contract RawCallLib__Harness {
  uint256 internal value;
  address internal immutable TARGET;
  bytes4 internal immutable SELECTOR;

  constructor(address _target, bytes4 _selector) {
    TARGET = _target;
    SELECTOR = _selector;
  }

  function run(uint256, string calldata) external returns (uint256, string memory) {
    RawCallLib.delegate(TARGET, SELECTOR);
  }

  function look() external view returns (uint256, address, address) {
    RawCallLib.delegateView(TARGET, SELECTOR);
    return (0, address(0), address(0));
  }

  function getValue() external view returns (uint256) {
    return value;
  }
}
