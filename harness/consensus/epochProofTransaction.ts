import type { LocalAccount } from "viem";

import { buildEpochProof, type EpochProofOptions } from "./epochProof.ts";
import type { RollupView } from "./rollupView.ts";
import type { L1TransactionRequest } from "../l1/l1Transaction.ts";
import type { TransactionOverrides } from "./proposeTransaction.ts";

/** The transaction that proves a run of checkpoints, paid by and credited to `prover`. */
export async function makeEpochProofTransaction(
  { rollup }: RollupView,
  prover: LocalAccount,
  options: Omit<EpochProofOptions, "prover">,
  overrides: TransactionOverrides = {},
): Promise<L1TransactionRequest> {
  const { calldata } = await buildEpochProof({ ...options, prover: prover.address });
  return { ...overrides, from: prover, to: rollup.address, data: calldata };
}
