import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import path from "node:path";

import { BuildAheadError } from "../errors.ts";
import type { DeploymentRecord } from "./deploymentRecord.ts";
import { parseRecord, stringifyRecord } from "./recordJson.ts";

/** Somebody else works on the same record. */
export class RecordLockedError extends BuildAheadError {
  constructor(lock: string, holder: LockHolder) {
    super("Another run works on this record: wait until it has ended, or name another record with --name", {
      fields: { lock, pid: holder.pid, host: holder.host },
    });
  }
}

/** A record's file is not a record. */
export class UnreadableRecordError extends BuildAheadError {
  constructor(file: string, cause: unknown) {
    super("The deployment's record cannot be read: restore it from version control, or name another with --name", {
      fields: { file },
      cause,
    });
  }
}

/** A name that would lead elsewhere. */
export class InvalidRecordNameError extends BuildAheadError {
  constructor(name: string) {
    super("A record's name has letters, digits, dots, dashes and underscores only, and begins with a letter or digit", {
      fields: { name },
    });
  }
}

interface LockHolder {
  readonly pid: number;
  readonly host: string;
}

const NAME = /^[A-Za-z0-9][\w.-]*$/;

/**
 * The file of one deployment's record, held by one run at a time. Writes are whole: who reads finds the old record or the new one.
 */
export class RecordStore {
  readonly file: string;
  /** Where Ignition keeps its journals. */
  readonly journal: string;
  readonly #lock: string;

  private constructor(folder: string, name: string) {
    this.file = path.join(folder, `${name}.json`);
    this.journal = path.join(folder, `${name}.ignition`);
    this.#lock = path.join(folder, `${name}.lock`);
  }

  /**
   * Opens a record for writing. A lock that a dead process of this machine left behind is taken over.
   * @throws RecordLockedError, InvalidRecordNameError
   */
  static open(folder: string, name: string): RecordStore {
    if (!NAME.test(name)) throw new InvalidRecordNameError(name);
    mkdirSync(folder, { recursive: true });
    const store = new RecordStore(folder, name);
    store.#acquire();
    return store;
  }

  /** @throws UnreadableRecordError */
  static read(file: string): DeploymentRecord {
    try {
      const record = parseRecord(readFileSync(file, "utf8")) as Partial<DeploymentRecord>;
      if (record.format !== 1) throw new SyntaxError(`format ${String(record.format)}`);
      return record as DeploymentRecord;
    } catch (cause) {
      throw new UnreadableRecordError(file, cause);
    }
  }

  /** The record as it was left, or undefined. @throws UnreadableRecordError */
  read(): DeploymentRecord | undefined {
    return existsSync(this.file) ? RecordStore.read(this.file) : undefined;
  }

  write(record: DeploymentRecord): void {
    writeWhole(this.file, stringifyRecord(record));
  }

  /** Lets others have it. */
  release(): void {
    rmSync(this.#lock, { force: true });
  }

  #acquire(): void {
    const holder: LockHolder = { pid: process.pid, host: hostname() };
    for (;;) {
      try {
        writeFileSync(this.#lock, JSON.stringify(holder), { flag: "wx" });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const other = readHolder(this.#lock);
      if (other === undefined) continue;
      if (other.host !== holder.host || isAlive(other.pid)) throw new RecordLockedError(this.#lock, other);
      // Only one of those who find it dead moves it away; the others find no file, or somebody else's.
      const aside = `${this.#lock}.${process.pid}`;
      renameSync(this.#lock, aside);
      const moved = readHolder(aside);
      if (moved !== undefined && moved.pid !== other.pid) renameSync(aside, this.#lock);
      else rmSync(aside);
    }
  }
}

/** Written aside, made sure of, and renamed. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(draft, "w");
  writeFileSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(draft, file);
}

function readHolder(lock: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(lock, "utf8")) as LockHolder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    // Half written by somebody who is at it right now.
    return { pid: process.pid, host: "another run" };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
