// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {LowestBitLib} from "../../../contracts/libraries/LowestBitLib.sol";

contract LowestBitLibTest is Test {
  function test_find_answersForEveryPlace() public pure {
    for (uint256 place = 0; place < 256; ++place) {
      assertEq(LowestBitLib.find(1 << place), place, "a bit alone");
      assertEq(LowestBitLib.find(type(uint256).max << place), place, "with all higher ones");
    }
  }

  function testFuzz_find_ignoresHigherBits(uint256 _bits, uint8 _place) public pure {
    assertEq(LowestBitLib.find(((_bits << 1) | 1) << _place), _place);
  }
}
