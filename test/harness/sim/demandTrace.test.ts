import { expect } from "chai";

import { openModelLedger } from "../../../harness/ledger/modelLedger.ts";
import happyPath from "../../../harness/scenarios/simulated/happyPath.ts";
import congestion from "../../../harness/scenarios/simulated/congestion.ts";
import { DemandTraceError, parseDemandTrace, readDemandTrace } from "../../../harness/sim/demandTrace.ts";
import { playScenario, setUpScenario } from "../../../harness/stage/simulatedScenario.ts";
import { rejection } from "../../support/rejection.ts";

const EXAMPLE = "test/support/demandTrace.csv";
const HEADER = "base_fee_wei,gas_used,blob_base_fee_wei,blobs_used";
const GOOD = "1000000000,30000000,1,14";

describe("A trace of demand", () => {
  it("is read from a file, block by block", async () => {
    const demand = await readDemandTrace(EXAMPLE);
    expect(demand).to.have.lengthOf(8);
    expect(demand[2]).to.deep.equal({
      baseFee: 21_250_000_000,
      gasUsed: 60_000_000,
      blobBaseFee: 2,
      blobsUsed: 21,
      marginalTip: 0,
    });
  });

  it("may end its lines as a spreadsheet does, and begin with a mark", () => {
    expect(parseDemandTrace(`\uFEFF${HEADER}\r\n${GOOD}\r\n`, "a.csv")).to.have.lengthOf(1);
  });

  const refusals: readonly (readonly [name: string, text: string, message: string])[] = [
    ["without a header", `${GOOD}\n`, `a.csv, row 1: the columns are ${GOOD}: expected ${HEADER}`],
    ["with nothing in it", "", `a.csv, row 1: the columns are missing: expected ${HEADER}`],
    ["without a block", `${HEADER}\n`, "a.csv: there is no block in it"],
    ["with a cell too few", `${HEADER}\n${GOOD}\n1,2,3\n`, "a.csv, row 3: it is no CSV with 4 columns"],
    ["with a quote that does not end", `${HEADER}\n"1,2,3,4\n`, "a.csv, row 2: it is no CSV with 4 columns"],
    [
      "with a word",
      `${HEADER}\n${GOOD}\n1,many,3,4\n`,
      'a.csv, row 3: gas_used is "many": expected a whole number from 0 to 2^53 - 1',
    ],
    [
      "with an empty cell",
      `${HEADER}\n,2,3,4\n`,
      'a.csv, row 2: base_fee_wei is "": expected a whole number from 0 to 2^53 - 1',
    ],
    [
      "with a fraction",
      `${HEADER}\n1,2,3.5,4\n`,
      'a.csv, row 2: blob_base_fee_wei is "3.5": expected a whole number from 0 to 2^53 - 1',
    ],
    [
      "with less than nothing",
      `${HEADER}\n1,2,3,-4\n`,
      'a.csv, row 2: blobs_used is "-4": expected a whole number from 0 to 2^53 - 1',
    ],
    [
      "with too much",
      `${HEADER}\n9007199254740992,2,3,4\n`,
      'a.csv, row 2: base_fee_wei is "9007199254740992": expected a whole number from 0 to 2^53 - 1',
    ],
  ];
  for (const [name, text, message] of refusals) {
    it(`is refused ${name}`, () => {
      expect(() => parseDemandTrace(text, "a.csv"))
        .to.throw(DemandTraceError)
        .with.property("message", message);
    });
  }

  it("is refused where there is none", async () => {
    const error = await rejection(readDemandTrace("test/no-such.csv"), DemandTraceError);
    expect(error.message).to.equal("test/no-such.csv: it cannot be read (ENOENT)");
  });

  it("takes the place of a quiet day, and of nothing that a scenario says itself", async () => {
    const demand = await readDemandTrace(EXAMPLE);
    const options = { seed: "demand", window: "open" } as const;
    const play = (changed: object) =>
      playScenario((setup) => Promise.resolve(openModelLedger(setup)), happyPath, { ...options, ...changed });
    const [quiet, busy] = [await play({}), await play({ demand })];
    expect(busy.metrics.onTime).to.equal(quiet.metrics.onTime);
    expect(busy.metrics.cost / quiet.metrics.cost).to.be.within(
      10,
      14,
      "base fees of 20 gwei and more, where they were 1",
    );
    expect(setUpScenario(congestion, { ...options, demand }).demand).to.deep.equal(
      setUpScenario(congestion, options).demand,
    );
  });
});
