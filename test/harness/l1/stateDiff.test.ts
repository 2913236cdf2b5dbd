import { expect } from "chai";

import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { readStateDiff } from "../../../harness/l1/stateDiff.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { smallConfig } from "../../support/world.ts";

describe("What a transaction changed", () => {
  it("is read word by word, with the accounts that it touched", async () => {
    const { chain, contracts, provisioner } = await embeddedNetwork({ config: smallConfig(), validatorCount: 8 });
    const { account } = deriveAccount("state diff", "holder");
    const { transactionHash } = await provisioner.mintStakingAsset(account.address, 3n);
    const { words, accounts } = await readStateDiff(chain, transactionHash);
    expect(words.map(({ address }) => address)).to.deep.equal([
      contracts.stakingAsset.toLowerCase(),
      contracts.stakingAsset.toLowerCase(),
    ]);
    expect(
      words.map(({ before, after }) => after - before),
      "balance and supply",
    ).to.deep.equal([3n, 3n]);
    expect(accounts).to.deep.equal([provisioner.deployer.account.address.toLowerCase()]);
  });
});
