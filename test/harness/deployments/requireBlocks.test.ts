import { expect } from "chai";
import { numberToHex } from "viem";

import { NoNewBlockError, requireBlocks } from "../../../harness/deployments/requireBlocks.ts";
import { rejection } from "../../support/rejection.ts";

const LATEST = { method: "eth_getBlockByNumber", params: ["latest", false] };

describe("Waiting for L1 blocks", () => {
  it("is given up when none has come for too long, and begins anew with each that comes", async () => {
    let [block, seconds] = [7n, 0];
    const provider = requireBlocks(
      { request: () => Promise.resolve({ number: numberToHex(block) }) },
      60,
      () => seconds * 1_000,
    );
    await provider.request(LATEST);
    seconds = 60;
    expect(await provider.request(LATEST)).to.deep.equal({ number: "0x7" });
    [block, seconds] = [8n, 119];
    await provider.request(LATEST);
    seconds = 180;
    const error = await rejection(provider.request(LATEST), NoNewBlockError);
    expect(error.fields).to.deep.equal({ block: 8n, seconds: 61 });
  });

  it("goes by the newest block alone: a look at another one, or at anything else, passes", async () => {
    const answers: unknown[] = [];
    let seconds = 0;
    const provider = requireBlocks(
      {
        request: (request) => {
          answers.push(request);
          return Promise.resolve({ number: "0x1" });
        },
      },
      0,
      () => (seconds += 1_000),
    );
    await provider.request({ method: "eth_getBlockByNumber", params: ["0x1", false] });
    await provider.request({ method: "eth_chainId" });
    expect(answers).to.have.length(2);
    await rejection(provider.request(LATEST), NoNewBlockError);
  });
});
