import { expect } from "chai";
import hardhat from "hardhat";
import { encodeFunctionData, type Address } from "viem";

import escapeHatchModule from "../../../../ignition/modules/escapeHatch.ts";
import fixedActionsPayloadModule from "../../../../ignition/modules/fixedActionsPayload.ts";
import { slashingVoteCall } from "../../../../harness/consensus/bundledCalls.ts";
import { KeyRing } from "../../../../harness/consensus/keyRing.ts";
import { readSlotCommittee } from "../../../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../../../harness/l1/deriveAccount.ts";
import { L1RevertError } from "../../../../harness/l1/l1Errors.ts";
import { getCommittee } from "../../../../harness/network/committee.ts";
import type { DeployedRollup } from "../../../../harness/network/deployment.ts";
import { deployModule } from "../../../../harness/network/deployModule.ts";
import { deployRollup } from "../../../../harness/network/deployRollup.ts";
import { readEscapeHatch } from "../../../../harness/network/escapeHatch.ts";
import { executePayload, proposeWithLock } from "../../../../harness/network/governance.ts";
import { epochAt, epochStart, firstEpochSampledAfter, slotAt } from "../../../../harness/protocol/time.ts";
import { attachFork, type AttachedFork } from "../../../../harness/rehearsal/fork/attachFork.ts";
import { SOURCE_SEED, type ForkSource } from "../../../../harness/rehearsal/fork/forkSource.ts";
import { ForkStage } from "../../../../harness/rehearsal/fork/forkStage.ts";
import { makeUpgradePayload } from "../../../../harness/rehearsal/fork/upgradePayload.ts";
import { walkPayload, type WalkedPayload } from "../../../../harness/rehearsal/fork/walkPayload.ts";
import { encodeNoVotes } from "../../../../harness/scenarios/noVotes.ts";
import {
  GovernanceAbi,
  RegistryAbi,
  RollupAbi,
  SlasherAbi,
  TallySlashingProposerAbi,
} from "../../../../harness/upstream/abis.ts";
import type { World } from "../../../../harness/world/world.ts";
import { HATCH } from "../../../support/escapeHatch.ts";
import { pinned, SMALL_SOURCE, startSmallSource } from "../../../support/forkSource.ts";
import { rejection } from "../../../support/rejection.ts";
import { describeWithAnvil } from "../../../support/withAnvil.ts";

/** Upstream's `ProposalState.Executable`. */
const EXECUTABLE = 3;

/** The keys of the source's people, which a rehearsal does not have, and who votes needs. */
const strangers = new KeyRing(
  Array.from({ length: SMALL_SOURCE.validators + SMALL_SOURCE.queued }, (_, index) =>
    deriveAccount(SOURCE_SEED, "validator", index),
  ),
);

// In the middle of an epoch, with unproven checkpoints left behind: that is when `rehearseFork` itself has the payload executed.
describeWithAnvil("The upgrade at an interesting moment", () => {
  let source: ForkSource;
  let fork: AttachedFork;
  let stage: ForkStage;
  let old: World;
  let next: DeployedRollup;
  let restore: () => Promise<void>;
  let count = 0;

  before(async () => {
    source = await startSmallSource();
    fork = await attachFork(hardhat, { source: await pinned(source), registry: source.registry, seed: "moments" });
    stage = new ForkStage(fork, hardhat.artifacts, "moments", {});
    await stage.bringValidators();
    next = await stage.deployNext(await stage.installVerifier());
    restore = await fork.chain.snapshot();
  });
  beforeEach(() => {
    stage.phase(`run${++count}`, "a moment");
    old = stage.open(fork.network.rollup);
  });
  afterEach(() => restore());
  after(async () => {
    await fork.close();
    await source.stop();
  });

  const upgrade = async (onExecutable?: () => Promise<unknown>): Promise<WalkedPayload> =>
    walkPayload(stage, old, {
      ...(await makeUpgradePayload(stage, next)),
      ...(onExecutable === undefined ? {} : { onExecutable }),
    });
  const governance = () => ({ address: fork.network.contracts.governance, abi: GovernanceAbi }) as const;
  const canonical = (): Promise<Address> =>
    fork.chain.publicClient.readContract({
      address: fork.network.contracts.registry,
      abi: RegistryAbi,
      functionName: "getCanonicalRollup",
    });

  /** The old rollup's slashing proposer. */
  const tally = async () => {
    const { chain, network } = fork;
    const slasher = { address: network.rollup.slasher, abi: SlasherAbi } as const;
    const address = await chain.publicClient.readContract({ ...slasher, functionName: "PROPOSER" });
    return { address, abi: TallySlashingProposerAbi } as const;
  };
  const votesOf = async (proposer: Awaited<ReturnType<typeof tally>>): Promise<bigint> => {
    const { publicClient } = fork.chain;
    const round = await publicClient.readContract({ ...proposer, functionName: "getCurrentRound" });
    const [, votes] = await publicClient.readContract({ ...proposer, functionName: "getRound", args: [round] });
    return votes;
  };
  /** The proposer whom the old rollup itself draws votes in its slashing round. @returns by how much the round's votes grew */
  const castSlashingVote = async (): Promise<bigint> => {
    const { chain } = fork;
    const slot = slotAt(old.rollup.timing, await chain.now()) + 1n;
    await chain.mineAt(old.at(slot));
    const { proposer } = await readSlotCommittee(old.view, slot);
    const from = old.keys.accountOf(proposer) ?? strangers.accountOf(proposer);
    if (from === undefined) throw new Error(`nobody has the key of ${proposer}`);
    const { target, callData } = await slashingVoteCall(old.view, from, slot, await encodeNoVotes(old.view));
    const before = await votesOf(await tally());
    await chain.execute({ from, to: target, data: callData });
    return (await votesOf(await tally())) - before;
  };

  it("at an epoch's first second: the validators that follow are sampled from the first epoch whose set is taken then", async () => {
    const { chain } = fork;
    let boundary = 0n;
    const { executedAt } = await upgrade(async () => {
      boundary = epochAt(next.timing, await chain.now()) + 2n;
      await chain.mineAt(epochStart(next.timing, boundary) - chain.blockTime);
    });
    expect(executedAt, "seconds").to.equal(epochStart(next.timing, boundary));
    const first = firstEpochSampledAfter(next.timing, executedAt);
    expect(first).to.equal(boundary + next.timing.validatorSetLagEpochs);
    await chain.mineAt(epochStart(next.timing, first));
    expect(await getCommittee(chain, next, first)).to.have.lengthOf(4);
    const early = await rejection(getCommittee(chain, next, first - 1n), L1RevertError);
    expect(early.errorName).to.equal("ValidatorSelection__InsufficientValidatorSetSize");
  });

  it("with a slashing round and another proposal open: both go on as if nothing had happened", async () => {
    const { chain, network } = fork;
    const { rollup } = network;
    let proposalId = 0n;
    await upgrade(async () => {
      expect(await castSlashingVote()).to.equal(1n);
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] });
      const actions = [{ target: rollup.address, data }];
      const parameters = { FixedActionsPayload: { actions, uri: "another" } };
      const { payload } = await deployModule(stage.deployer, fixedActionsPayloadModule, parameters);
      const sender = stage.deployer.account;
      proposalId = await proposeWithLock(network, payload, { sender, fund: stage.fundStake });
    });
    expect(await canonical()).to.equal(next.address);
    expect(await castSlashingVote(), "votes that the old rollup's round still takes").to.equal(1n);

    const { config } = await chain.publicClient.readContract({
      ...governance(),
      functionName: "getProposal",
      args: [proposalId],
    });
    const from = stage.deployer.account;
    await chain.mineAt((await chain.now()) + config.votingDelay + 1n);
    const power = await chain.publicClient.readContract({
      ...governance(),
      functionName: "powerNow",
      args: [from.address],
    });
    const vote = encodeFunctionData({ ...governance(), functionName: "vote", args: [proposalId, power / 2n, true] });
    await chain.execute({ from, to: governance().address, data: vote });
    await chain.mineAt((await chain.now()) + config.votingDuration + config.executionDelay + 1n);
    const args = [proposalId] as const;
    const state = await chain.publicClient.readContract({ ...governance(), functionName: "getProposalState", args });
    expect(state, "the other proposal").to.equal(EXECUTABLE);
  });

  it("with an escape hatch in force: the new rollup gets one of its own, in the same payload", async () => {
    const { chain, network, book } = fork;
    const { rollup, contracts } = network;
    const parameters = { EscapeHatch: { rollup: rollup.address, bondToken: contracts.feeAsset, ...HATCH } };
    const { hatch } = await deployModule(stage.deployer, escapeHatchModule, parameters);
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateEscapeHatch", args: [hatch] });
    await book.because("the source has none", () =>
      chain.executeAs(contracts.governance, { to: rollup.address, data }),
    );
    const { report } = await upgrade();
    expect(report.actions.some((action) => action.includes("updateEscapeHatch"))).to.equal(true);
    const meanings = report.words.map(({ meaning }) => meaning);
    expect(meanings).to.include.members(["one more escape hatch", "its escape hatch, from the next epoch on"]);
    const ours = await readEscapeHatch(chain, next.address);
    expect(ours).to.deep.include({ ...HATCH, rollup: next.address });
    expect(ours?.address).not.to.equal(hatch);
  });

  it("with the payload executed twice, or proposed again: refused", async () => {
    const { chain, network } = fork;
    const { report } = await upgrade();
    const sender = stage.deployer.account;
    const data = encodeFunctionData({ ...governance(), functionName: "execute", args: [BigInt(report.proposalId)] });
    const twice = await rejection(chain.execute({ from: sender, to: governance().address, data }), L1RevertError);
    expect(twice.errorName).to.equal("Governance__ProposalNotExecutable");
    const again = executePayload(network, { payload: report.payload, path: "lock", sender, fund: stage.fundStake });
    const refused = await rejection(again, L1RevertError);
    expect([refused.errorName, ...refused.args]).to.deep.equal(["Governance__CallFailed", network.contracts.registry]);
    expect(await canonical()).to.equal(next.address);
  });

  it("after another upgrade has come first: it takes that one's place all the same, which the report warns of", async () => {
    const { network, config } = fork;
    const { contracts } = network;
    const other = await deployRollup(stage.deployer, {
      contracts,
      owner: contracts.governance,
      config: { ...config.config, version: 77 },
      genesis: config.genesis,
    });
    await upgrade(async () => {
      stage.prefix = `run${++count}`;
      await walkPayload(stage, old, await makeUpgradePayload(stage, other));
      expect(await canonical()).to.equal(other.address);
      stage.prefix = `run${++count}`;
    });
    expect(await canonical()).to.equal(next.address);
  });
});
