import { expect } from "chai";
import solc from "solc";
import { hexToBigInt, toHex } from "viem";

import { mintFeeAsset } from "../../harness/accounting/mintFeeAsset.ts";
import { makeEpochProofTransaction } from "../../harness/consensus/epochProofTransaction.ts";
import { makeProposeTransaction } from "../../harness/consensus/proposeTransaction.ts";
import { Sequencer } from "../../harness/world/world.ts";
import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import { epochOfSlot, firstSlotOfEpoch, slotStart } from "../../harness/protocol/time.ts";
import type { UpgradedNetwork } from "../../harness/network/upgradeToBuildAhead.ts";
import {
  archiveWord,
  LATE_TERMS_WORD,
  logWord,
  mappingWord,
  marksWord,
  packTips,
  recordWord,
  toWord,
  upstreamNamespace,
} from "../../harness/protocol/storageMap.ts";
import { epochOfSlot } from "../../harness/protocol/time.ts";
import { RollupAbi, RollupStorage } from "../../harness/upstream/abis.ts";
import { RollupContract } from "../../harness/upstream/contracts.ts";
import { readCompiled, readCompilerInput } from "../settlement/buildOutput.ts";
import { runAsUpstream } from "../settlement/runAsUpstream.ts";
import { shortEpochNetwork } from "../settlement/shortEpochs.ts";
import { storageWord, traceStorage } from "../settlement/storageTrace.ts";

interface StorageLayout {
  readonly storage: readonly { label: string; slot: string; offset: number; type: string }[];
}

/** Asks the compiler for the storage layouts of contracts that were compiled together; it generates no code for that. */
async function compileLayouts(...names: readonly string[]): Promise<readonly StorageLayout["storage"][]> {
  const input = await readCompilerInput("BuildAheadRollup");
  const sources = await Promise.all(names.map(async (name) => (await readCompiled(name)).sourceName));
  const outputSelection = Object.fromEntries(
    names.map((name, index) => [sources[index] ?? "", { [name]: ["storageLayout"] }]),
  );
  const { settings } = input;
  // The package ships no types.
  const compile = solc.compile as (input: string) => string;
  const output = JSON.parse(compile(JSON.stringify({ ...input, settings: { ...settings, outputSelection } }))) as {
    contracts?: Record<string, Record<string, { storageLayout?: StorageLayout }>>;
  };
  return names.map((name, index) => {
    const layout = output.contracts?.[sources[index] ?? ""]?.[name]?.storageLayout;
    if (layout === undefined) throw new Error(`The compiler has no layout of ${name}`);
    return layout.storage.map(({ label, slot, offset, type }) => ({ label, slot, offset, type }));
  });
}

describe("The layout of the extended rollup", () => {
  it("keeps every selector of upstream's rollup, and adds those of the late submissions only", async () => {
    const [upstream, ours, added] = await Promise.all(
      ["Rollup", "BuildAheadRollup", "ILateSubmission"].map(
        async (name) => (await readCompiled(name)).methodIdentifiers,
      ),
    );
    expect(Object.keys(upstream ?? {}).length, "functions of upstream's rollup").to.be.greaterThan(100);
    expect(ours).to.deep.equal({ ...upstream, ...added });
    const selectors = Object.values(ours ?? {});
    expect(new Set(selectors).size, "different selectors").to.equal(
      Object.keys(upstream ?? {}).length + Object.keys(added ?? {}).length,
    );
  });

  it("keeps exactly the selectors of upstream's operations library", async () => {
    const upstream = (await readCompiled("RollupOperationsExtLib")).methodIdentifiers;
    const ours = (await readCompiled("BuildAheadOperationsExtLib")).methodIdentifiers;
    expect(Object.keys(upstream), "functions").to.have.length(7);
    expect(ours).to.deep.equal(upstream);
  });

  it("adds no state variable: the compiler's layout is upstream's, and the one upstream ships", async () => {
    const [upstream = [], ours = []] = await compileLayouts("Rollup", "BuildAheadRollup");
    expect(upstream.map(({ label }) => label)).to.include("checkBlob");
    expect(ours).to.deep.equal(upstream);
    const shipped = RollupStorage.map(({ label, slot, offset, type }) => ({ label, slot, offset, type }));
    expect(ours).to.deep.equal(shipped);
  });

  it("puts late submissions into a true ERC-7201 namespace, away from every one of upstream's", async () => {
    const network = await shortEpochNetwork();
    const { chain, buildAhead } = network;
    const word = await readWord(network, LATE_TERMS_WORD);
    const { terms } = buildAhead;
    expect(word & 0xffffn, "submitterBps").to.equal(BigInt(terms?.submitterBps ?? -1));
    expect((word >> 16n) & 0xffffn, "burnBps").to.equal(BigInt(terms?.burnBps ?? -1));
    expect((word >> 32n) & 0xffffffffn, "windowSeconds").to.equal(BigInt(terms?.windowSeconds ?? -1));
    expect(word >> 64n, "crossEpoch").to.equal(terms?.crossEpoch === true ? 1n : 0n);
    expect(LATE_TERMS_WORD & 0xffn, "256 words are left for the struct").to.equal(0n);
    // On upstream's rollup the place is empty.
    const empty = await chain.publicClient.getStorageAt({
      address: network.rollup.address,
      slot: toWord(LATE_TERMS_WORD),
    });
    expect(hexToBigInt(empty ?? "0x1")).to.equal(0n);
  });
});

describe("The storage of the extended rollup", () => {
  const prover = deriveAccount("layout", "prover").account;
  const rescuer = deriveAccount("layout", "rescuer").account;

  /** A late checkpoint in the second slot of an epoch and an on-time one in the last. */
  async function landTwo() {
    const network = await shortEpochNetwork();
    const { chain, buildAhead, validators, firstBuildAheadEpoch } = network;
    for (const { address } of [prover, rescuer]) await chain.setBalance(address, 10n ** 20n);
    await mintFeeAsset(network, buildAhead.feeJuicePortal, 10n ** 24n);
    const sequencer = new Sequencer({ deployment: network, rollup: buildAhead, validators, seed: "layout" });
    const slot = firstSlotOfEpoch(buildAhead.timing, firstBuildAheadEpoch) + 1n;
    const late = await sequencer.landLate(await sequencer.build(slot), { from: rescuer });
    const onTime = await sequencer.landOnTime(slot + 2n);
    return { network, sequencer, slot, late, onTime };
  }

  it("has tips, archives, logs and rewards where upstream's cheat codes expect them", async () => {
    const { network, sequencer, late, onTime } = await landTwo();
    const { chain, buildAhead } = network;
    await sequencer.prove(1n, 1n, prover);
    expect(await readWord(network, hexToBigInt(RollupContract.stfStorageSlot)), "tips").to.equal(packTips(2n, 1n));
    expect(await readWord(network, archiveWord(1n)), "archive 1").to.equal(hexToBigInt(late.checkpoint.archive));
    expect(await readWord(network, archiveWord(2n)), "archive 2").to.equal(hexToBigInt(onTime.checkpoint.archive));
    expect(await readWord(network, logWord(buildAhead.timing, 1n, "slot")), "slot of log 1").to.equal(
      late.checkpoint.slot,
    );
    const checkBlob = await chain.publicClient.getStorageAt({
      address: buildAhead.address,
      slot: toHex(RollupContract.checkBlobStorageSlot, { size: 32 }),
    });
    expect(hexToBigInt(checkBlob ?? "0x0"), "checkBlob").to.equal(1n);
    const coinbase = late.checkpoint.header.coinbase.toString();
    const rewards = await chain.publicClient.readContract({
      address: buildAhead.address,
      abi: RollupAbi,
      functionName: "getSequencerRewards",
      args: [coinbase],
    });
    expect(rewards, "rewards of the coinbase").to.be.greaterThan(0n);
    const place = mappingWord(hexToBigInt(coinbase), upstreamNamespace("aztec.reward.storage"));
    expect(await readWord(network, place), "rewards of the coinbase in storage").to.equal(rewards);
  });

  it("takes a record, its mark and nothing else of ours from a late landing, and nothing from an on-time one", async () => {
    const { network, slot, late, onTime } = await landTwo();
    const ours = placesOf(network, slot);
    const [ofLate, ofOnTime] = [
      await traceStorage(network.chain, late.receipt.transactionHash),
      await traceStorage(network.chain, onTime.receipt.transactionHash),
    ];
    for (const [name, place] of Object.entries(ours)) {
      expect(ofOnTime.read.has(place) || ofOnTime.written.has(place), `an on-time landing touches ${name}`).to.equal(
        false,
      );
      expect(ofLate.written.has(place), `a late landing writes ${name}`).to.equal(name !== "terms");
    }
    const mark = await readWord(network, slotOf(ours.mark));
    const epoch = epochOfSlot(network.buildAhead.timing, slot);
    expect(mark, "the epoch's tag and the bit of its second slot").to.equal((epoch << 224n) | 2n);
  });

  it("is touched by an on-time landing exactly where upstream touches it", async () => {
    const { network, sequencer, slot } = await landTwo();
    const { buildAhead, chain } = network;
    const checkpoint = await sequencer.build(slot + 3n);
    const { proposer } = await sequencer.committee(slot + 3n);
    const request = makeProposeTransaction(sequencer.view, checkpoint, proposer.account);
    const timestamp = slotStart(buildAhead.timing, slot + 3n) + 12n;
    const upstream = await runAsUpstream(network, buildAhead, request, timestamp, ({ transactionHash }) =>
      traceStorage(chain, transactionHash),
    );
    const receipt = await chain.execute(request, { timestamp });
    const ours = await traceStorage(chain, receipt.transactionHash);
    expect(difference(ours.read, upstream.read), "words read more").to.deep.equal([]);
    expect(difference(upstream.read, ours.read), "words read less").to.deep.equal([]);
    expect(difference(ours.written, upstream.written), "words written more").to.deep.equal([]);
    expect(difference(upstream.written, ours.written), "words written less").to.deep.equal([]);
  });

  it("is read in exactly one word more by a proof of an epoch without late slots", async () => {
    const { network, sequencer, slot } = await landTwo();
    const { buildAhead, chain } = network;
    await sequencer.prove(1n, 2n, prover);
    const next = (epochOfSlot(buildAhead.timing, slot) + 1n) * buildAhead.timing.epochSlots;
    const { checkpoint } = await sequencer.landOnTime(next + 1n);
    const request = await makeEpochProofTransaction(sequencer.view, prover, { checkpoints: [checkpoint] });
    const timestamp = (await chain.now()) + 12n;
    const upstream = await runAsUpstream(network, buildAhead, request, timestamp, ({ transactionHash }) =>
      traceStorage(chain, transactionHash),
    );
    const receipt = await chain.execute(request, { timestamp });
    const ours = await traceStorage(chain, receipt.transactionHash);
    expect(difference(ours.read, upstream.read), "words read more").to.deep.equal([placesOf(network, next + 1n).mark]);
    expect(difference(ours.written, upstream.written), "words written more").to.deep.equal([]);
    expect(difference(upstream.written, ours.written), "words written less").to.deep.equal([]);
  });
});

/** Where a slot's mark and record are, and the terms. */
function placesOf({ buildAhead }: UpgradedNetwork, slot: bigint) {
  const { address } = buildAhead;
  const timing = buildAhead.timing;
  const record = recordWord(timing, slot);
  return {
    terms: storageWord(address, LATE_TERMS_WORD),
    mark: storageWord(address, marksWord(timing, epochOfSlot(timing, slot))),
    "the record's first word": storageWord(address, record),
    "the record's second word": storageWord(address, record + 1n),
  };
}

function slotOf(word: string): bigint {
  return BigInt(word.split(" ")[1] ?? "0");
}

function difference(left: ReadonlySet<string>, right: ReadonlySet<string>): readonly string[] {
  return [...left].filter((word) => !right.has(word));
}

async function readWord({ chain, buildAhead }: UpgradedNetwork, slot: bigint): Promise<bigint> {
  const word = await chain.publicClient.getStorageAt({ address: buildAhead.address, slot: toHex(slot, { size: 32 }) });
  return hexToBigInt(word ?? "0x0");
}
