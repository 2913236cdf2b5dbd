import { expect } from "chai";
import hardhat from "hardhat";

import { UnsupportedHardhatError } from "../../../harness/hardhatRuntime.ts";
import { openEmbeddedChain, SUPPORTED_HARDFORKS } from "../../../harness/l1/embeddedChain.ts";
import { UnsupportedL1FeatureError } from "../../../harness/l1/l1Errors.ts";
import { makeSidecar, prepare, REVERTER, sender, TARGET } from "../../support/l1Accounts.ts";
import { rejection } from "../../support/rejection.ts";

describe("The embedded chain", () => {
  it("refuses a hardfork it does not know", async () => {
    const error = await rejection(openEmbeddedChain(hardhat, { hardfork: "shanghai" }), UnsupportedL1FeatureError);
    expect(error.fields).to.deep.include({ hardfork: "shanghai" });
  });

  for (const version of ["3.17.4", "3.180.0", "4.0.0"]) {
    it(`refuses Hardhat ${version}, before it asks it for anything`, async () => {
      const { artifacts, config, versions } = hardhat;
      const network = new Proxy(hardhat.network, {
        get: () => expect.fail("the network manager was asked"),
      });
      const runtime = { artifacts, config, network, versions: { ...versions, hardhat: version } };
      const error = await rejection(openEmbeddedChain(runtime), UnsupportedHardhatError);
      expect(error.fields).to.deep.equal({ actual: version });
    });
  }

  for (const hardfork of SUPPORTED_HARDFORKS) {
    it(`mines blob transactions under ${hardfork}, each in a block of its own of the same second`, async () => {
      const chain = await prepare(await openEmbeddedChain(hardhat, { hardfork }));
      expect(chain.blobWrapper, "EDR takes no cell proofs").to.equal("blob-proofs");
      const at = (await chain.now()) + 12n;
      await chain.submit({ from: sender, to: TARGET });
      const sidecars = [await makeSidecar(1n)];
      const blobs = await chain.submit({ from: sender, to: TARGET, sidecars });
      await chain.submit({ from: sender, to: TARGET });
      const { receipts } = await chain.mineAt(at);
      expect(receipts.map(({ status }) => status)).to.deep.equal(["success", "success", "success"]);
      expect(receipts[1]?.blobGasUsed, "blob gas of one blob").to.equal(131_072n);
      for (const { blockNumber } of receipts) {
        expect((await chain.publicClient.getBlock({ blockNumber })).timestamp, "seconds").to.equal(at);
      }
      const { type } = await chain.publicClient.getTransaction({ hash: blobs.hash });
      expect(type).to.equal("eip4844");
      await chain.close();
    });
  }

  it("gives the same hashes and gas on a second run", async () => {
    const run = async () => {
      const fresh = await prepare(await openEmbeddedChain(hardhat));
      await fresh.execute({ from: sender, to: TARGET, value: 3n });
      const receipt = await fresh.execute({ from: sender, to: REVERTER }, { allowRevert: true });
      const { hash } = await fresh.publicClient.getBlock();
      await fresh.close();
      return { block: hash, transaction: receipt.transactionHash, gas: receipt.gasUsed };
    };
    expect(await run()).to.deep.equal(await run());
  });
});
