import { nameOfRun } from "./record/sweepPoint.ts";
import {
  MEASURES,
  type Measure,
  type PointResult,
  type RunResult,
  type SampleResult,
  type SweepEvidence,
  type SweepPlan,
} from "./record/sweepResult.ts";
import { SweepFileError } from "./sweepErrors.ts";
import { FULL_PLAN, pointsOf, runsOf, seedsOf, WHOLE, type Shard } from "./sweepPlan.ts";
import { SWEEP_WEATHERS } from "./weather.ts";

/** What a shard leaves behind: merges with the others without loss. */
export interface ShardFile {
  readonly commit: string;
  readonly plan: SweepPlan;
  readonly shard: Shard;
  readonly results: readonly RunResult[];
  /** The first shard's; others have none. */
  readonly sample: readonly SampleResult[];
}

/** A shard's file, as somebody has named it. */
export interface NamedShard {
  readonly file: string;
  readonly content: unknown;
}

/**
 * Puts the shards of one sweep together.
 * @throws SweepFileError when one is no shard, is of another plan or revision, is there twice, or is missing.
 */
export function mergeShards(files: readonly NamedShard[]): SweepEvidence {
  const [first, ...others] = files.map(({ file, content }) => ({ file, shard: asShard(file, content) }));
  if (first === undefined) throw new SweepFileError("There is no shard to merge");
  const { commit, plan, shard } = first.shard;
  const seen = new Map([[shard.index, first.file]]);
  for (const { file, shard: other } of others) {
    if (other.commit !== commit) throw new SweepFileError(`${file} is of another revision than ${first.file}`);
    if (JSON.stringify(other.plan) !== JSON.stringify(plan) || other.shard.of !== shard.of) {
      throw new SweepFileError(`${file} is of another sweep than ${first.file}`);
    }
    const twice = seen.get(other.shard.index);
    if (twice !== undefined) throw new SweepFileError(`${file} and ${twice} are the same shard`);
    seen.set(other.shard.index, file);
  }
  const missing = Array.from({ length: shard.of }, (_, index) => index + 1).filter((index) => !seen.has(index));
  if (missing.length > 0) throw new SweepFileError(`Shard ${missing.join(", ")} of ${shard.of} is missing`);
  const all = [first, ...others].map((each) => each.shard);
  return makeEvidence(
    { commit, plan },
    all.flatMap(({ results }) => results),
    all.flatMap(({ sample }) => sample),
  );
}

/** @throws SweepFileError when a run of the plan is missing or there twice. */
export function makeEvidence(
  { commit, plan }: Pick<SweepEvidence, "commit" | "plan">,
  results: readonly RunResult[],
  sample: readonly SampleResult[],
): SweepEvidence {
  const byName = new Map(results.map((result) => [nameOfRun(result.run), result]));
  const expected = runsOf(plan);
  const missing = expected.find((run) => !byName.has(nameOfRun(run)));
  if (missing !== undefined) throw new SweepFileError(`A run is missing: ${nameOfRun(missing)}`);
  if (results.length !== expected.length) {
    throw new SweepFileError(`There are ${results.length} runs, of a plan of ${expected.length}`);
  }
  const points = pointsOf(plan).map((point): PointResult => {
    const runs = seedsOf(plan).map((seed) => byName.get(nameOfRun({ ...point, seed, slots: plan.slots })) as RunResult);
    const valuesOf = (measure: Measure) => runs.map(({ measures }) => measures[measure]);
    return {
      point,
      measures: Object.fromEntries(MEASURES.map((name) => [name, valuesOf(name)])) as Record<Measure, number[]>,
      slippedAfter: addUp(runs.map(({ slippedAfter }) => slippedAfter)),
      rescuedAfter: addUp(runs.map(({ rescuedAfter }) => rescuedAfter)),
    };
  });
  const weathers = Object.fromEntries(plan.weathers.map((name) => [name, SWEEP_WEATHERS[name]?.title ?? ""]));
  return { commit, plan, weathers, points, sample };
}

function addUp(counts: readonly Readonly<Record<number, number>>[]): Readonly<Record<number, number>> {
  const sum: Record<number, number> = {};
  for (const [key, count] of counts.flatMap((each) => Object.entries(each))) {
    sum[Number(key)] = (sum[Number(key)] ?? 0) + count;
  }
  return sum;
}

/** Whether it looks like one; which runs are missing shows when they are looked for. */
function asShard(file: string, content: unknown): ShardFile {
  const { commit, plan, shard, results, sample } = (content ?? {}) as Partial<ShardFile>;
  const isOne =
    typeof commit === "string" &&
    hasShapeOf(FULL_PLAN, plan) &&
    hasShapeOf(WHOLE, shard) &&
    Array.isArray(results) &&
    results.every((result: Partial<RunResult> | null) =>
      MEASURES.every((measure) => typeof result?.run === "object" && typeof result.measures?.[measure] === "number"),
    ) &&
    Array.isArray(sample);
  if (!isOne) throw new SweepFileError(`${file} is no shard of a sweep: --shard writes them`);
  return content as ShardFile;
}

function hasShapeOf(model: object, value: unknown): boolean {
  const entries = Object.entries(model) as [string, unknown][];
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  return entries.every(
    ([key, part]) => typeof fields[key] === typeof part && Array.isArray(fields[key]) === Array.isArray(part),
  );
}
