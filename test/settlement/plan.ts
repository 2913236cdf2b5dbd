import fc from "fast-check";

import type { LateSubmissionTerms } from "../../harness/protocol/terms.ts";

// A sequence is data: numbers that only mean something in the state in which a step is taken are free choices, reduced there.

/** How a late landing names who is credited. `nobody`: through Multicall3 without a name. */
export type RecipientKind =
  "sender" | "nobody" | "named" | "coinbase" | "burnAddress" | "rollup" | "distributor" | "contract";

/** What becomes of a slot. `unattested`: on time, with the proposer's attestation alone, so that it can be invalidated. */
export type Fate = "empty" | "onTime" | "late" | "unattested";

export type FeeLevel = "burnOnly" | "justOverBurn" | "partOfProver" | "proverExactly" | "minimum" | "tipped";

export type Action =
  | { readonly kind: "terms"; readonly terms: LateSubmissionTerms }
  | { readonly kind: "rewards"; readonly checkpointReward: bigint; readonly sequencerBps: number }
  | { readonly kind: "distributor"; readonly balance: bigint }
  | { readonly kind: "canonical" }
  | { readonly kind: "enableTransactions" }
  | { readonly kind: "claim"; readonly choice: number }
  | { readonly kind: "claimProver"; readonly choice: number }
  | { readonly kind: "invalidate"; readonly choice: number }
  | { readonly kind: "duplicate"; readonly choice: number }
  | {
      readonly kind: "prove";
      readonly epochChoice: number;
      readonly lengthChoice: number;
      readonly proverChoice: number;
      readonly fees: readonly FeeLevel[];
      readonly divertFees: boolean;
    };

export interface SlotPlan {
  readonly fate: Fate;
  readonly recipient: RecipientKind;
  /** Seconds into the next slot; for late landings. */
  readonly delay: bigint;
  readonly coinbaseChoice: number;
  /** Quarters of the mana target; eight are the limit. */
  readonly manaQuarters: bigint;
  /** Basis points. */
  readonly priceModifier: bigint;
  /** Before and after the slot's own landing. */
  readonly before: readonly Action[];
  readonly after: readonly Action[];
}

const TOKEN = 10n ** 18n;
const choice = fc.nat({ max: 1_000_000 });

const split = fc.oneof(
  fc.constantFrom([0, 0], [10_000, 0], [0, 10_000], [5_000, 2_500], [3_333, 6_667], [1, 9_999]),
  fc.nat({ max: 10_000 }).chain((submitter) => fc.tuple(fc.constant(submitter), fc.nat({ max: 10_000 - submitter }))),
) as fc.Arbitrary<readonly [number, number]>;

const terms: fc.Arbitrary<LateSubmissionTerms> = fc
  .record({
    splits: split,
    windowSeconds: fc.constantFrom(24, 24, 24, 24, 24, 24, 72, 72, 1, 0),
    crossEpoch: fc.constantFrom(true, true, true, false),
  })
  .map(({ splits: [submitterBps, burnBps], windowSeconds, crossEpoch }) => ({
    submitterBps,
    burnBps,
    windowSeconds,
    crossEpoch,
  }));

const feeLevel = fc.constantFrom<FeeLevel>(
  "burnOnly",
  "justOverBurn",
  "partOfProver",
  "proverExactly",
  "minimum",
  "tipped",
);

const prove: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant("prove" as const),
  epochChoice: choice,
  lengthChoice: choice,
  proverChoice: choice,
  fees: fc.array(feeLevel, { minLength: 4, maxLength: 4 }),
  divertFees: fc.constantFrom(false, false, false, true),
});

const administration: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("terms" as const), terms }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("rewards" as const),
      checkpointReward: fc.constantFrom(500n * TOKEN, 7n, 0n, 333n * TOKEN + 1n),
      sequencerBps: fc.constantFrom(7_000, 0, 10_000, 3_333, 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("distributor" as const),
      balance: fc.constantFrom(0n, 1n, 5n, 701n * TOKEN + 3n, 1_000_000n * TOKEN),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "canonical" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "enableTransactions" as const }) },
);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 7, arbitrary: prove },
  { weight: 4, arbitrary: administration },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("claim" as const), choice }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("claimProver" as const), choice }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("invalidate" as const), choice }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("duplicate" as const), choice }) },
);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 2, arbitrary: fc.constant("empty" as const) },
  { weight: 4, arbitrary: fc.constant("onTime" as const) },
  { weight: 8, arbitrary: fc.constant("late" as const) },
  { weight: 3, arbitrary: fc.constant("unattested" as const) },
);

const recipient = fc.constantFrom<RecipientKind>(
  "sender",
  "nobody",
  "nobody",
  "named",
  "coinbase",
  "coinbase",
  "burnAddress",
  "rollup",
  "distributor",
  "contract",
);

const slot: fc.Arbitrary<SlotPlan> = fc.record({
  fate,
  recipient,
  delay: fc.constantFrom(0n, 1n, 12n, 23n),
  coinbaseChoice: choice,
  manaQuarters: fc.constantFrom(0n, 1n, 4n, 7n, 8n, 8n, 8n),
  priceModifier: fc.bigInt({ min: -100n, max: 100n }),
  before: fc.array(action, { maxLength: 2 }),
  after: fc.array(action, { maxLength: 2 }),
});

/**
 * A sequence of slots, in stretches of an epoch or so. In some stretches nothing is proven, so that checkpoints become
 * prunable.
 */
function planOfSlots(slots: number): fc.Arbitrary<readonly SlotPlan[]> {
  const stretch = fc.record({
    isProven: fc.constantFrom(true, true, true, false),
    slots: fc.array(slot, { minLength: 6, maxLength: 10 }),
  });
  return fc
    .array(stretch, { minLength: Math.ceil(slots / 6), maxLength: Math.ceil(slots / 6) })
    .map((stretches) =>
      stretches
        .flatMap(({ isProven, slots: plans }) =>
          isProven
            ? plans
            : plans.map((plan) => ({ ...plan, before: withoutProofs(plan.before), after: withoutProofs(plan.after) })),
        )
        .slice(0, slots),
    );
}

function withoutProofs(actions: readonly Action[]): readonly Action[] {
  return actions.filter(({ kind }) => kind !== "prove");
}

/** The seed of the random sequences: `BUILD_AHEAD_FUZZ_SEED`, or a fixed one. Printed, so that a red run can be repeated. */
export function fuzzSeed(fallback: number): number {
  const given = process.env["BUILD_AHEAD_FUZZ_SEED"];
  const seed = given === undefined ? fallback : Number(given);
  if (!Number.isSafeInteger(seed)) throw new Error(`BUILD_AHEAD_FUZZ_SEED must be an integer, not ${given ?? ""}`);
  return seed;
}

/** Draws sequences: the same seed gives the same ones. */
export function drawPlans(seed: number, sequences: number, slots: number): readonly (readonly SlotPlan[])[] {
  return fc.sample(planOfSlots(slots), { seed, numRuns: sequences });
}
