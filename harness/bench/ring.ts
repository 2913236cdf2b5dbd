/** Whether the ring of checkpoint logs was written before: a fresh one makes each checkpoint create all words of its log. */
export type Ring = typeof FRESH_RING | typeof WARM_RING;

export const FRESH_RING = "fresh ring";
export const WARM_RING = "warm ring";

/** How ids name a ring. */
export const RING_IDS = { [FRESH_RING]: "ringFresh", [WARM_RING]: "ringWarm" } as const;
