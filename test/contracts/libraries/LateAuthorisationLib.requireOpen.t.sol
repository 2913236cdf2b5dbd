// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {LateSubmissionTerms} from "../../../contracts/interfaces/ILateSubmission.sol";
import {EscapeHatch__MockForOpening} from "../../../contracts/test/unit/EscapeHatch__MockForOpening.sol";
import {LateAuthorisationLib__Harness} from "../../../contracts/test/unit/LateAuthorisationLib__Harness.sol";
import {BoundaryCases} from "../../support/solidity/BoundaryCases.sol";

/**
 * requireOpen
 * ├── when the slot is neither previous nor is there a window: HeaderLib__InvalidSlotNumber
 * └── when the slot is the previous one
 *     ├── when the window has passed: LateSubmission__WindowClosed
 *     ├── when it is the last of its epoch and epochs are kept apart: LateSubmission__CrossEpochClosed
 *     ├── when there are no committees: LateSubmission__NoCommittee
 *     ├── when its epoch accepts no proofs any more: LateSubmission__EpochPastDeadline
 *     ├── when the escape hatch is open in its epoch: LateSubmission__EscapeHatchOpen
 *     └── otherwise it is open, whatever the hatch does in the clock's epoch
 */
contract LateAuthorisationLibRequireOpenTest is BoundaryCases {
  uint256 internal genesisTime;
  uint256 internal slotDuration;
  uint256 internal epochDuration;

  function setUp() public override {
    super.setUp();
    genesisTime = vm.parseUint(vm.parseJsonString(table, ".schedule.genesisTime"));
    slotDuration = vm.parseUint(vm.parseJsonString(table, ".schedule.slotDuration"));
    epochDuration = vm.parseUint(vm.parseJsonString(table, ".schedule.epochDuration"));
  }

  function test_requireOpen_matchesTheTable() public {
    uint256 count = countCases("opening");
    for (uint256 i = 0; i < count; ++i) {
      LateAuthorisationLib__Harness harness = deployCase(i);
      vm.warp(genesisTime + readUint("opening", i, "secondsSinceGenesis"));
      bytes memory expected = readError(i);
      string memory name = readName("opening", i);
      try harness.requireOpen(Slot.wrap(readUint("opening", i, "headerSlot"))) {
        assertEq(expected.length, 0, string.concat(name, ": the slot is open although it should not be"));
      } catch (bytes memory reason) {
        assertEq(reason, expected, name);
      }
    }
  }

  /// @dev Every error of the function has to appear in the table, or the test above would prove less than it says.
  function test_requireOpen_theTableNamesEveryError() public view {
    string[6] memory errors = [
      "HeaderLib__InvalidSlotNumber(uint256,uint256)",
      "LateSubmission__WindowClosed(uint256,uint256)",
      "LateSubmission__CrossEpochClosed(uint256,uint256)",
      "LateSubmission__NoCommittee(uint256)",
      "LateSubmission__EpochPastDeadline(uint256,uint256,uint256)",
      "LateSubmission__EscapeHatchOpen(uint256,uint256)"
    ];
    uint256 count = countCases("opening");
    for (uint256 e = 0; e < errors.length; ++e) {
      bool isNamed;
      for (uint256 i = 0; i < count && !isNamed; ++i) {
        isNamed = keccak256(bytes(readErrorSignature(i))) == keccak256(bytes(errors[e]));
      }
      assertTrue(isNamed, errors[e]);
    }
  }

  /// @dev The same rules as one condition over seconds, for any schedule.
  function testFuzz_requireOpen_isOpenExactlyWhereTheModelSaysSo(
    uint256 _time,
    uint256 _headerSlot,
    uint32 _windowSeconds,
    bool _crossEpoch,
    uint8 _proofEpochs
  ) public {
    uint256 windowSeconds = bound(_windowSeconds, 0, slotDuration);
    uint256 proofEpochs = bound(_proofEpochs, 0, 2);
    // Three in four within one second of a slot's start or its window's end.
    uint256 time = bound(_time, slotDuration, 12 * slotDuration);
    if (_time % 4 != 0) {
      time = bound(_time / 8, 2, 12) * slotDuration + (_time % 4) - 2;
      if (_time & 4 != 0) time += windowSeconds;
    }
    uint256 previous = time / slotDuration - 1;
    uint256 headerSlot = bound(_headerSlot, previous < 1 ? 0 : previous - 1, previous + 2);

    LateAuthorisationLib__Harness harness = new LateAuthorisationLib__Harness();
    harness.initializeTime(genesisTime, slotDuration, epochDuration, proofEpochs);
    harness.initializeSelection(4, 1, 1);
    harness.setTerms(terms(windowSeconds, _crossEpoch));
    vm.warp(genesisTime + time);

    uint256 opens = (headerSlot + 1) * slotDuration;
    bool isLastOfEpoch = headerSlot % epochDuration == epochDuration - 1;
    bool isExpected =
      time >= opens && time < opens + windowSeconds && (!isLastOfEpoch || (_crossEpoch && proofEpochs > 0));

    bool isOpen;
    try harness.requireOpen(Slot.wrap(headerSlot)) {
      isOpen = true;
    } catch {}
    assertEq(isOpen, isExpected, "open exactly inside the window");
  }

  function deployCase(uint256 _index) internal returns (LateAuthorisationLib__Harness harness) {
    harness = new LateAuthorisationLib__Harness();
    harness.initializeTime(
      genesisTime,
      slotDuration,
      epochDuration,
      readUint("opening", _index, "proofSubmissionEpochs")
    );
    harness.initializeSelection(readUint("opening", _index, "committeeSize"), 1, 1);
    harness.setTerms(terms(readUint("opening", _index, "windowSeconds"), readBool("opening", _index, "crossEpoch")));

    string[] memory openEpochs = vm.parseJsonStringArray(table, at("opening", _index, "openHatchEpochs"));
    if (openEpochs.length == 0) return harness;
    EscapeHatch__MockForOpening hatch = new EscapeHatch__MockForOpening();
    for (uint256 i = 0; i < openEpochs.length; ++i) {
      hatch.open(Epoch.wrap(vm.parseUint(openEpochs[i])));
    }
    uint256 since = genesisTime + readUint("opening", _index, "hatchSinceEpoch") * epochDuration * slotDuration;
    harness.setEscapeHatch(uint96(since), address(hatch));
  }

  function readErrorSignature(uint256 _index) internal view returns (string memory) {
    return vm.parseJsonString(table, at("opening", _index, "error"));
  }

  /// @dev The revert data that a case expects, empty if it expects success. All arguments of these errors are words.
  function readError(uint256 _index) internal view returns (bytes memory encoded) {
    string memory signature = readErrorSignature(_index);
    if (bytes(signature).length == 0) return encoded;
    encoded = abi.encodePacked(bytes4(keccak256(bytes(signature))));
    string[] memory arguments = vm.parseJsonStringArray(table, at("opening", _index, "errorArguments"));
    for (uint256 i = 0; i < arguments.length; ++i) {
      encoded = bytes.concat(encoded, bytes32(vm.parseUint(arguments[i])));
    }
  }

  function terms(uint256 _windowSeconds, bool _crossEpoch) internal pure returns (LateSubmissionTerms memory) {
    return
      LateSubmissionTerms({
        firstBps: 1000,
        submitterBps: 5000,
        burnBps: 2500,
        windowSeconds: uint32(_windowSeconds),
        crossEpoch: _crossEpoch
      });
  }
}
