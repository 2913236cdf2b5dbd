import { attestCheckpoint } from "../../consensus/attestedCheckpoint.ts";
import { makeBlobs, makeSidecars, proveBlobs } from "../../consensus/blobs.ts";
import { buildCheckpoint } from "../../consensus/checkpoint.ts";
import { executeSynthetically } from "../../consensus/syntheticExecution.ts";
import type { HardhatRuntime } from "../../hardhatRuntime.ts";
import { OPEN_TERMS } from "../../network/deployBuildAhead.ts";
import { mainnetLikeConfig } from "../../network/networkConfig.ts";
import { openEmbeddedNetwork } from "../../network/openEmbeddedNetwork.ts";
import { slotStart } from "../../protocol/time.ts";
import { World } from "../../world/world.ts";
import { roundTo3 } from "../../stage/durations.ts";
import type { EpochSpeed } from "./speedRecord.ts";

const SEED = "speed";
/** Checkpoints before the stopwatch runs: they load the KZG setup and warm the code. */
const WARM_UP = 4;

/**
 * Builds, signs and lands an epoch of checkpoints of mainnet's shape, each with a blob of its own.
 * @param now A stopwatch, in milliseconds
 */
export async function measureEpoch(hardhat: HardhatRuntime, now: () => number): Promise<EpochSpeed> {
  const { rollup: config } = mainnetLikeConfig();
  const checkpoints = Number(config.aztecEpochDuration);
  const network = await openEmbeddedNetwork(hardhat, { terms: OPEN_TERMS });
  try {
    const world = new World({ network, rollup: network.rollup, keys: network.validators, seed: SEED });
    const first = await world.nextSlot();
    for (let slot = first; slot < first + BigInt(WARM_UP); slot++)
      await landOne(world, slot, async (_, work) => work());

    const spent = { building: 0, signing: 0, blobs: 0, l1: 0 };
    let signatures = 0;
    const from = first + BigInt(WARM_UP);
    for (let slot = from; slot < from + BigInt(checkpoints); slot++) {
      signatures = await landOne(world, slot, async (part, work) => {
        const started = now();
        const result = await work();
        spent[part] += (now() - started) / 1000;
        return result;
      });
    }
    const parts = {
      building: roundTo3(spent.building),
      signing: roundTo3(spent.signing),
      blobs: roundTo3(spent.blobs),
      l1: roundTo3(spent.l1),
    };
    return { checkpoints, committee: Number(config.targetCommitteeSize), signatures, parts };
  } finally {
    await network.chain.close();
  }
}

/** Does a piece of work and books its time. */
type Book = <Result>(part: keyof EpochSpeed["parts"], work: () => Promise<Result> | Result) => Promise<Result>;

/** @returns How many attested */
async function landOne(world: World, slot: bigint, book: Book): Promise<number> {
  const committee = await book("building", () => world.committee(slot));
  const parent = await book("building", () => world.tipFor(slot));
  const timestamp = slotStart(world.rollup.timing, slot);
  const blobs = await book("blobs", () => {
    const content = { seed: SEED, number: parent.number + 1n, slot, timestamp, parentArchive: parent.archive };
    return makeBlobs(executeSynthetically({ ...content, manaUsed: 0n, blobCount: 1 }).blobFields);
  });
  const options = { slot, parent, seed: SEED, coinbase: committee.proposer, blobs };
  const checkpoint = await book("building", () => buildCheckpoint(world.view, options));
  const attested = await book("signing", () => attestCheckpoint(checkpoint, committee, world.keys));
  // Remembered, so that landing does not prove them again.
  await book("blobs", async () => {
    await proveBlobs(blobs.blobs);
    makeSidecars(blobs.blobs, world.chain.blobWrapper);
  });
  const { revert } = await book("l1", () => world.land(attested));
  if (revert !== undefined) throw revert;
  return attested.signers.length;
}
