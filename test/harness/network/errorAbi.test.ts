import { expect } from "chai";
import { artifacts } from "hardhat";
import { encodeErrorResult, parseAbi } from "viem";

import { decodeRevert } from "../../../harness/l1/decodeRevert.ts";
import { errorAbiOf } from "../../../harness/network/errorAbi.ts";

describe("The errors of the compiled contracts", () => {
  it("are upstream's and ours, and decode what both revert with", async () => {
    const abi = await errorAbiOf(artifacts)();
    const errors = parseAbi([
      "error EmpireBase__InsufficientSignals(uint256 signalsCast, uint256 quorum)",
      "error LateSubmission__WindowClosed(uint256 slot, uint256 closedAt)",
    ]);
    for (const { name } of errors) {
      const { errorName, args } = decodeRevert(
        abi,
        encodeErrorResult({ abi: errors, errorName: name, args: [1n, 2n] }),
      );
      expect([errorName, args]).to.deep.equal([name, [1n, 2n]]);
    }
  });

  it("are collected once", async () => {
    expect(await errorAbiOf(artifacts)()).to.equal(await errorAbiOf(artifacts)());
  });
});
