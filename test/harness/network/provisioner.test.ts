import { expect } from "chai";
import { erc20Abi, type Address } from "viem";

import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { getCommittee } from "../../../harness/network/committee.ts";
import { makeValidators } from "../../../harness/network/makeValidators.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { TooFewValidatorsError } from "../../../harness/network/stakeValidators.ts";
import { epochStart } from "../../../harness/protocol/time.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";
import { smallConfig } from "../../support/world.ts";

const user = deriveAccount("provisioner", "user").account.address;

describe("Provisions", () => {
  let network: EmbeddedNetwork;

  beforeEach(async () => {
    network = await embeddedNetwork({ config: smallConfig(), validatorCount: 8 });
  });

  const etherOf = (address: Address) => network.chain.publicClient.getBalance({ address });
  const height = () => network.chain.publicClient.getBlockNumber();
  const balanceOf = (token: Address, holder: Address) =>
    network.chain.publicClient.readContract({
      address: token,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [holder],
    });
  const supplyOf = (token: Address) =>
    network.chain.publicClient.readContract({ address: token, abi: erc20Abi, functionName: "totalSupply" });
  const activeValidators = () =>
    network.chain.publicClient.readContract({
      address: network.rollup.address,
      abi: RollupAbi,
      functionName: "getActiveAttesterCount",
    });

  it("of the fee asset mint what is missing, and nothing when they are made again", async () => {
    const { provisioner, contracts } = network;
    await provisioner.mintFeeAsset(user, 3n);
    await provisioner.ensureFeeAsset(user, 10n);
    expect(await balanceOf(contracts.feeAsset, user), "3 and 7").to.equal(10n);
    const [supply, before] = [await supplyOf(contracts.feeAsset), await height()];
    await provisioner.ensureFeeAsset(user, 10n);
    await provisioner.ensureFeeAsset(user, 4n);
    expect(await supplyOf(contracts.feeAsset)).to.equal(supply);
    expect(await height(), "no block is mined for it").to.equal(before);
  });

  it("of stake leave those alone who have staked, and wait for a committee of theirs", async () => {
    const { provisioner, contracts, validators, rollup, chain, firstEpoch } = network;
    const owner = validators[0]?.address ?? user;
    await chain.setBalance(owner, 10n ** 23n);
    const supply = await supplyOf(contracts.stakingAsset);
    const stakes = await balanceOf(contracts.stakingAsset, contracts.governance);
    const epoch = await provisioner.ensureStaked(validators, rollup);
    expect(await activeValidators(), "validators").to.equal(8n);
    expect(await supplyOf(contracts.stakingAsset), "nothing was minted").to.equal(supply);
    expect(await balanceOf(contracts.stakingAsset, contracts.governance), "nothing was staked").to.equal(stakes);
    expect(await etherOf(owner), "nobody was made poorer").to.equal(10n ** 23n);
    expect(epoch > firstEpoch, "a later epoch").to.equal(true);
    expect(await chain.now(), "its first second").to.equal(epochStart(rollup.timing, epoch));
    expect(await getCommittee(chain, rollup, epoch)).to.have.length(4);
  });

  it("of stake bring in who is new", async () => {
    const { provisioner, contracts, validators, rollup, chain, config } = network;
    const supply = await supplyOf(contracts.stakingAsset);
    const more = await makeValidators(chain, { seed: "build-ahead", count: 9, gse: contracts.gse });
    expect(more.slice(0, 8).map(({ address }) => address)).to.deep.equal(validators.map(({ address }) => address));
    await provisioner.ensureStaked(more, rollup);
    expect(await activeValidators(), "validators").to.equal(9n);
    const minted = (await supplyOf(contracts.stakingAsset)) - supply;
    expect(minted, "one stake, in token units").to.equal(config.gse.activationThreshold);
  });

  it("of stake are refused, before anything is sent, when no committee could come of them", async () => {
    const { provisioner, validators, rollup } = network;
    const before = await height();
    const error = await rejection(provisioner.ensureStaked(validators.slice(0, 3), rollup), TooFewValidatorsError);
    expect(error.fields).to.deep.equal({ validators: 3, committee: 4n });
    expect(await height()).to.equal(before);
  });

  it("of bridged fees are in the portal, and paid for by nobody else", async () => {
    const { provisioner, contracts, rollup, deployer } = network;
    const [portal, own] = [await balanceOf(contracts.feeAsset, rollup.feeJuicePortal), deployer.account.address];
    const before = await balanceOf(contracts.feeAsset, own);
    await provisioner.bridgeFeeJuice(rollup, 7n);
    expect((await balanceOf(contracts.feeAsset, rollup.feeJuicePortal)) - portal, "token units").to.equal(7n);
    expect(await balanceOf(contracts.feeAsset, own), "token units").to.equal(before);
  });
});
