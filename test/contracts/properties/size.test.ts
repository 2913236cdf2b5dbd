import { expect } from "chai";
import { artifacts } from "hardhat";
import { size, type Address } from "viem";

import { upgradedNetwork } from "../../support/networks.ts";

/** EIP-170, in bytes. */
const LIMIT = 24_576;

/** What this package adds to upstream's deployment. */
const OURS = [
  "BuildAheadRollup",
  "BuildAheadOperationsExtLib",
  "LateSubmissionExtLib",
  "LateSettlementExtLib",
] as const;

describe("The size of deployed code", () => {
  for (const name of OURS) {
    it(`of ${name} is below 24,576 bytes as compiled`, async function () {
      const { deployedBytecode } = await artifacts.readArtifact(name);
      const bytes = (deployedBytecode.length - 2) / 2;
      if (this.test !== undefined) this.test.title += ` (${bytes}, margin ${LIMIT - bytes})`;
      expect(bytes, `bytes of ${name}`).to.be.lessThan(LIMIT);
    });
  }

  it("of everything else in contracts/ that can be deployed is below it too", async () => {
    const names = await artifacts.getAllFullyQualifiedNames();
    const own = [...names].filter((name) => name.startsWith("contracts/") && !name.startsWith("contracts/test/"));
    expect(own.length, "contracts of ours").to.be.greaterThan(OURS.length);
    for (const name of own) {
      const { deployedBytecode } = await artifacts.readArtifact(name);
      expect((deployedBytecode.length - 2) / 2, `bytes of ${name}`).to.be.lessThan(LIMIT);
    }
  });

  it("of every contract of a real deployment on chain is below it", async () => {
    const { chain, buildAhead, contracts } = await upgradedNetwork();
    const { address, verifier, inbox, outbox, feeJuicePortal, slasher, libraries } = buildAhead;
    const deployed: Record<string, Address> = {
      ...libraries,
      ...contracts,
      rollup: address,
      verifier,
      inbox,
      outbox,
      feeJuicePortal,
      slasher,
    };
    for (const [name, at] of Object.entries(deployed)) {
      const code = await chain.publicClient.getCode({ address: at });
      if (code === undefined) throw new Error(`${name} has no code`);
      expect(size(code), `bytes of ${name}`).to.be.within(1, LIMIT - 1);
    }
    const { deployedBytecode } = await artifacts.readArtifact("BuildAheadRollup");
    const onChain = await chain.publicClient.getCode({ address });
    expect(onChain?.length, "the rollup on chain is the compiled one").to.equal(deployedBytecode.length);
  });
});
