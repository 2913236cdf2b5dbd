import type { LocalAccount } from "viem";

import { checkPublicInputs } from "./checkPublicInputs.ts";
import { buildEpochProof, type EpochProofOptions } from "./epochProof.ts";
import type { RollupView } from "./rollupView.ts";
import type { L1TransactionRequest } from "../l1/l1Transaction.ts";
import type { TransactionOverrides } from "./proposeTransaction.ts";

/**
 * The transaction that proves a run of checkpoints, paid by and credited to `prover`.
 * @throws PublicInputsMismatchError when L1 would have the proof verified against other content.
 */
export async function makeEpochProofTransaction(
  view: RollupView,
  prover: LocalAccount,
  options: Omit<EpochProofOptions, "prover">,
  overrides: TransactionOverrides = {},
): Promise<L1TransactionRequest> {
  const { args, calldata } = await buildEpochProof({ ...options, prover: prover.address });
  await checkPublicInputs(view, args, options.checkpoints);
  return { ...overrides, from: prover, to: view.rollup.address, data: calldata };
}
