import { expect } from "chai";
import fc from "fast-check";
import hardhat from "hardhat";
import { encodeFunctionData, toEventSelector, toHex, type Address, type Hex } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { compactConfig } from "../../../harness/differential/compactConfig.ts";
import { openExtendedNetwork } from "../../../harness/differential/openExtendedNetwork.ts";
import { readOutcome, type Outcome } from "../../../harness/differential/outcome.ts";
import { RollupWords, type WordKind } from "../../../harness/differential/rollupWords.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { firstSlotOfEpoch, slotStart } from "../../../harness/protocol/time.ts";
import { InboxAbi, RollupAbi } from "../../../harness/upstream/abis.ts";
import { World } from "../../../harness/world/world.ts";

const SEED = 7_201;
const RUNS = 6;
/** Slots of an epoch of the compact network, and the place of the header slot in it. */
const EPOCH_SLOTS = 4n;
const PLACES = [
  { place: 1n, where: "in the middle of an epoch", isFirst: false },
  { place: 0n, where: "as the first checkpoint of its epoch", isFirst: true },
  { place: 2n, where: "as the first checkpoint of its epoch, after empty slots", isFirst: true },
  { place: EPOCH_SLOTS - 1n, where: "in the last slot of its epoch, landing in the next one", isFirst: false },
] as const;

/** What may vary from run to run. */
interface Circumstance {
  readonly delay: number;
  readonly manaShare: number;
  readonly childShare: number;
  readonly modifier: number;
  readonly messages: number;
  readonly baseFee: number;
}

const circumstances: fc.Arbitrary<Circumstance> = fc.record({
  delay: fc.integer({ min: 0, max: 23 }),
  manaShare: fc.integer({ min: 0, max: 200 }),
  childShare: fc.integer({ min: 0, max: 200 }),
  modifier: fc.integer({ min: -100, max: 100 }),
  messages: fc.integer({ min: 0, max: 3 }),
  baseFee: fc.integer({ min: 1, max: 50 }),
});

/** A branch's end: what there is to compare, and every word that the branch has changed. */
interface Branch {
  readonly landing: Outcome;
  readonly child: Outcome;
  readonly answersAfter: readonly Hex[];
  readonly answersAtEnd: readonly Hex[];
  readonly inboxRoots: readonly Hex[];
  readonly words: readonly Hex[];
}

describe("Equivalence: N landed late, and N landed on time", function () {
  let network: EmbeddedNetwork;
  let world: World;
  let words: RollupWords;
  let restore: () => Promise<void>;

  before(async () => {
    const terms = { firstBps: 5_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: true };
    network = await openExtendedNetwork(hardhat, compactConfig({ inboxLag: 2n }), terms, 8);
    const { rollup, chain } = network;
    world = new World({ network, rollup, keys: network.validators, seed: "equivalence" });
    words = new RollupWords(rollup);
    // An epoch of history, so that oracle, randao checkpoints and ring are in use; proven, so that nothing is pruned.
    const start = firstSlotOfEpoch(rollup.timing, network.firstEpoch);
    for (let slot = start + 1n; slot < start + EPOCH_SLOTS; slot++) await world.landOnTime(slot);
    await world.prove(await world.landedIn(network.firstEpoch), network.deployer.account);
    restore = await chain.snapshot();
  });

  for (const { place, where, isFirst } of PLACES) {
    it(`leaves tips, archive, log and inbox alike, and an on-time child too: ${where}`, async () => {
      const slot = world.firstSlotOf(network.firstEpoch + 1n) + place;
      await fc.assert(
        fc.asyncProperty(circumstances, async (circumstance) => {
          await restore();
          await compareBranches(slot, isFirst, circumstance);
        }),
        { numRuns: RUNS, seed: SEED, endOnFailure: true },
      );
    });
  }

  /** Lands the checkpoint of a slot on time in one branch and late in another, and compares all that they leave behind. */
  async function compareBranches(slot: bigint, isFirst: boolean, circumstance: Circumstance): Promise<void> {
    const { rollup, chain } = network;
    chain.producer.baseFeePerGas = BigInt(circumstance.baseFee) * 10n ** 9n;
    if (!isFirst) await world.landOnTime(slot - 1n);
    for (let index = 0; index < circumstance.messages; index++) await sendMessage(network, index);
    const parent = await world.build(slot, {
      manaUsed: (rollup.config.manaTarget * BigInt(circumstance.manaShare)) / 100n,
      feeAssetPriceModifier: BigInt(circumstance.modifier),
    });
    const branchOff = await chain.snapshot();

    const onTime = await run(parent, circumstance, false);
    await branchOff();
    const late = await run(parent, circumstance, true);
    expect(late.answersAfter, "tips, archive, checkpoint, seed, fee and committee after N").to.deep.equal(
      onTime.answersAfter,
    );
    expect(late.answersAtEnd, "the same after an on-time N+1").to.deep.equal(onTime.answersAtEnd);
    expect(late.inboxRoots, "the inbox, by its storage root").to.deep.equal(onTime.inboxRoots);
    const event = (outcome: Outcome) => outcome.logs.filter(({ topics }) => topics[0] === PROPOSED);
    expect(event(late.landing), "N's event").to.deep.equal(event(onTime.landing));
    expect(event(late.child), "N+1's event").to.deep.equal(event(onTime.child));

    // All words that either branch has written: only those of oracle, randao and our namespace may differ.
    const names = [...new Set([...onTime.words, ...late.words])];
    const lateValues = await readWords(network, names);
    await branchOff();
    await run(parent, circumstance, false);
    const onTimeValues = await readWords(network, names);
    const differing = names.filter((_name, index) => lateValues[index] !== onTimeValues[index]);
    const kinds = new Set<WordKind>(differing.map((name) => words.kindOf(name)));
    expect([...kinds], "kinds of words that differ").to.include("late");
    expect([...kinds].filter((kind) => !["oracle", "randao", "late"].includes(kind))).to.be.empty;
  }

  /** Lands the checkpoint, and a child of it on time. */
  async function run(parent: AttestedCheckpoint, circumstance: Circumstance, isLate: boolean): Promise<Branch> {
    const { rollup, chain } = network;
    const next = parent.slot + 1n;
    const landing = isLate
      ? await world.landLate(parent, { delay: BigInt(circumstance.delay) })
      : await world.land(parent);
    if (landing.revert !== undefined) throw landing.revert;
    const first = await readOutcome(chain, landing.receipt);
    const answersAfter = await answersAbout(network, parent, next);
    const inboxAfter = await storageRoot(network, rollup.inbox);
    // Built as Build Ahead builds it, on what has not landed yet, but attested when its own committee is known.
    const manaUsed = (rollup.config.manaTarget * BigInt(circumstance.childShare)) / 100n;
    const child = await world.build(next, { parent, manaUsed });
    const childLanding = await world.land(child, { timestamp: world.at(next, 24n) });
    if (childLanding.revert !== undefined) throw childLanding.revert;
    const second = await readOutcome(chain, childLanding.receipt);
    return {
      landing: first,
      child: second,
      answersAfter,
      answersAtEnd: await answersAbout(network, child, next),
      inboxRoots: [inboxAfter, await storageRoot(network, rollup.inbox)],
      words: [first, second].flatMap((outcome) => changedWords(outcome, rollup.address)),
    };
  }
});

const PROPOSED = toHexTopic("CheckpointProposed");

function toHexTopic(name: "CheckpointProposed"): Hex {
  const item = RollupAbi.find((candidate) => candidate.type === "event" && candidate.name === name);
  if (item?.type !== "event") throw new RangeError(`There is no event ${name}`);
  return toEventSelector(item);
}

/** Raw answers: tips, the checkpoint with its archive and fee header, and what the next slot will be asked. */
async function answersAbout(
  { chain, rollup }: EmbeddedNetwork,
  { number }: AttestedCheckpoint,
  nextSlot: bigint,
): Promise<readonly Hex[]> {
  const at = slotStart(rollup.timing, nextSlot);
  const encode = encodeFunctionData<typeof RollupAbi>;
  const questions = [
    encode({ abi: RollupAbi, functionName: "getTips" }),
    encode({ abi: RollupAbi, functionName: "archive" }),
    encode({ abi: RollupAbi, functionName: "getCheckpoint", args: [number] }),
    encode({ abi: RollupAbi, functionName: "archiveAt", args: [number] }),
    encode({ abi: RollupAbi, functionName: "getFeeHeader", args: [number] }),
    encode({ abi: RollupAbi, functionName: "getBlobCommitmentsHash", args: [number] }),
    encode({ abi: RollupAbi, functionName: "getSampleSeedAt", args: [at] }),
    encode({ abi: RollupAbi, functionName: "getCommitteeAt", args: [at] }),
    encode({ abi: RollupAbi, functionName: "getProposerAt", args: [at] }),
    encode({ abi: RollupAbi, functionName: "getManaMinFeeComponentsAt", args: [at, true] }),
  ];
  const answers: Hex[] = [];
  for (const data of questions) answers.push(await chain.call({ to: rollup.address, data, timestamp: at + 24n }));
  return answers;
}

/** Words of an account's storage that a transaction changed. */
function changedWords({ pre, post }: Outcome, account: Address): readonly Hex[] {
  const name = account.toLowerCase() as Address;
  return [pre, post].flatMap((change) => Object.keys(change[name]?.storage ?? {}) as Hex[]);
}

function readWords({ chain, rollup }: EmbeddedNetwork, words: readonly Hex[]) {
  return Promise.all(words.map((slot) => chain.publicClient.getStorageAt({ address: rollup.address, slot })));
}

async function storageRoot({ chain }: EmbeddedNetwork, address: Address): Promise<Hex> {
  return (await chain.rpc<{ storageHash: Hex }>("eth_getProof", [address, [], "latest"])).storageHash;
}

async function sendMessage({ chain, rollup, deployer }: EmbeddedNetwork, index: number): Promise<void> {
  const recipient = { actor: toHex(index + 1, { size: 32 }), version: BigInt(rollup.config.version) };
  const args = [recipient, toHex(index, { size: 32 }), toHex(index, { size: 32 })] as const;
  const data = encodeFunctionData({ abi: InboxAbi, functionName: "sendL2Message", args });
  await chain.execute({ from: deployer.account, to: rollup.inbox, data }, { timestamp: (await chain.now()) + 1n });
}
