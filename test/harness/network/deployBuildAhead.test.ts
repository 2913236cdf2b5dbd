import { expect } from "chai";
import { artifacts } from "hardhat";
import { encodeFunctionData, parseAbi, type Abi, type Hex } from "viem";

import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import {
  assertBuildAheadLinks,
  buildAheadConfig,
  OPEN_TERMS,
  deployBuildAhead,
} from "../../../harness/network/deployBuildAhead.ts";
import { WrongLibraryLinkError } from "../../../harness/network/linkedLibraries.ts";
import { getCommittee } from "../../../harness/network/committee.ts";
import { RollupAbi, SlasherAbi } from "../../../harness/upstream/abis.ts";
import { embeddedNetwork, upgradedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("The extended rollup's deployment", () => {
  it("differs from the first rollup in inbox lag and version only, and belongs to governance from the start", async () => {
    const network = await embeddedNetwork();
    const rollup = await deployBuildAhead(network);
    const { version, ...config } = rollup.config;
    const { version: firstVersion, ...firstConfig } = network.rollup.config;
    expect(config).to.deep.equal({ ...firstConfig, inboxLag: 2n });
    expect(version).not.to.equal(firstVersion);

    const { publicClient } = network.chain;
    const { governance } = network.contracts;
    const owner = await publicClient.readContract({ address: rollup.address, abi: RollupAbi, functionName: "owner" });
    expect(owner).to.equal(governance);
    const slasher = { address: rollup.slasher, abi: SlasherAbi } as const;
    expect(await publicClient.readContract({ ...slasher, functionName: "GOVERNANCE" })).to.equal(governance);
    const lag = await publicClient.readContract({
      address: rollup.inbox,
      abi: parseAbi(["function LAG() view returns (uint256)"]),
      functionName: "LAG",
    });
    expect(lag, "checkpoints").to.equal(2n);
  });

  it("starts with the terms it was given", async () => {
    const network = await embeddedNetwork();
    const terms = { firstBps: 1_000, submitterBps: 1_000, burnBps: 9_000, windowSeconds: 72, crossEpoch: true };
    const { abi } = await artifacts.readArtifact("BuildAheadRollup");
    for (const expected of [OPEN_TERMS, terms]) {
      const config = { ...buildAheadConfig(network.config.rollup), version: expected === terms ? 7 : 0 };
      const rollup = await deployBuildAhead(network, { terms: expected, config });
      const actual = await network.chain.publicClient.readContract({
        address: rollup.address,
        abi: abi as Abi,
        functionName: "getLateSubmissionTerms",
      });
      expect(actual).to.deep.equal(expected);
    }
  });

  it("notices a rollup that was linked with upstream's operations library", async () => {
    const network = await embeddedNetwork();
    const rollup = await deployBuildAhead(network);
    const ours = rollup.libraries["RollupOperationsExtLib"] as Hex;
    const upstream = network.rollup.libraries["RollupOperationsExtLib"] as Hex;
    const code = (await network.chain.publicClient.getCode({ address: rollup.address })) as Hex;
    const relinked = code.replaceAll(ours.slice(2).toLowerCase(), upstream.slice(2).toLowerCase()) as Hex;
    expect(relinked).not.to.equal(code);
    await network.chain.setCode(rollup.address, relinked);

    const error = await rejection(
      assertBuildAheadLinks(artifacts, network.chain, rollup.address),
      WrongLibraryLinkError,
    );
    expect(error.fields).to.deep.equal({ library: "BuildAheadOperationsExtLib", address: upstream });
  });

  it("notices a library without code and an address without a rollup", async () => {
    const network = await embeddedNetwork();
    const rollup = await deployBuildAhead(network);
    await network.chain.setCode(rollup.libraries["LateSubmissionExtLib"] as Hex, "0x");
    const missing = await rejection(
      assertBuildAheadLinks(artifacts, network.chain, rollup.address),
      WrongLibraryLinkError,
    );
    expect(missing.fields["library"]).to.equal("LateSubmissionExtLib");
    await rejection(
      assertBuildAheadLinks(artifacts, network.chain, network.deployer.account.address),
      WrongLibraryLinkError,
    );
  });

  it("lets only governance, here impersonated, open the claiming of rewards", async () => {
    const network = await embeddedNetwork();
    const { address } = await deployBuildAhead(network);
    const { chain, contracts, deployer } = network;
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] });
    const error = await rejection(chain.execute({ from: deployer.account, to: address, data }), L1RevertError);
    expect(error.errorName).to.equal("OwnableUnauthorizedAccount");
    const at = (await chain.now()) + 36n;
    await chain.executeAs(contracts.governance, { to: address, data }, { timestamp: at });
    expect(await chain.now(), "seconds").to.equal(at);
    const read = { address, abi: RollupAbi, functionName: "isRewardsClaimable" } as const;
    expect(await chain.publicClient.readContract(read)).to.equal(true);
  });

  it("becomes canonical by governance and samples the validators that followed", async () => {
    const { chain, buildAhead, firstBuildAheadEpoch, walk } = await upgradedNetwork();
    expect(walk.followers, "validators").to.equal(64n);
    expect(await getCommittee(chain, buildAhead, firstBuildAheadEpoch), "members").to.have.length(48);
  });
});
