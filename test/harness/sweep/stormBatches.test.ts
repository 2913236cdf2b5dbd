import { expect } from "chai";

import { batchesOf, nameOfBatch, runModelBatch, runModelBatches } from "../../../harness/sweep/stormBatches.ts";

describe("Batches of storms", () => {
  it("have each storm once, and names of their own", () => {
    const batches = batchesOf({ ledger: "model", seed: "s", runs: 250 });
    expect(batches.map(({ from, runs }) => [from, runs])).to.deep.equal([
      [0, 100],
      [100, 100],
      [200, 50],
    ]);
    expect(new Set(batches.map(nameOfBatch)).size).to.equal(3);
  });

  it("come to the same in a process of their own", async () => {
    const batch = { ledger: "model", seed: "process", from: 3, runs: 2 } as const;
    const results: unknown[] = [];
    await runModelBatches([batch], 1, (result) => results.push(result));
    expect(results).to.deep.equal([await runModelBatch(batch)]);
  });
});
