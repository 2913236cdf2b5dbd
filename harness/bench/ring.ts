/** Whether the ring of checkpoint logs was written before: a fresh one makes each checkpoint create seven words. */
export type Ring = typeof FRESH_RING | typeof WARM_RING;

export const FRESH_RING = "fresh ring";
export const WARM_RING = "warm ring";
