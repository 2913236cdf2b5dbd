import type { BenchTwin } from "./benchTwin.ts";
import type { BenchRecord } from "./record/benchRecord.ts";
import type { CaseName } from "./record/caseNames.ts";
import type { Circumstances } from "./record/recordId.ts";
import type { FloorDesignRecord } from "./floorDesignRecord.ts";
import type { StorageRecord } from "./storageFootprint.ts";

/** What every group of cases gets. */
export interface BenchContext {
  readonly twin: BenchTwin;
  readonly circumstances: Circumstances;
  /** Says what is being measured. */
  readonly progress: (words: string) => void;
  /** Whether a case is wanted. */
  readonly wants: (caseName: CaseName) => boolean;
  readonly add: (record: BenchRecord) => void;
  readonly addFloorDesign: (record: FloorDesignRecord) => void;
  readonly addStorage: (record: StorageRecord) => void;
}
