import { readFile } from "node:fs/promises";

import { expect } from "chai";

import type { RehearsalReport } from "../../../harness/rehearsal/rehearsalReport.ts";
import { renderRehearsal, renderSummary } from "../../../harness/report/renderRehearsal.ts";

describe("Committed rehearsal", () => {
  it("is what the README shows and the Markdown says", async () => {
    const report = JSON.parse(await readFile("evidence/rehearsal.json", "utf8")) as RehearsalReport;
    expect(await readFile("README.md", "utf8")).to.include(`\`\`\`\n${renderSummary(report)}\n\`\`\``);
    expect(await readFile("evidence/rehearsal.md", "utf8")).to.equal(renderRehearsal(report));
  });
});
