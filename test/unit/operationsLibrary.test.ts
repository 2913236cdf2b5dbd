import { expect } from "chai";
import {
  decodeFunctionResult,
  encodeFunctionData,
  hexToBigInt,
  parseEventLogs,
  zeroHash,
  type Address,
  type Hex,
  type TransactionReceipt,
} from "viem";

import { makeEpochProofTransaction } from "../../harness/consensus/epochProofTransaction.ts";
import type { AttestedCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { makeSidecars } from "../../harness/consensus/blobs.ts";
import { buildEpochProof } from "../../harness/consensus/epochProof.ts";
import { L1RevertError } from "../../harness/l1/l1Errors.ts";
import { operationsLibraryAbi } from "../../harness/protocol/abis.ts";
import { RollupAbi } from "../../harness/upstream/abis.ts";
import type { EpochProofArgs } from "../../harness/upstream/epochProofArgs.ts";
import { openTestWorld, type TestWorld } from "../support/world.ts";
import { traceCallFrame } from "../support/callFrames.ts";
import { runAsUpstream, withUpstreamLibrary } from "../settlement/runAsUpstream.ts";

/** What returns `block.blobbasefee`: BLOBBASEFEE, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN. */
const BLOB_BASE_FEE_CODE = "0x4a5f5260205ff3";

/** Of the operations library, what it only hands on: every answer must be that of upstream's library in the same state. */
describe("The operations library", () => {
  let world: TestWorld;
  let ours: Address;
  let upstreams: Address;
  /** The second one landed late. */
  let landed: readonly [AttestedCheckpoint, AttestedCheckpoint];
  let restore: () => Promise<void>;

  before(async () => {
    world = await openTestWorld();
    const { network, rollup, sequencer, firstSlot, rescuer } = world;
    ours = libraryOf(rollup.libraries);
    upstreams = libraryOf(network.rollup.libraries);
    const { checkpoint: first } = await sequencer.landOnTime(firstSlot + 1n);
    const second = await sequencer.build(firstSlot + 2n, { blobCount: 2 });
    await sequencer.landLate(second, { from: rescuer });
    landed = [first, second];
    restore = await world.chain.snapshot();
  });
  beforeEach(() => restore());

  /** Data, or the error as it was decoded. */
  async function ask(to: Address, data: Hex): Promise<Hex | readonly unknown[]> {
    try {
      return await world.chain.call({ to, data });
    } catch (error) {
      if (error instanceof L1RevertError) return [error.errorName ?? error.data, ...error.args];
      throw error;
    }
  }

  /** What the rollup answers, which must be what it would with upstream's library. */
  async function askBoth(data: Hex): Promise<Hex | readonly unknown[]> {
    const { network, rollup } = world;
    const answer = await ask(rollup.address, data);
    const upstreamAnswer = await withUpstreamLibrary(network, rollup, () => ask(rollup.address, data));
    expect(answer).to.deep.equal(upstreamAnswer);
    return answer;
  }

  describe("prunes", () => {
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "prune" });
    /** Checkpoints are proven until the end of the epoch after their own. */
    const due = () => world.at(world.firstSlot + 8n);

    /** One `prune()`, in which nothing may differ from upstream's. */
    async function prune(timestamp: bigint) {
      const { network, chain, rollup, rescuer } = world;
      const look = async ({ status, logs, transactionHash }: TransactionReceipt) => ({
        refusal: status === "reverted" ? (await chain.getRevert(transactionHash)).errorName : undefined,
        logs: logs.map(({ address, topics, data }) => ({ address, topics, data })),
        pruned: parseEventLogs({ abi: RollupAbi, eventName: "PrunedPending", logs }).map(({ args }) => args),
        tips: await chain.publicClient.readContract({
          address: rollup.address,
          abi: RollupAbi,
          functionName: "getTips",
        }),
      });
      const request = { from: rescuer, to: rollup.address, data };
      const upstream = await runAsUpstream(network, rollup, request, timestamp, look);
      const outcome = await look(await chain.execute(request, { timestamp, allowRevert: true }));
      expect(outcome).to.deep.equal(upstream);
      return outcome;
    }

    it("everything that was not proven in time, late or not", async () => {
      const { pruned, tips } = await prune(due());
      expect(pruned).to.deep.equal([{ provenCheckpointNumber: 0n, pendingCheckpointNumber: 2n }]);
      expect(tips).to.deep.equal({ pending: 0n, proven: 0n });
      // What is left is a tip to build on.
      const { checkpoint } = await world.landOnTime(world.firstSlot + 9n);
      expect(checkpoint.number).to.equal(1n);
    });

    it("nothing while a proof may come", async () => {
      const { refusal, tips } = await prune(due() - 1n);
      expect(refusal).to.equal("Rollup__NothingToPrune");
      expect(tips).to.deep.equal({ pending: 2n, proven: 0n });
    });

    it("nothing of a chain that was proven or pruned to its tip", async () => {
      const { chain, sequencer, prover } = world;
      await chain.execute(await makeEpochProofTransaction(sequencer.view, prover, { checkpoints: landed }));
      expect((await prune(due())).refusal, "proven").to.equal("Rollup__NothingToPrune");
      await restore();
      await prune(due());
      expect((await prune(due() + 12n)).refusal, "pruned").to.equal("Rollup__NothingToPrune");
    });
  });

  describe("puts together a proof's public inputs", () => {
    const encode = ({ start, end, args, fees, blobInputs }: EpochProofArgs) =>
      encodeFunctionData({
        abi: RollupAbi,
        functionName: "getEpochProofPublicInputs",
        args: [start, end, args, fees, blobInputs],
      });
    const proofOf = async (checkpoints: readonly AttestedCheckpoint[]) =>
      (await buildEpochProof({ checkpoints, prover: world.prover.address })).args;

    it("from what landed and what is claimed, as upstream does, for any range", async () => {
      const answers = new Set<string>();
      for (const checkpoints of [landed, landed.slice(0, 1), landed.slice(1)]) {
        const proof = await proofOf(checkpoints);
        const answer = await askBoth(encode(proof));
        if (typeof answer !== "string") throw new Error(`refused with ${answer.join()}`);
        answers.add(answer);
        const inputs = decodeFunctionResult({
          abi: RollupAbi,
          functionName: "getEpochProofPublicInputs",
          data: answer,
        });
        expect(inputs.slice(0, 3)).to.deep.equal([
          proof.args.previousArchive,
          proof.args.endArchive,
          proof.args.outHash,
        ]);
        expect(inputs).to.include.members([...proof.fees]);
      }
      expect(answers.size, "each range has its own").to.equal(3);
    });

    it("but not for archives that the chain does not have, and says which, as upstream does", async () => {
      const proof = await proofOf(landed);
      const [first, second] = landed;
      const before = { ...proof, args: { ...proof.args, previousArchive: second.archive } };
      expect(await askBoth(encode(before))).to.deep.equal([
        "Rollup__InvalidPreviousArchive",
        first.parent.archive,
        second.archive,
      ]);
      const end = { ...proof, args: { ...proof.args, endArchive: first.archive } };
      expect(await askBoth(encode(end))).to.deep.equal(["Rollup__InvalidArchive", second.archive, first.archive]);
      expect(await askBoth(encode({ ...proof, fees: proof.fees.slice(1) }))).to.deep.equal(["Panic", 0x32n]);
    });
  });

  describe("validates blobs", () => {
    const encode = (blobInput: Hex) =>
      encodeFunctionData({ abi: RollupAbi, functionName: "validateBlobs", args: [blobInput] });
    const WRONG_INPUTS = ["0x", "0x00", "0x01", "0x0102"] as const;

    it("of a transaction that has them, as upstream does", async () => {
      const { network, chain, rollup, rescuer } = world;
      for (const { blobs, blobInput } of landed) {
        const sidecars = makeSidecars(blobs, chain);
        const request = { from: rescuer, to: rollup.address, data: encode(blobInput), sidecars };
        const timestamp = (await chain.now()) + 12n;
        const look = async ({ status, transactionHash }: TransactionReceipt) => {
          expect(status).to.equal("success");
          return (await traceCallFrame(chain, transactionHash)).output ?? "0x";
        };
        const upstreamAnswer = await runAsUpstream(network, rollup, request, timestamp, look);
        const answer = await look(await chain.execute(request, { timestamp, allowRevert: true }));
        expect(answer).to.equal(upstreamAnswer);
        const [hashes] = decodeFunctionResult({ abi: RollupAbi, functionName: "validateBlobs", data: answer });
        expect(hashes).to.have.length(blobs.length);
      }
    });

    it("of a transaction that lacks them, or of malformed input, with upstream's errors", async () => {
      const { blobInput } = landed[0];
      const refusal = await askBoth(encode(blobInput));
      expect(refusal.slice(0, 2)).to.deep.equal(["Rollup__InvalidBlobHash", zeroHash]);
      for (const wrong of WRONG_INPUTS) {
        expect(await askBoth(encode(wrong)), wrong).to.be.an("array");
      }
    });

    it("for a caller of the library itself, with and without the comparison", async () => {
      for (const blobInput of [...landed.map((checkpoint) => checkpoint.blobInput), ...WRONG_INPUTS]) {
        for (const isCompared of [false, true]) {
          const data = encodeFunctionData({
            abi: operationsLibraryAbi,
            functionName: "validateBlobs",
            args: [blobInput, isCompared],
          });
          const answer = await ask(ours, data);
          expect(answer, `${blobInput} ${isCompared}`).to.deep.equal(await ask(upstreams, data));
          const isExpected = !isCompared && landed.some((checkpoint) => checkpoint.blobInput === blobInput);
          expect(typeof answer === "string", `${blobInput} ${isCompared} is answered`).to.equal(isExpected);
        }
      }
    });
  });

  it("tells the chain's blob base fee, as upstream does, when it is low and when it has risen", async () => {
    const { chain, rescuer } = world;
    const probe = "0x00000000000000000000000000000000000b10bf";
    await chain.setCode(probe, BLOB_BASE_FEE_CODE);
    const data = encodeFunctionData({ abi: operationsLibraryAbi, functionName: "getBlobBaseFee" });
    const read = async (to: Address) => hexToBigInt(await chain.call({ to, data }));
    const fees: bigint[] = [];
    // Full blocks make blobs dearer.
    const { blobs } = landed[1];
    const sidecars = makeSidecars([...blobs, ...blobs, ...blobs], chain);
    expect(sidecars, "as many blobs as a transaction may have").to.have.length(6);
    for (let block = 0; block < 60 && (fees.at(-1) ?? 0n) < 2n; block++) {
      const fee = await read(ours);
      expect(fee, "the chain's").to.equal(await read(probe));
      expect(fee, "upstream's").to.equal(await read(upstreams));
      fees.push(fee);
      await chain.execute({ from: rescuer, to: rescuer.address, sidecars });
    }
    expect(fees[0]).to.equal(1n);
    expect(fees.at(-1)).to.equal(2n);
  });
});

function libraryOf(libraries: Readonly<Record<string, Address>>): Address {
  const address = libraries["RollupOperationsExtLib"];
  if (address === undefined) throw new Error("The rollup links no operations library");
  return address;
}
