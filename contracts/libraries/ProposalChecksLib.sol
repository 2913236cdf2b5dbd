// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {RollupStore} from "@aztec/core/interfaces/IRollup.sol";
import {ChainTipsLib, CompressedChainTips} from "@aztec/core/libraries/compressed-data/Tips.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {FeeLib} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {ProposedHeader} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {TimeLib, Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";

/**
 * @title ProposalChecksLib
 * @notice The checks of a header that do not depend on who sends it, for `propose` and for its rehearsals.
 */
library ProposalChecksLib {
  using ChainTipsLib for CompressedChainTips;
  using TimeLib for Slot;
  using TimeLib for Timestamp;

  /**
   * @notice Reverts unless the slot comes after the effective tip's: the duplicate case, for views.
   * @dev The effective tip is the proven one if a prune is due, else the pending one, as upstream. A prune can be due
   *      only while the tip belongs to an earlier epoch, see ProposeLib.
   * @param _currentTime The time of the block
   * @param _slot The header slot
   * @return parent The effective tip
   */
  function requireNewSlotAt(Timestamp _currentTime, Slot _slot) internal view returns (uint256 parent) {
    CompressedChainTips tips = STFLib.getStorage().tips;
    parent = tips.getPending();
    Slot parentSlot = STFLib.getSlotNumber(parent);
    if (parentSlot.epochFromSlot() != _currentTime.epochFromTimestamp() && STFLib.canPruneAtTime(_currentTime)) {
      parent = tips.getProven();
      parentSlot = STFLib.getSlotNumber(parent);
    }
    require(_slot > parentSlot, Errors.Rollup__SlotAlreadyInChain(parentSlot, _slot));
  }

  /**
   * @notice Reverts unless the slot comes after the parent's: the duplicate case.
   * @param _parent The effective tip
   * @param _slot The header slot
   * @return parentSlot The parent's slot
   */
  function requireNewSlot(uint256 _parent, Slot _slot) internal view returns (Slot parentSlot) {
    parentSlot = STFLib.getSlotNumber(_parent);
    require(_slot > parentSlot, Errors.Rollup__SlotAlreadyInChain(parentSlot, _slot));
  }

  /**
   * @notice Reverts unless the header builds on the parent: the missing-parent case.
   * @param _parent The effective tip
   * @param _lastArchive The archive root that the header builds on
   */
  function requireParentArchive(uint256 _parent, bytes32 _lastArchive) internal view {
    RollupStore storage rollupStore = STFLib.getStorage();
    bytes32 archive = rollupStore.archives[_parent];
    require(archive == _lastArchive, Errors.Rollup__InvalidArchive(archive, _lastArchive));
  }

  /**
   * @notice Upstream's checks of a header's contents, in upstream's order.
   * @dev Not repeated here: parent and slot, which are checked first; and that the header's time is not in the future,
   *      which follows from its slot being the current or the previous one.
   * @param _header The header
   * @param _manaMinFee The fee that the header has to carry, in the fee asset per mana
   * @param _blobsHashesCommitment The commitment to the transaction's blobs
   * @param _ignoreDA Whether to leave the blobs out
   */
  function validateContents(
    ProposedHeader calldata _header,
    uint256 _manaMinFee,
    bytes32 _blobsHashesCommitment,
    bool _ignoreDA
  ) internal view {
    require(_header.coinbase != address(0), Errors.Rollup__InvalidCoinbase());
    require(_header.totalManaUsed <= FeeLib.getManaLimit(), Errors.Rollup__ManaLimitExceeded());

    Timestamp slotStart = _header.slotNumber.toTimestamp();
    require(_header.timestamp == slotStart, Errors.Rollup__InvalidTimestamp(slotStart, _header.timestamp));
    require(_ignoreDA || _header.blobsHash == _blobsHashesCommitment, Errors.Rollup__UnavailableTxs(_header.blobsHash));
    require(_header.gasFees.feePerDaGas == 0, Errors.Rollup__NonZeroDaFee());
    require(
      _header.gasFees.feePerL2Gas == _manaMinFee,
      Errors.Rollup__InvalidManaMinFee(_manaMinFee, _header.gasFees.feePerL2Gas)
    );
  }
}
