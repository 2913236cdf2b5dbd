import { expect } from "chai";
import { encodeErrorResult, parseAbi } from "viem";

import { decodeRevert, findRevertData } from "../../../harness/l1/decodeRevert.ts";
import { REVERT_DATA, TARGET, unluckyAbi } from "../../support/l1Accounts.ts";

describe("A revert", () => {
  it("is decoded by the ABI that knows it", () => {
    const { errorName, args, to } = decodeRevert(unluckyAbi, REVERT_DATA, { to: TARGET });
    expect([errorName, args, to]).to.deep.equal(["Unlucky", [1n, 2n], TARGET]);
  });

  it("is raw data to an ABI that does not, or that knows another error", () => {
    for (const abi of [[], parseAbi(["error Lucky(uint256 thrown)"])]) {
      const error = decodeRevert(abi, REVERT_DATA);
      expect([error.errorName, error.args, error.data]).to.deep.equal([undefined, [], REVERT_DATA]);
      expect(error.message).to.include(REVERT_DATA);
    }
  });

  it("is decoded without any ABI when Solidity itself speaks", () => {
    const solidity = parseAbi(["error Error(string)", "error Panic(uint256)"]);
    const reason = encodeErrorResult({ abi: solidity, errorName: "Error", args: ["no luck"] });
    expect(decodeRevert([], reason).args).to.deep.equal(["no luck"]);
    const panic = encodeErrorResult({ abi: solidity, errorName: "Panic", args: [0x11n] });
    const { errorName, args } = decodeRevert([], panic);
    expect([errorName, args]).to.deep.equal(["Panic", [0x11n]]);
  });

  it("has arguments, none, when its error takes none", () => {
    const abi = parseAbi(["error Nothing()"]);
    const { errorName, args } = decodeRevert(abi, encodeErrorResult({ abi }));
    expect([errorName, args]).to.deep.equal(["Nothing", []]);
  });

  it("without data is no known error", () => {
    expect(decodeRevert(unluckyAbi, "0x").errorName).to.equal(undefined);
  });

  it("is found wherever a client or a provider has put its data", () => {
    expect(findRevertData({ data: REVERT_DATA })).to.equal(REVERT_DATA);
    expect(findRevertData(new Error("outer", { cause: { cause: { data: REVERT_DATA } } }))).to.equal(REVERT_DATA);
    expect(findRevertData({ data: { data: REVERT_DATA } })).to.equal(REVERT_DATA);
  });

  it("is not found in what is none, not even in a circle", () => {
    const circle = new Error("first");
    circle.cause = new Error("second", { cause: circle });
    for (const error of [circle, undefined, "0x1234", { data: 7 }]) expect(findRevertData(error)).to.equal(undefined);
  });
});
