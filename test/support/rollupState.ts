import { encodeAbiParameters, hexToBigInt, keccak256, toHex, type Hex } from "viem";

import { slotAt } from "../../harness/protocol/time.ts";
import { InboxAbi, RollupAbi, TestERC20Abi } from "../../harness/upstream/abis.ts";
import { RollupContract } from "../../harness/upstream/contracts.ts";
import type { TestWorld } from "./world.ts";

/** Recomputed here from the namespace's name, as ERC-7201 has it. */
const LATE_SUBMISSIONS = erc7201("buildahead.storage.LateSubmission");
const VALIDATOR_SELECTION = hexToBigInt(keccak256(toHex("aztec.validator_selection.storage")));
const CHAIN_TIPS = hexToBigInt(RollupContract.stfStorageSlot);
const WORDS_PER_LOG = 7n;
const RING_EPOCHS = 8n;

/** Words of storage that a proposal may write, by what they hold. */
export type RollupState = Readonly<Record<string, string>>;

/**
 * Everything that a proposal may write, read word by word: tips, archives, logs, records, marks, committee commitments and
 * seeds around the present, the inbox, and what the rollup owns. Getters that compute would hide a write.
 */
export async function readState(world: TestWorld): Promise<RollupState> {
  const { chain, rollup, network } = world;
  const { aztecEpochDuration: epochSlots, aztecProofSubmissionEpochs } = rollup.config;
  const contract = { address: rollup.address, abi: RollupAbi } as const;
  const current = slotAt(rollup.timing, await chain.now());
  const epoch = current / epochSlots;
  const { pending } = await chain.publicClient.readContract({ ...contract, functionName: "getTips" });
  const logs = epochSlots * (aztecProofSubmissionEpochs + 1n) + 1n;

  const places: (readonly [string, bigint])[] = [
    ["tips", CHAIN_TIPS],
    ["terms", LATE_SUBMISSIONS],
    ["number of seeds", VALIDATOR_SELECTION + 1n],
  ];
  for (const number of [pending, pending + 1n]) {
    places.push([`archive ${number.toString()}`, mappingSlot(number, CHAIN_TIPS + 1n)]);
    for (let word = 0n; word < WORDS_PER_LOG; word++) {
      places.push([`log ${number.toString()}.${word.toString()}`, mappingSlot(number % logs, CHAIN_TIPS + 2n) + word]);
    }
  }
  for (let slot = current < 3n ? 0n : current - 3n; slot <= current + 1n; slot++) {
    const [first, second] = recordSlots(world, slot);
    places.push([`record ${slot.toString()}.0`, first], [`record ${slot.toString()}.1`, second]);
  }
  for (const near of [epoch - 2n, epoch - 1n, epoch, epoch + 1n]) {
    places.push([`marks ${near.toString()}`, marksSlot(near)]);
    places.push([`commitment ${near.toString()}`, mappingSlot(near, VALIDATOR_SELECTION)]);
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
export function readCommitteeCommitment(world: TestWorld, epoch: bigint): Promise<Hex> {
  return readWord(world, mappingSlot(epoch, VALIDATOR_SELECTION));
}

/** How many epochs have left a seed behind. */
export async function readSeedCount(world: TestWorld): Promise<bigint> {
  return hexToBigInt(await readWord(world, VALIDATOR_SELECTION + 1n));
}

/** The stored word of marks that an epoch shares with every eighth one: epoch in the top 32 bits, a bit for each slot. */
export async function readMarks(world: TestWorld, epoch: bigint): Promise<{ epoch: bigint; bits: bigint }> {
  const word = hexToBigInt(await readWord(world, marksSlot(epoch)));
  return { epoch: word >> 224n, bits: word & ((1n << 224n) - 1n) };
}

/** The two stored words of the record that a slot shares with every one a ring later. */
export async function readRecordWords(world: TestWorld, slot: bigint): Promise<readonly Hex[]> {
  return Promise.all(recordSlots(world, slot).map((place) => readWord(world, place)));
}

function recordSlots({ rollup }: TestWorld, slot: bigint): readonly [bigint, bigint] {
  const first = mappingSlot(slot % (RING_EPOCHS * rollup.timing.epochSlots), LATE_SUBMISSIONS + 2n);
  return [first, first + 1n];
}

/** Where an epoch's marks are stored. */
export function marksSlot(epoch: bigint): bigint {
  return mappingSlot(epoch % RING_EPOCHS, LATE_SUBMISSIONS + 1n);
}

async function readWord({ chain, rollup }: TestWorld, place: bigint): Promise<Hex> {
  const slot = toHex(place, { size: 32 });
  return (await chain.publicClient.getStorageAt({ address: rollup.address, slot })) ?? "0x";
}

function mappingSlot(key: bigint, position: bigint): bigint {
  return hexToBigInt(keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [key, position])));
}

function erc7201(namespace: string): bigint {
  const inner = hexToBigInt(keccak256(toHex(namespace))) - 1n;
  return hexToBigInt(keccak256(toHex(inner, { size: 32 }))) & ~0xffn;
}
