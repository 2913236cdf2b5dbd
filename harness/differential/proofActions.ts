import {
  concatHex,
  decodeFunctionResult,
  encodeFunctionData,
  keccak256,
  maxUint256,
  multicall3Abi,
  padHex,
  zeroHash,
  type Hex,
} from "viem";

import { buildEpochProof } from "../consensus/epochProof.ts";
import { withExtraBytes, withFlippedBit } from "../consensus/malformedAttestations.ts";
import { L1RevertError } from "../l1/l1Errors.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { EpochProofArgs } from "../upstream/epochProofArgs.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import { plainPlan, type LandedCheckpoint, type Plan } from "./plan.ts";
import { badIndex } from "./proposalDraft.ts";
import { toRollup } from "./rollupCalls.ts";

/** A run from the start of an epoch: mostly of the oldest unproven one, sometimes of one that has proofs already. */
function chooseRun(world: FuzzWorld): readonly LandedCheckpoint[] {
  const { dice, landed, proven, tip } = world;
  const next = landed.get(proven + 1n);
  const last = landed.get(proven);
  const target =
    dice.chance(75) && tip.number > proven ? next : dice.chance(70) ? last : dice.pick([...landed.values()]);
  if (target === undefined) return [];
  const run = world.chainOf(target.checkpoint.epoch);
  const length = dice.chance(60) ? run.length : 1 + dice.below(Math.max(run.length, 1));
  return run.slice(0, length);
}

/** @param inTime Only what is not refused for being late */
async function proofArgs(world: FuzzWorld, inTime = false): Promise<EpochProofArgs | undefined> {
  const { dice, landed } = world;
  if (landed.size === 0) return undefined;
  const checkpoints = chooseRun(world).map(({ checkpoint }) => checkpoint);
  const [first] = checkpoints;
  if (first === undefined) return undefined;
  if (inTime && first.epoch + world.rollup.timing.proofSubmissionEpochs < world.epoch) return undefined;
  const tips = dice.chance(50);
  const { args } = await buildEpochProof({
    checkpoints,
    prover: dice.pick(world.provers).address,
    blobInputs: await world.pool.open(checkpoints),
    fee: ({ header }) => ({
      recipient: header.coinbase.toString(),
      value: header.totalManaUsed.toBigInt() * (header.gasFees.feePerL2Gas + (tips ? BigInt(dice.below(1000)) : 0n)),
    }),
  });
  return args;
}

function planProof(world: FuzzWorld, label: string, args: EpochProofArgs): Plan {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "submitEpochRootProof", args: [args] });
  return plainPlan(label, toRollup(world, world.dice.pick(world.provers), data));
}

/** With the proof that the verifier accepts: the hash of the public inputs. Where L1 finds none, any word will do. */
async function withProof(world: FuzzWorld, args: EpochProofArgs): Promise<EpochProofArgs> {
  const { chain } = world.twin;
  const functionName = "getEpochProofPublicInputs";
  const inputs = [args.start, args.end, args.args, args.fees, args.blobInputs] as const;
  try {
    const data = encodeFunctionData({ abi: RollupAbi, functionName, args: inputs });
    const result = await chain.call({ to: world.rollup.address, data });
    const words = decodeFunctionResult({ abi: RollupAbi, functionName, data: result });
    return { ...args, proof: keccak256(concatHex(words)) };
  } catch (error) {
    if (!(error instanceof L1RevertError)) throw error;
    return { ...args, proof: zeroHash };
  }
}

export async function proveEpoch(world: FuzzWorld): Promise<Plan | undefined> {
  const args = await proofArgs(world);
  return args === undefined ? undefined : planProof(world, "prove", await withProof(world, args));
}

/** Nothing is wrong but the proof; sometimes the right one follows in the same bundle. */
export async function proveRefused(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice, twin, rollup } = world;
  const args = await proofArgs(world, true);
  if (args === undefined) return undefined;
  const proof = dice.chance(70) ? dice.field() : dice.pick<Hex>(["0x", "0x00"]);
  const name = proof.length < 66 ? "a malformed proof" : "a false proof";
  const refused = planProof(world, `prove with ${name}`, { ...args, proof });
  if (dice.chance(40)) return refused;
  const { request } = planProof(world, "prove", await withProof(world, args));
  const calls = [refused.request, request].map(({ data = "0x" }) => ({
    target: rollup.address,
    callData: data,
    allowFailure: true,
  }));
  const data = encodeFunctionData({ abi: multicall3Abi, functionName: "aggregate3", args: [calls] });
  return {
    label: `prove with ${name} and a right one`,
    request: { ...request, to: twin.upstream.contracts.multicall3, data },
    calls: calls.map(() => ({ kind: "other" })),
    isBundle: true,
  };
}

type ProofFault = readonly [name: string, apply: (args: EpochProofArgs, world: FuzzWorld) => EpochProofArgs];

const PROOF_FAULTS: readonly ProofFault[] = [
  ["wrong-previous-archive", (args, { dice }) => ({ ...args, args: { ...args.args, previousArchive: dice.field() } })],
  ["wrong-end-archive", (args, { dice }) => ({ ...args, args: { ...args.args, endArchive: dice.field() } })],
  ["wrong-out-hash", (args, { dice }) => ({ ...args, args: { ...args.args, outHash: dice.field() } })],
  ["later-start", (args) => ({ ...args, start: args.start + 1n })],
  ["earlier-start", (args) => ({ ...args, start: args.start - 1n })],
  ["start-after-end", (args) => ({ ...args, start: args.end + 1n })],
  ["later-end", (args) => ({ ...args, end: args.end + 1n })],
  ["end-beyond-chain", (args, { dice }) => ({ ...args, end: dice.pick([maxUint256, args.end + 100n]) })],
  ["start-beyond-chain", (args) => ({ ...args, start: maxUint256 })],
  ["ancient-end", (args) => ({ ...args, start: 1n, end: 1n })],
  [
    "other-attestations",
    (args, { dice, attesters }) => {
      const form = { attestations: args.attestations, signers: [] };
      const changed = dice.chance(50)
        ? withExtraBytes(form, "signaturesOrAddresses")
        : withFlippedBit(form, dice.below(attesters));
      return { ...args, attestations: changed.attestations };
    },
  ],
  ["garbled-blobs", (args) => ({ ...args, blobInputs: `0x${args.blobInputs.slice(2, -2)}00` })],
  ["no-blobs", (args) => ({ ...args, blobInputs: "0x" })],
  ["no-fees", (args) => ({ ...args, fees: args.fees.map(() => padHex("0x", { size: 32 })) })],
  ["few-fees", (args) => ({ ...args, fees: args.fees.slice(0, 1) })],
];

export async function proveFaulty(world: FuzzWorld): Promise<Plan | undefined> {
  const args = await proofArgs(world);
  if (args === undefined) return undefined;
  const [name, apply] = world.dice.pick(PROOF_FAULTS);
  return planProof(world, `prove with ${name}`, await withProof(world, apply(args, world)));
}

export async function prune(world: FuzzWorld): Promise<Plan> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "prune" });
  return plainPlan("prune", toRollup(world, world.stranger, data));
}

/** Invalidates a checkpoint for what is wrong with it, or for something that is not. */
export async function invalidate(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice, landed, tip, proven } = world;
  const known = [...landed.values()].filter(({ checkpoint }) => checkpoint.number <= tip.number);
  const flawed = known.filter(({ checkpoint, flaw }) => {
    // Without a committee every checkpoint lacks attestations.
    return (flaw !== "none" || !world.hasCommittees) && checkpoint.number > proven;
  });
  const pool = flawed.length > 0 && dice.chance(world.hasCommittees ? 80 : 95) ? flawed : known;
  // What is proven stays: once in a while is enough to see it.
  const isIdle = flawed.length === 0 && dice.chance(70);
  if (pool.length === 0 || isIdle) return undefined;
  const target = dice.pick(pool);
  const { checkpoint, committee, flaw } = target;
  const members = world.hasCommittees || dice.chance(20) ? committee.members : [];
  const asInsufficient =
    flaw === "none" ? dice.chance(world.hasCommittees ? 50 : 85) : (flaw === "insufficient") !== dice.chance(15);
  const number = dice.chance(95) ? checkpoint.number : tip.number + 1n;
  const data = asInsufficient
    ? encodeFunctionData({
        abi: RollupAbi,
        functionName: "invalidateInsufficientAttestations",
        args: [number, checkpoint.attestations, members],
      })
    : encodeFunctionData({
        abi: RollupAbi,
        functionName: "invalidateBadAttestation",
        args: [
          number,
          checkpoint.attestations,
          members,
          BigInt(flaw === "bad-signature" ? badIndex(target) : dice.below(members.length + 1)),
        ],
      });
  const label = asInsufficient ? "invalidate for too few attestations" : "invalidate for a bad attestation";
  return plainPlan(label, toRollup(world, world.stranger, data));
}
