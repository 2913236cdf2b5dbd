// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";

/**
 * @notice Reads the table of boundary cases that the Solidity and the TypeScript tests share.
 * @dev Numbers are decimal strings in the file: some of them are the largest of their type.
 */
abstract contract BoundaryCases is Test {
  string internal table;

  function setUp() public virtual {
    table = vm.readFile("test/support/boundaryCases.json");
  }

  /// @notice How many cases a chapter of the table has; fails for an empty one, so that no test runs over nothing.
  function countCases(string memory _chapter) internal view returns (uint256 count) {
    while (vm.keyExistsJson(table, at(_chapter, count, "name"))) ++count;
    assertGt(count, 0, string.concat("the table has no cases of ", _chapter));
  }

  function at(string memory _chapter, uint256 _index, string memory _field) internal pure returns (string memory) {
    return string.concat(".", _chapter, "[", vm.toString(_index), "].", _field);
  }

  function readName(string memory _chapter, uint256 _index) internal view returns (string memory) {
    return vm.parseJsonString(table, at(_chapter, _index, "name"));
  }

  function readUint(string memory _chapter, uint256 _index, string memory _field) internal view returns (uint256) {
    return vm.parseUint(vm.parseJsonString(table, at(_chapter, _index, _field)));
  }

  function readBool(string memory _chapter, uint256 _index, string memory _field) internal view returns (bool) {
    return vm.parseJsonBool(table, at(_chapter, _index, _field));
  }
}
