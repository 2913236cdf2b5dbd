import { decodeFunctionResult, encodeFunctionData, toHex } from "viem";

import { BuildAheadError } from "../errors.ts";
import { L1RevertError } from "../l1/l1Errors.ts";
import { epochOfSlot } from "../protocol/time.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { EpochProofArgs } from "../upstream/epochProofArgs.ts";
import { expectPublicInputs, namePublicInputs } from "../upstream/publicInputs.ts";
import type { AttestedCheckpoint } from "./attestedCheckpoint.ts";
import type { RollupView } from "./rollupView.ts";

/** L1 would have a proof verified against something else than what its checkpoints contain. */
export class PublicInputsMismatchError extends BuildAheadError {}

/**
 * Compares the public inputs that L1 assembles for a proof with what the content alone gives. The mock verifier accepts anything: this is
 * what a real one would refuse. A proof for which L1 has no public inputs is left to L1 to refuse.
 *
 * @throws PublicInputsMismatchError naming each word that differs.
 */
export async function checkPublicInputs(
  { chain, rollup }: RollupView,
  proof: EpochProofArgs,
  checkpoints: readonly AttestedCheckpoint[],
): Promise<void> {
  const functionName = "getEpochProofPublicInputs";
  const args = [proof.start, proof.end, proof.args, proof.fees, proof.blobInputs] as const;
  let result;
  try {
    result = await chain.call({
      to: rollup.address,
      data: encodeFunctionData({ abi: RollupAbi, functionName, args }),
    });
  } catch (error) {
    if (error instanceof L1RevertError) return;
    throw error;
  }
  const words = decodeFunctionResult({ abi: RollupAbi, functionName, data: result });
  const [first] = checkpoints;
  const opensEpoch =
    first !== undefined &&
    (first.parent.number === 0n || epochOfSlot(rollup.timing, first.parent.slot) !== first.epoch);
  const expected = expectPublicInputs(proof, {
    chainId: chain.chainId,
    version: rollup.version,
    headerHashes: checkpoints.map(({ header }) => header.hash().toString()),
    blobCommitments: opensEpoch
      ? checkpoints.flatMap(({ blobs }) => blobs.map(({ commitment }) => toHex(commitment)))
      : undefined,
  });
  const actual = namePublicInputs(words, checkpoints.length);
  const differing = Object.keys(expected).filter((name) => expected[name]?.toLowerCase() !== actual[name]);
  if (differing.length === 0) return;
  throw new PublicInputsMismatchError("L1's public inputs are not those of the content", {
    fields: {
      start: proof.start,
      end: proof.end,
      differing: differing
        .map((name) => `${name}: expected ${String(expected[name])}, L1 has ${String(actual[name])}`)
        .join("; "),
    },
  });
}
