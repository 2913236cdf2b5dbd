/** What upstream's key-value store asks of its native database; the numbers are its message types (`lmdb-v2/message.ts`). */
const Message = {
  openDatabase: 100,
  get: 101,
  has: 102,
  startCursor: 103,
  advanceCursor: 104,
  advanceCursorCount: 105,
  closeCursor: 106,
  batch: 107,
  stats: 108,
  close: 109,
} as const;

type Bytes = Uint8Array;
type Entry = readonly [Bytes, Bytes[]];
type Page = { readonly entries: readonly Entry[]; readonly done: boolean };

/** The parts of all requests, of which each kind has some. */
interface Request {
  readonly db: string;
  readonly uniqueKeys: boolean;
  readonly keys: readonly Bytes[];
  readonly entries: readonly (readonly [Bytes, readonly Bytes[] | null])[];
  readonly key: Bytes;
  readonly reverse: boolean;
  readonly count: number | null;
  readonly onePage: boolean | null;
  readonly cursor: number;
  readonly endKey: Bytes;
  readonly batches: ReadonlyMap<string, Batch>;
}

interface Batch {
  readonly addEntries: readonly (readonly [Bytes, readonly Bytes[]])[];
  readonly removeEntries: readonly (readonly [Bytes, readonly Bytes[] | null])[];
}

/** Ordered keys with one value each, or with several in order. */
class MemoryDatabase {
  readonly #isUnique: boolean;
  // Hexadecimal words sort as the bytes do.
  readonly #values = new Map<string, Bytes[]>();
  #keys: readonly string[] | undefined;

  constructor(isUnique: boolean) {
    this.#isUnique = isUnique;
  }

  get(key: Bytes): Bytes[] | undefined {
    return this.#values.get(toWord(key));
  }

  /** Everything from a key on, in order; what changes later is not in it. */
  from(key: Bytes, reverse: boolean): Entry[] {
    this.#keys ??= [...this.#values.keys()].sort();
    const word = toWord(key);
    const words = reverse ? this.#keys.filter((other) => other <= word).reverse() : this.#keys.filter((o) => o >= word);
    return words.map((found) => [Buffer.from(found, "hex"), [...(this.#values.get(found) ?? [])]]);
  }

  write({ addEntries, removeEntries }: Batch): void {
    for (const [key, values] of removeEntries) {
      const left = values === null ? [] : (this.get(key) ?? []).filter((value) => !holds(values, value));
      if (left.length === 0) this.#values.delete(toWord(key));
      else this.#values.set(toWord(key), left);
    }
    for (const [key, values] of addEntries) {
      const added = values.map((value) => Buffer.from(value));
      const known = this.#isUnique ? [] : (this.get(key) ?? []).filter((value) => !holds(added, value));
      this.#values.set(
        toWord(key),
        [...known, ...added].sort((one, other) => Buffer.compare(one, other)),
      );
    }
    this.#keys = undefined;
  }

  get size(): number {
    return this.#values.size;
  }
}

/**
 * Stands in for the native database under upstream's key-value store, in memory. Cursors see what was there when they were opened,
 * as LMDB's do.
 */
export class NativeLMDBStore {
  readonly #databases = new Map<string, MemoryDatabase>();
  readonly #cursors = new Map<number, Entry[]>();
  #nextCursor = 1;

  answer(type: number, request: Request): unknown {
    switch (type) {
      case Message.openDatabase:
        this.#databases.set(request.db, new MemoryDatabase(request.uniqueKeys));
        return { ok: true };
      case Message.get:
        return { values: request.keys.map((key) => this.#open(request).get(key) ?? null) };
      case Message.has:
        return { exists: request.entries.map(([key, values]) => this.#has(request, key, values)) };
      case Message.startCursor:
        return this.#startCursor(request);
      case Message.advanceCursor:
        return this.#advance(request.cursor, request.count ?? Infinity);
      case Message.advanceCursorCount:
        return { count: this.#countTo(request.cursor, request.endKey), done: true };
      case Message.closeCursor:
        this.#cursors.delete(request.cursor);
        return { ok: true };
      case Message.batch:
        for (const [db, batch] of request.batches) this.#open({ db }).write(batch);
        return { durationNs: 0 };
      case Message.stats:
        return {
          stats: [...this.#databases].map(([name, { size }]) => ({ name, numDataItems: size, totalUsedSize: 0 })),
          dbMapSizeBytes: 0,
          dbPhysicalFileSizeBytes: 0,
        };
      case Message.close:
        return { ok: true };
      default:
        throw new Error(`The database in memory does not know message ${type}`);
    }
  }

  #open({ db }: Pick<Request, "db">): MemoryDatabase {
    const database = this.#databases.get(db);
    if (database === undefined) throw new Error(`The database ${db} is not open`);
    return database;
  }

  #has(request: Request, key: Bytes, values: readonly Bytes[] | null): boolean {
    const stored = this.#open(request).get(key);
    return stored !== undefined && (values === null || values.every((value) => holds(stored, value)));
  }

  #startCursor(request: Request): { cursor: number | null; entries: readonly Entry[] } {
    const { key, reverse, count, onePage } = request;
    const found = this.#open(request).from(key, reverse);
    if (found.length === 0) return { cursor: null, entries: [] };
    const cursor = this.#nextCursor++;
    this.#cursors.set(cursor, found);
    const { entries, done } = this.#advance(cursor, count ?? Infinity);
    if (!done && onePage !== true) return { cursor, entries };
    this.#cursors.delete(cursor);
    return { cursor: null, entries };
  }

  #advance(cursor: number, count: number): Page {
    const entries = this.#cursors.get(cursor) ?? [];
    const page = entries.splice(0, count);
    return { entries: page, done: entries.length === 0 };
  }

  #countTo(cursor: number, endKey: Bytes): number {
    const entries = this.#cursors.get(cursor) ?? [];
    const before = entries.filter(([key]) => Buffer.compare(key, endKey) < 0);
    return before.reduce((count, [, values]) => count + values.length, 0);
  }
}

/** Hands messages on without packing them: nothing here leaves the process. */
export class MsgpackChannel {
  readonly #store: NativeLMDBStore;

  constructor(store: NativeLMDBStore) {
    this.#store = store;
  }

  async sendMessage(type: number, body: Request): Promise<{ duration: object; response: unknown }> {
    return { duration: {}, response: this.#store.answer(type, body) };
  }
}

function toWord(bytes: Bytes): string {
  return Buffer.from(bytes).toString("hex");
}

function holds(values: readonly Bytes[], value: Bytes): boolean {
  return values.some((other) => Buffer.compare(other, value) === 0);
}
