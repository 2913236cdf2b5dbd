// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/**
 * @title RawCallLib
 * @notice Hands a call on to a linked library as it came, and the answer back as it comes.
 *
 * @dev Decoding arguments to encode them again takes code, of which the rollup and its operations library have none to
 *      spare. The target is a function with the same parameters. Its selector need not be the same: that of a library's
 *      function contains the names of its structs, that of a contract's function their members.
 */
library RawCallLib {
  /// @notice Thrown when a library has no code: a delegatecall to nothing succeeds.
  error RawCallLib__NoCode(address target);

  /**
   * @notice Runs the current call in a library, in the caller's context, and ends it with what the library answers.
   * @param _library A linked library
   * @param _selector The function there
   */
  function delegate(address _library, bytes4 _selector) internal {
    require(_library.code.length != 0, RawCallLib__NoCode(_library));
    // Solidity's own memory is of no use any more: the call ends here.
    // solhint-disable-next-line no-inline-assembly
    assembly {
      mstore(0, _selector)
      calldatacopy(4, 4, sub(calldatasize(), 4))
      let isSuccess := delegatecall(gas(), _library, 0, calldatasize(), 0, 0)
      returndatacopy(0, 0, returndatasize())
      if isSuccess {
        return(0, returndatasize())
      }
      revert(0, returndatasize())
    }
  }

  /**
   * @notice `delegate` for a function of the library that only reads.
   * @dev The compiler knows no delegatecall that does not write; whoever calls a view does so statically.
   * @param _library A linked library
   * @param _selector The function there, a view
   */
  function delegateView(address _library, bytes4 _selector) internal view {
    function(address, bytes4) internal writing = delegate;
    function(address, bytes4) internal view reading;
    // Two types of one thing.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      reading := writing
    }
    reading(_library, _selector);
  }
}
