import type { Counter } from "./counters.ts";
import type { Action, Fate, SlotPlan } from "./plan.ts";

// Sequences written by hand, for epochs of four slots: what has to happen does not depend on the dice. They begin in the second
// slot of an epoch, under the terms that a deployment starts with.

const TOKEN = 10n ** 18n;

const slot = (fate: Fate, plan: Partial<SlotPlan> = {}): SlotPlan => ({
  fate,
  recipient: "sender",
  delay: 0n,
  coinbaseChoice: 0,
  manaQuarters: 4n,
  priceModifier: 0n,
  before: [],
  after: [],
  ...plan,
});
const empty = (slots: number): readonly SlotPlan[] => Array.from({ length: slots }, () => slot("empty"));

/** A proof of an epoch's first checkpoints: of the last epoch that has any. */
const prove = (checkpoints: number, prover: number): Action => ({
  kind: "prove",
  epochChoice: 1,
  lengthChoice: checkpoints - 1,
  proverChoice: prover,
  fees: ["minimum"],
  divertFees: false,
});

/** Twelve slots with which every sequence begins; the next one is the second of its epoch again. */
export const OPENING: readonly SlotPlan[] = [
  slot("onTime", { after: [prove(1, 0)] }),
  slot("late"),
  slot("onTime", { before: [{ kind: "duplicate", choice: 0 }], after: [prove(3, 1)] }),
  // A late checkpoint on an unattested one: both are removed, and the late slot lands again.
  slot("unattested"),
  slot("late"),
  slot("empty", { before: [{ kind: "invalidate", choice: 1 }] }),
  // Nobody proves that, so the next checkpoint prunes it.
  ...empty(5),
  slot("onTime"),
];

/** What {@link OPENING} does, whatever comes after. */
export const IN_OPENING: readonly Counter[] = [
  "onTime",
  "late",
  "unattested",
  "invalidated",
  "invalidatedBelowLate",
  "resubmitted",
  "duplicates",
  "pruned",
  "prunedLate",
  "proofs",
  "proofsThatGrow",
  "settled",
];

const FULL = { manaQuarters: 8n } as const;

/** The rest of what a settlement can meet while transactions are enabled; to follow {@link OPENING}. */
export const OTHER_CASES: readonly SlotPlan[] = [
  slot("late", { ...FULL, recipient: "coinbase" }),
  slot("empty", {
    before: [
      {
        kind: "terms",
        terms: { firstBps: 100, submitterBps: 1_000, burnBps: 0, windowSeconds: 24, crossEpoch: false },
      },
      prove(2, 0),
      // The same again is refused; a part of it by somebody else is not, and settles nothing.
      prove(2, 0),
      prove(1, 1),
    ],
  }),
  // The last slot of an epoch, which may not land in the next one.
  slot("late"),
  slot("late", {
    ...FULL,
    recipient: "nobody",
    before: [
      { kind: "claim", choice: 0 },
      { kind: "claimProver", choice: 0 },
      { kind: "distributor", balance: 5n },
    ],
  }),
  slot("late", {
    ...FULL,
    recipient: "contract",
    before: [prove(1, 0), { kind: "distributor", balance: 1_000_000n * TOKEN }],
  }),
  slot("late", {
    ...FULL,
    before: [
      { kind: "rewards", checkpointReward: 0n, sequencerBps: 7_000 },
      prove(2, 1),
      { kind: "rewards", checkpointReward: 500n * TOKEN, sequencerBps: 7_000 },
    ],
  }),
  slot("empty", { before: [{ kind: "canonical" }, prove(3, 2), { kind: "canonical" }] }),
  // Eight epochs after the first late slot its record's place comes round again.
  ...empty(14),
  slot("late"),
  slot("empty"),
];
