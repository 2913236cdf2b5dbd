import { BuildAheadError } from "../../errors.ts";
import type { GasClass, LedgerAction, Outcome } from "../../sim/ledger.ts";
import type { OutcomeCount } from "./ledgerTally.ts";

/** One thing that can become of one kind of action. */
interface ExpectedOutcome {
  readonly action: LedgerAction["kind"];
  readonly status: Outcome["status"];
  /** Empty for a success. */
  readonly error: string;
  /** Of a success. */
  readonly gasClass?: GasClass;
}

/** Something that a check must have seen, it has seen too seldom: what it says of the model there is chance. */
export class RareOutcomeError extends BuildAheadError {
  constructor(least: number, rare: readonly string[]) {
    super(`Seen fewer than ${least} times: ${rare.join(", ")}`, { fields: { slotsAreTooFew: rare.length } });
  }
}

const success = (action: LedgerAction["kind"], gasClass: GasClass): ExpectedOutcome => ({
  action,
  status: "success",
  error: "",
  gasClass,
});
const reverted = (action: LedgerAction["kind"], ...errors: readonly string[]) =>
  errors.map((error): ExpectedOutcome => ({ action, status: "reverted", error }));
const skipped = (...errors: readonly string[]) =>
  errors.map((error): ExpectedOutcome => ({ action: "propose", status: "skipped", error }));

const WINDOW = ["HeaderLib__InvalidSlotNumber", "LateSubmission__WindowClosed", "LateSubmission__CrossEpochClosed"];
const PROPOSAL = [
  ...WINDOW,
  "Panic",
  "Rollup__InvalidArchive",
  "Rollup__SlotAlreadyInChain",
  "SignatureLib__InvalidSignature",
  "ValidatorSelection__InsufficientAttestations",
  "ValidatorSelection__MissingProposerSignature",
];

/** Everything that the model can answer, apart from what a storm cannot bring about: a fee portal that is empty. */
export const EXPECTED_OUTCOMES: readonly ExpectedOutcome[] = [
  success("propose", "propose.onTime"),
  success("propose", "propose.firstOfEpoch"),
  success("propose", "propose.late"),
  success("prove", "prove"),
  success("prove", "prove.late"),
  success("invalidate", "other"),
  success("prune", "other"),
  success("message", "other"),
  ...reverted("propose", ...PROPOSAL, "Rollup__InvalidInHash", "Rollup__InvalidManaMinFee"),
  ...skipped(...PROPOSAL),
  ...reverted(
    "prove",
    "Rollup__InvalidAttestations",
    "Rollup__InvalidCheckpointNumber",
    "Rollup__PastDeadline",
    "Rollup__ProverHaveAlreadySubmitted",
    "Rollup__StartAndEndNotSameEpoch",
    "Rollup__StartIsNotBuildingOnProven",
    "Rollup__StartIsNotFirstCheckpointOfEpoch",
    "Rollup__UnavailableTempCheckpointLog",
    "ValidatorSelection__InsufficientAttestations",
  ),
  ...reverted(
    "invalidate",
    "Rollup__CheckpointAlreadyProven",
    "Rollup__CheckpointNotInPendingChain",
    "Rollup__InvalidAttestations",
    "ValidatorSelection__InsufficientAttestations",
  ),
  ...reverted("prune", "Rollup__NothingToPrune"),
];

/**
 * Makes sure that nothing was rare by accident.
 * @param least How often everything must have been seen
 * @throws RareOutcomeError
 */
export function assertNothingRare(seen: readonly OutcomeCount[], least: number): void {
  const rare = EXPECTED_OUTCOMES.flatMap(({ action, status, error, gasClass }) => {
    const count = seen
      .filter((one) => one.action === action && one.status === status && one.error === error)
      .filter((one) => gasClass === undefined || one.gasClass === gasClass)
      .reduce((sum, one) => sum + one.count, 0);
    const name = [action, status, error === "" ? gasClass : error].join(" ");
    return count < least ? [`${name} (${count})`] : [];
  });
  if (rare.length > 0) throw new RareOutcomeError(least, rare);
}
