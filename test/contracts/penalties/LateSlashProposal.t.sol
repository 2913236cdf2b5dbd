// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISlasher} from "@aztec/core/interfaces/ISlasher.sol";
import {IStakingCore} from "@aztec/core/interfaces/IStaking.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {ILateSlashingHook} from "../../../contracts/interfaces/ILateSlashingHook.sol";
import {ILateSlashRegistry} from "../../../contracts/interfaces/ILateSlashRegistry.sol";
import {LateSlashingSetUp} from "../../support/solidity/LateSlashingSetUp.sol";

/// @dev Between governance and the slasher: what is proposed, and that it takes a proposal.
contract LateSlashProposalTest is LateSlashingSetUp {
  function test_open_makesPayloadsThatSayWhatTheyDo() public {
    IPayload proposal = landTwoAndOpen();
    IPayload slashPayload = slashPayloadOf(proposal);
    IPayload.Action[] memory actions = proposal.getActions();
    assertEq(proposal.getURI(), "LateSlashProposal", "what governance is given");
    assertEq(actions.length, 1, "one action");
    assertEq(actions[0].target, address(slasher), "of the slasher");
    assertEq(actions[0].data, abi.encodeCall(ISlasher.slash, (slashPayload)), "to slash");

    actions = slashPayload.getActions();
    Slot[] memory slots = new Slot[](2);
    (slots[0], slots[1]) = (Slot.wrap(1010), Slot.wrap(1020));
    assertEq(slashPayload.getURI(), "LateSlashPayload", "what the slasher is given");
    assertEq(actions.length, 3, "three actions");
    assertEq(actions[0].target, address(registry), "the registry first");
    assertEq(
      actions[0].data,
      abi.encodeCall(ILateSlashRegistry.consume, (address(rollup), ALICE, slots)),
      "consumes every strike"
    );
    assertEq(actions[1].target, address(rollup), "then the rollup");
    assertEq(actions[1].data, abi.encodeCall(IStakingCore.slash, (ALICE, 4 ether)), "slashes for them");
    assertEq(actions[2].target, address(registry), "and the registry");
    assertEq(
      actions[2].data,
      abi.encodeCall(ILateSlashRegistry.requireSlashed, (address(rollup), ALICE)),
      "makes sure of it"
    );
  }

  function test_open_proposesAPayloadAgainWhenTheSlasherIsReplaced() public {
    IPayload proposal = landTwoAndOpen();
    IPayload slashPayload = slashPayloadOf(proposal);
    Slasher newSlasher = deploySlasher(address(0xDEAD));
    rollup.setSlasher(address(newSlasher));
    // What was proposed before asks the old slasher, whom the registry turns away.
    expectSlashFailed(
      proposal,
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__CallerNotSlasher.selector,
        address(slasher),
        address(newSlasher)
      )
    );

    vm.recordLogs();
    IPayload newProposal = hook.open(ALICE);
    assertEq(countLogs(ILateSlashingHook.BatchOpened.selector), 1, "announced again");
    assertNotEq(address(newProposal), address(proposal), "another proposal");
    assertEq(address(slashPayloadOf(newProposal)), address(slashPayload), "for the same slash");
    executeAsGovernance(newProposal);
    assertEq(stakeOf(ALICE), STAKE - 4 ether, "which the new slasher executes");
  }

  function test_execute_governanceItselfIsTurnedAway() public {
    IPayload slashPayload = slashPayloadOf(landTwoAndOpen());
    IPayload.Action memory consume = slashPayload.getActions()[0];
    assertEq(consume.target, address(registry), "consuming is the first action");
    vm.expectRevert(
      abi.encodeWithSelector(
        ILateSlashRegistry.LateSlashRegistry__CallerNotSlasher.selector,
        address(this),
        address(slasher)
      )
    );
    this.callOut(consume);
  }
}
