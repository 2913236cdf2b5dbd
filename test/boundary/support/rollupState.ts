import { hexToBigInt, type Hex } from "viem";

import { slotAt } from "../../../harness/protocol/time.ts";
import { InboxAbi, RollupAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";
import { RollupContract } from "../../../harness/upstream/contracts.ts";
import type { TestWorld } from "../../support/world.ts";
import {
  archiveWord,
  committeeCommitmentWord,
  LATE_TERMS_WORD,
  LOG_FIELDS,
  logWord,
  marksWord,
  RANDAO_COUNT_WORD,
  recordWord,
  TIPS_WORD,
  toWord,
  unpackMarks,
} from "../../../harness/protocol/storageMap.ts";
import { epochOfSlot, slotAt } from "../../../harness/protocol/time.ts";

/** Words of storage that a proposal may write, by what they hold. */
export type RollupState = Readonly<Record<string, string>>;

/**
 * Everything that a proposal may write, read word by word: tips, archives, logs, records, marks, committee commitments and
 * seeds around the present, the inbox, and what the rollup owns. Getters that compute would hide a write.
 */
export async function readState(world: TestWorld): Promise<RollupState> {
  const { chain, rollup, network } = world;
  const timing = rollup.timing;
  const contract = { address: rollup.address, abi: RollupAbi } as const;
  const current = slotAt(timing, await chain.now());
  const epoch = epochOfSlot(timing, current);
  const { pending } = await chain.publicClient.readContract({ ...contract, functionName: "getTips" });

  const places: (readonly [string, bigint])[] = [
    ["tips", TIPS_WORD],
    ["terms", LATE_TERMS_WORD],
    ["number of seeds", RANDAO_COUNT_WORD],
  ];
  for (const number of [pending, pending + 1n]) {
    places.push([`archive ${number.toString()}`, archiveWord(number)]);
    for (const field of LOG_FIELDS)
      places.push([`${field} of log ${number.toString()}`, logWord(timing, number, field)]);
  }
  for (let slot = current < 3n ? 0n : current - 3n; slot <= current + 1n; slot++) {
    const [first, second] = recordWords(world, slot);
    places.push([`record ${slot.toString()}.0`, first], [`record ${slot.toString()}.1`, second]);
  }
  for (const near of [epoch - 2n, epoch - 1n, epoch, epoch + 1n]) {
    places.push([`marks ${near.toString()}`, marksWord(timing, near)]);
    places.push([`commitment ${near.toString()}`, committeeCommitmentWord(near)]);
  }

  const words = await Promise.all(places.map(async ([name, place]) => [name, await readWord(world, place)] as const));
  const inProgress = await chain.publicClient.readContract({
    address: rollup.inbox,
    abi: InboxAbi,
    functionName: "getInProgress",
  });
  const balance = await chain.publicClient.readContract({
    address: network.contracts.feeAsset,
    abi: TestERC20Abi,
    functionName: "balanceOf",
    args: [rollup.address],
  });
  return { ...Object.fromEntries(words), "inbox in progress": `${inProgress}`, "fee asset": `${balance}` };
}

/** The stored commitment of an epoch's committee; zero when nobody has set the epoch up. */
export function readCommitteeCommitment(world: World, epoch: bigint): Promise<Hex> {
  return readWord(world, committeeCommitmentWord(epoch));
}

/** How many epochs have left a seed behind. */
export async function readSeedCount(world: World): Promise<bigint> {
  return hexToBigInt(await readWord(world, RANDAO_COUNT_WORD));
}

/** The stored word of marks that an epoch shares with every eighth one: epoch in the top 32 bits, a bit for each slot. */
export async function readMarks(world: World, epoch: bigint): Promise<{ epoch: bigint; bits: bigint }> {
  return unpackMarks(hexToBigInt(await readWord(world, marksWord(world.rollup.timing, epoch))));
}

/** The two stored words of the record that a slot shares with every one a ring later. */
export async function readRecordWords(world: World, slot: bigint): Promise<readonly Hex[]> {
  return Promise.all(recordWords(world, slot).map((word) => readWord(world, word)));
}

function recordWords({ rollup }: World, slot: bigint): readonly [bigint, bigint] {
  const first = recordWord(rollup.timing, slot);
  return [first, first + 1n];
}

async function readWord({ chain, rollup }: World, word: bigint): Promise<Hex> {
  return (await chain.publicClient.getStorageAt({ address: rollup.address, slot: toWord(word) })) ?? "0x";
}
