/** What every row of the evidence is told by. */
export interface Identified {
  /**
   * Dots part words in lower camel case: what was measured, from coarse to fine; last the committee and the hard fork, as in
   * `late.alone.recordReused.ringWarm.c48.osaka`. Programs and prose refer to it; labels may change.
   */
  readonly id: string;
}

/** Under which circumstances a row was measured. */
export interface Circumstances {
  /** Members. */
  readonly committee: number;
  readonly hardfork: string;
}

/** @param parts What was measured, from coarse to fine; empty parts are left out */
export function makeId(parts: readonly string[], { committee, hardfork }: Circumstances): string {
  return [...parts, `c${committee}`, hardfork].filter((part) => part !== "").join(".");
}
