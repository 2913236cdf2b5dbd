import type { BeginFact, DiscardFact, LandedFact, ProofFact, RefusalFact } from "./runFacts.ts";

// Facts of a run in the words in which scenarios expect them. Numbers that depend on delays are left out.

/** `s1`; `s2 by X` when another sent it; `s2 late +12s by C`, and `for Y` when that credits another. */
export function describeLanded({ id, proposer, sender, late, credited = "nobody" }: LandedFact): string {
  if (late !== undefined)
    return `${id} late +${late.delay}s by ${sender}${credited === sender ? "" : ` for ${credited}`}`;
  return sender === proposer ? id : `${id} by ${sender}`;
}

/** `B s2 on s1: checkpoint-proposal` */
export function describeBegin({ node, checkpoint, parent, trigger }: BeginFact): string {
  return `${node} ${checkpoint} on ${parent}: ${trigger}`;
}

/** `B s2: no-quorum, silent` */
export function describeDiscard({ node, checkpoint, reason, wasBroadcast }: DiscardFact): string {
  return `${node} ${checkpoint}: ${reason}${wasBroadcast ? "" : ", silent"}`;
}

/** `B s2: Rollup__InvalidArchive`, `C s2 rescue: …` */
export function describeRefusal({ node, txId, purpose, error }: RefusalFact): string {
  const what = txId.slice(txId.indexOf(":") + 1, txId.lastIndexOf("#"));
  return `${node} ${what}${purpose === "own" ? "" : ` ${purpose}`}: ${error}`;
}

/**
 * `3 checkpoints`; `3 checkpoints, s1 late: X 0.1, forfeited 0.65` in parts of what every checkpoint earned. Who holds a validator's key is
 * not named; without transactions all checkpoints earn the same.
 */
export function describeProof({ checkpoints, settlement: { credits, forfeited, settledSlots } }: ProofFact): string {
  const proven = `${checkpoints} checkpoints`;
  if (settledSlots.length === 0) return proven;
  const earned = Object.values(credits).reduce((sum, credit) => sum + credit, forfeited);
  const part = (amount: bigint) => Math.round((Number(amount) / Number(earned)) * checkpoints * 1000) / 1000;
  const submitters = Object.entries(credits)
    .filter(([account, credit]) => credit > 0n && !VALIDATOR.test(account))
    .map(([account, credit]) => `${account} ${part(credit)}, `);
  const slots = settledSlots.map((slot) => `s${slot}`).join(" ");
  return `${proven}, ${slots} late: ${submitters.join("")}forfeited ${part(forfeited)}`;
}

/** The account of a validator. */
const VALIDATOR = /^v\d+$/;
