import { expect } from "chai";

import {
  lateRingEpochs,
  logPlace,
  logRingSize,
  marksPlace,
  recordPlace,
  recordRingSize,
} from "../../../harness/protocol/rings.ts";

const timing = (proofSubmissionEpochs: bigint, epochSlots = 32n) => ({ epochSlots, proofSubmissionEpochs });

describe("The rings", () => {
  it("keep the logs of all checkpoints that a prune can take, and of one below", () => {
    expect(logRingSize(timing(1n))).to.equal(65n);
    expect(logRingSize(timing(0n, 8n))).to.equal(9n);
    expect([64n, 65n, 66n].map((number) => logPlace(timing(1n), number))).to.deep.equal([64n, 0n, 1n]);
  });

  it("keep late slots for eight epochs at least, and for two more than a proof may take", () => {
    const epochs = [0n, 1n, 5n, 6n, 7n, 30n].map((proofEpochs) => lateRingEpochs(timing(proofEpochs)));
    expect(epochs).to.deep.equal([8n, 8n, 8n, 8n, 9n, 32n]);
    expect(recordRingSize(timing(1n))).to.equal(256n);
    expect(recordRingSize(timing(7n, 4n))).to.equal(36n);
  });

  it("come round again after their size and not before", () => {
    const places = Array.from({ length: 256 }, (_, slot) => recordPlace(timing(1n), BigInt(slot)));
    expect(new Set(places).size).to.equal(256);
    expect(recordPlace(timing(1n), 256n + 5n)).to.equal(5n);
    expect(marksPlace(timing(1n), 8n)).to.equal(0n);
    expect(marksPlace(timing(7n), 8n)).to.equal(8n);
  });
});
