import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "chai";
import hre from "hardhat";

import { renderTimelineFiles } from "../../../harness/report/renderTimelines.ts";
import { findSimulatedScenarios } from "../../../harness/scenarios/findSimulated.ts";
import { runScenarios } from "../../../harness/scenarios/runScenarios.ts";
import { DEFAULT_SCENARIO_SEED } from "../../../harness/stage/scenarioSeed.ts";
import { BOTH_WINDOWS } from "../../../harness/stage/simulatedScenario.ts";
import { findChromium, measurePage } from "../../support/chromium.ts";
import { textsOf } from "../../support/svgTexts.ts";

/** Pixels: a small phone held upright, frame and margins included. */
const PHONE = 360;
/** Pixels: what can be read on a phone. */
const READABLE = 12;

describe("Timelines of scenarios", () => {
  let pictures: Awaited<ReturnType<typeof runScenarios>>["pictures"];
  let files: ReadonlyMap<string, string>;

  before(async () => {
    const scenarios = await findSimulatedScenarios(["l1-reorg", "late-by-next-proposer", "silent-discard"]);
    ({ pictures } = await runScenarios(hre, scenarios, { seed: DEFAULT_SCENARIO_SEED }));
    files = await renderTimelineFiles(pictures);
  });

  const read = (file: string) => {
    const content = files.get(file);
    if (content === undefined) throw new Error(`there is no ${file}`);
    return content;
  };

  it("are a picture a run, and a page with all of them", () => {
    expect([...files.keys()]).to.have.members([
      "timelines/l1-reorg-open.svg",
      "timelines/late-by-next-proposer-closed.svg",
      "timelines/late-by-next-proposer-open.svg",
      "timelines/silent-discard-closed.svg",
      "timelines/silent-discard-open.svg",
      "timelines.html",
    ]);
  });

  it("name slots, who proposes, and what became of each checkpoint", () => {
    const open = textsOf(read("timelines/late-by-next-proposer-open.svg"));
    expect(open).to.include.members(["slot 1: A proposes", "slot 2: B proposes", "slot 3: C proposes", "window 1"]);
    expect(open).to.include.members(["s1: late +12 s by B", "s2 on s1: on time", "s1 late", "not taken"]);
    const closed = textsOf(read("timelines/late-by-next-proposer-closed.svg"));
    expect(closed).to.include.members(["s1: lost", "s2 on s1: given up", "s2b: on time", "s3 on s2b: on time"]);
    expect(closed).to.not.include("window 1");
  });

  it("show what L1 has taken back", () => {
    const texts = textsOf(read("timelines/l1-reorg-open.svg"));
    expect(texts).to.include.members(["s1", "s1 taken back", "s1 late taken back", "s1: on time"]);
  });

  it("know until when somebody built in silence", () => {
    const silent = pictures.find(({ name }) => name === "silent-discard")?.timeline.checkpoints[1];
    expect(silent).to.include({ id: "s2", node: "B", fate: "rebuilt", reason: "no-quorum", proposedMs: undefined });
    expect(silent?.silentUntilMs).to.equal(silent?.endMs);
  });

  it("have no word that is too small for a phone", () => {
    for (const [file, content] of files) {
      const sizes = [...content.matchAll(/font-size="([\d.]+)px"/g)].map(([, size]) => Number(size));
      expect(Math.min(...sizes), file).to.be.at.least(READABLE);
    }
  });

  it("are the same to the byte for the same runs", async () => {
    expect([...(await renderTimelineFiles(pictures))]).to.deep.equal([...files]);
  });
});

describe("Committed timelines", () => {
  const folder = "evidence/timelines";
  let page: string;
  let names: readonly string[];

  before(async () => {
    page = await readFile(`${folder}.html`, "utf8");
    names = (await readdir(folder)).sort();
  });

  it("are one of every scenario and window", async () => {
    const scenarios = await findSimulatedScenarios();
    const expected = scenarios.flatMap(({ name, windows }) =>
      (windows ?? BOTH_WINDOWS).map((window) => `${name}-${window}.svg`),
    );
    expect(names, "run `npx hardhat scenarios` after a scenario was added").to.deep.equal(expected.sort());
  });

  it("name slots and fates", async () => {
    for (const name of names) {
      const texts = textsOf(await readFile(path.join(folder, name), "utf8"));
      for (const slot of [1, 2, 3]) {
        expect(texts.join("\n"), `${name}, slot ${slot}`).to.match(new RegExp(`slot ${slot}\\b`));
      }
      expect(
        texts.some((text) => /^s\d+[a-z]*( on s\d+[a-z]*)?: (on time|late)/.test(text)),
        name,
      ).to.equal(true);
    }
  });

  it("are on a page that needs nothing from elsewhere", () => {
    expect(page).to.not.match(/<(?:script|link|img|iframe|object)\b|\b(?:src|href)=|url\(|@import/);
    for (const name of names) {
      const [, scenario, window] = /^(.*)-(closed|open)\.svg$/.exec(name) ?? [];
      expect(page).to.include(`Timeline of ${scenario}, window ${window}: `);
    }
  });

  it("are shown by a phone without pushing the page sideways, in a real browser", async function () {
    const chromium = findChromium();
    if (chromium === undefined) {
      console.log("      There is no Chromium on this machine: the check in a real browser did not run.");
      this.skip();
    }
    const measured = await measurePage(chromium, page, PHONE);
    expect(measured.width, "pixels").to.be.at.most(PHONE);
    expect(measured.headings).to.include.members(["happy-path", "late-by-next-proposer", "l1-reorg"]);
    expect(measured.resources, "requests").to.equal(0);
  });
});
