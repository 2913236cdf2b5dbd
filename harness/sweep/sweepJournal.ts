import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

import { nameOfRun, type SweepRun } from "./record/sweepPoint.ts";
import type { RunResult } from "./record/sweepResult.ts";

/** A line of the file. */
interface Entry {
  /** Revision of the code that ran it. */
  readonly commit: string;
  readonly result: RunResult;
}

/**
 * Results of a sweep as they come in, a line each, so that an interrupted one goes on where it was. Only what the same code gave for the same
 * run counts; a line that was cut short does not.
 */
export class SweepJournal {
  readonly #file: string;
  readonly #commit: string;
  readonly #results = new Map<string, RunResult>();

  /** Opens the file, and begins it when there is none. */
  constructor(file: string, commit: string) {
    this.#file = file;
    this.#commit = commit;
    if (!existsSync(file)) writeFileSync(file, "");
    const lines = readFileSync(file, "utf8").split("\n");
    // What follows has to begin a line of its own.
    if (lines.at(-1) !== "") appendFileSync(file, "\n");
    for (const line of lines) {
      const entry = parseEntry(line);
      if (entry?.commit === commit) this.#results.set(nameOfRun(entry.result.run), entry.result);
    }
  }

  get(run: SweepRun): RunResult | undefined {
    return this.#results.get(nameOfRun(run));
  }

  add(result: RunResult): void {
    this.#results.set(nameOfRun(result.run), result);
    const entry: Entry = { commit: this.#commit, result };
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}

function parseEntry(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
