// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {IFeeJuicePortal} from "@aztec/core/interfaces/IFeeJuicePortal.sol";
import {SubmitEpochRootProofArgs} from "@aztec/core/interfaces/IRollup.sol";
import {FeeHeader} from "@aztec/core/libraries/compressed-data/fees/FeeStructs.sol";
import {Bps, RewardConfig, RewardLib} from "@aztec/core/libraries/rollup/RewardLib.sol";
import {IRewardDistributor} from "@aztec/governance/interfaces/IRewardDistributor.sol";
import {TestERC20} from "@aztec/mock/TestERC20.sol";
import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {IERC20} from "@oz/token/ERC20/IERC20.sol";
import {ILateSubmission, LateSubmissionTerms} from "../../../contracts/interfaces/ILateSubmission.sol";
import {Settlement} from "../../../contracts/libraries/LateRewardLib.sol";
import {Booster__MockForLateReward} from "../../../contracts/test/unit/Booster__MockForLateReward.sol";
import {FeeAssetPortal__MockForLateReward} from "../../../contracts/test/unit/FeeAssetPortal__MockForLateReward.sol";
import {LateRewardLib__Harness} from "../../../contracts/test/unit/LateRewardLib__Harness.sol";
import {
  IClaimable,
  OddBooster__MockForLateReward
} from "../../../contracts/test/unit/OddBooster__MockForLateReward.sol";
// A path cannot be broken.
// solhint-disable-next-line max-line-length
import {RewardDistributor__MockForLateReward} from "../../../contracts/test/unit/RewardDistributor__MockForLateReward.sol";
import {LateMarksLib} from "../../support/solidity/LateMarksLib.sol";
import {LateRewardModel} from "../../support/solidity/LateRewardModel.sol";

/**
 * Each test proves checkpoints of epoch 3 (slots 24 to 31), whose first checkpoint has number 10, through upstream's
 * own `RewardLib`, with the settlement around it.
 */
contract LateRewardLibTest is Test {
  uint256 internal constant GENESIS = 1_000_000;
  uint256 internal constant SLOT_DURATION = 36;
  uint256 internal constant EPOCH_DURATION = 8;
  uint256 internal constant EPOCH = 3;
  uint256 internal constant FIRST_SLOT = EPOCH * EPOCH_DURATION;
  uint256 internal constant START = 10;
  uint96 internal constant REWARD = 500e18;
  uint32 internal constant SEQUENCER_BPS = 7000;
  uint256 internal constant EACH = 350e18;
  uint256 internal constant MANA = 1_000_000;

  address internal immutable COINBASE = makeAddr("coinbase");
  address internal immutable OTHER = makeAddr("other coinbase");
  address internal immutable SUBMITTER = makeAddr("submitter");

  LateRewardLib__Harness internal harness;
  RewardDistributor__MockForLateReward internal distributor;
  TestERC20 internal asset;
  address[] internal coinbases;
  uint256[] internal fees;
  uint160 internal proofs;
  uint256 internal paidOut;
  uint256 internal feesIn;

  function setUp() public {
    asset = new TestERC20("fee asset", "FEE", address(this));
    distributor = new RewardDistributor__MockForLateReward(asset);
    FeeAssetPortal__MockForLateReward portal = new FeeAssetPortal__MockForLateReward(asset);
    asset.addMinter(address(portal));

    harness = new LateRewardLib__Harness();
    harness.initializeTime(GENESIS, SLOT_DURATION, EPOCH_DURATION, 1);
    harness.initializeRewards(asset, IFeeJuicePortal(address(portal)), config(REWARD));
    harness.setTerms(terms(5000, 2500));
    distributor.setCanonicalRollup(address(harness));
    asset.mint(address(distributor), 1_000_000e18);
    harness.setTips(START - 1, START - 1);
    harness.setCheckpointSlot(START - 1, Slot.wrap(FIRST_SLOT - 3));
  }

  // --- hasLateSlots --------------------------------------------------------------------------------------------------

  function test_hasLateSlots_looksAtTheEpochOfTheEnd() public {
    append(0, COINBASE);
    assertFalse(harness.hasLateSlots(START), "nothing was late");
    appendLate(1, COINBASE, SUBMITTER);
    assertTrue(harness.hasLateSlots(START), "another slot of the epoch was late");
    assertTrue(harness.hasLateSlots(START + 1), "this slot was late");
    assertFalse(harness.hasLateSlots(START - 1), "the epoch before has no late slots");
  }

  function test_hasLateSlots_answersForAnyNumber() public {
    appendLate(0, COINBASE, SUBMITTER);
    assertFalse(harness.hasLateSlots(START + 1), "a checkpoint beyond the tip");
    assertFalse(harness.hasLateSlots(type(uint256).max), "the largest number");
  }

  function test_hasLateSlots_readsOneWordOfItsOwn() public {
    append(0, COINBASE);
    vm.record();
    harness.hasLateSlots(START);
    (bytes32[] memory reads, ) = vm.accesses(address(harness));
    bytes32 stf = keccak256("aztec.stf.storage");
    uint256 log = uint256(keccak256(abi.encode(START % 17, uint256(stf) + 2)));
    bytes32 mark = LateMarksLib.position(EPOCH);
    uint256 own;
    for (uint256 i = 0; i < reads.length; ++i) {
      if (reads[i] == mark) ++own;
      else if (reads[i] != stf && reads[i] != keccak256("aztec.time.storage")) {
        assertTrue(uint256(reads[i]) >= log && uint256(reads[i]) < log + 7, "upstream reads the other words anyway");
      }
    }
    assertEq(own, 1, "the epoch's marks, once");
  }

  // --- prepare -------------------------------------------------------------------------------------------------------

  function test_prepare_readsWhatUpstreamOverwrites() public {
    append(0, COINBASE);
    appendLate(1, COINBASE, SUBMITTER);
    append(2, COINBASE);
    prove(1);
    Settlement memory found = harness.prepare(START, START + 2, proofOf(3).fees);
    assertEq(found.start, START, "start");
    assertEq(found.provenLength, 1, "one proven before");
    assertEq(found.newLength, 3, "three checkpoints");
    assertEq(found.firstSlot, FIRST_SLOT, "the epoch's first slot");
    assertEq(found.marks, 2, "its second slot is late");
    assertEq(found.rewardsBefore.length, 3, "a place for each checkpoint");
    assertEq(found.rewardsBefore[0], 0, "not asked of what was proven before");
    assertEq(found.rewardsBefore[1], EACH, "what the late one's coinbase has");
    assertEq(found.rewardsBefore[2], 0, "not asked of what is on time");
  }

  function test_prepare_readsNothingIfNothingIsAdded() public {
    append(0, COINBASE);
    appendLate(1, COINBASE, SUBMITTER);
    proveUpstream(2);
    assertEq(harness.prepare(START, START + 1, proofOf(2).fees).marks, 0, "a proof of the same length");
    assertEq(harness.prepare(START, START, proofOf(1).fees).marks, 0, "a shorter one");
  }

  function test_prepare_asksNobody() public {
    appendLate(0, COINBASE, SUBMITTER);
    distributor.setBroken();
    vm.expectCall(address(asset), abi.encodeWithSelector(IERC20.balanceOf.selector), 0);
    harness.prepare(START, START, proofOf(1).fees);
  }

  function test_prepare_answersForAnyRange() public {
    appendLate(0, COINBASE, SUBMITTER);
    uint256[4] memory numbers = [0, START + 1, START + 17, type(uint256).max];
    for (uint256 i = 0; i < numbers.length; ++i) {
      for (uint256 length = 0; length < 4; ++length) {
        // Upstream refuses such a proof and names the fault; here nothing may revert before it does.
        harness.prepare(numbers[i], START, new bytes32[](length));
        harness.prepare(START, numbers[i], new bytes32[](length));
      }
    }
  }

  // --- settle --------------------------------------------------------------------------------------------------------

  function test_settle_splitsTheReward() public {
    appendLate(0, COINBASE, SUBMITTER);
    expectSettled(0, SUBMITTER, COINBASE, EACH, EACH / 2, EACH / 4);
    prove(1);
    assertRewards(COINBASE, EACH / 4, "the coinbase keeps the rest");
    assertRewards(SUBMITTER, EACH / 2, "the submitter's cut");
    assertBurned(EACH / 4, "the forfeited part");
    assertTrue(harness.getRecord(slotAt(0)).isSettled, "the record is settled");
  }

  function test_settle_leavesOnTimeCheckpointsAlone() public {
    appendLate(0, COINBASE, SUBMITTER);
    append(1, OTHER);
    append(2, COINBASE);
    prove(3);
    assertRewards(OTHER, EACH, "an on-time checkpoint keeps its reward");
    assertRewards(COINBASE, EACH / 4 + EACH, "one late and one on time");
    assertRewards(SUBMITTER, EACH / 2, "one cut");
  }

  function test_settle_splitsTheFeeToo() public {
    enableTransactions();
    // 3 to burn and 2 for the prover, each per mana.
    appendWithFee(0, COINBASE, 10 * MANA, feeHeader(3, 2));
    recordLate(0, SUBMITTER);
    uint256 share = EACH + 5 * MANA;
    expectSettled(0, SUBMITTER, COINBASE, share, share / 2, share / 4);
    prove(1);
    assertRewards(COINBASE, share - share / 2 - share / 4, "the coinbase's part of reward and fee");
    assertBurned(3 * MANA + share / 4, "congestion burn and forfeited part");
  }

  function test_settle_leavesTheProverWhatUpstreamGivesIt() public {
    enableTransactions();
    // The fee does not cover the prover: it gets the rest after the burn, the sequencer gets no fee.
    appendWithFee(0, COINBASE, 4 * MANA, feeHeader(3, 2));
    recordLate(0, SUBMITTER);
    prove(1);
    assertEq(harness.getProverRewards(Epoch.wrap(EPOCH)), 150e18 + MANA, "the provers' rewards are upstream's");
    assertRewards(SUBMITTER, EACH / 2, "no fee is left to split");
  }

  function test_settle_ignoresFeesWithoutTransactions() public {
    appendWithFee(0, COINBASE, 0, feeHeader(3, 2));
    recordLate(0, SUBMITTER);
    prove(1);
    assertRewards(SUBMITTER, EACH / 2, "the reward is split without looking at the fee header");
  }

  function test_settle_paysSeveralLateSlotsOfOneCoinbase() public {
    appendLate(0, COINBASE, SUBMITTER);
    appendLate(3, COINBASE, SUBMITTER);
    appendLate(7, COINBASE, OTHER);
    vm.expectCall(address(asset), abi.encodeCall(IERC20.transfer, (RewardLib.BURN_ADDRESS, (3 * EACH) / 4)), 1);
    prove(3);
    assertRewards(COINBASE, (3 * EACH) / 4, "a quarter of each");
    assertRewards(SUBMITTER, EACH, "two cuts");
    assertRewards(OTHER, EACH / 2, "one cut");
    assertBurned((3 * EACH) / 4, "all forfeits in one transfer");
  }

  function test_settle_paysACoinbaseThatRescuedItself() public {
    appendLate(0, COINBASE, COINBASE);
    prove(1);
    assertRewards(COINBASE, (3 * EACH) / 4, "it loses the forfeited part only");
    assertBurned(EACH / 4, "the forfeited part");
  }

  function test_settle_forfeitsTheCutIfNobodyIsCredited() public {
    appendLate(0, COINBASE, address(0));
    expectSettled(0, address(0), COINBASE, EACH, 0, (3 * EACH) / 4);
    prove(1);
    assertRewards(COINBASE, EACH / 4, "the coinbase keeps no more than otherwise");
    assertRewards(address(0), 0, "the zero address is never credited");
    assertBurned((3 * EACH) / 4, "cut and forfeit");
  }

  function test_settle_usesTheTermsOfTheRecord() public {
    appendLate(0, COINBASE, SUBMITTER);
    harness.setTerms(terms(0, 10_000));
    prove(1);
    assertRewards(SUBMITTER, EACH / 2, "the split that the submission was accepted under");
  }

  function test_settle_movesNothingIfThereIsNoReward() public {
    harness.initializeRewards(asset, IFeeJuicePortal(address(0)), config(0));
    appendLate(0, COINBASE, SUBMITTER);
    vm.expectCall(address(asset), abi.encodeWithSelector(IERC20.transfer.selector), 0);
    expectSettled(0, SUBMITTER, COINBASE, 0, 0, 0);
    prove(1);
    assertTrue(harness.getRecord(slotAt(0)).isSettled, "it is settled all the same");
    assertBurned(0, "and no transfer of nothing");
  }

  function test_settle_movesNothingForANonCanonicalRollup() public {
    distributor.setCanonicalRollup(address(this));
    appendLate(0, COINBASE, SUBMITTER);
    prove(1);
    assertRewards(COINBASE, 0, "upstream has credited nothing");
    assertBurned(0, "so nothing is forfeited");
  }

  function test_settle_movesNothingIfTheDistributorIsEmpty() public {
    leaveInDistributor(0);
    appendLate(0, COINBASE, SUBMITTER);
    prove(1);
    assertRewards(SUBMITTER, 0, "nothing to share");
    assertTrue(harness.getRecord(slotAt(0)).isSettled, "it is settled all the same");
  }

  function test_settle_sharesWhatTheDistributorHad() public {
    leaveInDistributor(100);
    appendLate(0, COINBASE, SUBMITTER);
    append(1, OTHER);
    append(2, OTHER);
    prove(3);
    // 70 of the 100 units go to sequencers, 23 for each of the three checkpoints.
    assertRewards(SUBMITTER, 11, "half of 23, rounded down");
    assertRewards(COINBASE, 7, "the rest after 11 and 5");
    assertRewards(OTHER, 46, "on-time checkpoints are not touched");
  }

  function test_settle_survivesADistributorThatGrows() public {
    // Without a checkpoint reward upstream never looks at the distributor: it may be the rollup, which gets the fees.
    enableTransactions();
    FeeAssetPortal__MockForLateReward portal = new FeeAssetPortal__MockForLateReward(asset);
    asset.addMinter(address(portal));
    RewardConfig memory own = config(0);
    own.rewardDistributor = IRewardDistributor(address(harness));
    harness.initializeRewards(asset, IFeeJuicePortal(address(portal)), own);
    appendWithFee(0, COINBASE, 10 * MANA, feeHeader(3, 2));
    recordLate(0, SUBMITTER);
    prove(1);
    assertRewards(SUBMITTER, (5 * MANA) / 2, "half of the fee");
    assertRewards(COINBASE, (5 * MANA) / 4, "a quarter of the fee");
  }

  function test_settle_neverSharesMoreThanWasCredited() public {
    // A distributor that hands out more than it was asked for: upstream credits what it asked for.
    distributor.setExtra(77e18);
    appendLate(0, COINBASE, SUBMITTER);
    expectSettled(0, SUBMITTER, COINBASE, EACH, EACH / 2, EACH / 4);
    prove(1);
    assertRewards(COINBASE, EACH / 4, "what the coinbase keeps of what it was credited");
  }

  function test_settle_paysTheRescuerOfADistributorThatPaysFromElsewhere() public {
    // Upstream credits what it has asked for, and never looks where it came from.
    asset.addMinter(address(distributor));
    distributor.setRefill(true);
    appendLate(0, COINBASE, SUBMITTER);
    append(1, COINBASE);
    prove(2);
    assertRewards(SUBMITTER, EACH / 2, "the rescuer's cut");
    assertRewards(COINBASE, EACH + EACH / 4, "the rest");
  }

  function test_settle_survivesADistributorThatDoesNotPay() public {
    // Upstream credits what it has asked for, and never looks whether it came.
    distributor.setMiserly();
    appendLate(0, COINBASE, SUBMITTER);
    prove(1);
    assertRewards(SUBMITTER, EACH / 2, "credited, if not covered");
    assertRewards(COINBASE, EACH / 4, "as the coinbase's");
    assertBurned(0, "nothing has come that could be burned");
  }

  function test_settle_survivesABoosterThatDrainsTheDistributor() public {
    distributor.setCanonicalRollup(address(this));
    installOddBooster().setDrained(distributor);
    appendLate(0, COINBASE, SUBMITTER);
    append(1, OTHER);
    prove(2);
    assertEq(asset.balanceOf(address(distributor)), 0, "it did");
    assertRewards(COINBASE, 0, "upstream has credited nothing");
    assertRewards(SUBMITTER, 0, "so nothing is shared");
    assertTrue(harness.getRecord(slotAt(0)).isSettled, "the proof stands");
  }

  function test_settle_survivesABoosterThatClaimsForTheCoinbase() public {
    append(0, COINBASE);
    appendLate(1, COINBASE, SUBMITTER);
    appendLate(2, COINBASE, SUBMITTER);
    prove(1);
    installOddBooster().setClaimed(IClaimable(address(harness)), COINBASE);
    prove(3);
    assertEq(asset.balanceOf(COINBASE), EACH, "what it had before the proof was claimed within it");
    assertGt(harness.getSequencerRewards(SUBMITTER), 0, "the rescuer gets something all the same");
    uint256 left = harness.getSequencerRewards(COINBASE) + harness.getSequencerRewards(SUBMITTER);
    assertEq(left + asset.balanceOf(RewardLib.BURN_ADDRESS), 2 * EACH, "nothing is lost");
  }

  function test_settle_leavesTheCoinbaseWhatItHad() public {
    // Much from before, nothing from this proof.
    append(0, COINBASE);
    appendLate(1, COINBASE, SUBMITTER);
    prove(1);
    leaveInDistributor(0);
    prove(2);
    assertRewards(COINBASE, EACH, "what it had before the proof");
    assertRewards(SUBMITTER, 0, "there was nothing to share");
  }

  function test_settle_keepsTheDustWithTheCoinbase() public {
    leaveInDistributor(5);
    appendLate(0, COINBASE, SUBMITTER);
    prove(1);
    // 3 of the 5 units go to the sequencer: 1 to the submitter, none forfeited.
    assertRewards(COINBASE, 2, "the rounding dust stays");
    assertRewards(SUBMITTER, 1, "its cut is rounded down");
    assertBurned(0, "the forfeit is rounded down");
  }

  function test_settle_burnsTheSmallestForfeit() public {
    leaveInDistributor(6);
    appendLate(0, COINBASE, SUBMITTER);
    prove(1);
    assertRewards(COINBASE, 1, "a quarter of four units");
    assertBurned(1, "a quarter of four units, too");
  }

  function test_settle_readsTheCoinbaseAsUpstreamDoes() public {
    appendLate(0, COINBASE, SUBMITTER);
    SubmitEpochRootProofArgs memory args = proofOf(1);
    args.fees[0] |= bytes32(uint256(1) << 200);
    harness.submit(args);
    assertRewards(COINBASE, EACH / 4, "the bits above an address do not count");
  }

  // --- settle: what it leaves alone ----------------------------------------------------------------------------------

  function test_settle_ignoresAMarkWhoseCheckpointWasReplaced() public {
    appendLate(0, COINBASE, SUBMITTER);
    pruneTo(START - 1);
    append(1, OTHER);
    prove(1);
    assertRewards(OTHER, EACH, "the replacement is not late");
    assertRewards(SUBMITTER, 0, "the replaced submission earns nothing");
    assertBurned(0, "nothing is forfeited");
  }

  function test_settle_ignoresAMarkWhoseCheckpointIsGone() public {
    append(0, OTHER);
    appendLate(1, COINBASE, SUBMITTER);
    pruneTo(START);
    prove(1);
    assertRewards(OTHER, EACH, "the remaining checkpoint is not late");
    assertRewards(SUBMITTER, 0, "the pruned submission earns nothing");
  }

  function test_settle_paysASlotThatLandedLateTwiceOnce() public {
    append(0, OTHER);
    appendLate(1, COINBASE, SUBMITTER);
    pruneTo(START);
    appendLate(1, COINBASE, OTHER);
    prove(2);
    assertRewards(SUBMITTER, 0, "the first landing left the chain");
    assertRewards(OTHER, EACH + EACH / 2, "the second landing counts");
    assertRewards(COINBASE, EACH / 4, "one split");
  }

  function test_settle_ignoresARecordOfAnotherSlot() public {
    appendLate(0, COINBASE, SUBMITTER);
    harness.setRecordSlot(slotAt(0), uint32(FIRST_SLOT + 8 * EPOCH_DURATION));
    prove(1);
    assertRewards(COINBASE, EACH, "the record in this place is not this slot's");
  }

  function test_settle_happensOnce() public {
    appendLate(0, COINBASE, SUBMITTER);
    SubmitEpochRootProofArgs memory args = proofOf(1);
    Settlement memory settlement = harness.prepare(START, START, args.fees);
    harness.submit(args);
    // The same settlement again: as if the proof had been accepted a second time.
    harness.settle(args.fees, settlement);
    assertRewards(COINBASE, EACH / 4, "a settled record is left alone");
    assertRewards(SUBMITTER, EACH / 2, "the cut is paid once");
    assertBurned(EACH / 4, "the forfeit is burned once");
  }

  function test_settle_ignoresAProofThatAddsNothing() public {
    append(0, OTHER);
    appendLate(1, COINBASE, SUBMITTER);
    proveUpstream(2);
    prove(2);
    prove(1);
    assertRewards(COINBASE, EACH, "a proof of equal or smaller length credits nothing, so nothing is split");
    assertFalse(harness.getRecord(slotAt(1)).isSettled, "and nothing is settled");
  }

  function test_settle_ignoresWhatWasProvenBefore() public {
    appendLate(0, COINBASE, SUBMITTER);
    append(1, OTHER);
    proveUpstream(1);
    prove(2);
    assertRewards(COINBASE, EACH, "this checkpoint was credited by an earlier proof");
    assertRewards(OTHER, EACH, "only this one is new");
    assertRewards(SUBMITTER, 0, "the late one is not newly proven");
  }

  function test_settle_waitsForTheProofThatCoversTheSlot() public {
    append(0, OTHER);
    appendLate(1, COINBASE, SUBMITTER);
    appendLate(2, COINBASE, SUBMITTER);
    prove(1);
    assertFalse(harness.getRecord(slotAt(1)).isSettled, "not proven yet");
    prove(2);
    assertTrue(harness.getRecord(slotAt(1)).isSettled, "the last checkpoint of the proof");
    assertFalse(harness.getRecord(slotAt(2)).isSettled, "the first one beyond it");
    assertRewards(SUBMITTER, EACH / 2, "one cut so far");
    prove(3);
    assertRewards(SUBMITTER, EACH, "both cuts in the end");
  }

  function test_settle_leavesOtherEpochsAlone() public {
    appendLate(0, OTHER, SUBMITTER);
    // A late slot of the next epoch, at the same position within it.
    recordAt(FIRST_SLOT + EPOCH_DURATION, START + 1, SUBMITTER);
    prove(1);
    assertRewards(OTHER, EACH / 4, "this epoch's late slot is split");
    assertFalse(
      harness.getRecord(Slot.wrap(FIRST_SLOT + EPOCH_DURATION)).isSettled,
      "the next epoch's waits for its own proof"
    );
  }

  // --- fuzz against the plain model ----------------------------------------------------------------------------------

  function testFuzz_settlement_matchesTheModel(uint256 _seed) public {
    LateRewardModel model = new LateRewardModel();
    bool hasTxs = draw(_seed, "transactions", 3) != 0;
    if (hasTxs) enableTransactions();
    uint256 count = fillEpoch(model, _seed, hasTxs);

    uint256 length;
    for (uint256 proof = 0; length < count; ++proof) {
      bytes32 salt = keccak256(abi.encode("proof", proof));
      length = 1 + draw(_seed, salt, count);
      if (proof == 4) length = count;
      uint96 reward = uint96(draw(_seed, keccak256(abi.encode(salt, 1)), 3) * 1e18 + draw(_seed, salt, 1e18));
      bool isCanonical = draw(_seed, keccak256(abi.encode(salt, 2)), 6) != 0;
      configure(reward, isCanonical);
      // Plenty, too little, or nothing at all.
      uint256 funds = [uint256(1_000_000e18), reward * 2 + 12_345, 0][draw(_seed, keccak256(abi.encode(salt, 3)), 3)];
      leaveInDistributor(funds);
      model.prove(length, reward, SEQUENCER_BPS, isCanonical ? funds : 0, hasTxs);
      uint256 supply = asset.totalSupply();
      prove(length);
      paidOut += funds - asset.balanceOf(address(distributor));
      feesIn += asset.totalSupply() - supply;
      assertMatches(model);
    }
  }

  /// @dev Fills the epoch with up to eight checkpoints; about half of them late, and some slots late but replaced.
  function fillEpoch(LateRewardModel _model, uint256 _seed, bool _hasTxs) internal returns (uint256 count) {
    for (uint256 i = 0; i < EPOCH_DURATION; ++i) {
      bytes32 salt = keccak256(abi.encode("slot", i));
      uint256 kind = draw(_seed, salt, 8);
      if (kind == 0 && i + 1 < EPOCH_DURATION) continue;
      if (kind == 1 && i + 1 < EPOCH_DURATION) {
        // Landed late, then pruned: the mark and the record stay behind, the number goes to the next slot.
        recordAt(FIRST_SLOT + i, START + count, SUBMITTER);
        pruneTo(START + count - 1);
        continue;
      }
      LateRewardModel.Checkpoint memory checkpoint = drawCheckpoint(_seed, salt, _hasTxs);
      if (checkpoint.isLate) {
        harness.setTerms(terms(uint16(checkpoint.submitterBps), uint16(checkpoint.burnBps)));
      }
      FeeHeader memory header = feeHeader(checkpoint.congestionCost, checkpoint.proverCost);
      header.manaUsed = checkpoint.manaUsed;
      appendWithFee(i, checkpoint.coinbase, checkpoint.fee, header);
      if (checkpoint.isLate) recordLate(i, checkpoint.submitter);
      _model.add(checkpoint);
      ++count;
    }
  }

  function drawCheckpoint(
    uint256 _seed,
    bytes32 _salt,
    bool _hasTxs
  ) internal view returns (LateRewardModel.Checkpoint memory checkpoint) {
    // Few addresses, so that coinbases, submitters and both at once meet.
    address[4] memory people = [COINBASE, OTHER, SUBMITTER, address(0)];
    checkpoint.coinbase = people[draw(_seed, keccak256(abi.encode(_salt, "coinbase")), 3)];
    checkpoint.submitter = people[draw(_seed, keccak256(abi.encode(_salt, "submitter")), 4)];
    checkpoint.isLate = draw(_seed, keccak256(abi.encode(_salt, "late")), 2) == 0;
    checkpoint.submitterBps = draw(_seed, keccak256(abi.encode(_salt, "cut")), 10_001);
    checkpoint.burnBps = draw(_seed, keccak256(abi.encode(_salt, "burn")), 10_001 - checkpoint.submitterBps);
    checkpoint.manaUsed = draw(_seed, keccak256(abi.encode(_salt, "mana")), MANA);
    checkpoint.congestionCost = draw(_seed, keccak256(abi.encode(_salt, "congestion")), 1e12);
    checkpoint.proverCost = draw(_seed, keccak256(abi.encode(_salt, "prover")), 1e12);
    // At least the burn, as the rollup's circuits guarantee; sometimes less than the prover would like.
    if (_hasTxs) {
      checkpoint.fee =
        checkpoint.congestionCost * checkpoint.manaUsed +
        draw(_seed, keccak256(abi.encode(_salt, "fee")), 2e18);
    }
  }

  function assertMatches(LateRewardModel _model) internal view {
    address[4] memory people = [COINBASE, OTHER, SUBMITTER, address(0)];
    uint256 credited;
    for (uint256 i = 0; i < people.length; ++i) {
      uint256 found = harness.getSequencerRewards(people[i]);
      assertEq(found, _model.rewards(people[i]), "the rewards of a coinbase or submitter");
      credited += found;
    }
    uint256 toProvers = harness.getProverRewards(Epoch.wrap(EPOCH));
    uint256 burned = asset.balanceOf(RewardLib.BURN_ADDRESS);
    assertEq(toProvers, _model.toProvers(), "the provers' rewards are untouched by the split");
    assertEq(burned, _model.burned(), "congestion burn and forfeits");
    assertEq(paidOut, _model.fromDistributor(), "what the distributor paid");
    assertEq(feesIn, _model.fees(), "the fees that came in");
    assertEq(paidOut + feesIn, credited + toProvers + burned, "nothing is created or lost");
    assertEq(asset.balanceOf(address(harness)), credited + toProvers, "the rollup can pay what it owes");
  }

  // --- helpers -------------------------------------------------------------------------------------------------------

  function append(uint256 _index, address _coinbase) internal {
    FeeHeader memory header;
    appendWithFee(_index, _coinbase, 0, header);
  }

  function appendLate(uint256 _index, address _coinbase, address _submitter) internal {
    append(_index, _coinbase);
    recordLate(_index, _submitter);
  }

  /// @dev Appends the next checkpoint at the slot with this index in the epoch.
  function appendWithFee(uint256 _index, address _coinbase, uint256 _fee, FeeHeader memory _header) internal {
    uint256 number = START + coinbases.length;
    harness.setCheckpoint(number, slotAt(_index), _header);
    harness.setTips(number, START - 1);
    coinbases.push(_coinbase);
    fees.push(_fee);
  }

  /// @dev Records the newest checkpoint, at the slot with this index, as late.
  function recordLate(uint256 _index, address _submitter) internal {
    vm.warp(GENESIS + (FIRST_SLOT + _index + 1) * SLOT_DURATION);
    harness.record(slotAt(_index), START + coinbases.length - 1, _submitter);
  }

  function recordAt(uint256 _slot, uint256 _number, address _submitter) internal {
    vm.warp(GENESIS + (_slot + 1) * SLOT_DURATION);
    harness.record(Slot.wrap(_slot), _number, _submitter);
    harness.setCheckpointSlot(_number, Slot.wrap(_slot));
    harness.setTips(_number, START - 1);
  }

  function pruneTo(uint256 _tip) internal {
    harness.setTips(_tip, START - 1);
    while (coinbases.length > _tip + 1 - START) {
      coinbases.pop();
      fees.pop();
    }
  }

  /// @dev Submits a proof of the first checkpoints of the epoch, each time as another prover.
  function prove(uint256 _length) internal {
    harness.submit(proofOf(_length));
  }

  /// @dev The same without the settlement around it.
  function proveUpstream(uint256 _length) internal {
    harness.submitUpstream(proofOf(_length));
  }

  function proofOf(uint256 _length) internal returns (SubmitEpochRootProofArgs memory args) {
    args.start = START;
    args.end = START + _length - 1;
    args.args.proverId = address(++proofs);
    args.fees = new bytes32[](2 * EPOCH_DURATION);
    for (uint256 i = 0; i < _length; ++i) {
      args.fees[2 * i] = bytes32(uint256(uint160(coinbases[i])));
      args.fees[2 * i + 1] = bytes32(fees[i]);
    }
  }

  function installOddBooster() internal returns (OddBooster__MockForLateReward booster) {
    booster = new OddBooster__MockForLateReward();
    RewardConfig memory odd = config(REWARD);
    odd.booster = booster;
    harness.setConfig(odd);
  }

  function enableTransactions() internal {
    harness.setManaTarget(MANA);
  }

  function configure(uint96 _reward, bool _isCanonical) internal {
    address portal = address(new FeeAssetPortal__MockForLateReward(asset));
    asset.addMinter(portal);
    harness.initializeRewards(asset, IFeeJuicePortal(portal), config(_reward));
    distributor.setCanonicalRollup(_isCanonical ? address(harness) : address(this));
  }

  function leaveInDistributor(uint256 _amount) internal {
    deal(address(asset), address(distributor), _amount, true);
  }

  function expectSettled(
    uint256 _index,
    address _submitter,
    address _coinbase,
    uint256 _share,
    uint256 _cut,
    uint256 _forfeit
  ) internal {
    vm.expectEmit(address(harness));
    emit ILateSubmission.LateSubmissionSettled(slotAt(_index), _submitter, _coinbase, _share, _cut, _forfeit);
  }

  function assertRewards(address _who, uint256 _expected, string memory _message) internal view {
    assertEq(harness.getSequencerRewards(_who), _expected, _message);
  }

  function assertBurned(uint256 _expected, string memory _message) internal view {
    assertEq(asset.balanceOf(RewardLib.BURN_ADDRESS), _expected, _message);
  }

  function config(uint96 _reward) internal returns (RewardConfig memory) {
    return
      RewardConfig({
        rewardDistributor: distributor,
        sequencerBps: Bps.wrap(SEQUENCER_BPS),
        booster: new Booster__MockForLateReward(),
        checkpointReward: _reward
      });
  }

  function terms(uint16 _submitterBps, uint16 _burnBps) internal pure returns (LateSubmissionTerms memory) {
    return
      LateSubmissionTerms({
        firstBps: _submitterBps,
        submitterBps: _submitterBps,
        burnBps: _burnBps,
        windowSeconds: 24,
        crossEpoch: false
      });
  }

  function feeHeader(uint256 _congestionCost, uint256 _proverCost) internal pure returns (FeeHeader memory header) {
    header.manaUsed = MANA;
    header.congestionCost = _congestionCost;
    header.proverCost = _proverCost;
  }

  function slotAt(uint256 _index) internal pure returns (Slot) {
    return Slot.wrap(FIRST_SLOT + _index);
  }

  function draw(uint256 _seed, bytes32 _salt, uint256 _below) internal pure returns (uint256) {
    return uint256(keccak256(abi.encode(_seed, _salt))) % _below;
  }
}
