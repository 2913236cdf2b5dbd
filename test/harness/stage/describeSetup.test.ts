import { expect } from "chai";

import { describeSetup } from "../../../harness/stage/describeSetup.ts";
import { makeSetup } from "../../../harness/stage/stageSetup.ts";
import { QUIET_DEMAND } from "../../../harness/sim/demand.ts";

const FOREVER = Number.MAX_SAFE_INTEGER;

describe("What a scenario has arranged", () => {
  it("is nothing on a calm day", () => {
    expect(describeSetup(makeSetup({}))).to.deep.equal([]);
  });

  it("is said of L1, of the network and of nodes, a sentence each", () => {
    const setup = makeSetup({
      l1: {
        censorship: [
          { senders: ["A"], fromMs: 0, toMs: FOREVER },
          { fromMs: 12_000, toMs: 24_000 },
        ],
        missedAt: [120_000, 132_000],
        reorgs: [{ ms: 144_000, depth: 1, instead: [] }],
      },
      demand: { ...QUIET_DEMAND, spikes: [{ from: 10, to: 12, marginalTip: 1 }] },
      gossip: {
        partitions: [{ groups: [["B"], "others"], fromMs: 72_000, toMs: 150_000 }],
        rules: [
          { topics: ["checkpoint_attestation"], slots: [1, 1], effect: "withhold" },
          { authors: ["A"], receivers: ["B", "C"], effect: { delayMs: 1_500 } },
        ],
      },
      nodes: {
        B: { buildsAhead: false, livenessTimeoutMs: 30_000, downtimes: [{ fromMs: 100_000, toMs: FOREVER }] },
        X: { rescues: [{ whose: "anybody", afterMs: -2_000, account: "X", isBundled: true }] },
      },
      injected: [{ ms: 230_000, sender: "Y", action: { invalidate: 1 } }],
      provers: { prover: { provingMs: 30_000 } },
    });
    expect(describeSetup(setup)).to.deep.equal([
      "L1's builders leave out transactions of A.",
      "L1's builders leave out anybody's transactions from 12 s to 24 s.",
      "L1 misses its blocks at 120 s and 132 s.",
      "At 144 s L1 takes back 1 block.",
      "L1's blocks 10 to 12 are full with others' transactions.",
      "B and everybody else hear nothing of each other from 72 s to 150 s.",
      "Checkpoint attestation messages of slot 1 never arrive.",
      "Messages by A to B and C arrive 1.5 s later.",
      "B knows nothing of Build Ahead.",
      "B waits 30 s for its predecessor.",
      "B is down from 100 s on.",
      "X rescues anybody's checkpoint, 2 s before its slot ends.",
      "At 230 s Y invalidates the checkpoint of slot 1.",
      "prover proves an epoch in 30 s.",
    ]);
  });
});
