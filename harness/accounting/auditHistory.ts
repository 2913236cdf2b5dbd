import type { Checkpointed, RollupEvent } from "../consensus/chainFollower.ts";
import type { RollupView } from "../consensus/rollupView.ts";
import { auditProof, type ProofAudit } from "./auditProof.ts";
import { decodeRecorded, type RecordedLateSubmission } from "./lateSubmissionEvents.ts";

/** Audits every proof of a rollup's history, in order; each must be alone in its L1 block. @throws AccountingError */
export async function auditHistory(view: RollupView, history: readonly RollupEvent[]): Promise<readonly ProofAudit[]> {
  const audits: ProofAudit[] = [];
  for (const { kind, txHash } of history) {
    if (kind !== "proven") continue;
    audits.push(await auditProof(view, await view.chain.publicClient.getTransactionReceipt({ hash: txHash })));
  }
  return audits;
}

/** What the rollup recorded of those among some checkpoints that landed late, in order. */
export async function readRecorded(
  { chain, rollup }: RollupView,
  checkpoints: readonly Checkpointed[],
): Promise<readonly RecordedLateSubmission[]> {
  const receipts = await Promise.all(
    checkpoints.map(({ txHash }) => chain.publicClient.getTransactionReceipt({ hash: txHash })),
  );
  const slots = new Set(checkpoints.map(({ slot }) => slot));
  return receipts.flatMap((receipt) => decodeRecorded(receipt, rollup.address)).filter(({ slot }) => slots.has(slot));
}
