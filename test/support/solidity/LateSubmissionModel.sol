// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/**
 * @notice What LateSubmissionLib should remember, said plainly: a list of what landed late, in order, and the
 *         chain as an array. No packing, no hashing, no ring; an entry is forgotten when a later one takes its place.
 */
contract LateSubmissionModel {
  struct Entry {
    uint256 slot;
    uint256 checkpointNumber;
    address submitter;
    address originalProposer;
    uint256 submitterBps;
    uint256 burnBps;
    uint256 delay;
    bool isSettled;
  }

  uint256 internal immutable EPOCH_DURATION;
  uint256 internal immutable RING_EPOCHS;
  uint256 internal immutable LOGS;

  Entry[] internal landed;
  uint256[] internal chain;
  uint256 internal highestTip;

  constructor(uint256 _epochDuration, uint256 _proofSubmissionEpochs) {
    EPOCH_DURATION = _epochDuration;
    RING_EPOCHS = _proofSubmissionEpochs + 2 > 8 ? _proofSubmissionEpochs + 2 : 8;
    LOGS = _epochDuration * (_proofSubmissionEpochs + 1) + 1;
    chain.push(0);
  }

  function append(uint256 _slot) external {
    chain.push(_slot);
    if (chain.length - 1 > highestTip) highestTip = chain.length - 1;
  }

  function rewind(uint256 _tip) external {
    while (chain.length > _tip + 1) chain.pop();
  }

  function land(Entry memory _entry) external {
    landed.push(_entry);
  }

  function settle(uint256 _slot) external {
    (bool isFound, uint256 index) = _find(_slot);
    if (isFound) landed[index].isSettled = true;
  }

  /// @notice How far back the tip can go: the proven checkpoint, whose log upstream keeps, is never pruned.
  function lowestTip() external view returns (uint256) {
    return highestTip < LOGS ? 0 : highestTip + 1 - LOGS;
  }

  function tip() external view returns (uint256) {
    return chain.length - 1;
  }

  function remembers(uint256 _slot) external view returns (bool) {
    (bool isFound, ) = _find(_slot);
    return isFound;
  }

  function getRecord(uint256 _slot) external view returns (bool isKnown, Entry memory entry) {
    (bool isFound, uint256 index) = _find(_slot);
    if (!isFound) return (false, entry);
    entry = landed[index];
    return (entry.isSettled || isInChain(entry.checkpointNumber, _slot), entry);
  }

  function getMarks(uint256 _epoch) external view returns (uint256 marks) {
    for (uint256 i = 0; i < landed.length; ++i) {
      uint256 epoch = landed[i].slot / EPOCH_DURATION;
      if (epoch == _epoch) marks |= 2 ** (landed[i].slot - epoch * EPOCH_DURATION);
      else if (epoch % RING_EPOCHS == _epoch % RING_EPOCHS) marks = 0;
    }
  }

  function isInChain(uint256 _checkpointNumber, uint256 _slot) public view returns (bool) {
    // Upstream reuses the place of a checkpoint's log, and does not restore it if the newer checkpoint is pruned.
    if (_checkpointNumber >= chain.length || _checkpointNumber + LOGS <= highestTip) return false;
    return chain[_checkpointNumber] == _slot;
  }

  /// @dev The last entry in the slot's place, if it is the slot's own.
  function _find(uint256 _slot) private view returns (bool isFound, uint256 index) {
    uint256 places = RING_EPOCHS * EPOCH_DURATION;
    for (index = landed.length; index > 0; --index) {
      if (landed[index - 1].slot % places == _slot % places) {
        return (landed[index - 1].slot == _slot, index - 1);
      }
    }
  }
}
