import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { PROPOSER_TABLE } from "../../harness/actors/proposerTable.ts";
import { RESCUE_TABLE } from "../../harness/actors/rescueTable.ts";
import { renderStateMachine } from "../../harness/report/stateDiagram.ts";

/** What the document has to hold word for word. */
async function generatedBlocks(): Promise<readonly string[]> {
  const fenced = async (name: string, file: string) =>
    [`<!-- ${name} -->`, `\`\`\`ts\n${(await readFile(file, "utf8")).trimEnd()}\n\`\`\``, `<!-- /${name} -->`].join(
      "\n\n",
    );
  return [
    renderStateMachine("proposer", PROPOSER_TABLE, "idle"),
    renderStateMachine("rescue", RESCUE_TABLE, "waiting"),
    await fenced("example scenario", "harness/scenarios/simulated/emptySlot.ts"),
    await fenced("example actor", "test/support/attestationWatch.ts"),
  ];
}

describe("docs/harness.md", () => {
  it("draws the tables that the actors execute, and shows examples that run", async () => {
    const document = await readFile("docs/harness.md", "utf8");
    for (const block of await generatedBlocks()) {
      const mark = block.slice(0, block.indexOf("\n"));
      const end = mark.replace("<!-- ", "<!-- /");
      const shown = document.slice(document.indexOf(mark), document.indexOf(end) + end.length);
      expect(shown, mark).to.equal(block);
    }
  });
});
