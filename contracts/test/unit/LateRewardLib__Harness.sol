// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IFeeJuicePortal} from "@aztec/core/interfaces/IFeeJuicePortal.sol";
import {RollupStore, SubmitEpochRootProofArgs} from "@aztec/core/interfaces/IRollup.sol";
import {FeeLib} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {RewardConfig, RewardLib} from "@aztec/core/libraries/rollup/RewardLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {TimeLib, Epoch, Slot} from "@aztec/core/libraries/TimeLib.sol";
import {IERC20} from "@oz/token/ERC20/IERC20.sol";
import {LateSubmissionRecord, LateSubmissionTerms} from "../../interfaces/ILateSubmission.sol";
import {LateRewardLib, Settlement} from "../../libraries/LateRewardLib.sol";
import {LateSubmissionLib} from "../../libraries/LateSubmissionLib.sol";
import {RollupState__Harness} from "./RollupState__Harness.sol";

/**
 * @notice Exposes LateRewardLib to tests, and runs it around upstream's `RewardLib`.
 * @dev `submit` stands for an accepted epoch proof: what `BuildAheadOperationsExtLib` does, without the proof itself.
 */
contract LateRewardLib__Harness is RollupState__Harness {
  function initializeRewards(IERC20 _feeAsset, IFeeJuicePortal _portal, RewardConfig memory _config) external {
    RollupStore storage store = STFLib.getStorage();
    store.config.feeAsset = _feeAsset;
    store.config.feeAssetPortal = _portal;
    RewardLib.setConfig(_config);
  }

  function setConfig(RewardConfig memory _config) external {
    RewardLib.setConfig(_config);
  }

  function claimSequencerRewards(address _coinbase) external returns (uint256) {
    RewardLib.getStorage().isRewardsClaimable = true;
    return RewardLib.claimSequencerRewards(_coinbase);
  }

  /// @param _manaTarget Mana per checkpoint; zero switches transactions off
  function setManaTarget(uint256 _manaTarget) external {
    FeeLib.updateManaTarget(_manaTarget);
  }

  function setTerms(LateSubmissionTerms memory _terms) external {
    LateSubmissionLib.setTerms(_terms);
  }

  /// @notice Records a late submission for a submitter, or for nobody if it is zero; call it from a contract.
  function record(Slot _slot, uint256 _checkpointNumber, address _submitter) external {
    if (_submitter != address(0)) LateSubmissionLib.nameRecipient(_submitter);
    LateSubmissionLib.record(_slot, TimeLib.epochFromSlot(_slot), _checkpointNumber, address(this));
  }

  /// @notice Lets the record in a slot's place belong to another slot.
  function setRecordSlot(Slot _slot, uint32 _otherSlot) external {
    LateSubmissionLib.getStorage().records[LateSubmissionLib.recordIndex(_slot)].slot = _otherSlot;
  }

  function submit(SubmitEpochRootProofArgs calldata _args) external {
    if (!LateRewardLib.hasLateSlots(_args.end)) {
      RewardLib.handleRewardsAndFees(_args, STFLib.getEpochForCheckpoint(_args.end));
      return;
    }
    Settlement memory settlement = LateRewardLib.prepare(_args.start, _args.end, _args.fees);
    RewardLib.handleRewardsAndFees(_args, STFLib.getEpochForCheckpoint(_args.end));
    LateRewardLib.settle(_args.fees, settlement);
  }

  function submitUpstream(SubmitEpochRootProofArgs calldata _args) external {
    RewardLib.handleRewardsAndFees(_args, STFLib.getEpochForCheckpoint(_args.end));
  }

  function settle(bytes32[] calldata _fees, Settlement memory _settlement) external {
    LateRewardLib.settle(_fees, _settlement);
  }

  function prepare(uint256 _start, uint256 _end, bytes32[] calldata _fees) external view returns (Settlement memory) {
    return LateRewardLib.prepare(_start, _end, _fees);
  }

  function hasLateSlots(uint256 _end) external view returns (bool) {
    return LateRewardLib.hasLateSlots(_end);
  }

  function getRecord(Slot _slot) external view returns (LateSubmissionRecord memory) {
    return LateSubmissionLib.getRecord(_slot);
  }

  function getSequencerRewards(address _who) external view returns (uint256) {
    return RewardLib.getSequencerRewards(_who);
  }

  function getProverRewards(Epoch _epoch) external view returns (uint256) {
    return RewardLib.getCollectiveProverRewardsForEpoch(_epoch);
  }
}
