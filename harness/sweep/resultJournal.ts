import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

/** A line of the file. */
interface Entry<Result> {
  /** Revision of the code that gave it. */
  readonly commit: string;
  readonly result: Result;
}

/**
 * Results of long work as they come in, a line each, so that it goes on where it was when it is interrupted. Only what the same code gave
 * counts; a line that was cut short does not.
 */
export class ResultJournal<Result> {
  readonly #file: string;
  readonly #commit: string;
  readonly #nameOf: (result: Result) => string;
  readonly #results = new Map<string, Result>();

  /** Opens the file, and begins it when there is none. @param nameOf What decides a result beside the code */
  constructor(file: string, commit: string, nameOf: (result: Result) => string) {
    this.#file = file;
    this.#commit = commit;
    this.#nameOf = nameOf;
    if (!existsSync(file)) writeFileSync(file, "");
    const lines = readFileSync(file, "utf8").split("\n");
    // What follows has to begin a line of its own.
    if (lines.at(-1) !== "") appendFileSync(file, "\n");
    for (const line of lines) {
      const entry = parseEntry<Result>(line);
      if (entry?.commit === commit) this.#results.set(nameOf(entry.result), entry.result);
    }
  }

  get(name: string): Result | undefined {
    return this.#results.get(name);
  }

  add(result: Result): void {
    this.#results.set(this.#nameOf(result), result);
    const entry: Entry<Result> = { commit: this.#commit, result };
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}

function parseEntry<Result>(line: string): Entry<Result> | undefined {
  try {
    return JSON.parse(line) as Entry<Result>;
  } catch {
    return undefined;
  }
}
