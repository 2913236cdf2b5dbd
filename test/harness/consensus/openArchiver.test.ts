import { expect } from "chai";
import { encodeFunctionData } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { nameLateRecipientCall } from "../../../harness/consensus/bundledCalls.ts";
import { openArchiver, type ArchiverNode } from "../../../harness/consensus/openArchiver.ts";
import { toUpstreamCheckpoint, type UpstreamCheckpoint } from "../../../harness/consensus/toUpstreamCheckpoint.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { BlockNumber, CheckpointNumber, IndexWithinCheckpoint } from "../../../harness/upstream/foundation.ts";
import type { World } from "../../../harness/world/world.ts";
import { openAnvilWorld, type AnvilWorld } from "../../support/anvilWorld.ts";
import { landed } from "../../support/landing.ts";
import { rescueOf } from "../../support/rescueOf.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

/** What the archiver has, in the words of the chain. */
interface Archived {
  readonly chain: readonly string[];
  readonly proven: number;
  /** Whether it found the attestations of the last checkpoint good. */
  readonly isValid: boolean;
}

const tell = ({ number, slot, archive }: { number: bigint; slot: bigint; archive: string }) =>
  `${number} of slot ${slot}: ${archive}`;

async function readArchive({ archiver }: ArchiverNode): Promise<Archived> {
  const tip = await archiver.getSynchedCheckpointNumber();
  const checkpoints = tip === 0 ? [] : await archiver.getCheckpoints(CheckpointNumber(1), tip);
  return {
    chain: checkpoints.map(({ checkpoint: { number, slot, archive } }) =>
      tell({ number: BigInt(number), slot: BigInt(slot), archive: archive.root.toString() }),
    ),
    proven: await archiver.getProvenCheckpointNumber(),
    isValid: (await archiver.getPendingChainValidationStatus()).valid,
  };
}

type ProposedBlock = UpstreamCheckpoint["blocks"][number];

/** A checkpoint of two blocks, which synthetic execution does not make: its successor's only block stands for the second one. */
async function proposedBlocks(world: World, checkpoint: AttestedCheckpoint): Promise<[ProposedBlock, ProposedBlock]> {
  const successor = await world.build(checkpoint.slot + 1n, { parent: checkpoint });
  const [first] = (await toUpstreamCheckpoint(world.view, checkpoint)).blocks;
  const [second] = (await toUpstreamCheckpoint(world.view, successor)).blocks;
  if (first === undefined || second === undefined) throw new Error("A checkpoint has a block");
  second.checkpointNumber = first.checkpointNumber;
  second.indexWithinCheckpoint = IndexWithinCheckpoint(1);
  return [first, second];
}

// Upstream's archiver is unmodified; its database is in memory, because the native one wants a newer glibc than many machines have.
describeWithAnvil("The archiver of v4.1.2 (anvil, database in memory)", () => {
  let world: AnvilWorld;
  let node: ArchiverNode;
  let restore: () => Promise<void>;

  before(async () => {
    world = await openAnvilWorld({ seed: "archiver", terms: { ...OPEN_TERMS, crossEpoch: true } });
    restore = await world.chain.snapshot();
  });

  beforeEach(async () => {
    await restore();
    const { url, chain, contracts, rollup } = world;
    node = await openArchiver({ url, chain, contracts, rollup });
  });

  afterEach(() => node.close());

  after(() => world.close());

  /** Holds the archiver against what the logs of L1 say. */
  async function expectInStep(): Promise<Archived> {
    await node.sync();
    await world.follower.sync();
    const archived = await readArchive(node);
    expect(archived, "the archiver against L1's logs").to.deep.equal({
      chain: world.follower.chain.map(tell),
      proven: Number(world.follower.proven),
      isValid: true,
    });
    return archived;
  }

  async function build(slot: bigint, salt = ""): Promise<AttestedCheckpoint> {
    const checkpoint = await world.build(slot, { salt });
    await node.keepBlobs(checkpoint);
    return checkpoint;
  }

  /** Hands the archiver a block that somebody has proposed. */
  async function propose(block: ProposedBlock): Promise<void> {
    await Promise.all([node.archiver.addBlock(block), node.sync()]);
  }

  it("follows late landings of every kind, a proof that ends at one, and a prune", async () => {
    const first = world.firstSlot;
    const stranger = await world.account("stranger");
    const at = (slot: bigint, seconds = 0n) => ({ timestamp: world.at(slot, seconds) });
    await landed(world, await build(first));
    await expectInStep();

    // By the next proposer, in a bundle, in the first second of its slot.
    const next = await world.proposerOf(first + 2n);
    const before = [nameLateRecipientCall(world.view, next.address)];
    await landed(world, await build(first + 1n), { ...at(first + 2n), from: next, bundle: { before } });
    await expectInStep();

    // The epoch's last slot, directly, by anybody, in the next epoch.
    const last = await build(first + 2n);
    await landed(world, last, { ...at(first + 3n, 12n), from: stranger });
    expect(world.epochOf(first + 3n)).to.equal(world.epochOf(first) + 1n);
    await expectInStep();

    // The proposer's own transaction, one block too late.
    await landed(world, await build(first + 3n), at(first + 4n));
    await expectInStep();

    // By anybody, with the proposal's signature in place of the proposer's attestation.
    await landed(world, await rescueOf(world, await build(first + 4n)), { ...at(first + 5n, 12n), from: stranger });
    await expectInStep();

    const epoch = world.epochOf(first);
    await world.prove(await world.landedIn(epoch), await world.account("prover"));
    expect(await expectInStep()).to.include({ proven: 3 });

    // The next epoch is not proven: upstream's nodes drop it one L1 block before L1 does.
    await world.chain.mineAt(world.at(world.firstSlotOf(epoch + 3n)));
    await world.chain.execute({
      from: stranger,
      to: world.rollup.address,
      data: encodeFunctionData({ abi: RollupAbi, functionName: "prune" }),
    });
    expect((await expectInStep()).chain).to.have.length(3);
    await landed(world, await build(world.firstSlotOf(epoch + 3n) + 1n));
    await expectInStep();
  });

  // What has to change before the window opens: `data_store_updater.ts` looks for conflicts in the arriving checkpoint's slot only.
  it("keeps proposed blocks that no longer chain when the checkpoint before them lands late", async () => {
    const slot = world.firstSlot;
    await landed(world, await build(slot));
    const late = await build(slot + 1n);
    // What a node without Build Ahead proposes: on the last checkpoint that it saw on L1.
    const displaced = await world.build(slot + 2n);
    const [first, second] = await proposedBlocks(world, displaced);
    await world.chain.mineAt(world.at(slot + 2n));
    await node.sync();
    await propose(first);
    await propose(second);

    await landed(world, late, { timestamp: world.at(slot + 2n, 12n) });
    await node.sync();
    const { archiver } = node;
    const [two, three] = [await archiver.getBlock(BlockNumber(2)), await archiver.getBlock(BlockNumber(3))];
    expect(two?.archive.root.toString(), "the late one's block").to.equal(late.archive);
    expect(three?.header.lastArchive.root.toString(), "what the block on top stands on").to.equal(displaced.archive);
    const [transaction] = first.body.txEffects;
    if (transaction === undefined) throw new Error("A block has a transaction");
    const effect = await archiver.getTxEffect(transaction.txHash);
    expect(effect?.l2BlockNumber, "where a displaced transaction is said to be").to.equal(2);
  });

  // What has to change before the window opens: `l1_synchronizer.ts` returns when the archive root is the same.
  it("keeps the first attestations when a reorg lands the same checkpoint late with others", async () => {
    const slot = world.firstSlot;
    const committee = await world.committee(slot);
    const all = await world.build(slot, { signers: () => committee.members });
    const quorum = await world.build(slot);
    expect(all.archive).to.equal(quorum.archive);
    await node.keepBlobs(all);
    const undo = await world.chain.snapshot();
    await landed(world, all);
    await node.sync();
    await undo();
    await landed(world, quorum, { timestamp: world.at(slot + 1n) });
    await node.sync();
    const [published] = await node.archiver.getCheckpoints(CheckpointNumber(1), 1);
    const signed = published?.attestations.filter(({ signature }) => !signature.isEmpty()).length;
    expect(signed, "signatures that it would prove with").to.equal(committee.members.length);
    expect(quorum.signers.length, "signatures that L1 wants").to.be.lessThan(committee.members.length);
  });
});
