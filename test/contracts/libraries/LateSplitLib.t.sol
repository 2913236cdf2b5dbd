// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {stdError} from "forge-std/StdError.sol";
import {LateSplitLib__Harness} from "../../../contracts/test/unit/LateSplitLib__Harness.sol";
import {BoundaryCases} from "../../support/solidity/BoundaryCases.sol";

contract LateSplitLibTest is BoundaryCases {
  uint256 internal constant MAX_SHARE = type(uint256).max / 10_000;

  LateSplitLib__Harness internal harness;

  function setUp() public override {
    super.setUp();
    harness = new LateSplitLib__Harness();
  }

  function test_isValid_matchesTheTable() public view {
    uint256 count = countCases("shares");
    for (uint256 i = 0; i < count; ++i) {
      assertEq(
        harness.isValid(readUint("shares", i, "submitterBps"), readUint("shares", i, "burnBps")),
        readBool("shares", i, "isValid"),
        readName("shares", i)
      );
    }
  }

  function test_splitDown_matchesTheTable() public view {
    uint256 count = countCases("split");
    for (uint256 i = 0; i < count; ++i) {
      (uint256 cut, uint256 forfeit) = harness.splitDown(
        readUint("split", i, "share"),
        readUint("split", i, "submitterBps"),
        readUint("split", i, "burnBps"),
        readBool("split", i, "isCredited")
      );
      assertEq(cut, readUint("split", i, "cut"), string.concat("cut: ", readName("split", i)));
      assertEq(forfeit, readUint("split", i, "forfeit"), string.concat("forfeit: ", readName("split", i)));
    }
  }

  function test_splitDown_revertsBeyondTheLargestShare() public {
    vm.expectRevert(stdError.arithmeticError);
    harness.splitDown(MAX_SHARE + 1, 10_000, 0, true);
  }

  function testFuzz_isValid_matchesTheSum(uint256 _submitterBps, uint256 _burnBps) public view {
    uint256 submitterBps = _submitterBps;
    uint256 burnBps = _burnBps;
    // Three in four at the border, where random numbers hardly ever are: sums of 9,999 to 10,001.
    if (_burnBps % 4 != 0) {
      uint256 sum = 9_998 + (_burnBps % 4);
      submitterBps = bound(_submitterBps, 0, sum);
      burnBps = sum - submitterBps;
    }
    bool expected = submitterBps <= 10_000 && burnBps <= 10_000 && submitterBps + burnBps <= 10_000;
    assertEq(harness.isValid(submitterBps, burnBps), expected, "shares fit if and only if their sum does");
  }

  function testFuzz_splitDown_conservesAndRoundsDown(
    uint256 _share,
    uint256 _submitterBps,
    uint256 _burnBps,
    bool _isCredited
  ) public view {
    uint256 share = bound(_share, 0, MAX_SHARE);
    uint256 submitterBps = bound(_submitterBps, 0, 10_000);
    uint256 burnBps = bound(_burnBps, 0, 10_000 - submitterBps);
    (uint256 cut, uint256 forfeit) = harness.splitDown(share, submitterBps, burnBps, _isCredited);

    assertLe(cut + forfeit, share, "the parts never exceed the share");
    uint256 keep = share - cut - forfeit;
    uint256 keepExact = share * (10_000 - submitterBps - burnBps);
    assertGe(keep * 10_000, keepExact, "the coinbase keeps its part or more");
    assertLt(keep * 10_000, keepExact + 20_000, "the coinbase gains less than one unit for each rounded cut");
    if (_isCredited) {
      assertLe(cut * 10_000, share * submitterBps, "the cut rounds down");
      assertLt(share * submitterBps, cut * 10_000 + 10_000, "the cut is rounded by less than one unit");
      assertLe(forfeit * 10_000, share * burnBps, "the forfeit rounds down");
      assertLt(share * burnBps, forfeit * 10_000 + 10_000, "the forfeit is rounded by less than one unit");
    } else {
      (uint256 creditedCut, uint256 creditedForfeit) = harness.splitDown(share, submitterBps, burnBps, true);
      assertEq(cut, 0, "nobody is credited");
      assertEq(forfeit, creditedCut + creditedForfeit, "what nobody gets is forfeited, to the last unit");
    }
  }

  function test_resolve_risesFromTheFirstShareByRoundedSteps() public view {
    // 10 % rising to 50 % within 24 seconds: 16.66 basis points a second.
    uint256[5] memory delays = [uint256(0), 1, 12, 13, 23];
    uint256[5] memory cuts = [uint256(1000), 1166, 3000, 3166, 4833];
    for (uint256 i = 0; i < delays.length; ++i) {
      (uint256 cutBps, uint256 restBps) = harness.resolve(1000, 5000, 2500, delays[i], 24);
      assertEq(cutBps, cuts[i], "the submitter's part");
      assertEq(restBps, 7500 - cuts[i], "the rest is burned");
    }
  }

  function testFuzz_resolve_isAFixedSumThatRises(
    uint256 _firstBps,
    uint256 _submitterBps,
    uint256 _burnBps,
    uint256 _delay,
    uint256 _windowSeconds
  ) public view {
    uint256 submitterBps = bound(_submitterBps, 0, 10_000);
    uint256 firstBps = bound(_firstBps, 0, submitterBps);
    uint256 burnBps = bound(_burnBps, 0, 10_000 - submitterBps);
    uint256 windowSeconds = bound(_windowSeconds, 1, type(uint32).max);
    uint256 delay = bound(_delay, 0, windowSeconds - 1);
    (uint256 cutBps, uint256 restBps) = harness.resolve(firstBps, submitterBps, burnBps, delay, windowSeconds);
    assertEq(cutBps + restBps, submitterBps + burnBps, "what is forfeited does not depend on the delay");
    assertGe(cutBps, firstBps, "never below the first share");
    assertLe(cutBps, submitterBps, "never above the last share");
    assertGe(restBps, burnBps, "never less burned than in every case");
    if (delay > 0) {
      (uint256 earlier, ) = harness.resolve(firstBps, submitterBps, burnBps, delay - 1, windowSeconds);
      assertLe(earlier, cutBps, "a second later is never worth less");
    }
    if (firstBps == submitterBps) assertEq(cutBps, firstBps, "equal shares are a flat split");
  }
}
