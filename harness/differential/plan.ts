import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { SlotCommittee } from "../consensus/slotCommittee.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import type { ProposalFacts } from "./earlyRejection.ts";

/** What is wrong with a checkpoint that `propose` accepts all the same. */
export type Flaw = "none" | "insufficient" | "bad-signature";

/** A checkpoint that has landed, or will if its transaction succeeds. */
export interface LandedCheckpoint {
  readonly checkpoint: AttestedCheckpoint;
  readonly committee: SlotCommittee;
  readonly flaw: Flaw;
}

/** A call of a planned transaction, as far as errors may differ in it. */
export type PlannedCall =
  | { readonly kind: "propose"; readonly facts: ProposalFacts; readonly lands: LandedCheckpoint }
  | { readonly kind: "validate"; readonly facts: ProposalFacts }
  | { readonly kind: "other" };

/** A transaction that will be sent to both chains. */
export interface Plan {
  readonly label: string;
  readonly request: L1TransactionRequest | L1BlobTransactionRequest;
  /** One call, or the calls of a Multicall3 bundle in order. */
  readonly calls: readonly PlannedCall[];
  readonly isBundle: boolean;
  /** Wei per gas; undefined leaves it to the world. */
  readonly baseFeePerGas?: bigint;
}

/** A plan whose errors may not differ at all. */
export function plainPlan(label: string, request: L1TransactionRequest, baseFeePerGas?: bigint): Plan {
  return {
    label,
    request,
    calls: [{ kind: "other" }],
    isBundle: false,
    ...(baseFeePerGas === undefined ? {} : { baseFeePerGas }),
  };
}
