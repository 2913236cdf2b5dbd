// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/**
 * @title CallRunner
 * @notice Runs calls one after another as itself: a publisher with its own contract, or whoever wraps another's bundle.
 * @dev For tests only. Unlike Multicall3 it hands on the reason of the first call that fails.
 */
contract CallRunner {
  /**
   * @param target The contract to call
   * @param data Its calldata
   */
  struct Call {
    address target;
    bytes data;
  }

  /**
   * @notice Runs the calls in order.
   * @param _calls The calls
   */
  function run(Call[] calldata _calls) external {
    for (uint256 i = 0; i < _calls.length; ++i) {
      // Whatever the test asks for.
      // solhint-disable-next-line avoid-low-level-calls
      (bool isDone, bytes memory reason) = _calls[i].target.call(_calls[i].data);
      if (!isDone) {
        // There is no other way to hand on a revert reason.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
          revert(add(reason, 0x20), mload(reason))
        }
      }
    }
  }
}
