import { expect } from "chai";
import fc from "fast-check";
import hardhat from "hardhat";
import { encodeFunctionData, type Address, type Hex } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { compactConfig } from "../../../harness/differential/compactConfig.ts";
import { openExtendedNetwork } from "../../../harness/differential/openExtendedNetwork.ts";
import { readOutcome, type Outcome } from "../../../harness/differential/outcome.ts";
import { RollupWords, type WordKind } from "../../../harness/differential/rollupWords.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { epochStart } from "../../../harness/protocol/time.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { World } from "../../../harness/world/world.ts";

const SEED = 4_201;
const RUNS = 16;
const EPOCH_SLOTS = 4;
const LAG = 1n;

interface Circumstance {
  /** The header's place in its epoch; the last one lands in the next epoch. */
  readonly place: number;
  /** What happens in the epochs before: bit by bit, whether a slot is used. */
  readonly history: number;
  /** Whether the header's epoch was set up before, and the landing's epoch as well. */
  readonly setUpEarly: boolean;
  readonly setUpCurrent: boolean;
  /** Seconds into the next slot. */
  readonly delay: number;
}

const circumstances: fc.Arbitrary<Circumstance> = fc.record({
  place: fc.integer({ min: 0, max: EPOCH_SLOTS - 1 }),
  history: fc.integer({ min: 0, max: 2 ** (2 * EPOCH_SLOTS) - 1 }),
  setUpEarly: fc.boolean(),
  setUpCurrent: fc.boolean(),
  delay: fc.integer({ min: 2, max: 23 }),
});

describe("Seeds: what a late landing may decide", function () {
  let network: EmbeddedNetwork;
  let world: World;
  let words: RollupWords;
  let restore: () => Promise<void>;

  before(async () => {
    const terms = { firstBps: 5_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: true };
    network = await openExtendedNetwork(
      hardhat,
      compactConfig({ inboxLag: 2n, aztecProofSubmissionEpochs: 3n }),
      terms,
      8,
    );
    const { rollup, validators, chain } = network;
    world = new World({ network, rollup, keys: validators, seed: "seeds" });
    words = new RollupWords(rollup);
    restore = await chain.snapshot();
  });

  it("is nothing for an epoch whose seed was determined, and for the current epoch what setupEpoch would write", async () => {
    const seen = { current: 0, previous: 0, written: 0 };
    await fc.assert(
      fc.asyncProperty(circumstances, async (circumstance) => {
        await restore();
        const slot = world.firstSlotOf(network.firstEpoch + 3n) + BigInt(circumstance.place);
        const checkpoint = await buildAfterHistory(slot, circumstance);
        const { reference, late } = await compareSeeds(checkpoint, BigInt(circumstance.delay));
        if (world.epochOf(slot + 1n) === checkpoint.epoch) {
          seen.current++;
          expect(late, "committee and randao words, as setupEpoch writes them").to.deep.equal(reference);
          if (reference.size > 0) seen.written++;
        } else {
          seen.previous++;
          const memoised = [words.committeeWord(checkpoint.epoch)].filter((word) => late.has(word));
          expect([...late.keys()], "at most the past epoch's committee, and no randao").to.deep.equal(memoised);
        }
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    expect(seen.current, "landings in the header's epoch").to.be.at.least(6);
    expect(seen.previous, "landings in the epoch after").to.be.at.least(2);
    expect(seen.written, "landings that set their epoch up").to.be.at.least(2);
  });

  /** Builds the checkpoint of a slot after two epochs of history, with epochs set up as drawn. */
  async function buildAfterHistory(slot: bigint, circumstance: Circumstance): Promise<AttestedCheckpoint> {
    const { history, setUpEarly, setUpCurrent } = circumstance;
    const { chain } = network;
    const start = world.firstSlotOf(world.epochOf(slot) - 2n);
    for (let index = 0; index < 2 * EPOCH_SLOTS; index++) {
      if (((history >> index) & 1) === 0) continue;
      const used = start + BigInt(index);
      await chain.mineAt(world.at(used));
      await world.landOnTime(used);
    }
    // A committee can be asked for once the chain is near enough to its epoch.
    await chain.mineAt(world.at(slot));
    if (setUpEarly) await setUp(network, world.at(slot, 1n));
    const checkpoint = await world.build(slot);
    if (setUpCurrent) await setUp(network, world.at(slot + 1n));
    return checkpoint;
  }

  /**
   * Lands a checkpoint late, and expects no change in what was determined before. Returns the committee and randao words that the
   * landing changed, and those that upstream's set-up would have changed in the very same block.
   */
  async function compareSeeds(checkpoint: AttestedCheckpoint, delay: bigint) {
    const { chain } = network;
    const landing = world.at(checkpoint.slot + 1n, delay);
    const current = world.epochOf(checkpoint.slot + 1n);
    const known = await knownSeeds(network, current, landing);
    // In the current epoch its own randao is stored: the seed of the epoch that it serves is determined.
    const isDetermined = await isRandaoStored(network, current);
    const branchOff = await chain.snapshot();
    const reference = await changesOf(network, words, await setUp(network, landing));
    await branchOff();
    const { receipt, revert } = await world.land(checkpoint, { timestamp: landing });
    if (revert !== undefined) throw revert;
    const late = await changesOf(network, words, await readOutcome(chain, receipt));

    const after = await knownSeeds(network, current, landing);
    for (const [epoch, before] of known) {
      if (epoch >= current + LAG && !isDetermined) continue;
      expect(after.get(epoch), `seed and committee of epoch ${epoch}, landing in ${current}`).to.equal(before);
    }
    if (current !== checkpoint.epoch) {
      const open = current + LAG;
      expect(after.get(open), "the seed that this epoch's randao will make is still open").to.equal(known.get(open));
    }
    return { reference, late };
  }
});

async function setUp(network: EmbeddedNetwork, timestamp: bigint): Promise<Outcome> {
  const { chain, rollup, deployer } = network;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "setupEpoch" });
  return readOutcome(chain, await chain.execute({ from: deployer.account, to: rollup.address, data }, { timestamp }));
}

/** Words of committees and seeds that a transaction has changed, with their new values. */
async function changesOf(
  { rollup }: EmbeddedNetwork,
  words: RollupWords,
  { pre, post }: Outcome,
): Promise<ReadonlyMap<Hex, Hex>> {
  const kinds: readonly WordKind[] = ["committee", "randao"];
  const account = rollup.address.toLowerCase() as Address;
  const changed = { ...pre[account]?.storage, ...post[account]?.storage };
  const chosen = (Object.entries(changed) as [Hex, Hex][]).filter(([word]) => kinds.includes(words.kindOf(word)));
  return new Map(chosen.sort(([one], [other]) => one.localeCompare(other)));
}

/** Seed and committee, as one word, of every epoch around that has them at a second. */
async function knownSeeds(
  { chain, rollup }: EmbeddedNetwork,
  current: bigint,
  timestamp: bigint,
): Promise<ReadonlyMap<bigint, string>> {
  const seeds = new Map<bigint, string>();
  for (let epoch = current - 3n; epoch <= current + 2n; epoch++) {
    const at = epochStart(rollup.timing, epoch);
    const ask = (functionName: "getSampleSeedAt" | "getCommitteeAt") =>
      chain.call({
        to: rollup.address,
        data: encodeFunctionData({ abi: RollupAbi, functionName, args: [at] }),
        timestamp,
      });
    try {
      seeds.set(epoch, `${await ask("getSampleSeedAt")} ${await ask("getCommitteeAt")}`);
    } catch (error) {
      if (!(error instanceof L1RevertError) || error.errorName !== "ValidatorSelection__EpochNotStable") throw error;
    }
  }
  return seeds;
}

/** Whether the epoch's own randao checkpoint exists: the newest element of upstream's trace has the epoch's first second. */
async function isRandaoStored({ chain, rollup }: EmbeddedNetwork, epoch: bigint): Promise<boolean> {
  const newest = await RollupWords.newestRandao(chain, rollup);
  return newest === epochStart(rollup.timing, epoch);
}
