// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Clones} from "@oz/proxy/Clones.sol";
import {ILateSlashingHook, SlashTerms} from "../../../contracts/interfaces/ILateSlashingHook.sol";
import {ILateSlashRegistry} from "../../../contracts/interfaces/ILateSlashRegistry.sol";
import {LateSlash} from "../../../contracts/penalties/LateSlashPayload.sol";
import {Rollup__MockForPenalties} from "../../../contracts/test/penalties/Rollup__MockForPenalties.sol";
import {LateSlashingSetUp} from "../../support/solidity/LateSlashingSetUp.sol";

/// @dev What a payload does when it is executed: it slashes for what is left of its batch, or says why it does not.
contract LateSlashPayloadTest is LateSlashingSetUp {
  // ---- nothing to slash ----

  function test_execute_revertsForAValidatorThatMovedMeanwhile() public {
    IPayload payload = landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.NONE);
    expectSlashFailed(
      payload,
      abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__StakeUnchanged.selector, ALICE, 0, 0)
    );
    assertFalse(registry.isConsumed(address(rollup), Slot.wrap(1010)), "nothing is consumed for nothing");

    // Should it come back to the rollup, it can still be slashed.
    rollup.setStake(ALICE, STAKE, Status.VALIDATING);
    executeAsGovernance(payload);
    assertEq(stakeOf(ALICE), STAKE - 4 ether, "slashed after all");
  }

  function test_execute_revertsForAnExitThatIsOver() public {
    IPayload payload = landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.EXITING);
    rollup.setExit(ALICE, STAKE, block.timestamp, Status.EXITING);
    expectSlashFailed(
      payload,
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__StakeUnchanged.selector,
        ALICE,
        Status.EXITING,
        STAKE
      )
    );
  }

  function test_execute_revertsIfTheRollupSaysNothing() public {
    IPayload payload = landTwoAndOpen();
    rollup.setSlashMode(Rollup__MockForPenalties.SlashMode.Silent);
    expectSlashFailed(
      payload,
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__StakeUnchanged.selector,
        ALICE,
        Status.VALIDATING,
        STAKE
      )
    );
  }

  function test_execute_slashesAnExitInProgress() public {
    IPayload payload = landTwoAndOpen();
    rollup.setStake(ALICE, 0, Status.EXITING);
    rollup.setExit(ALICE, STAKE, block.timestamp + 1, Status.EXITING);
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.StakeFallen(address(rollup), ALICE, 4 ether);
    executeAsGovernance(payload);
  }

  function test_execute_saysIfThereWasLessToTake() public {
    IPayload payload = landTwoAndOpen();
    rollup.setStake(ALICE, 1 ether, Status.VALIDATING);
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.StakeFallen(address(rollup), ALICE, 1 ether);
    executeAsGovernance(payload);
    assertEq(stakeOf(ALICE), 0, "all that was left");
  }

  // ---- what is left ----

  function test_execute_slashesOnce() public {
    IPayload payload = landTwoAndOpen();
    executeAsGovernance(payload);
    assertEq(stakeOf(ALICE), STAKE - 4 ether, "slashed");
    assertTrue(registry.isConsumed(address(rollup), Slot.wrap(1010)), "consumed");
    expectSlashFailed(payload, nothingLeft());
    assertEq(stakeOf(ALICE), STAKE - 4 ether, "not twice");
    vm.expectRevert(
      abi.encodeWithSelector(ILateSlashingHook.LateSlashingHook__BelowThreshold.selector, ALICE, 0, THRESHOLD)
    );
    hook.open(ALICE);
  }

  function test_execute_overlappingPayloadSlashesForTheRestOnly() public {
    IPayload small = landTwoAndOpen();
    land(1030);
    IPayload large = hook.open(ALICE);
    executeAsGovernance(small);
    assertEq(stakeOf(ALICE), STAKE - 4 ether, "two strikes");
    // The third alone would not have been enough to open a payload.
    vm.expectEmit(address(registry));
    emit ILateSlashRegistry.StrikesConsumed(address(rollup), ALICE, oneSlot(1030));
    executeAsGovernance(large);
    assertEq(stakeOf(ALICE), STAKE - 6 ether, "three strikes paid once");
    expectSlashFailed(large, nothingLeft());
  }

  function test_execute_diesWithALargerPayloadThatWasFirst() public {
    IPayload small = landTwoAndOpen();
    land(1030);
    executeAsGovernance(hook.open(ALICE));
    expectSlashFailed(small, nothingLeft());
    assertEq(stakeOf(ALICE), STAKE - 6 ether, "three strikes paid once");
  }

  function testFuzz_execute_slashesForExactlyWhatIsLeft(uint256 _consumed) public {
    uint256[5] memory batch = [uint256(1010), 1012, 1013, 1020, 1030];
    land(1010);
    _miss(1010, 1012);
    _miss(1010, 1013);
    land(1020);
    land(1030);
    IPayload payload = hook.open(ALICE);
    assertEq(hook.getBatch(ALICE).slots.length, batch.length, "the whole batch");
    // Neither the weights nor the price of the day change what the payload costs.
    ledger.setWeights(weights(1, 1));
    hook.setTerms(SlashTerms({threshold: 1, lifetimeSlots: 9000, amountPerWeight: 7 ether}));

    uint256 left = 0;
    for (uint256 i = 0; i < batch.length; ++i) {
      if ((_consumed >> i) & 1 == 1) {
        vm.prank(address(slasher));
        registry.consume(address(rollup), ALICE, oneSlot(batch[i]));
      } else {
        bool isMissed = batch[i] == 1012 || batch[i] == 1013;
        left += uint256(isMissed ? MISS_WEIGHT : LATE_WEIGHT) * PER_WEIGHT;
      }
    }
    if (left > 0) executeAsGovernance(payload);
    assertEq(stakeOf(ALICE), STAKE - left, "the price of what was left");
    for (uint256 i = 0; i < batch.length; ++i) {
      assertTrue(registry.isConsumed(address(rollup), Slot.wrap(batch[i])), "all of it is consumed");
    }
    expectSlashFailed(payload, nothingLeft());
    assertEq(stakeOf(ALICE), STAKE - left, "once");
  }

  function test_execute_staleActionsAreTurnedAway() public {
    IPayload slashPayload = slashPayloadOf(landTwoAndOpen());
    IPayload.Action[] memory stale = slashPayload.getActions();
    vm.startPrank(address(slasher));
    registry.consume(address(rollup), ALICE, oneSlot(1020));
    (bool success, bytes memory reason) = stale[0].target.call(stale[0].data);
    vm.stopPrank();
    assertFalse(success, "an earlier answer does not hold");
    assertEq(reason, alreadyConsumed(1020), "because of the strike that went in between");
    assertFalse(registry.isConsumed(address(rollup), Slot.wrap(1010)), "and consumes nothing");
  }

  function test_execute_aSlotNamedTwiceIsNotPricedTwice() public {
    Slot[] memory slots = new Slot[](2);
    (slots[0], slots[1]) = (Slot.wrap(1010), Slot.wrap(1010));
    uint256[] memory prices = new uint256[](2);
    (prices[0], prices[1]) = (1 ether, 1 ether);
    bytes memory twice = abi.encode(
      LateSlash({
        registry: registry,
        rollup: address(rollup),
        attester: ALICE,
        slots: slots,
        prices: prices,
        lastSlot: Slot.wrap(2000)
      })
    );
    IPayload madeUp = IPayload(Clones.cloneWithImmutableArgs(hook.PAYLOAD_IMPLEMENTATION(), twice));
    IPayload.Action memory consume = madeUp.getActions()[0];
    vm.expectRevert(
      abi.encodeWithSelector(Slasher.Slasher__SlashFailed.selector, consume.target, consume.data, alreadyConsumed(1010))
    );
    slasher.slash(madeUp);
    assertEq(stakeOf(ALICE), STAKE, "not slashed");
  }

  function test_execute_aVetoForbidsThePayloadAndNotItsStrikes() public {
    IPayload vetoed = landTwoAndOpen();
    slasher.vetoPayload(slashPayloadOf(vetoed));
    IPayload.Action memory execute = vetoed.getActions()[0];
    vm.expectRevert(abi.encodeWithSelector(Slasher.Slasher__PayloadVetoed.selector, address(slashPayloadOf(vetoed))));
    this.callOut(execute);
    land(1030);
    executeAsGovernance(hook.open(ALICE));
    assertEq(stakeOf(ALICE), STAKE - 6 ether, "all three in another payload");
  }

  /// @dev Alice misses a slot that lies between two proven checkpoints, and not right after the first.
  function _miss(uint256 _before, uint256 _slot) private {
    rollup.setCheckpoint(1, _before);
    rollup.setCheckpoint(2, _slot + 1);
    rollup.setProven(2);
    rollup.setProposer(_slot, ALICE);
    rollup.setCurrentSlot(_slot + 2);
    assertEq(ledger.recordMiss(1, Slot.wrap(_slot)), ALICE, "the miss is hers");
  }
}
