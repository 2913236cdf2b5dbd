// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {Epoch} from "@aztec/shared/libraries/TimeMath.sol";
import {GSE__MockForLateAuthorisation} from "../../../contracts/test/unit/GSE__MockForLateAuthorisation.sol";
import {LateAuthorisationLib__Harness} from "../../../contracts/test/unit/LateAuthorisationLib__Harness.sol";

/**
 * setUpEpoch
 * ├── when the epoch is the current one
 * │   └── it writes what upstream's setupEpoch writes, seed included; nothing if the epoch is set up already
 * └── when the epoch is the previous one
 *     ├── it writes the committee commitment and nothing else; nothing at all if it is there already
 *     └── the current epoch's own set-up stores its seed afterwards as if nothing had happened
 */
contract LateAuthorisationLibSetUpEpochTest is Test {
  uint256 internal constant GENESIS = 1_000_000;
  uint256 internal constant EPOCH_SECONDS = 36 * 4;
  uint256 internal constant COMMITTEE_SIZE = 4;

  GSE__MockForLateAuthorisation internal gse;
  LateAuthorisationLib__Harness internal harness;
  LateAuthorisationLib__Harness internal upstream;

  function setUp() public {
    vm.warp(GENESIS);
    address[] memory attesters = new address[](13);
    for (uint256 i = 0; i < attesters.length; ++i) {
      attesters[i] = vm.addr(i + 1);
    }
    gse = new GSE__MockForLateAuthorisation(attesters);
    harness = deploy();
    upstream = deploy();
  }

  function test_setUpEpoch_current_writesWhatUpstreamWrites() public {
    enter(5);
    vm.record();
    harness.setUpEpoch(Epoch.wrap(5));
    upstream.upstreamSetupEpoch(Epoch.wrap(5));

    (, bytes32[] memory writes) = vm.accesses(address(harness));
    (, bytes32[] memory upstreamWrites) = vm.accesses(address(upstream));
    assertEq(writes, upstreamWrites, "the same words, in the same order");
    assertGt(writes.length, 1, "commitment and seed at least");
    for (uint256 i = 0; i < writes.length; ++i) {
      assertEq(vm.load(address(harness), writes[i]), vm.load(address(upstream), writes[i]), "the same values");
    }
    assertEq(harness.getCommitment(Epoch.wrap(5)), committeeOf(5), "the commitment is the sampled committee's");
    assertEq(harness.getRandaoCount(), 2, "the seed of genesis and the one of this epoch");
  }

  function test_setUpEpoch_current_doesNothingTwice() public {
    enter(5);
    harness.setUpEpoch(Epoch.wrap(5));
    vm.record();
    harness.setUpEpoch(Epoch.wrap(5));
    assertEq(countWrites(), 0, "the epoch is set up already");
  }

  function test_setUpEpoch_previous_writesTheCommitmentOnly() public {
    enter(6);
    vm.record();
    harness.setUpEpoch(Epoch.wrap(5));
    (, bytes32[] memory writes) = vm.accesses(address(harness));
    assertEq(writes.length, 1, "one word");
    bytes32 word = keccak256(abi.encode(uint256(5), keccak256("aztec.validator_selection.storage")));
    assertEq(writes[0], word, "the previous epoch's commitment");
    assertEq(vm.load(address(harness), word), committeeOf(5), "the committee that upstream samples for that epoch");
    assertEq(harness.getRandaoCount(), 1, "no seed is stored, for no epoch");
  }

  function test_setUpEpoch_previous_leavesAStoredCommitmentAlone() public {
    enter(5);
    harness.setUpEpoch(Epoch.wrap(5));
    enter(6);
    vm.record();
    harness.setUpEpoch(Epoch.wrap(5));
    assertEq(countWrites(), 0, "the commitment is there already");
  }

  function test_setUpEpoch_previous_doesNotSuppressTheCurrentSeed() public {
    enter(6);
    harness.setUpEpoch(Epoch.wrap(5));
    assertEq(harness.getCommitment(Epoch.wrap(6)), bytes32(0), "the current epoch is not set up by the late one");
    harness.upstreamSetupEpoch(Epoch.wrap(6));
    upstream.upstreamSetupEpoch(Epoch.wrap(6));
    assertEq(harness.getRandaoCount(), 2, "the current epoch's seed is stored after all");
    enter(8);
    assertEq(
      harness.getSampleSeed(Epoch.wrap(8)),
      upstream.getSampleSeed(Epoch.wrap(8)),
      "the seed that depends on it is right"
    );
    assertEq(committeeOf(8), committeeOn(upstream, 8), "and so is the committee");
  }

  function test_setUpEpoch_previous_changesNoLaterSeed() public {
    enter(6);
    uint256 before = harness.getSampleSeed(Epoch.wrap(7));
    uint256 beforeNext = harness.getSampleSeed(Epoch.wrap(8));
    harness.setUpEpoch(Epoch.wrap(5));
    assertEq(harness.getSampleSeed(Epoch.wrap(7)), before, "the next epoch's seed was determined before");
    assertEq(harness.getSampleSeed(Epoch.wrap(8)), beforeNext, "the one after it is not written by a past epoch");
  }

  function test_setUpEpoch_revertsLikeUpstreamIfThereAreTooFewValidators() public {
    harness.setGSE(address(new GSE__MockForLateAuthorisation(new address[](3))));
    bytes memory reason = abi.encodeWithSelector(
      Errors.ValidatorSelection__InsufficientValidatorSetSize.selector,
      3,
      COMMITTEE_SIZE
    );
    enter(6);
    vm.expectRevert(reason);
    harness.setUpEpoch(Epoch.wrap(6));
    vm.expectRevert(reason);
    harness.setUpEpoch(Epoch.wrap(5));
  }

  /// @dev Starts an epoch, with a randomness of its own.
  function enter(uint256 _epoch) internal {
    vm.warp(GENESIS + _epoch * EPOCH_SECONDS);
    vm.prevrandao(keccak256(abi.encode("randao", _epoch)));
  }

  function deploy() internal returns (LateAuthorisationLib__Harness deployed) {
    deployed = new LateAuthorisationLib__Harness();
    deployed.initializeTime(GENESIS, 36, 4, 1);
    deployed.initializeSelection(COMMITTEE_SIZE, 2, 2);
    deployed.setGSE(address(gse));
  }

  function committeeOf(uint256 _epoch) internal returns (bytes32) {
    return committeeOn(harness, _epoch);
  }

  function committeeOn(LateAuthorisationLib__Harness _rollup, uint256 _epoch) internal returns (bytes32) {
    return keccak256(abi.encode(_rollup.upstreamGetCommitteeAt(Epoch.wrap(_epoch))));
  }

  function countWrites() internal returns (uint256) {
    (, bytes32[] memory writes) = vm.accesses(address(harness));
    return writes.length;
  }
}
