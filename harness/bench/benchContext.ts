import type { BenchRecord } from "./benchRecord.ts";
import type { CaseName } from "./caseNames.ts";
import type { FloorDesignRecord } from "./floorDesigns.ts";
import type { LanePair } from "./lanePair.ts";
import type { StorageRecord } from "./storageFootprint.ts";

/** What every group of cases gets. */
export interface BenchContext {
  readonly pair: LanePair;
  readonly hardfork: string;
  /** Says what is being measured. */
  readonly progress: (words: string) => void;
  /** Whether a case is wanted. */
  readonly wants: (caseName: CaseName) => boolean;
  readonly add: (record: BenchRecord) => void;
  readonly addFloorDesigns: (records: readonly FloorDesignRecord[]) => void;
  readonly addStorage: (records: readonly StorageRecord[]) => void;
}
