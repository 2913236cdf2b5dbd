// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EthPerFeeAssetE12, EthValue, FeeLib} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {ProposedHeader} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {ProposalChecksLib} from "../../libraries/ProposalChecksLib.sol";
import {RollupState__Harness} from "./RollupState__Harness.sol";

/// @notice Exposes ProposalChecksLib to tests.
contract ProposalChecksLib__Harness is RollupState__Harness {
  function initializeFees(
    uint256 _manaTarget,
    EthValue _provingCostPerMana,
    EthPerFeeAssetE12 _ethPerFeeAsset
  ) external {
    FeeLib.initialize(_manaTarget, _provingCostPerMana, _ethPerFeeAsset);
  }

  function setArchive(uint256 _checkpointNumber, bytes32 _archive) external {
    STFLib.getStorage().archives[_checkpointNumber] = _archive;
  }

  function requireNewSlotAt(Timestamp _currentTime, Slot _slot) external view returns (uint256) {
    return ProposalChecksLib.requireNewSlotAt(_currentTime, _slot);
  }

  function requireNewSlot(uint256 _parent, Slot _slot) external view returns (Slot) {
    return ProposalChecksLib.requireNewSlot(_parent, _slot);
  }

  function requireParentArchive(uint256 _parent, bytes32 _lastArchive) external view {
    ProposalChecksLib.requireParentArchive(_parent, _lastArchive);
  }

  function validateContents(
    ProposedHeader calldata _header,
    uint256 _manaMinFee,
    bytes32 _blobsHashesCommitment,
    bool _ignoreDA
  ) external view {
    ProposalChecksLib.validateContents(_header, _manaMinFee, _blobsHashesCommitment, _ignoreDA);
  }
}
