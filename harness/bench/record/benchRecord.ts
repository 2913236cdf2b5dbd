import { CASE_IDS, type CaseName } from "./caseNames.ts";
import type { Measurement } from "../measurement.ts";
import { makeId, type Circumstances, type Identified } from "./recordId.ts";

/** One row of the evidence. The columns of {@link Measurement} are ours unless `implementation` says otherwise. */
export interface BenchRecord extends Identified, Circumstances, Measurement {
  /** Names for people, as is `variant`. */
  readonly case: string;
  readonly variant: string;
  /** Attestations in the calldata. */
  readonly signatures: number;
  /** Blobs that the transaction carried. */
  readonly blobs: number;
  /** Given: the row stands for so many transactions. `gasUsed` and `execution` are means, rounded; the bytes are the first one's. */
  readonly samples?: number;
  readonly gasUsedMin?: number;
  readonly gasUsedMax?: number;
  /** The same bytes sent to upstream's rollup in the same state. Undefined where upstream has no such path. */
  readonly upstreamGasUsed?: number;
  readonly upstreamExecution?: number;
  readonly upstreamOutcome?: string;
  /** gasUsed / upstreamGasUsed, to four digits. */
  readonly ratio?: number;
}

/** What a row says beside its figures. */
export interface RecordLabels extends Circumstances, Pick<BenchRecord, "variant" | "signatures" | "blobs"> {
  readonly case: CaseName;
  /** What tells the row from others of its case, in the words of ids; see {@link Identified}. */
  readonly parts: readonly string[];
}

/** A row from one transaction on each lane; `upstream` is left out where it has no such path. */
export function makeRecord(labels: RecordLabels, ours: Measurement, upstream?: Measurement): BenchRecord {
  return {
    ...describe(labels),
    ...ours,
    ...(upstream === undefined
      ? {}
      : {
          upstreamGasUsed: upstream.gasUsed,
          upstreamExecution: upstream.execution,
          upstreamOutcome: upstream.outcome,
          ratio: roundRatio(ours.gasUsed / upstream.gasUsed),
        }),
  };
}

/** A row from a series of transactions on each lane. The first sample must be traced. */
export function makeSeriesRecord(
  labels: RecordLabels,
  ours: readonly [Measurement, ...Measurement[]],
  upstream: readonly Measurement[],
): BenchRecord {
  const used = ours.map(({ gasUsed }) => gasUsed);
  const [ourMean, theirMean] = [mean(used), mean(upstream.map(({ gasUsed }) => gasUsed))];
  return {
    ...describe(labels),
    ...ours[0],
    execution: Math.round(mean(ours.map(({ execution }) => execution))),
    gasUsed: Math.round(ourMean),
    samples: ours.length,
    gasUsedMin: Math.min(...used),
    gasUsedMax: Math.max(...used),
    upstreamGasUsed: Math.round(theirMean),
    upstreamExecution: Math.round(mean(upstream.map(({ execution }) => execution))),
    upstreamOutcome: [...new Set(upstream.map(({ outcome }) => outcome))].join(", "),
    outcome: [...new Set(ours.map(({ outcome }) => outcome))].join(", "),
    ratio: roundRatio(ourMean / theirMean),
  };
}

function describe({ parts, ...labels }: RecordLabels) {
  const { hardfork, variant, committee, signatures, blobs } = labels;
  const id = makeId([CASE_IDS[labels.case], ...parts], labels);
  return { id, hardfork, case: labels.case, variant, committee, signatures, blobs };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const roundRatio = (ratio: number): number => Math.round(ratio * 10_000) / 10_000;
