import { expect } from "chai";
import { encodeFunctionData, keccak256, encodeAbiParameters, type Address, type Hex } from "viem";

import type { LandOptions } from "../../../harness/world/world.ts";
import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { lateSubmissionAbi } from "../../../harness/protocol/abis.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { readState } from "./rollupState.ts";
import type { TestWorld } from "../../support/world.ts";

/** What a contract answers: nothing wrong, or one error with its arguments. */
export type Verdict = "accepted" | { readonly errorName: string; readonly args: readonly unknown[] };

export const refusal = (errorName: string, ...args: readonly unknown[]): Exclude<Verdict, "accepted"> => ({
  errorName,
  args,
});

export interface RejectionOptions extends LandOptions {
  /** What `validateHeaderWithAttestations` says at the same second; default the same as `propose`. */
  readonly rehearsal?: Verdict;
}

/** Asks `validateHeaderWithAttestations`, as nodes do before they broadcast, in a block of the given second. */
export function rehearse(
  { chain, rollup }: TestWorld,
  checkpoint: AttestedCheckpoint,
  timestamp: bigint,
): Promise<Verdict> {
  const { proposeArgs, attestations, signers, signature, digest, blobsHash } = checkpoint;
  const data = encodeFunctionData({
    abi: RollupAbi,
    functionName: "validateHeaderWithAttestations",
    args: [proposeArgs.header, attestations, signers, signature, digest, blobsHash, { ignoreDA: false }],
  });
  return verdictOf(chain.call({ to: rollup.address, data, timestamp }));
}

/** The same for the header alone: a builder asks this before anybody has attested. */
export function rehearseHeader(world: TestWorld, checkpoint: AttestedCheckpoint, timestamp: bigint): Promise<Verdict> {
  const attestations = { signatureIndices: "0x", signaturesOrAddresses: "0x" } as const;
  return rehearse(world, { ...checkpoint, attestations, signers: [] }, timestamp);
}

/** Asks the view guard that bundling contracts call first. */
export function askOpen(
  { chain, rollup }: TestWorld,
  checkpoint: AttestedCheckpoint,
  timestamp: bigint,
): Promise<Verdict> {
  const { slotNumber, lastArchiveRoot } = checkpoint.proposeArgs.header;
  const data = encodeFunctionData({
    abi: lateSubmissionAbi,
    functionName: "requireOpen",
    args: [slotNumber, lastArchiveRoot],
  });
  return verdictOf(chain.call({ to: rollup.address, data, timestamp }));
}

/** Asks for the record of a slot's late landing. */
export function askRecord({ chain, rollup }: TestWorld, slot: bigint): Promise<Verdict> {
  const data = encodeFunctionData({ abi: lateSubmissionAbi, functionName: "getLateSubmission", args: [slot] });
  return verdictOf(chain.call({ to: rollup.address, data }));
}

/** Sends a checkpoint that must be refused with exactly this error, and leave every word of storage as it was. */
export async function expectRejected(
  world: TestWorld,
  checkpoint: AttestedCheckpoint,
  expected: Exclude<Verdict, "accepted">,
  { rehearsal = expected, ...options }: RejectionOptions,
): Promise<void> {
  if (options.timestamp !== undefined) {
    const verdict = await rehearse(world, checkpoint, options.timestamp);
    expect(verdict, "validateHeaderWithAttestations").to.deep.equal(rehearsal);
  }
  const before = await readState(world);
  const { revert } = await world.land(checkpoint, options);
  expect(revert === undefined ? "accepted" : toVerdict(revert), "propose").to.deep.equal(expected);
  // The window of slots that is compared moves with the clock: what is in both must be the same.
  const after = await readState(world);
  for (const [name, word] of Object.entries(before)) {
    if (after[name] !== undefined) expect(after[name], `${name} after the rejection`).to.equal(word);
  }
  expect(after["tips"], "tips after the rejection").to.equal(before["tips"]);
}

/** The commitment that L1 stores for a committee. */
export function commitmentTo(members: readonly Address[]): Hex {
  return keccak256(encodeAbiParameters([{ type: "address[]" }], [members]));
}

async function verdictOf(call: Promise<Hex>): Promise<Verdict> {
  try {
    await call;
    return "accepted";
  } catch (error) {
    if (error instanceof L1RevertError) return toVerdict(error);
    throw error;
  }
}

function toVerdict({ errorName, args, data }: L1RevertError): Exclude<Verdict, "accepted"> {
  return refusal(errorName ?? data, ...args);
}
