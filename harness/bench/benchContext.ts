import type { BenchRecord } from "./benchRecord.ts";
import type { LanePair } from "./lanePair.ts";

/** What every group of cases gets. */
export interface BenchContext {
  readonly pair: LanePair;
  readonly hardfork: string;
  /** Says what is being measured. */
  readonly progress: (words: string) => void;
  /** Whether a case is wanted. */
  readonly wants: (caseName: string) => boolean;
  readonly add: (record: BenchRecord) => void;
}
