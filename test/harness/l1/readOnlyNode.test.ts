import { expect } from "chai";
import { encodeFunctionData, erc20Abi } from "viem";

import { L1RevertError, UnsupportedL1FeatureError } from "../../../harness/l1/l1Errors.ts";
import { openReadOnlyNode } from "../../../harness/l1/readOnlyNode.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("A node that is only read", () => {
  it("answers as it is asked, and has nothing to say about its chain's time", async () => {
    const { chain, contracts } = await embeddedNetwork();
    const provider = {
      request: ({ method, params }: { method: string; params?: unknown[] }) => chain.rpc(method, params),
    };
    const node = await openReadOnlyNode({ provider });
    expect(node.chainId).to.equal(chain.chainId);
    expect(await node.now()).to.equal(await chain.now());
    const data = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [contracts.gse, 1n] });
    const call = { to: contracts.feeAsset, data };
    await rejection(node.call(call), L1RevertError);
    await rejection(node.call({ ...call, timestamp: 2n ** 32n }), UnsupportedL1FeatureError);
  });
});
