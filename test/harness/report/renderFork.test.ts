import { readFile } from "node:fs/promises";

import { expect } from "chai";

import type { ForkReport } from "../../../harness/rehearsal/fork/forkReport.ts";
import { renderFork, renderForkPage } from "../../../harness/report/renderFork.ts";
import { findChromium, measurePage } from "../../support/chromium.ts";

const EVIDENCE = "evidence/rehearsal-local-fork";
/** Pixels: a small phone held upright, frame and margins included. */
const PHONE = 360;

describe("Committed rehearsal on a fork", () => {
  let report: ForkReport;

  before(async () => {
    report = JSON.parse(await readFile(`${EVIDENCE}.json`, "utf8")) as ForkReport;
  });

  it("is what the Markdown and the page say", async () => {
    expect(await readFile(`${EVIDENCE}.md`, "utf8")).to.equal(renderFork(report));
    expect(await readFile(`${EVIDENCE}.html`, "utf8")).to.equal(renderForkPage(report));
  });

  it("passes everything that it checks", () => {
    for (const { id, passed } of report.checks) expect(passed, id).to.equal(true);
    for (const { id, same } of report.compared) expect(same, id).to.equal(true);
    for (const { subject, same, why } of report.comparison) expect(same || why !== undefined, subject).to.equal(true);
    expect(report.source.answers).to.be.lessThan(5_000);
  });

  it("says first what has to be known first", () => {
    const warned = { ...report, warnings: ["The canonical rollup is another's."] };
    expect(renderFork(warned).split("\n")[2]).to.equal("> **The canonical rollup is another's.**");
  });

  it("shows <, & and quotes as they are", () => {
    const odd = { ...report, openQuestions: ['a < b & "c"'] };
    expect(renderForkPage(odd)).to.include("a &lt; b &amp; &quot;c&quot;");
  });

  it("is a page that a phone shows without being pushed sideways, in a real browser", async function () {
    const chromium = findChromium();
    if (chromium === undefined) {
      console.log("      There is no Chromium on this machine: the check in a real browser did not run.");
      this.skip();
    }
    const measured = await measurePage(chromium, renderForkPage(report), PHONE);
    expect(measured.width, "pixels").to.be.at.most(PHONE);
    expect(measured.tables).to.be.greaterThan(10);
    expect(measured.headings).to.include.members(["What differs", "Through governance", "What was overridden"]);
    expect(measured.resources, "requests").to.equal(0);
  });
});
