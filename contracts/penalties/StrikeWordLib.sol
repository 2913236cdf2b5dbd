// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@oz/utils/math/Math.sol";
import {StrikeKind} from "../interfaces/ILateStrikeLedger.sol";

/**
 * @notice The strikes of one proposer in 112 consecutive slots.
 * @dev   bits 224..255          bits 112..223               bits 0..111
 *      | tag: the word's index | a bit for each missed slot | a bit for each late slot |
 *      The first slot of the word is at the lowest bit of either part. The tag tells the strikes of this word from
 *      those of an older one that used the same place in the ring.
 */
type StrikeWord is uint256;

/**
 * @title StrikeWordLib
 * @notice Reads and writes packed strikes.
 */
library StrikeWordLib {
  /// @notice Slots in a word: half of what the tag leaves.
  uint256 internal constant SLOTS_PER_WORD = 112;

  uint256 private constant TAG_SHIFT = 2 * SLOTS_PER_WORD;
  uint256 private constant PART_MASK = (1 << SLOTS_PER_WORD) - 1;

  /**
   * @notice The word with one more strike.
   * @param _word A word of the slot's index
   * @param _slot The slot
   * @param _kind Late or Missed
   */
  function mark(StrikeWord _word, uint256 _slot, StrikeKind _kind) internal pure returns (StrikeWord) {
    uint256 place = _slot % SLOTS_PER_WORD;
    if (_kind == StrikeKind.Missed) place += SLOTS_PER_WORD;
    return StrikeWord.wrap(StrikeWord.unwrap(_word) | (1 << place));
  }

  /**
   * @notice The stored word if it is the one of that index, else an empty one.
   * @param _stored What the ring holds
   * @param _index The word's index
   */
  function orEmpty(StrikeWord _stored, uint256 _index) internal pure returns (StrikeWord) {
    if (StrikeWord.unwrap(_stored) >> TAG_SHIFT == _index) return _stored;
    return StrikeWord.wrap(_index << TAG_SHIFT);
  }

  /**
   * @notice What a slot of the word is held against the proposer for.
   * @param _word The slot's word
   * @param _slot The slot
   */
  function kindAt(StrikeWord _word, uint256 _slot) internal pure returns (StrikeKind) {
    uint256 bits = StrikeWord.unwrap(_word) >> (_slot % SLOTS_PER_WORD);
    if (bits & 1 == 1) return StrikeKind.Late;
    if ((bits >> SLOTS_PER_WORD) & 1 == 1) return StrikeKind.Missed;
    return StrikeKind.None;
  }

  /**
   * @notice The late and the missed slots of the word that lie within a range: a bit each, as in the word's parts.
   * @param _word The word
   * @param _index The word's index
   * @param _first The first slot of the range, inclusive
   * @param _last The last slot of the range, inclusive; the range overlaps the word
   * @return late A bit for each late slot
   * @return missed A bit for each missed slot
   */
  function within(
    StrikeWord _word,
    uint256 _index,
    uint256 _first,
    uint256 _last
  ) internal pure returns (uint256 late, uint256 missed) {
    uint256 start = _index * SLOTS_PER_WORD;
    uint256 from = Math.max(_first, start) - start;
    uint256 to = Math.min(_last - start, SLOTS_PER_WORD - 1);
    uint256 mask = (PART_MASK << from) & ((1 << (to + 1)) - 1);
    late = StrikeWord.unwrap(_word) & mask;
    missed = (StrikeWord.unwrap(_word) >> SLOTS_PER_WORD) & mask;
  }

  /**
   * @notice How many bits are set; cheap for few.
   * @param _bits The bits
   * @return count The number of set bits
   */
  function countBits(uint256 _bits) internal pure returns (uint256 count) {
    for (uint256 bits = _bits; bits != 0; bits &= bits - 1) {
      ++count;
    }
  }

  /**
   * @notice The index of the word that holds a slot.
   * @param _slot The slot
   */
  function wordIndex(uint256 _slot) internal pure returns (uint256) {
    return _slot / SLOTS_PER_WORD;
  }
}
