// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/**
 * @title LowestBitLib
 * @notice Finds the lowest bit that is set.
 *
 * @dev A settlement asks twice for each late slot. OpenZeppelin's logarithm of the bit costs about 140 gas more.
 */
library LowestBitLib {
  /// @dev A de Bruijn sequence at the top of a word: shifted left by 0 to 31 places, its top five bits never repeat.
  uint256 private constant SEQUENCE = 0x077CB531 << 224;

  /// @dev The place for each of these five bits.
  bytes32 private constant PLACES = 0x00011c021d0e18031e16140f191104081f1b0d17151310071a0c12060b050a09;

  /**
   * @notice The place of the lowest bit that is set.
   * @param _bits Not zero
   * @return place 0 for the lowest bit of the word
   */
  function find(uint256 _bits) internal pure returns (uint256 place) {
    // The product is meant to lose what does not fit; a place is less than 256.
    unchecked {
      for (; uint32(_bits) == 0; _bits >>= 32) place += 32;
      place += uint8(PLACES[((_bits & (~_bits + 1)) * SEQUENCE) >> 251]);
    }
  }
}
