/** Which executable lines of each file ran, by path from the project's root. */
export type LineHits = ReadonlyMap<string, ReadonlyMap<number, boolean>>;

/** Reads the `SF` and `DA` records that Hardhat writes. */
export function readLcov(text: string): LineHits {
  const hits = new Map<string, Map<number, boolean>>();
  let lines = new Map<number, boolean>();
  for (const record of text.split("\n")) {
    const [kind, value = ""] = record.split(/:(.*)/);
    if (kind === "SF") {
      lines = hits.get(value) ?? new Map<number, boolean>();
      hits.set(value, lines);
    } else if (kind === "DA") {
      const [line, count] = value.split(",").map(Number);
      if (line === undefined || count === undefined) throw new Error(`Not an lcov line record: ${record}`);
      lines.set(line, count > 0 || lines.get(line) === true);
    }
  }
  return hits;
}

/** A line ran if it ran in any of the runs. */
export function mergeHits(runs: readonly LineHits[]): LineHits {
  const merged = new Map<string, Map<number, boolean>>();
  for (const [file, lines] of runs.flatMap((run) => [...run])) {
    const known = merged.get(file) ?? new Map<number, boolean>();
    for (const [line, isHit] of lines) known.set(line, isHit || known.get(line) === true);
    merged.set(file, known);
  }
  return merged;
}
