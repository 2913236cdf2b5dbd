import type { DeployedRollup } from "../network/deployment.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { boundarySlip, unpaidSlip } from "../scenarios/boundarySlip.ts";
import { bridgeFees } from "../scenarios/bridgeFees.ts";
import { cannotLand } from "../scenarios/cannotLand.ts";
import { makeDuplicates } from "../scenarios/duplicates.ts";
import { lastSlot } from "../scenarios/lastSlot.ts";
import { lateByNextProposer } from "../scenarios/lateByNextProposer.ts";
import { lateByOriginalProposer } from "../scenarios/lateByOriginalProposer.ts";
import { lateByProposal } from "../scenarios/lateByProposal.ts";
import { lateByThirdParty } from "../scenarios/lateByThirdParty.ts";
import { makeNewEpoch } from "../scenarios/newEpoch.ts";
import { makeOnTimeSeries } from "../scenarios/onTimeSeries.ts";
import { makeOpenWindow } from "../scenarios/openWindow.ts";
import { makeRefusedLate } from "../scenarios/refusedLate.ts";
import type { DeployedContext, Scenario } from "../scenarios/scenario.ts";
import { settlement } from "../scenarios/settlement.ts";
import { turnCrossEpoch } from "../scenarios/turnCrossEpoch.ts";

/** Scenarios under one title. */
export interface Phase {
  readonly title: string;
  readonly scenarios: readonly Scenario<DeployedContext>[];
}

/** What upstream's rollup is put through. @param slots On-time slots after the epoch's first one */
export function upstreamScenarios(slots: number): Phase["scenarios"] {
  return [makeOnTimeSeries({ id: "upstream.onTime", count: slots }), makeRefusedLate("upstream.late")];
}

/**
 * What the extended rollup is put through, from the first second of an epoch on.
 * @param terms What the window is opened with
 * @param slots As for upstream's
 */
export function buildAheadPhases(
  { verifier }: Pick<DeployedRollup, "verifier">,
  terms: LateSubmissionTerms,
  slots: number,
): readonly Phase[] {
  return [
    { title: "On time", scenarios: [bridgeFees, makeOnTimeSeries({ id: "onTime", count: slots })] },
    { title: "Late while the window is closed", scenarios: [makeRefusedLate("closed.late"), settlement] },
    { title: "Governance opens the window", scenarios: [makeOpenWindow(terms)] },
    {
      title: "Late",
      scenarios: [
        makeNewEpoch("opened"),
        lateByNextProposer,
        lateByThirdParty,
        lateByProposal,
        lateByOriginalProposer,
        unpaidSlip,
        boundarySlip,
      ],
    },
    { title: "Refused", scenarios: [makeDuplicates(verifier), cannotLand] },
    { title: "Last slot of the epoch", scenarios: [lastSlot] },
    { title: "Proof and settlement", scenarios: [settlement] },
    { title: "Governance turns crossEpoch around and opens rewards", scenarios: [turnCrossEpoch] },
    { title: "Last slot of the epoch, again", scenarios: [makeNewEpoch("newEpoch"), lastSlot, settlement] },
  ];
}
