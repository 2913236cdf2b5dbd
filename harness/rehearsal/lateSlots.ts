import type { ProofAudit } from "../accounting/auditProof.ts";
import type { RecordedLateSubmission } from "../accounting/lateSubmissionEvents.ts";
import { BuildAheadError } from "../errors.ts";
import { splitAfter, type RisingSplit } from "../protocol/split.ts";
import type { LateKind, LateSlotReport, RehearsalStep } from "./rehearsalReport.ts";

/** The steps that land late, and what kind of late each is. */
const LATE_KINDS: Readonly<Record<string, LateKind>> = {
  "late.nextProposer.land": "next-proposer",
  "late.thirdParty.land": "third-party",
  "late.proposal.land": "by-proposal",
  "late.originalProposer.land": "original-proposer",
  "late.boundarySlip.land": "boundary-slip",
  "lastSlot.crossEpochOn.land": "cross-epoch",
};

export const isLateLanding = ({ id }: RehearsalStep): boolean => id in LATE_KINDS;

/** A slot was settled late that no step has landed late. */
export class UnknownLateSlotError extends BuildAheadError {
  constructor(slot: bigint) {
    super("No step has landed a settled slot late", { fields: { slot } });
  }
}

/**
 * Who got what of each late slot that was settled, in order.
 * @param terms Under which all of them landed
 * @throws UnknownLateSlotError
 */
export function describeLateSlots(
  steps: readonly RehearsalStep[],
  recorded: readonly RecordedLateSubmission[],
  audits: readonly ProofAudit[],
  terms: RisingSplit,
): readonly LateSlotReport[] {
  return audits
    .flatMap(({ settled }) => settled)
    .map(({ slot, submitter, coinbase, share, submitterCut, forfeited }) => {
      const step = steps.find((candidate) => isLateLanding(candidate) && candidate.slot === Number(slot));
      const kind = LATE_KINDS[step?.id ?? ""];
      const record = recorded.find((candidate) => candidate.slot === slot);
      if (kind === undefined || record === undefined) throw new UnknownLateSlotError(slot);
      return {
        slot: Number(slot),
        kind,
        checkpointNumber: Number(record.checkpointNumber),
        originalProposer: record.originalProposer,
        submitter,
        coinbase,
        delaySeconds: Number(record.delay),
        ...splitAfter(terms, record.delay),
        share: share.toString(),
        submitterCut: submitterCut.toString(),
        forfeited: forfeited.toString(),
        coinbaseKept: (share - submitterCut - forfeited).toString(),
      };
    });
}
