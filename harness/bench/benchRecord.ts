import type { Measurement } from "./measurement.ts";

/** One row of the evidence. The columns of {@link Measurement} are ours unless `implementation` says otherwise. */
export interface BenchRecord extends Measurement {
  readonly hardfork: string;
  readonly case: string;
  readonly variant: string;
  /** Members. */
  readonly committee: number;
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

/** What tells one row from all others. */
export function recordKey(record: BenchRecord): string {
  const { hardfork, committee, blobs, variant } = record;
  return `${record.case} / ${variant} / ${hardfork} / committee ${committee} / ${blobs} blobs`;
}

export type RecordLabels = Pick<BenchRecord, "hardfork" | "case" | "variant" | "committee" | "signatures" | "blobs">;

/** A row from one transaction on each lane; `upstream` is left out where it has no such path. */
export function makeRecord(labels: RecordLabels, ours: Measurement, upstream?: Measurement): BenchRecord {
  return {
    ...labels,
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
    ...labels,
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

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const roundRatio = (ratio: number): number => Math.round(ratio * 10_000) / 10_000;
