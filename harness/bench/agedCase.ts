import { encodeFunctionData, hexToBigInt, keccak256, type Hex } from "viem";

import { RANDAO_COUNT_WORD, randaoWord, toWord } from "../protocol/storageMap.ts";
import { slotStart } from "../protocol/time.ts";
import type { Side } from "../twin/side.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { requireLanded } from "../world/world.ts";
import type { BenchContext } from "./benchContext.ts";
import { BenchContradictionError } from "./record/benchErrors.ts";
import { makeRecord } from "./record/benchRecord.ts";
import { expectSuccess } from "./expectations.ts";
import { measureTransaction } from "./measurement.ts";
import { RING_IDS, type Ring } from "./ring.ts";

/** One for each epoch that somebody sets up: a year of epochs of 32 slots of 72 s. */
const RANDAOS_IN_A_YEAR = 13_700n;
/** An entry of the list holds its epoch's start in so many low bits, and the randao above. Source: OpenZeppelin's `Checkpoint224`. */
const KEY_BITS = 32n;
const VALUE_BITS = 224n;

/** An on-time proposal on a chain that is a year old, for a slot on whose predecessor the tip stands. */
export async function measureAgedProposal(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { twin, circumstances, add, wants, progress } = context;
  if (twin.committeeSize === 0 || !wants("aged chain")) return;
  progress(`a chain a year old, ${ring}`);
  const restore = await twin.snapshot();
  const checkpoint = await twin.build(slot);
  const { upstream, extended } = await twin.onBoth(async (side) => {
    await age(side, slot);
    const { receipt } = requireLanded(await side.land(checkpoint));
    return expectSuccess(await measureTransaction(side, receipt), side.rollup.kind);
  });
  await restore();
  const labels = {
    ...circumstances,
    case: "aged chain",
    parts: [RING_IDS[ring]],
    variant: `${RANDAOS_IN_A_YEAR} randaos stored, ${ring}`,
    signatures: checkpoint.signers.length,
    blobs: checkpoint.blobs.length,
  } as const;
  add(makeRecord(labels, extended, upstream));
}

/**
 * Puts a year of randaos before those that the rollup has stored. An override: 13,700 epochs could be lived through, a transaction each,
 * but nothing else of them would be left that a proposal reads. What is stored for the slots to come stays, and so do their committees.
 * @throws BenchContradictionError when the seed of the slot's committee has changed, or no randao is where it should be.
 */
async function age(side: Side, slot: bigint): Promise<void> {
  const { chain, rollup } = side;
  const { address, timing } = rollup;
  const { publicClient } = chain;
  const read = async (place: bigint) =>
    hexToBigInt((await publicClient.getStorageAt({ address, slot: toWord(place) })) ?? "0x0");
  const readSeed = () =>
    chain.call({
      to: address,
      data: encodeFunctionData({ abi: RollupAbi, functionName: "getSampleSeedAt", args: [slotStart(timing, slot)] }),
    });
  const seed = await readSeed();
  const stored = await read(RANDAO_COUNT_WORD);
  const young = await Promise.all(
    Array.from({ length: Number(stored) }, (_, index) => read(randaoWord(BigInt(index)))),
  );
  const [first] = young;
  if (first === undefined) throw new BenchContradictionError("The rollup has stored no randao yet");
  const firstEpochStart = first & ((1n << KEY_BITS) - 1n);
  const epochSeconds = timing.epochSlots * timing.slotSeconds;
  const added = RANDAOS_IN_A_YEAR - stored;
  const write = (place: bigint, value: bigint): Promise<void> =>
    chain.setStorageAt(address, toWord(place), toWord(value));
  for (let index = 0n; index < added; index++) {
    const epochStart = firstEpochStart - (added - index) * epochSeconds;
    await write(randaoWord(index), (randaoOf(index) << KEY_BITS) | epochStart);
  }
  for (const [index, word] of young.entries()) await write(randaoWord(added + BigInt(index)), word);
  await write(RANDAO_COUNT_WORD, RANDAOS_IN_A_YEAR);
  if ((await readSeed()) !== seed) {
    throw new BenchContradictionError("Older randaos have changed the seed of a committee", { fields: { slot } });
  }
}

/** Any value: nobody looks one up that is older than the two epochs before. */
function randaoOf(index: bigint): bigint {
  const word: Hex = keccak256(toWord(index));
  return hexToBigInt(word) >> (256n - VALUE_BITS);
}
