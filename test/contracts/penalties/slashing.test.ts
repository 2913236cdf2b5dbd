import { expect } from "chai";
import hardhat from "hardhat";
import {
  encodeFunctionData,
  parseEventLogs,
  zeroAddress,
  type Address,
  type LocalAccount,
  type TransactionReceipt,
} from "viem";

import { slashingVoteCall } from "../../../harness/consensus/bundledCalls.ts";
import { decodeRevert } from "../../../harness/l1/decodeRevert.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { getCommittee } from "../../../harness/network/committee.ts";
import { deployBuildAhead } from "../../../harness/network/deployBuildAhead.ts";
import { errorAbiOf } from "../../../harness/network/errorAbi.ts";
import { executePayload, registerRollup } from "../../../harness/network/governance.ts";
import { encodeSlashVotes } from "../../../harness/protocol/slashVotes.ts";
import { epochOfSlot, slotStart } from "../../../harness/protocol/time.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { SlasherFlavor } from "../../../harness/upstream/rollupConfig.ts";
import { penaltyAbi } from "../../support/penalties/penaltyAbi.ts";
import { AMOUNT_PER_WEIGHT, openedBatch, PenaltyNetwork, SlashPath } from "../../support/penalties/penaltyNetwork.ts";
import { rejection } from "../../support/rejection.ts";

/** Upstream's activation threshold, in staking token units. */
const STAKE = 100n * 10n ** 18n;

/** Upstream's slasher wraps the reason of the action that failed; this takes it out. */
async function slashFailure(promise: Promise<unknown>): Promise<L1RevertError> {
  const error = await rejection(promise, L1RevertError);
  expect(error.errorName).to.equal("Slasher__SlashFailed");
  return decodeRevert(await errorAbiOf(hardhat.artifacts)(), error.args[2] as `0x${string}`);
}

describe("Slashing for late landings", () => {
  it("happens when governance executes the payload, once", async () => {
    const penalties = await PenaltyNetwork.open(SlasherFlavor.tally, SlashPath.governance);
    const { slot, proposer } = await penalties.landAndProveOneLate(await penalties.nextEpochStart());
    const batch = openedBatch(await penalties.send(penalties.controller, "penalize", [slot]));
    expect(batch.attester, "the original proposer").to.equal(proposer);
    expect(batch.slots, "for its late slot").to.deep.equal([slot]);
    expect(batch.amount, "staking token units").to.equal(AMOUNT_PER_WEIGHT);
    expect(await penalties.strikesOf(proposer)).to.deep.equal({ late: 1n, missed: 0n, weight: 1n });
    expect(await penalties.stakeOf(proposer)).to.deep.equal({ effectiveBalance: STAKE, exit: 0n, status: 1 });

    const receipt = await executeProposal(penalties, batch.proposal);

    const [fallen] = parseEventLogs({ abi: penaltyAbi, logs: receipt.logs, eventName: "StakeFallen" });
    expect(fallen?.args.fallen, "staking token units").to.equal(AMOUNT_PER_WEIGHT);
    const slashed = { effectiveBalance: STAKE - AMOUNT_PER_WEIGHT, exit: 0n, status: 1 };
    expect(await penalties.stakeOf(proposer), "the stake has really fallen").to.deep.equal(slashed);
    expect(await penalties.isConsumed(slot), "the strike is spent").to.equal(true);

    // A second proposal with the same payload passes every vote and still cannot slash again.
    const again = await rejection(executeProposal(penalties, batch.proposal), L1RevertError);
    expect(again.errorName).to.equal("Governance__CallFailed");
    expect(await penalties.stakeOf(proposer), "not twice").to.deep.equal(slashed);
    // And the slash payload itself, proposed without the slasher in between, is turned away.
    const direct = await rejection(executeProposal(penalties, batch.slashPayload), L1RevertError);
    expect(direct.args, "the registry refuses governance itself").to.deep.equal([penalties.registry]);
  });

  it("happens when an empire round chose the payload, and not again when a second round did", async () => {
    const penalties = await PenaltyNetwork.open(SlasherFlavor.empire, SlashPath.empireRound);
    const { chain, rollup } = penalties.world;
    const { slot, proposer } = await penalties.landAndProveOneLate(await penalties.nextEpochStart());
    const batch = openedBatch(await penalties.send(penalties.controller, "penalize", [slot]));
    expect(batch.proposal, "the payload is signalled as it is").to.equal(zeroAddress);
    const empire = await readProposer(penalties);

    // A round is eight slots here, as is an epoch; five of them make a quorum.
    const first = await penalties.nextEpochStart();
    for (const start of [first, first + 8n]) {
      for (let signalled = start; signalled < start + 5n; signalled++) {
        const from = await proposerOf(penalties, start, signalled);
        await penalties.send(empire, "signal", [batch.slashPayload], {
          from,
          timestamp: slotStart(rollup.timing, signalled),
        });
      }
    }
    const after = { timestamp: slotStart(rollup.timing, first + 16n) };
    await penalties.send(empire, "submitRoundWinner", [first / 8n], after);
    const slashed = { effectiveBalance: STAKE - AMOUNT_PER_WEIGHT, exit: 0n, status: 1 };
    expect(await penalties.stakeOf(proposer), "the stake has really fallen").to.deep.equal(slashed);

    const reason = await slashFailure(penalties.send(empire, "submitRoundWinner", [first / 8n + 1n]));
    expect(reason.errorName).to.equal("LateSlashRegistry__NothingLeft");
    expect(reason.args).to.deep.equal([rollup.address, proposer]);
    expect(await penalties.stakeOf(proposer), "not twice").to.deep.equal(slashed);
    expect(chain.mempool.waiting, "nothing waits").to.have.length(0);
  });

  it("happens by vote where votes are tallied: voters read the ledger, and governance cannot add to it", async () => {
    const penalties = await PenaltyNetwork.open(SlasherFlavor.tally, SlashPath.governance);
    const { chain, network, rollup } = penalties.world;
    const { slot, proposer } = await penalties.landAndProveOneLate(await penalties.nextEpochStart());
    const batch = openedBatch(await penalties.send(penalties.controller, "penalize", [slot]));
    const tally = await readProposer(penalties);

    // Rounds are epochs here, and judge the epoch two before: one committee of eight, two bits each.
    const epoch = epochOfSlot(rollup.timing, slot);
    const committee = await getCommittee(chain, rollup, epoch);
    const round = epoch + 2n;
    const start = round * 8n;
    for (let voted = start; voted < start + 5n; voted++) {
      const voter = await proposerOf(penalties, start, voted);
      const votes = await votesOf(penalties, committee, start - 1n);
      const { target, callData } = await slashingVoteCall(penalties.world.view, voter, voted, votes);
      await chain.execute({ from: voter, to: target, data: callData }, { timestamp: slotStart(rollup.timing, voted) });
    }
    await penalties.send(tally, "executeRound", [round, [committee]], {
      timestamp: slotStart(rollup.timing, start + 8n),
    });
    const slashed = { effectiveBalance: STAKE - AMOUNT_PER_WEIGHT, exit: 0n, status: 1 };
    expect(await penalties.stakeOf(proposer), "the smallest of upstream's slashes").to.deep.equal(slashed);
    for (const other of network.validators.filter(({ address }) => address !== proposer)) {
      expect((await penalties.stakeOf(other.address)).effectiveBalance, "nobody else was slashed").to.equal(STAKE);
    }

    // Whoever was slashed by vote proves it, and governance's payload has nothing left to slash for.
    const evidence = [rollup.address, round, committee, proposer, slot];
    await penalties.send(penalties.registry, "consumeTallied", evidence);
    const reason = await slashFailure(slashAsGovernance(penalties, batch.slashPayload));
    expect(reason.errorName).to.equal("LateSlashRegistry__NothingLeft");
    expect(await penalties.stakeOf(proposer), "not twice").to.deep.equal(slashed);
  });

  it("reaches a validator that is leaving, and says so when it has left", async () => {
    const penalties = await PenaltyNetwork.open(SlasherFlavor.tally, SlashPath.governance);
    const { chain, rollup } = penalties.world;
    const { slot, proposer } = await penalties.landAndProveOneLate(await penalties.nextEpochStart());
    const batch = openedBatch(await penalties.send(penalties.controller, "penalize", [slot]));
    await leave(penalties, proposer);
    expect(await penalties.stakeOf(proposer)).to.deep.equal({ effectiveBalance: 0n, exit: STAKE, status: 3 });

    const restore = await chain.snapshot();
    await slashAsGovernance(penalties, batch.slashPayload);
    expect((await penalties.stakeOf(proposer)).exit, "the exit pays").to.equal(STAKE - AMOUNT_PER_WEIGHT);

    await restore();
    await chain.mineAt((await chain.now()) + rollup.config.exitDelaySeconds);
    const reason = await slashFailure(slashAsGovernance(penalties, batch.slashPayload));
    expect(reason.errorName).to.equal("LateSlashRegistry__StakeUnchanged");
    expect(reason.args, "an exit that is over").to.deep.equal([proposer, 3, STAKE]);
    expect(await penalties.isConsumed(slot), "nothing is spent for nothing").to.equal(false);
  });

  it("says so when the validator has moved on to an upgraded rollup", async () => {
    const penalties = await PenaltyNetwork.open(SlasherFlavor.tally, SlashPath.governance);
    const { network } = penalties.world;
    const { slot, proposer } = await penalties.landAndProveOneLate(await penalties.nextEpochStart());
    const batch = openedBatch(await penalties.send(penalties.controller, "penalize", [slot]));

    const config = { ...network.buildAhead.config, version: 9 };
    const next = await deployBuildAhead(network, { config });
    await registerRollup(network, {
      deployer: network.deployer,
      rollup: next,
      path: "lock",
      fund: (account, amount) => network.provisioner.mintStakingAsset(account, amount),
    });

    expect(await penalties.stakeOf(proposer)).to.deep.equal({ effectiveBalance: 0n, exit: 0n, status: 0 });
    const reason = await slashFailure(slashAsGovernance(penalties, batch.slashPayload));
    expect(reason.errorName).to.equal("LateSlashRegistry__StakeUnchanged");
    expect(reason.args, "nothing of it is left on the old rollup").to.deep.equal([proposer, 0, 0n]);
    // The new rollup's slasher has no say over strikes of the old one.
    const foreign = await slashFailure(slashAsGovernance(penalties, batch.slashPayload, next.slasher));
    expect(foreign.errorName).to.equal("LateSlashRegistry__CallerNotSlasher");
  });
});

/** What an honest voter of a tally round says: the smallest slash for each member whom the ledger holds something against. */
async function votesOf(penalties: PenaltyNetwork, committee: readonly Address[], slot: bigint) {
  const units = await Promise.all(
    committee.map(async (member) => {
      const { weight } = await penalties.world.chain.publicClient.readContract({
        address: penalties.ledger,
        abi: penaltyAbi,
        functionName: "strikesAt",
        args: [member, slot],
      });
      return weight > 0n ? 1 : 0;
    }),
  );
  const { slashingRoundSize, aztecEpochDuration } = penalties.world.rollup.config;
  const round = { committeeSize: committee.length, roundSlots: slashingRoundSize, epochSlots: aztecEpochDuration };
  return encodeSlashVotes(round, units);
}

/** Who sends for a slot whose epoch begins with `firstSlot`. */
async function proposerOf(penalties: PenaltyNetwork, firstSlot: bigint, slot: bigint): Promise<LocalAccount> {
  await penalties.proposerOf(firstSlot, slot);
  return penalties.world.proposerOf(slot);
}

function readProposer({ world: { chain, rollup } }: PenaltyNetwork): Promise<Address> {
  return chain.publicClient.readContract({ address: rollup.slasher, abi: penaltyAbi, functionName: "PROPOSER" });
}

/** Walks real governance with a payload. Moves the clock by some 40 days. Returns the receipt of its execution. */
async function executeProposal({ world }: PenaltyNetwork, payload: Address): Promise<TransactionReceipt> {
  const { network, chain } = world;
  const { steps } = await executePayload(network, {
    payload,
    path: "lock",
    sender: network.deployer.account,
    fund: (account, amount) => network.provisioner.mintStakingAsset(account, amount),
  });
  const executed = steps.find(({ name }) => name === "execute");
  if (executed === undefined) throw new Error("nothing was executed");
  return chain.publicClient.getTransactionReceipt({ hash: executed.txHash });
}

/** Impersonates governance, which has walked its way in another test. */
function slashAsGovernance({ world }: PenaltyNetwork, payload: Address, slasher = world.rollup.slasher) {
  const data = encodeFunctionData({ abi: penaltyAbi, functionName: "slash", args: [payload] });
  return world.chain.executeAs(world.contracts.governance, { to: slasher, data });
}

/** Starts a validator's exit. */
function leave({ world: { chain, network, rollup } }: PenaltyNetwork, attester: Address) {
  const validator = network.validators.find(({ address }) => address === attester);
  if (validator === undefined) throw new Error(`${attester} is no validator of this network`);
  const from = validator.withdrawer;
  const args = [attester, from.address] as const;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "initiateWithdraw", args });
  return chain.execute({ from, to: rollup.address, data });
}
