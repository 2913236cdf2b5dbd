import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";
import hre from "hardhat";

import { ChainLedgers } from "../../../harness/ledger/chainLedgers.ts";
import { PoolTaskError } from "../../../harness/sweep/processPool.ts";
import { nameOfRun, type SweepRun } from "../../../harness/sweep/record/sweepPoint.ts";
import { printEvidence, type RunResult, type SweepPlan } from "../../../harness/sweep/record/sweepResult.ts";
import { ResultJournal } from "../../../harness/sweep/resultJournal.ts";
import { runPoint } from "../../../harness/sweep/runPoint.ts";
import { runSample } from "../../../harness/sweep/runSample.ts";
import { setUpRun, SWEEP_NODES } from "../../../harness/sweep/setUpRun.ts";
import { SampleDiffersError, SweepFileError, UnknownWeatherError } from "../../../harness/sweep/sweepErrors.ts";
import { QUICK_PLAN, runsOf, runsOfShard, sampleOf } from "../../../harness/sweep/sweepPlan.ts";
import { runInPool } from "../../../harness/sweep/sweepPool.ts";
import { makeEvidence, mergeShards, type NamedShard, type ShardFile } from "../../../harness/sweep/sweepShards.ts";
import { rejection } from "../../support/rejection.ts";

const PLAN: SweepPlan = { ...QUICK_PLAN, slots: 6 };
const SLOW: SweepRun = {
  weather: "slow",
  windowSeconds: 24,
  share: 0.5,
  hasStranger: true,
  rescueAfterMs: 3_000,
  seed: "test",
  slots: 300,
};

describe("A run of the sweep", () => {
  it("sets up old nodes and new ones, and a larger share has all of a smaller one's", () => {
    const oldOf = (share: number) => {
      const { nodes } = setUpRun({ ...SLOW, share });
      return Object.keys(nodes).filter((name) => nodes[name]?.buildsAhead === false);
    };
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => oldOf(share).length)).to.deep.equal([12, 9, 6, 3, 0]);
    expect(oldOf(0.25)).to.include.members([...oldOf(0.5)]);
    expect(SWEEP_NODES % 4).to.equal(0);
  });

  it("counts every slot, and whose it was; the same run gives the same numbers", async () => {
    const first = await runPoint(SLOW);
    const { measures } = first;
    expect(measures.onTime + measures.late + measures.lost).to.equal(SLOW.slots);
    expect(measures.landedOfOld + measures.landedOfUpgraded).to.equal(measures.onTime + measures.late);
    expect(measures.slotsOfOld + measures.slotsOfUpgraded).to.equal(SLOW.slots);
    expect(measures.landedByProposer + measures.landedByNext + measures.landedByOther).to.equal(
      measures.onTime + measures.late,
    );
    expect(measures.late).to.be.greaterThan(0);
    expect(await runPoint(SLOW)).to.deep.equal(first);
  });

  it("knows that a closed window rescues nothing, and that nodes of v4.1.2 alone do not either", async () => {
    const closed = await runPoint({ ...SLOW, windowSeconds: 0 });
    expect(closed.measures.late + closed.measures.displaced).to.equal(0);
    expect(closed.measures.lost).to.be.greaterThan(0);
    const old = await runPoint({ ...SLOW, share: 0, hasStranger: false });
    expect(old.measures.late).to.equal(0);
  });

  it("needs a weather that somebody has described", async () => {
    const error = await rejection(runPoint({ ...SLOW, weather: "fog" }), UnknownWeatherError);
    expect(error.message).to.equal("There is no weather fog; there are calm, slow, missed, congested, rough");
  });
});

describe("A sweep", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "build-ahead-sweep-"));
  const runs = runsOf(PLAN);
  let results: readonly RunResult[];

  before(async () => {
    results = await Promise.all(runs.map(runPoint));
  });
  after(() => rmSync(folder, { recursive: true }));

  const shardOf = (index: number, of = 2, changes: Partial<ShardFile> = {}): NamedShard => {
    const names = new Set(runsOfShard(PLAN, { index, of }).map(nameOfRun));
    const own = results.filter(({ run }) => names.has(nameOfRun(run)));
    const content = { commit: "c", plan: PLAN, shard: { index, of }, results: own, sample: [], ...changes };
    return { file: `${index}.json`, content: JSON.parse(JSON.stringify(content)) as unknown };
  };

  it("gives in processes of its own what it gives here", async () => {
    const some = runs.slice(0, 4);
    const others: RunResult[] = [];
    await runInPool(some, 2, (result) => others.push(result));
    const byName = (one: RunResult, other: RunResult) => (nameOfRun(one.run) < nameOfRun(other.run) ? -1 : 1);
    expect(others.sort(byName)).to.deep.equal(results.slice(0, 4).sort(byName));
  });

  it("says which run has failed", async () => {
    const [run] = runs as readonly [SweepRun];
    const error = await rejection(
      runInPool([{ ...run, weather: "fog" }], 1, () => undefined),
      PoolTaskError,
    );
    expect(error.message).to.match(/^A run failed: There is no weather fog.*\(run=fog, window/);
  });

  it("goes on where it was, unless the code has changed, and survives a line that was cut short", () => {
    const file = path.join(folder, "results.jsonl");
    const [one, two, three] = results as readonly [RunResult, RunResult, RunResult];
    const open = (commit: string) => new ResultJournal(file, commit, ({ run }: RunResult) => nameOfRun(run));
    const journal = open("a");
    journal.add(one);
    journal.add(two);
    appendFileSync(file, JSON.stringify({ commit: "a", result: three }).slice(0, 90));
    const again = open("a");
    expect([one, two, three].map(({ run }) => again.get(nameOfRun(run)))).to.deep.equal([one, two, undefined]);
    again.add(three);
    expect(open("a").get(nameOfRun(three.run))).to.deep.equal(three);
    expect(open("b").get(nameOfRun(one.run))).to.equal(undefined);
    expect(readFileSync(file, "utf8").split("\n")).to.have.lengthOf(5);
  });

  it("merges from shards without loss", () => {
    const whole = makeEvidence({ commit: "c", plan: PLAN }, results, []);
    expect(mergeShards([shardOf(2), shardOf(1)])).to.deep.equal(whole);
    const printed = printEvidence(whole);
    expect(JSON.parse(printed)).to.deep.equal(whole);
    expect(printed.split("\n").length).to.be.lessThan(200);
  });

  it("refuses shards that do not fit together, in one line", () => {
    const refused: readonly (readonly [readonly NamedShard[], string])[] = [
      [[], "There is no shard to merge"],
      [[shardOf(1)], "Shard 2 of 2 is missing"],
      [[shardOf(1), shardOf(1)], "1.json and 1.json are the same shard"],
      [[shardOf(1), shardOf(2, 2, { commit: "d" })], "2.json is of another revision than 1.json"],
      [[shardOf(1), shardOf(2, 2, { plan: QUICK_PLAN })], "2.json is of another sweep than 1.json"],
      [[shardOf(1), shardOf(2, 3)], "2.json is of another sweep than 1.json"],
      [[shardOf(1), shardOf(2, 2, { results: results.slice(0, 1) })], "A run is missing: "],
      [[shardOf(1), shardOf(2, 2, { results })], "runs, of a plan of"],
      [[shardOf(1, 2, { plan: {} as never })], "1.json is no shard of a sweep"],
      [[shardOf(1, 2, { results: [{ ...results[0], measures: {} } as never] })], "1.json is no shard of a sweep"],
      [[{ file: "x.json", content: null }], "x.json is no shard of a sweep: --shard writes them"],
      [[{ file: "x.json", content: { commit: "c", plan: {}, results: [null] } }], "x.json is no shard of a sweep"],
    ];
    for (const [shards, line] of refused) expect(() => mergeShards(shards)).to.throw(SweepFileError, line);
  });

  describe("on the contracts", () => {
    const ledgers = new ChainLedgers(hre);
    const open = ledgers.open.bind(ledgers);
    after(() => ledgers.close());

    it("ends as on the model", async () => {
      const [run] = sampleOf(PLAN) as readonly [SweepRun];
      const sample = await runSample(open, { ...run, slots: 6 });
      expect(sample.onTime + sample.late + sample.lost).to.equal(6);
    });

    it("is not taken for equal when it is not", async () => {
      const [run] = sampleOf(PLAN) as readonly [SweepRun];
      // A chain on which nothing of the second half happens.
      const broken: typeof open = async (setup) => {
        const ledger = await open(setup);
        return {
          ...{ name: ledger.name, calendar: ledger.calendar, terms: ledger.terms },
          committeeOf: (epoch) => ledger.committeeOf(epoch),
          build: (draft) => ledger.build(draft),
          foresee: (block, proposal, seen) => ledger.foresee(block, proposal, seen),
          rollBack: (blocks) => ledger.rollBack(blocks),
          close: () => ledger.close(),
          execute: async (block) => {
            if (block.ms < 200_000) return ledger.execute(block);
            const { rollup } = await ledger.execute({ ...block, transactions: [] });
            const outcomes = block.transactions.map(({ id }) => ({
              ...{ id, status: "reverted", error: "", gasUsed: 1, gasClass: "refused" },
            }));
            return { rollup, outcomes: outcomes as never };
          },
        };
      };
      await rejection(runSample(broken, { ...run, slots: 4 }), SampleDiffersError);
    });
  });
});
