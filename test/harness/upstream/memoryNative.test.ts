import { expect } from "chai";

import { NativeLMDBStore } from "../../../harness/upstream/memoryNative.ts";

const OPEN = 100;
const GET = 101;
const HAS = 102;
const START = 103;
const ADVANCE = 104;
const COUNT = 105;
const BATCH = 107;

const bytes = (text: string) => Buffer.from(text);
type Words = readonly (readonly [string, readonly string[]])[];

/** A database with several values to a key, or with one. */
function open(isUnique: boolean): (type: number, request: object) => unknown {
  const store = new NativeLMDBStore();
  const answer = (type: number, request: object) => store.answer(type, { db: "db", ...request } as never);
  answer(OPEN, { uniqueKeys: isUnique });
  return answer;
}

function batch(add: Words, remove: readonly (readonly [string, readonly string[] | null])[] = []) {
  const entry = ([key, values]: readonly [string, readonly string[] | null]) => [
    bytes(key),
    values === null ? null : values.map(bytes),
  ];
  return { batches: new Map([["db", { addEntries: add.map(entry), removeEntries: remove.map(entry) }]]) };
}

const keysOf = (answer: unknown) =>
  (answer as { entries: [Uint8Array, unknown][] }).entries.map(([key]) => Buffer.from(key).toString());
const valuesOf = (answer: unknown) =>
  (answer as { values: (Uint8Array[] | null)[] }).values.map((values) =>
    values?.map((value) => Buffer.from(value).toString()),
  );

// What LMDB does, as far as upstream's key-value store relies on it.
describe("The database in memory", () => {
  it("keeps one value to a key, or several in order and each once", () => {
    for (const [isUnique, expected] of [
      [true, ["a"]],
      [false, ["a", "b", "c"]],
    ] as const) {
      const answer = open(isUnique);
      answer(BATCH, batch([["k", ["c", "b"]]]));
      answer(BATCH, batch([["k", isUnique ? ["a"] : ["a", "b"]]]));
      expect(valuesOf(answer(GET, { keys: [bytes("k"), bytes("none")] }))).to.deep.equal([expected, undefined]);
    }
  });

  it("removes single values, or the key", () => {
    const answer = open(false);
    answer(BATCH, batch([["k", ["a", "b"]]]));
    answer(BATCH, batch([], [["k", ["a"]]]));
    expect(valuesOf(answer(GET, { keys: [bytes("k")] }))).to.deep.equal([["b"]]);
    const asked = {
      entries: [
        [bytes("k"), [bytes("b")]],
        [bytes("k"), [bytes("a")]],
        [bytes("k"), null],
      ],
    };
    expect(answer(HAS, asked)).to.deep.equal({ exists: [true, false, true] });
    answer(BATCH, batch([], [["k", null]]));
    expect(answer(HAS, asked)).to.deep.equal({ exists: [false, false, false] });
  });

  it("walks from a key on, either way, page by page, over what was there when it began", () => {
    const answer = open(true);
    answer(BATCH, batch(["a", "b", "d", "e"].map((key) => [key, ["x"]])));
    const forward = answer(START, { key: bytes("c"), reverse: false, count: 1, onePage: false });
    expect(keysOf(forward)).to.deep.equal(["d"]);
    answer(BATCH, batch([["f", ["x"]]]));
    const { cursor } = forward as { cursor: number };
    const next = answer(ADVANCE, { cursor, count: 5 });
    expect(keysOf(next)).to.deep.equal(["e"]);
    expect(next).to.include({ done: true });
    const back = answer(START, { key: bytes("c"), reverse: true, count: 5, onePage: false });
    expect(keysOf(back)).to.deep.equal(["b", "a"]);
    expect(back).to.include({ cursor: null });
    expect(answer(START, { key: bytes("z"), reverse: false, count: 1, onePage: false })).to.deep.equal({
      cursor: null,
      entries: [],
    });
  });

  it("counts up to a key", () => {
    const answer = open(false);
    answer(
      BATCH,
      batch([
        ["a", ["1", "2"]],
        ["b", ["1"]],
        ["c", ["1"]],
      ]),
    );
    const { cursor } = answer(START, { key: bytes("a"), reverse: false, count: 0, onePage: false }) as {
      cursor: number;
    };
    expect(answer(COUNT, { cursor, endKey: bytes("c") })).to.deep.equal({ count: 3, done: true });
  });

  it("says what it does not know", () => {
    expect(() => open(true)(42, {})).to.throw("message 42");
    expect(() => open(true)(GET, { db: "other", keys: [bytes("k")] })).to.throw("not open");
  });
});
