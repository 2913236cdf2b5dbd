// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ChainTips, ChainTipsLib} from "@aztec/core/libraries/compressed-data/Tips.sol";
import {CompressedTempCheckpointLog} from "@aztec/core/libraries/compressed-data/CheckpointLog.sol";
import {FeeHeader, FeeHeaderLib} from "@aztec/core/libraries/compressed-data/fees/FeeStructs.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {TimeLib, Slot} from "@aztec/core/libraries/TimeLib.sol";
import {CompressedTimeMath} from "@aztec/shared/libraries/CompressedTimeMath.sol";

/**
 * @notice Puts upstream's storage into any state that a rollup could be in, without the transactions that lead there.
 * @dev Base of the harnesses of libraries that read a rollup's storage.
 */
abstract contract RollupState__Harness {
  using ChainTipsLib for ChainTips;
  using CompressedTimeMath for Slot;
  using FeeHeaderLib for FeeHeader;

  function initializeTime(
    uint256 _genesisTime,
    uint256 _slotDuration,
    uint256 _epochDuration,
    uint256 _proofSubmissionEpochs
  ) external {
    TimeLib.initialize(_genesisTime, _slotDuration, _epochDuration, _proofSubmissionEpochs);
  }

  function initializeSelection(uint256 _committeeSize, uint256 _lagValidatorSet, uint256 _lagRandao) external {
    ValidatorSelectionLib.initialize(_committeeSize, _lagValidatorSet, _lagRandao);
  }

  function setTips(uint256 _pending, uint256 _proven) external {
    STFLib.getStorage().tips = ChainTips({pending: _pending, proven: _proven}).compress();
  }

  /// @notice Writes slot and fee header of a checkpoint where upstream keeps them. The tips stay as they are.
  function setCheckpoint(uint256 _checkpointNumber, Slot _slot, FeeHeader memory _feeHeader) public {
    CompressedTempCheckpointLog storage log = STFLib.getStorage().tempCheckpointLogs[
      _checkpointNumber % STFLib.roundaboutSize()
    ];
    log.slotNumber = _slot.compress();
    log.feeHeader = _feeHeader.compress();
  }

  function setCheckpointSlot(uint256 _checkpointNumber, Slot _slot) external {
    FeeHeader memory feeHeader;
    setCheckpoint(_checkpointNumber, _slot, feeHeader);
  }
}
