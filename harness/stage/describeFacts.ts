import type { BeginFact, DiscardFact, LandedFact, RefusalFact } from "./tally.ts";

// Facts of a run in the words in which scenarios expect them. Numbers that depend on delays are left out.

/** `s1`; `s2 by X` when another sent it; `s2 late +12s by C`. */
export function describeLanded({ id, proposer, sender, late }: LandedFact): string {
  if (late !== undefined) return `${id} late +${late.delay}s by ${sender}`;
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
