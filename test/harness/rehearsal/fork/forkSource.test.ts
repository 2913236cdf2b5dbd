import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { attachNetwork, type AztecNetwork } from "../../../../harness/network/contracts.ts";
import type { ForkSource } from "../../../../harness/rehearsal/fork/forkSource.ts";
import {
  GovernanceAbi,
  GovernanceProposerAbi,
  RollupAbi,
  SlasherAbi,
  TallySlashingProposerAbi,
} from "../../../../harness/upstream/abis.ts";
import { SMALL_SOURCE, startSmallSource } from "../../../support/forkSource.ts";
import { describeWithAnvil } from "../../../support/withAnvil.ts";

/** Upstream's `ProposalState.Active`. */
const ACTIVE = 1;

describeWithAnvil("A fork source", () => {
  let folder: string;
  let source: ForkSource;
  let network: AztecNetwork;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "build-ahead-state-"));
    source = await startSmallSource({ stateFile: path.join(folder, "state.json") });
    network = await attachNetwork(source.chain, source.registry);
  });
  after(async () => {
    await source.stop();
    await rm(folder, { recursive: true });
  });

  const rollup = () => ({ address: network.rollup.address, abi: RollupAbi }) as const;

  it("stops in the middle of an epoch, with checkpoints that nobody has proven, and others that somebody has", async () => {
    const { publicClient } = source.chain;
    const { pending, proven } = await publicClient.readContract({ ...rollup(), functionName: "getTips" });
    expect([pending, proven]).to.deep.equal([5n, 3n]);
    const args = [await source.chain.now()] as const;
    expect(await publicClient.readContract({ ...rollup(), functionName: "canPruneAtTime", args })).to.equal(false);
  });

  it("has rewards that nobody has claimed, and validators in the entry queue", async () => {
    const { publicClient } = source.chain;
    const read = (functionName: "getEntryQueueLength" | "getActiveAttesterCount") =>
      publicClient.readContract({ ...rollup(), functionName });
    expect(await read("getEntryQueueLength")).to.equal(BigInt(SMALL_SOURCE.queued));
    expect(await read("getActiveAttesterCount")).to.equal(BigInt(SMALL_SOURCE.validators));
    const rewards = await Promise.all(
      Array.from({ length: SMALL_SOURCE.validators }, async (_, index) => {
        const attester = await publicClient.readContract({
          ...rollup(),
          functionName: "getAttesterAtIndex",
          args: [BigInt(index)],
        });
        return publicClient.readContract({ ...rollup(), functionName: "getSequencerRewards", args: [attester] });
      }),
    );
    expect(rewards.filter((reward) => reward > 0n)).not.to.be.empty;
  });

  it("has a proposal that is voted on, a payload that is being signalled, and a slashing round with votes", async () => {
    const { publicClient } = source.chain;
    const { contracts } = network;
    const governance = { address: contracts.governance, abi: GovernanceAbi } as const;
    const proposal = await publicClient.readContract({ ...governance, functionName: "getProposal", args: [0n] });
    expect(proposal.summedBallot.yea > 0n).to.equal(true);
    const state = await publicClient.readContract({ ...governance, functionName: "getProposalState", args: [0n] });
    expect(state).to.equal(ACTIVE);

    const signalling = { address: contracts.governanceProposer, abi: GovernanceProposerAbi } as const;
    const round = await publicClient.readContract({ ...signalling, functionName: "getCurrentRound" });
    const args = [network.rollup.address, round] as const;
    const data = await publicClient.readContract({ ...signalling, functionName: "getRoundData", args });
    expect(data.lastSignalSlot > 0n, "a slot that signalled").to.equal(true);

    const slasher = { address: network.rollup.slasher, abi: SlasherAbi } as const;
    const address = await publicClient.readContract({ ...slasher, functionName: "PROPOSER" });
    const tally = { address, abi: TallySlashingProposerAbi } as const;
    const current = await publicClient.readContract({ ...tally, functionName: "getCurrentRound" });
    const [, votes] = await publicClient.readContract({ ...tally, functionName: "getRound", args: [current] });
    expect(votes > 0n).to.equal(true);
  });

  it("is prepared once, and loaded from its file from then on", async () => {
    const { registry, isLoaded } = source;
    const block = await source.chain.publicClient.getBlock();
    await source.stop();
    source = await startSmallSource({ stateFile: path.join(folder, "state.json") });
    expect([isLoaded, source.isLoaded, source.registry]).to.deep.equal([false, true, registry]);
    expect((await source.chain.publicClient.getBlock()).number).to.equal(block.number);
    expect((await attachNetwork(source.chain, registry)).rollup).to.deep.equal(network.rollup);
  });
});
