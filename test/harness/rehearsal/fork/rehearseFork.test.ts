import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";
import hardhat from "hardhat";

import { RpcSource, RpcSourceError } from "../../../../harness/l1/rpcSource.ts";
import { OPEN_TERMS } from "../../../../harness/network/deployBuildAhead.ts";
import type { ForkReport } from "../../../../harness/rehearsal/fork/forkReport.ts";
import type { ForkSource } from "../../../../harness/rehearsal/fork/forkSource.ts";
import { rehearseFork } from "../../../../harness/rehearsal/fork/rehearseFork.ts";
import { renderFork, renderForkPage, renderForkSummary } from "../../../../harness/report/renderFork.ts";
import { pinned, startSmallSource } from "../../../support/forkSource.ts";
import { rejection } from "../../../support/rejection.ts";
import { describeWithAnvil } from "../../../support/withAnvil.ts";

/** The most that a live network's RPC may be asked, with committees of 48; this one's have 4. */
const MAX_REQUESTS = 5_000;

describeWithAnvil("Rehearsal on a fork", () => {
  let source: ForkSource;
  let live: RpcSource;
  let folder: string;
  let report: ForkReport;

  const run = (from: RpcSource) =>
    rehearseFork(hardhat, {
      source: from,
      registry: source.registry,
      network: "local-fork",
      seed: "fork test",
      slots: 1,
      terms: OPEN_TERMS,
    });

  before(async () => {
    source = await startSmallSource();
    folder = await mkdtemp(path.join(tmpdir(), "build-ahead-fork-"));
    live = await pinned(source);
    report = await run(live);
  });
  after(async () => {
    await source.stop();
    await rm(folder, { recursive: true });
  });

  it("attaches to the code of the baseline, without a word of warning", () => {
    expect(report.warnings).to.deep.equal([]);
    expect(report.source.blockHash).to.equal(live.pin.blockHash);
  });

  it("finds every difference meant, and those that matter among them", () => {
    const differences = report.comparison.filter(({ same }) => !same);
    for (const { subject, why } of differences) expect(why, subject).to.be.a("string");
    const subjects = differences.map(({ subject }) => subject);
    expect(subjects).to.include.members(["config.inboxLag", "library linked as RollupOperationsExtLib"]);
    expect(subjects.filter((subject) => subject.startsWith("config."))).to.have.lengthOf(3);
  });

  it("explains every word that both payloads write", () => {
    const [upgrade, opening] = report.payloads;
    const contracts = (words: ForkReport["payloads"][number]["words"] = []) => words.map(({ contract }) => contract);
    expect(contracts(upgrade?.words).sort()).to.deep.equal([
      ...["GSE", "GSE", "GSE", "Governance", "Registry", "Registry", "Registry", "new rollup"],
    ]);
    expect(contracts(opening?.words).sort()).to.deep.equal(["Governance", "new rollup"]);
  });

  it("upgrades by the signals of the chain's proposers, whose keys are known here, and opens the window by locked tokens", () => {
    expect(report.payloads.map(({ path }) => path)).to.deep.equal(["signal", "lock"]);
    const signals = report.steps.find(({ id }) => id === "upgrade.governance.signal");
    expect(signals?.transactions).to.equal(17);
  });

  it("finds the other side as it must be", () => {
    expect(report.checks.map(({ id }) => id)).to.include.members(["canonical", "followers.count", "loyal.old"]);
    for (const { id, passed } of report.checks) expect(passed, id).to.equal(true);
    const found = (id: string) => report.checks.find((check) => check.id === id)?.found;
    expect(found("loyal.count"), "validators that stay").to.equal("2");
    // Six of the source's, two that were queued there, four of the rehearsal's own.
    expect(found("followers.count"), "validators that follow").to.equal("12");
    expect(found("left.rewards"), "checkpoint rewards of the old rollup afterwards").to.equal("0");
  });

  it("sees the same outcomes on both rollups while the window is closed, and every kind of late landing once it is open", () => {
    expect(report.compared.map(({ id, after }) => [id, after])).to.deep.equal([
      ["onTime.firstOfEpoch", "success"],
      ["onTime.landing1", "success"],
      ["late.refused", "HeaderLib__InvalidSlotNumber"],
      ["late.next", "success"],
      ["settlement.proof1", "success"],
    ]);
    for (const { id, same } of report.compared) expect(same, id).to.equal(true);
    const late = report.steps.filter(({ id }) => /^late\.late\..+\.land$/.test(id));
    expect(late.map(({ outcome }) => outcome)).to.deep.equal(["success", "success", "success", "success"]);
  });

  it("proves what the old rollup has left behind, and pays its people", () => {
    const left = report.steps.filter(({ id }) => id.startsWith("left."));
    expect(left.map(({ id }) => id)).to.include.members(["left.settlement.proof2", "left.claims.prover1"]);
    for (const { id, outcome } of left) expect(outcome, id).to.equal("success");
  });

  it("has no transaction near the cap of EIP-7825", () => {
    for (const { kind, gasUsed } of report.transactions) expect(gasUsed, kind).to.be.lessThan(report.gasCap);
  });

  it("gives every override its reason, and impersonates nobody", () => {
    for (const { what, reason } of report.overrides) expect(reason, what).to.have.length.greaterThan(20);
    const kinds = new Set(report.overrides.map(({ kind }) => kind));
    expect([...kinds].sort()).to.deep.equal(["balance", "storage", "time"]);
  });

  it("gives a step the id that the committed evidence knows it by", async () => {
    const committed = JSON.parse(await readFile("evidence/rehearsal-local-fork.json", "utf8")) as ForkReport;
    // Other committees draw other numbers of claims; and fewer slots were asked for.
    const varies = /\.landing\d+$|\.claims\.validator\d+$/;
    const ids = ({ steps }: ForkReport) => steps.map(({ id }) => id).filter((id) => !varies.test(id));
    expect(ids(report)).to.deep.equal(ids(committed));
    expect(report.checks.map(({ id }) => id)).to.deep.equal(committed.checks.map(({ id }) => id));
  });

  it("reads like the report that it is", () => {
    const [markdown, page] = [renderFork(report), renderForkPage(report)];
    for (const { id } of report.steps) expect(markdown).to.include(`\`${id}\``);
    expect(page)
      .to.include("<!doctype html>")
      .and.not.to.match(/<script|https?:\/\/|src=/);
    expect(renderForkSummary(report)).to.include("all explained");
  });

  it("asks its source little, and repeats to the byte from what it froze, asking nothing", async () => {
    expect(live.requests).to.be.lessThan(MAX_REQUESTS);
    const file = path.join(folder, "frozen.json");
    expect(await live.freeze(file), "bytes").to.be.greaterThan(100_000);
    const frozen = await RpcSource.thaw(file);
    const again = await run(frozen);
    expect(JSON.stringify(again)).to.equal(JSON.stringify(report));
    expect(frozen.requests, "requests").to.equal(0);
  });

  it("says what a frozen source lacks for another run", async () => {
    const file = path.join(folder, "frozen.json");
    const other = await RpcSource.thaw(file);
    const { contracts, network, seed } = report;
    const options = { network, seed, slots: 1, terms: OPEN_TERMS, registry: contracts["gse"] ?? "0x" } as const;
    const error = await rejection(rehearseFork(hardhat, { ...options, source: other }), RpcSourceError);
    expect(error.shortMessage).to.match(/^The frozen fork source lacks an answer: freeze it again/);
  });
});
