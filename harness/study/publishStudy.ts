import { runStage, type OpenLedger } from "../stage/runStage.ts";
import { POLICIES, policyId, type PublishPolicy } from "./publishPolicies.ts";
import type { PublishStudyPlan, PublishStudyRequest } from "./publishStudyOptions.ts";
import { deadlinesOf, setUpPublishRun, STUDY_WEATHER } from "./publishStudySetup.ts";
import { PublishWatch, type PublishCounts } from "./publishWatch.ts";

/** What a policy came to, run by run. Run k of every policy has the same seed. */
export interface PolicyResult extends PublishPolicy {
  readonly id: string;
  readonly runs: readonly PublishCounts[];
}

/** The policies that are tried on the contracts too: what their transactions cost there is set beside the model's classes. */
const SAMPLED: readonly PublishPolicy[] = [
  { simulation: "blind", handoff: "goesOn", lead: "early" },
  { simulation: "simulated", handoff: "stops", lead: "start" },
];

const SAMPLE_RUNS = 2;

/** What a study came to. Plain data. */
export interface PublishStudy extends PublishStudyRequest {
  readonly weather: typeof STUDY_WEATHER;
  /** Which ledger executed it. */
  readonly ledger: string;
  readonly policies: readonly PolicyResult[];
}

/**
 * Runs every policy through the same weather: publishers race for late checkpoints, and every transaction is followed to its end.
 * @param onRun Hears of each run as it ends
 * @throws RunFailedError
 */
export async function runPublishStudy(
  openLedger: OpenLedger,
  request: PublishStudyRequest,
  onRun: (policy: string, done: number, all: number, isPolicyDone: boolean) => void = () => {},
  policies: readonly PublishPolicy[] = POLICIES,
): Promise<PublishStudy> {
  const results: PolicyResult[] = [];
  let ledger = "";
  const open: OpenLedger = async (setup) => {
    const opened = await openLedger(setup);
    ledger = opened.name;
    return opened;
  };
  for (const [place, policy] of policies.entries()) {
    const runs: PublishCounts[] = [];
    for (let run = 0; run < request.runs; run++) {
      runs.push(await runOnce(open, policy, `${request.seed}/${run}`, slotsOfRun(request, run)));
      const done = place * request.runs + runs.length;
      onRun(policyId(policy), done, policies.length * request.runs, runs.length === request.runs);
    }
    results.push({ id: policyId(policy), ...policy, runs });
  }
  return { ...request, weather: STUDY_WEATHER, ledger, policies: results };
}

async function runOnce(
  openLedger: OpenLedger,
  policy: PublishPolicy,
  seed: string,
  slots: number,
): Promise<PublishCounts> {
  const setup = setUpPublishRun(policy, seed, slots);
  const watch = new PublishWatch((slot) => deadlinesOf(setup, slot));
  await runStage(openLedger, setup, [], [watch]);
  return watch.conclude(slots);
}

/** Runs a few policies on the contracts, in two runs. */
export function samplePublishStudy(
  openLedger: OpenLedger,
  { seed, sampledSlots }: PublishStudyPlan,
  onRun?: (policy: string, done: number, all: number, isPolicyDone: boolean) => void,
): Promise<PublishStudy> {
  return runPublishStudy(
    openLedger,
    { seed: `${seed}/sample`, slots: sampledSlots, runs: SAMPLE_RUNS },
    onRun,
    SAMPLED,
  );
}

/** All slots, the first runs one longer where they do not come out even. */
function slotsOfRun({ slots, runs }: PublishStudyRequest, run: number): number {
  return Math.floor(slots / runs) + (run < slots % runs ? 1 : 0);
}
