// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {EthPerFeeAssetE12, EthValue} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {ProposedHeader} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {Slot, Timestamp} from "@aztec/shared/libraries/TimeMath.sol";
import {ProposalChecksLib__Harness} from "../../../contracts/test/unit/ProposalChecksLib__Harness.sol";

contract ProposalChecksLibTest is Test {
  uint256 internal constant GENESIS = 1_000_000;
  uint256 internal constant FEE = 1234;
  uint256 internal constant MANA_LIMIT = 2_000_000;
  bytes32 internal constant BLOBS = keccak256("blobs");
  bytes32 internal constant ARCHIVE = keccak256("archive");

  ProposalChecksLib__Harness internal harness;

  function setUp() public {
    vm.warp(GENESIS);
    harness = new ProposalChecksLib__Harness();
    harness.initializeTime(GENESIS, 36, 4, 1);
    harness.initializeFees(MANA_LIMIT / 2, EthValue.wrap(100), EthPerFeeAssetE12.wrap(1e8));
    harness.setCheckpointSlot(3, Slot.wrap(5));
    harness.setArchive(3, ARCHIVE);
    harness.setTips(3, 0);
  }

  function test_requireNewSlotAt_takesThePendingTipWhileItCanBeProven() public {
    prepareUnprovenEpoch();
    Timestamp lastSecond = Timestamp.wrap(GENESIS + 12 * 36 - 1);
    assertEq(harness.requireNewSlotAt(lastSecond, Slot.wrap(6)), 3, "the pending tip");
    vm.expectRevert(abi.encodeWithSelector(Errors.Rollup__SlotAlreadyInChain.selector, 5, 5));
    harness.requireNewSlotAt(lastSecond, Slot.wrap(5));
  }

  function test_requireNewSlotAt_takesTheProvenTipOnceAPruneIsDue() public {
    prepareUnprovenEpoch();
    Timestamp due = Timestamp.wrap(GENESIS + 12 * 36);
    assertEq(harness.requireNewSlotAt(due, Slot.wrap(5)), 1, "the proven tip; the slot would be free again");
    vm.expectRevert(abi.encodeWithSelector(Errors.Rollup__SlotAlreadyInChain.selector, 2, 2));
    harness.requireNewSlotAt(due, Slot.wrap(2));
  }

  function test_requireNewSlot_acceptsSlotsAfterTheParents() public view {
    assertEq(Slot.unwrap(harness.requireNewSlot(3, Slot.wrap(6))), 5, "the parent's slot is returned");
    assertEq(Slot.unwrap(harness.requireNewSlot(3, Slot.wrap(type(uint256).max))), 5, "any later slot will do");
  }

  function test_requireNewSlot_revertsForTheParentsSlotAndEarlier() public {
    vm.expectRevert(abi.encodeWithSelector(Errors.Rollup__SlotAlreadyInChain.selector, 5, 5));
    harness.requireNewSlot(3, Slot.wrap(5));
    vm.expectRevert(abi.encodeWithSelector(Errors.Rollup__SlotAlreadyInChain.selector, 5, 4));
    harness.requireNewSlot(3, Slot.wrap(4));
  }

  function test_requireParentArchive_asksForTheParentsArchive() public {
    harness.requireParentArchive(3, ARCHIVE);
    vm.expectRevert(abi.encodeWithSelector(Errors.Rollup__InvalidArchive.selector, ARCHIVE, BLOBS));
    harness.requireParentArchive(3, BLOBS);
    vm.expectRevert(abi.encodeWithSelector(Errors.Rollup__InvalidArchive.selector, bytes32(0), ARCHIVE));
    harness.requireParentArchive(2, ARCHIVE);
  }

  function test_validateContents_acceptsAValidHeader() public view {
    harness.validateContents(makeHeader(), FEE, BLOBS, false);
  }

  function test_validateContents_acceptsTheLargestMana() public view {
    ProposedHeader memory header = makeHeader();
    header.totalManaUsed = MANA_LIMIT;
    harness.validateContents(header, FEE, BLOBS, false);
  }

  function test_validateContents_revertsWithoutACoinbase() public {
    ProposedHeader memory header = makeHeader();
    header.coinbase = address(0);
    expectRevertFor(header, abi.encodeWithSelector(Errors.Rollup__InvalidCoinbase.selector));
  }

  function test_validateContents_revertsForTooMuchMana() public {
    ProposedHeader memory header = makeHeader();
    header.totalManaUsed = MANA_LIMIT + 1;
    expectRevertFor(header, abi.encodeWithSelector(Errors.Rollup__ManaLimitExceeded.selector));
  }

  function test_validateContents_revertsUnlessTheTimeIsTheSlotsStart() public {
    uint256 start = GENESIS + 6 * 36;
    ProposedHeader memory header = makeHeader();
    header.timestamp = Timestamp.wrap(start + 1);
    expectRevertFor(header, abi.encodeWithSelector(Errors.Rollup__InvalidTimestamp.selector, start, start + 1));
    header.timestamp = Timestamp.wrap(start - 1);
    expectRevertFor(header, abi.encodeWithSelector(Errors.Rollup__InvalidTimestamp.selector, start, start - 1));
  }

  function test_validateContents_revertsForOtherBlobs() public {
    ProposedHeader memory header = makeHeader();
    header.blobsHash = ARCHIVE;
    expectRevertFor(header, abi.encodeWithSelector(Errors.Rollup__UnavailableTxs.selector, ARCHIVE));
    harness.validateContents(header, FEE, BLOBS, true);
  }

  function test_validateContents_revertsForADaFee() public {
    ProposedHeader memory header = makeHeader();
    header.gasFees.feePerDaGas = 1;
    expectRevertFor(header, abi.encodeWithSelector(Errors.Rollup__NonZeroDaFee.selector));
  }

  function test_validateContents_revertsForAnotherFee() public {
    ProposedHeader memory header = makeHeader();
    header.gasFees.feePerL2Gas = uint128(FEE + 1);
    expectRevertFor(header, abi.encodeWithSelector(Errors.Rollup__InvalidManaMinFee.selector, FEE, FEE + 1));
    header.gasFees.feePerL2Gas = uint128(FEE - 1);
    expectRevertFor(header, abi.encodeWithSelector(Errors.Rollup__InvalidManaMinFee.selector, FEE, FEE - 1));
  }

  function expectRevertFor(ProposedHeader memory _header, bytes memory _reason) internal {
    vm.expectRevert(_reason);
    harness.validateContents(_header, FEE, BLOBS, false);
  }

  function makeHeader() internal pure returns (ProposedHeader memory header) {
    header.slotNumber = Slot.wrap(6);
    header.timestamp = Timestamp.wrap(GENESIS + 6 * 36);
    header.coinbase = address(1);
    header.blobsHash = BLOBS;
    header.gasFees.feePerL2Gas = uint128(FEE);
    header.totalManaUsed = 1;
  }

  /// @dev Checkpoint 1 of epoch 0 is proven, 2 and 3 of epoch 1 are not: they can be pruned from epoch 3 on, slot 12.
  function prepareUnprovenEpoch() internal {
    harness.setCheckpointSlot(1, Slot.wrap(2));
    harness.setCheckpointSlot(2, Slot.wrap(4));
    harness.setTips(3, 1);
  }
}
