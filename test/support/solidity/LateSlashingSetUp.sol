// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISlasher} from "@aztec/core/interfaces/ISlasher.sol";
import {Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {EmpireSlashingProposer} from "@aztec/core/slashing/EmpireSlashingProposer.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {SlashPath, SlashTerms} from "../../../contracts/interfaces/ILateSlashingHook.sol";
import {ILateSlashRegistry} from "../../../contracts/interfaces/ILateSlashRegistry.sol";
import {StrikeWeights} from "../../../contracts/interfaces/ILateStrikeLedger.sol";
import {ILateSubmission} from "../../../contracts/interfaces/ILateSubmission.sol";
import {LatePenaltyController} from "../../../contracts/penalties/LatePenaltyController.sol";
import {LateSlashingHook} from "../../../contracts/penalties/LateSlashingHook.sol";
import {LateSlashRegistry} from "../../../contracts/penalties/LateSlashRegistry.sol";
import {LateStrikeLedger} from "../../../contracts/penalties/LateStrikeLedger.sol";
import {Rollup__MockForPenalties} from "../../../contracts/test/penalties/Rollup__MockForPenalties.sol";

/**
 * @notice Upstream's own Slasher and empire proposer around a rollup double, a ledger and a hook, and a validator with
 *         a stake. The test contract is governance.
 */
abstract contract LateSlashingSetUp is Test {
  uint256 internal constant STAKE = 100 ether;
  uint256 internal constant WINDOW = 300;
  uint96 internal constant PER_WEIGHT = 1 ether;
  uint32 internal constant THRESHOLD = 4;
  uint16 internal constant LATE_WEIGHT = 2;
  uint16 internal constant MISS_WEIGHT = 3;

  address internal immutable ALICE = makeAddr("alice");
  address internal immutable BOB = makeAddr("bob");

  Rollup__MockForPenalties internal rollup;
  Slasher internal slasher;
  LatePenaltyController internal controller;
  LateStrikeLedger internal ledger;
  LateSlashRegistry internal registry;
  LateSlashingHook internal hook;

  function setUp() public virtual {
    rollup = new Rollup__MockForPenalties();
    rollup.setCurrentSlot(1000);
    slasher = deploySlasher(address(0xDEAD));
    rollup.setSlasher(address(slasher));
    rollup.setStake(ALICE, STAKE, Status.VALIDATING);
    registry = new LateSlashRegistry();
    controller = new LatePenaltyController(ILateSubmission(address(rollup)), address(this));
    (ledger, hook) = deployLedgerAndHook(controller, SlashPath.Governance);
  }

  /// @dev Calls as this contract, that is as governance.
  function callOut(IPayload.Action calldata _action) external {
    (bool success, bytes memory reason) = _action.target.call(_action.data);
    if (success) return;
    assembly {
      revert(add(reason, 0x20), mload(reason))
    }
  }

  function deploySlasher(address _proposer) internal returns (Slasher made) {
    made = new Slasher(address(this), address(this), 1);
    made.initializeProposer(_proposer);
  }

  function deployEmpire(address _instance) internal returns (EmpireSlashingProposer) {
    return new EmpireSlashingProposer(_instance, ISlasher(address(slasher)), 2, 3, 5, 1);
  }

  function deployHook(LateStrikeLedger _ledger, SlashPath _path) internal returns (LateSlashingHook) {
    return new LateSlashingHook(_ledger, registry, _path, address(this), termsWith(THRESHOLD));
  }

  function deployLedgerAndHook(
    LatePenaltyController _controller,
    SlashPath _path
  ) internal returns (LateStrikeLedger newLedger, LateSlashingHook newHook) {
    newLedger = new LateStrikeLedger(_controller, address(this), WINDOW, weights(LATE_WEIGHT, MISS_WEIGHT));
    newHook = deployHook(newLedger, _path);
    _controller.addHook(newLedger, 200_000);
    _controller.addHook(newHook, 1_500_000);
  }

  function land(uint256 _slot) internal {
    rollup.setRecord(_slot, ALICE, true);
    rollup.setCurrentSlot(_slot + 1);
    assertEq(controller.penalize(Slot.wrap(_slot)), 0, "ledger and hook took the record");
  }

  function landTwoAndOpen() internal returns (IPayload) {
    land(1010);
    land(1020);
    return hook.open(ALICE);
  }

  function executeAsGovernance(IPayload _proposal) internal {
    IPayload.Action[] memory actions = _proposal.getActions();
    for (uint256 i = 0; i < actions.length; ++i) {
      this.callOut(actions[i]);
    }
  }

  /// @dev Upstream wraps the failing action's reason.
  function expectSlashFailed(IPayload _proposal, bytes memory _reason) internal {
    IPayload.Action[] memory actions = slashPayloadOf(_proposal).getActions();
    uint256 failing = bytes4(_reason) == ILateSlashRegistry.LateSlashRegistry__StakeUnchanged.selector ? 2 : 0;
    IPayload.Action memory execute = _proposal.getActions()[0];
    vm.expectRevert(
      abi.encodeWithSelector(
        Slasher.Slasher__SlashFailed.selector,
        actions[failing].target,
        actions[failing].data,
        _reason
      )
    );
    this.callOut(execute);
  }

  function countLogs(bytes32 _topic) internal returns (uint256 count) {
    Vm.Log[] memory logs = vm.getRecordedLogs();
    for (uint256 i = 0; i < logs.length; ++i) {
      if (logs[i].topics[0] == _topic) ++count;
    }
  }

  function slashPayloadOf(IPayload _proposal) internal view returns (IPayload) {
    bytes memory data = _proposal.getActions()[0].data;
    address payload;
    assembly {
      payload := mload(add(data, 0x24))
    }
    return IPayload(payload);
  }

  function stakeOf(address _attester) internal view returns (uint256) {
    return rollup.getAttesterView(_attester).effectiveBalance;
  }

  function alreadyConsumed(uint256 _slot) internal view returns (bytes memory) {
    return
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__AlreadyConsumed.selector,
        address(rollup),
        Slot.wrap(_slot)
      );
  }

  function nothingLeft() internal view returns (bytes memory) {
    return abi.encodeWithSelector(ILateSlashRegistry.LateSlashRegistry__NothingLeft.selector, address(rollup), ALICE);
  }

  function termsWith(uint32 _threshold) internal pure returns (SlashTerms memory) {
    return SlashTerms({threshold: _threshold, lifetimeSlots: 9000, amountPerWeight: PER_WEIGHT});
  }

  function weights(uint16 _late, uint16 _missed) internal pure returns (StrikeWeights memory) {
    return StrikeWeights({late: _late, missed: _missed});
  }

  function oneSlot(uint256 _slot) internal pure returns (Slot[] memory slots) {
    slots = new Slot[](1);
    slots[0] = Slot.wrap(_slot);
  }
}
