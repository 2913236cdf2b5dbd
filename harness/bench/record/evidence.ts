import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

import { EvidenceUnreadableError } from "./benchErrors.ts";
import type { BenchSetup } from "../benchSetup.ts";
import type { BenchRecord } from "./benchRecord.ts";
import type { FloorDesignRecord } from "../floorDesignRecord.ts";
import type { StorageRecord } from "../storageFootprint.ts";

/** What `evidence/gas.json` holds. */
export interface GasEvidence {
  /** Rises when a reader of the file has to change. */
  readonly format: 2;
  readonly upstream: string;
  readonly compiler: { readonly version: string; readonly evmVersion: string; readonly optimizerRuns: number };
  readonly setup: BenchSetup;
  readonly records: readonly BenchRecord[];
  /** Designs that shrink a losing transaction. */
  readonly floorDesigns: readonly FloorDesignRecord[];
  /** Storage that each path touches. */
  readonly storage: readonly StorageRecord[];
}

/** @throws EvidenceUnreadableError when the file is missing or holds something else. */
export async function readEvidence(file: string): Promise<GasEvidence> {
  if (!existsSync(file))
    throw new EvidenceUnreadableError("There is no committed gas evidence", { fields: { file: path.basename(file) } });
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new EvidenceUnreadableError("The committed gas evidence is no JSON", {
      fields: { file: path.basename(file) },
      cause,
    });
  }
  if (!isEvidence(parsed)) {
    throw new EvidenceUnreadableError("The committed gas evidence has another shape", {
      fields: { file: path.basename(file) },
    });
  }
  return parsed;
}

function isEvidence(value: unknown): value is GasEvidence {
  if (typeof value !== "object" || value === null) return false;
  const { format, setup, records, floorDesigns, storage } = value as Partial<Record<keyof GasEvidence, unknown>>;
  return (
    format === 2 &&
    typeof setup === "object" &&
    setup !== null &&
    [records, floorDesigns, storage].every(Array.isArray) &&
    (records as unknown[]).every(
      (record) =>
        typeof record === "object" &&
        record !== null &&
        ["id", "case", "variant", "hardfork"].every(
          (name) => typeof (record as Record<string, unknown>)[name] === "string",
        ) &&
        ["committee", "blobs", "gasUsed"].every((name) => Number.isInteger((record as Record<string, unknown>)[name])),
    )
  );
}
