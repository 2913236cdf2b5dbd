import { expect } from "chai";

import { findSigners } from "../../../../harness/rehearsal/fork/findSigners.ts";
import { embeddedNetwork } from "../../../support/networks.ts";
import { smallConfig } from "../../../support/world.ts";

describe("Keys of a fork's proposers", () => {
  it("sign for everybody when all are known, and for nobody when a single one is not", async () => {
    const { chain, rollup, validators } = await embeddedNetwork({ config: smallConfig(), validatorCount: 8 });
    const accounts = validators.map(({ account }) => account);
    const [first, ...others] = accounts;
    if (first === undefined) throw new TypeError("there are eight");
    const signerOf = await findSigners(chain, rollup, accounts);
    expect(signerOf?.(first.address)).to.equal(first);
    expect(signerOf?.(rollup.address)).to.equal(undefined);
    expect(await findSigners(chain, rollup, others)).to.equal(undefined);
    expect(await findSigners(chain, rollup, [])).to.equal(undefined);
  });
});
