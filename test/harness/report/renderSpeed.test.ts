import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { renderSpeed, type SpeedEvidence } from "../../../harness/report/renderSpeed.ts";

describe("evidence of the speed", () => {
  let evidence: SpeedEvidence;
  before(async () => {
    evidence = JSON.parse(await readFile("evidence/speed.json", "utf8")) as SpeedEvidence;
  });

  it("is of what was asked for, and reads as it was measured", async () => {
    const { epoch, stages } = evidence;
    expect([epoch.checkpoints, epoch.committee]).to.deep.equal([32, 48]);
    expect(stages.map(({ ledger, slots }) => `${ledger} ${slots}`)).to.deep.equal([
      "chain 100",
      "chain 1000",
      "model 100",
      "model 1000",
    ]);
    expect(renderSpeed(evidence)).to.equal(await readFile("evidence/speed.md", "utf8"));
  });

  it("says what is missed, and where the time goes", () => {
    const parts = { building: 1, signing: 2, blobs: 3, l1: 2 };
    const slow = renderSpeed({ ...evidence, epoch: { ...evidence.epoch, parts } });
    expect(slow).to.match(/32 checkpoints, .* \| +8\.0 s \| +5\.0 s \| missed/);
    expect(slow).to.match(/blobs: .* \| +3\.0 s \| +93\.8 ms \| +38 % \|/);
    expect(slow).to.include(
      "Without blobs a checkpoint takes 156.3 ms here, and without signing either 93.8 ms, 7.0 times upstream's",
    );
    const fast = renderSpeed({ ...evidence, epoch: { ...evidence.epoch, parts: { ...parts, signing: 1, l1: 0 } } });
    expect(fast).to.match(/32 checkpoints, .* \| +5\.0 s \| +5\.0 s \| met/);
  });

  it("says when the machine had other work", () => {
    const under = (load: number) => renderSpeed({ ...evidence, machine: { ...evidence.machine, cores: 2, load } });
    expect(under(0.6)).to.include("The machine had other work");
    expect(under(0.5)).to.not.include("The machine had other work");
  });
});
