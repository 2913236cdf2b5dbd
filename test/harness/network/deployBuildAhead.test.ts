import { expect } from "chai";
import { artifacts } from "hardhat";
import { encodeFunctionData, parseAbi, type Abi, type Address, type Hex } from "viem";

import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { assertBuildAheadLinks } from "../../../harness/network/buildAheadLinks.ts";
import {
  buildAheadConfig,
  CLOSED_TERMS,
  OPEN_TERMS,
  deployBuildAhead,
} from "../../../harness/network/deployBuildAhead.ts";
import { WrongCodeError } from "../../../harness/network/compiledCode.ts";
import { MockVerifierRefusedError } from "../../../harness/network/deployRollup.ts";
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

  it("starts with the window closed, or with the terms it was given", async () => {
    const network = await embeddedNetwork();
    const terms = { firstBps: 1_000, submitterBps: 1_000, burnBps: 9_000, windowSeconds: 72, crossEpoch: true };
    const { abi } = await artifacts.readArtifact("BuildAheadRollup");
    for (const [options, expected] of [
      [{}, CLOSED_TERMS],
      [{ terms: OPEN_TERMS }, OPEN_TERMS],
      [{ terms }, terms],
    ] as const) {
      const config = { ...buildAheadConfig(network.config.rollup), version: 7 + expected.windowSeconds };
      const rollup = await deployBuildAhead(network, { ...options, config });
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

    const error = await rejection(assertBuildAheadLinks(artifacts, network.chain, rollup.address), WrongCodeError);
    expect(error.fields).to.deep.equal({ contract: "BuildAheadOperationsExtLib", address: upstream });
  });

  it("notices a library without code and an address without a rollup", async () => {
    const network = await embeddedNetwork();
    const rollup = await deployBuildAhead(network);
    await network.chain.setCode(rollup.libraries["LateSubmissionExtLib"] as Hex, "0x");
    const missing = await rejection(assertBuildAheadLinks(artifacts, network.chain, rollup.address), WrongCodeError);
    expect(missing.fields["contract"]).to.equal("LateSubmissionExtLib");
    await rejection(assertBuildAheadLinks(artifacts, network.chain, network.deployer.account.address), WrongCodeError);
  });

  const LIBRARIES = [
    "RollupOperationsExtLib",
    "LateSubmissionExtLib",
    "LateSettlementExtLib",
    "RewardExtLib",
    "ValidatorOperationsExtLib",
  ];
  for (const changed of ["BuildAheadRollup", ...LIBRARIES]) {
    it(`notices a changed byte in the code of ${changed}, wherever it is`, async () => {
      const network = await embeddedNetwork();
      const rollup = await deployBuildAhead(network);
      const address = changed === "BuildAheadRollup" ? rollup.address : (rollup.libraries[changed] as Address);
      const code = (await network.chain.publicClient.getCode({ address })) as Hex;
      const bytes = (code.length - 2) / 2;
      for (const at of [22, Math.floor(bytes / 2), bytes - 1]) {
        await network.chain.setCode(address, withFlippedByte(code, at));
        const check = assertBuildAheadLinks(artifacts, network.chain, rollup.address);
        expect((await rejection(check, WrongCodeError)).fields["address"], `byte ${at}`).to.equal(address);
      }
      await network.chain.setCode(address, `${code}00`);
      await rejection(assertBuildAheadLinks(artifacts, network.chain, rollup.address), WrongCodeError);
      await network.chain.setCode(address, code);
      await assertBuildAheadLinks(artifacts, network.chain, rollup.address);
    });
  }

  it("notices two addresses for one library", async () => {
    const network = await embeddedNetwork();
    const [rollup, other] = [
      await deployBuildAhead(network),
      await deployBuildAhead(network, { config: { ...buildAheadConfig(network.config.rollup), version: 8 } }),
    ];
    const [ours, theirs] = [rollup, other].map(({ libraries }) => libraries["LateSubmissionExtLib"] as Address) as [
      Address,
      Address,
    ];
    const code = (await network.chain.publicClient.getCode({ address: rollup.address })) as Hex;
    const relinked = code.replaceAll(ours.slice(2).toLowerCase(), theirs.slice(2).toLowerCase()) as Hex;
    await network.chain.setCode(rollup.address, relinked);
    const check = assertBuildAheadLinks(artifacts, network.chain, rollup.address);
    expect((await rejection(check, WrongLibraryLinkError)).fields["library"]).to.equal("LateSubmissionExtLib");
  });

  it("takes the verifier that it is given, and the mock on a local chain only", async () => {
    const network = await embeddedNetwork();
    const { verifier } = network.rollup;
    const rollup = await deployBuildAhead(network, { verifier });
    expect(rollup.verifier).to.equal(verifier);
    const elsewhere = Object.create(network.chain, { chainId: { value: 1 } }) as typeof network.chain;
    const deployment = deployBuildAhead({ ...network, deployer: { ...network.deployer, chain: elsewhere } });
    expect((await rejection(deployment, MockVerifierRefusedError)).fields).to.deep.equal({ chainId: 1 });
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

/** @param at Byte */
function withFlippedByte(code: Hex, at: number): Hex {
  const bytes = Buffer.from(code.slice(2), "hex");
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  return `0x${bytes.toString("hex")}`;
}
