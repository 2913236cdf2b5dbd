import { readFile } from "node:fs/promises";

import { expect } from "chai";

import {
  renderPublishStudyFiles,
  wastedMore,
  type PublishStudyEvidence,
} from "../../../harness/report/renderPublishStudy.ts";
import { openModelLedger } from "../../../harness/ledger/modelLedger.ts";
import { POLICIES } from "../../../harness/study/publishPolicies.ts";
import { runPublishStudy } from "../../../harness/study/publishStudy.ts";
import { DEFAULT_STUDY } from "../../../harness/study/publishStudyOptions.ts";

describe("Evidence of the study of publishers", () => {
  it("is of the whole study with its sample on the contracts, and report and chart are what its figures give", async () => {
    const evidence = JSON.parse(await readFile("evidence/publish-study.json", "utf8")) as PublishStudyEvidence;
    const { seed, slots, runs, ledger, sample, policies } = evidence;
    expect({ seed, slots, runs, sampledSlots: sample.slots }).to.deep.equal(DEFAULT_STUDY);
    expect([ledger, sample.ledger, policies.length]).to.deep.equal(["model", "chain", POLICIES.length]);
    for (const [file, content] of await renderPublishStudyFiles(evidence)) {
      expect(content, file).to.equal(await readFile(`evidence/${file}`, "utf8"));
    }
  });

  it("compares what was measured, run by run, and leaves out what was not", async () => {
    const study = await runPublishStudy(
      (setup) => Promise.resolve(openModelLedger(setup)),
      { seed: "render", slots: 30, runs: 2 },
      undefined,
      POLICIES.filter(({ handoff, lead }) => handoff === "stops" && lead === "start"),
    );
    const { mean } = wastedMore(study, "blind.stops.start", "simulated.stops.start");
    const [blind, simulated] = study.policies.map(({ runs }) => runs.reduce((gas, { wasted }) => gas + wasted.gas, 0));
    expect(Math.round(mean)).to.equal(Math.round(((blind ?? 0) - (simulated ?? 0)) / 30));
    const files = await renderPublishStudyFiles({ ...study, sample: study, commit: "f".repeat(40) });
    expect([...files.keys()]).to.deep.equal(["publish-study.json", "publish-study.md", "charts/publish-study.svg"]);
    const report = files.get("publish-study.md") ?? "";
    expect(report).to.contain("model ledger").and.contain("Simulating, rescuers at the boundary:");
    expect(report).to.not.contain("Taking back");
    expect(report).to.not.match(/NaN|undefined|Infinity/);
    expect(() => wastedMore(study, "none", "simulated.stops.start")).to.throw(RangeError, "no policy none");
  });
});
