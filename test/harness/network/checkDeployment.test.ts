import { expect } from "chai";
import { artifacts } from "hardhat";
import { concatHex, encodeFunctionData, padHex, size, slice, toHex, zeroAddress, type Address, type Hex } from "viem";

import {
  assertDeployment,
  checkDeployment,
  DeploymentCheckError,
  findingsOf,
  type ExpectedDeployment,
} from "../../../harness/network/checkDeployment.ts";
import { deployBuildAhead, CLOSED_TERMS, OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { deployModule } from "../../../harness/network/deployModule.ts";
import { deployRollup } from "../../../harness/network/deployRollup.ts";
import type { DeployedRollup } from "../../../harness/network/deployment.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { readArtifact } from "../../../harness/network/readArtifact.ts";
import { readRollupConfig } from "../../../harness/network/readRollupConfig.ts";
import { encodeSetTerms } from "../../../harness/protocol/terms.ts";
import { RollupAbi, SlasherAbi, TallySlashingProposerAbi } from "../../../harness/upstream/abis.ts";
import { SlasherFlavor } from "../../../harness/upstream/rollupConfig.ts";
import escapeHatchModule from "../../../ignition/modules/escapeHatch.ts";
import { HATCH } from "../../support/escapeHatch.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("The check of a deployment", () => {
  let network: EmbeddedNetwork;
  let rollup: DeployedRollup;
  let expected: ExpectedDeployment;
  let restore: () => Promise<void>;

  before(async () => {
    network = await embeddedNetwork();
    rollup = await deployBuildAhead(network);
    expected = expectedOf(network, rollup);
    restore = await network.chain.snapshot();
  });

  afterEach(() => restore());

  /** What is found wrong, by area and subject. */
  async function findings(wanted: Partial<ExpectedDeployment> = {}, address = rollup.address) {
    const checks = await checkDeployment(artifacts, network.chain, address, { ...expected, ...wanted });
    return findingsOf(checks).map(({ area, subject }) => `${area}: ${subject}`);
  }

  async function withHatch(owner: Address = rollup.address) {
    const hatch = { bondToken: network.contracts.feeAsset, ...HATCH };
    const deployed = await deployModule(network.deployer, escapeHatchModule, {
      EscapeHatch: { rollup: owner, ...hatch },
    });
    return { address: deployed.hatch, ...hatch };
  }

  /** Every contract that a deployment made, by the name under which it was compiled. */
  async function contracts(): Promise<Readonly<Record<string, Address>>> {
    const { publicClient } = network.chain;
    const slasher = { address: rollup.slasher, abi: SlasherAbi } as const;
    const tally = await publicClient.readContract({ ...slasher, functionName: "PROPOSER" });
    const { config } = await readRollupConfig(network.chain, rollup.address);
    return {
      Inbox: rollup.inbox,
      Outbox: rollup.outbox,
      FeeJuicePortal: rollup.feeJuicePortal,
      Slasher: rollup.slasher,
      TallySlashingProposer: tally,
      SlashPayloadCloneable: await publicClient.readContract({
        address: tally,
        abi: TallySlashingProposerAbi,
        functionName: "SLASH_PAYLOAD_IMPLEMENTATION",
      }),
      RewardBooster: config.rewardConfig.booster,
      SlashFactory: rollup.slashFactory,
    };
  }

  it("finds nothing wrong with a deployment that was made here, and says what it looked at", async () => {
    const escapeHatch = await withHatch();
    const checks = await checkDeployment(artifacts, network.chain, rollup.address, { ...expected, escapeHatch });
    expect(findingsOf(checks)).to.deep.equal([]);
    expect(new Set(checks.map(({ area }) => area))).to.have.all.keys(
      "code",
      "immutable",
      "owner",
      "shared contract",
      "configuration",
      "genesis",
      "verifier",
      "terms",
    );
    expect(checks.filter(({ area }) => area === "code").map(({ subject }) => subject)).to.deep.equal([
      "BuildAheadRollup and its libraries",
      "SlashFactory",
      "Inbox",
      "Outbox",
      "FeeJuicePortal",
      "Slasher",
      "TallySlashingProposer",
      "SlashPayloadCloneable",
      "RewardBooster",
      "EscapeHatch",
    ]);
  });

  it("reads back what the constructor was given", async () => {
    const { config, genesis, verifier, owner } = await readRollupConfig(network.chain, network.rollup.address);
    const { booster, ...rewardConfig } = config.rewardConfig;
    const { booster: given, ...givenRewards } = network.rollup.config.rewardConfig;
    expect(given).to.equal(zeroAddress);
    expect(booster).not.to.equal(zeroAddress);
    expect({ ...config, rewardConfig }).to.deep.equal({ ...network.rollup.config, rewardConfig: givenRewards });
    expect(genesis).to.deep.equal(network.rollup.genesis);
    expect(verifier).to.equal(network.rollup.verifier);
    expect(owner).to.equal(network.contracts.governance);
  });

  it("notices changed code of every contract that the deployment made", async () => {
    const escapeHatch = await withHatch();
    for (const [name, address] of Object.entries({ ...(await contracts()), EscapeHatch: escapeHatch.address })) {
      const code = (await network.chain.publicClient.getCode({ address })) as Hex;
      const last = size(code) - 1;
      await network.chain.setCode(address, concatHex([slice(code, 0, last), toHex(Number(slice(code, last)) ^ 1)]));
      expect(await findings({ escapeHatch }), name).to.deep.equal([`code: ${name}`]);
      await network.chain.setCode(address, code);
    }
  });

  it("notices every single immutable that is another one", async () => {
    const escapeHatch = await withHatch();
    const all = { ...(await contracts()), EscapeHatch: escapeHatch.address, BuildAheadRollup: rollup.address };
    const block = await network.chain.publicClient.readContract({
      address: rollup.address,
      abi: RollupAbi,
      functionName: "L1_BLOCK_AT_GENESIS",
    });
    for (const [name, address] of Object.entries(all)) {
      const { immutableReferences = {} } = await readArtifact(artifacts, name);
      const code = (await network.chain.publicClient.getCode({ address })) as Hex;
      await network.chain.setCode(address, overwrite(code, Object.values(immutableReferences).flat()));
      const wrong = (await findings({ escapeHatch, block })).filter((it) => it.startsWith(`immutable: ${name}.`));
      expect(new Set(wrong).size, `${name}: ${wrong.join()}`).to.equal(Object.keys(immutableReferences).length);
      await network.chain.setCode(address, code);
    }
  });

  it("notices that upstream's way leaves the deployer the slasher's governance for good", async () => {
    const { deployer, chain, contracts: shared } = network;
    const { genesis, verifier, terms = CLOSED_TERMS } = rollup;
    const config = { ...rollup.config, version: 8 };
    const owner = deployer.account.address;
    const theirs = await deployRollup(deployer, { contracts: shared, owner, config, genesis, verifier, terms });
    const expectedOfTheirs = { config, slashFactory: theirs.slashFactory };
    expect(await findings(expectedOfTheirs, theirs.address)).to.deep.equal([
      "owner: BuildAheadRollup.owner",
      "immutable: Slasher.GOVERNANCE",
    ]);
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "transferOwnership", args: [shared.governance] });
    await chain.execute({ from: deployer.account, to: theirs.address, data });
    expect(await findings(expectedOfTheirs, theirs.address)).to.deep.equal(["immutable: Slasher.GOVERNANCE"]);
  });

  it("notices every field of the configuration that differs", async () => {
    const { config } = expected;
    const kept = ["slasherFlavor", "rewardConfig", "rewardBoostConfig", "stakingQueueConfig", "slashAmounts"];
    const changed = Object.entries(config).filter(([field]) => !kept.includes(field));
    const other = Object.fromEntries(changed.map(([field, value]) => [field, different(value)]));
    const all = await findings({ config: { ...config, ...other } });
    expect(all).to.include.members(changed.map(([field]) => `configuration: BuildAheadRollup.${field}`));
    const nested = { ...config.stakingQueueConfig, maxQueueFlushSize: 7n };
    expect(await findings({ config: { ...config, stakingQueueConfig: nested } })).to.deep.equal([
      "configuration: BuildAheadRollup.stakingQueueConfig.maxQueueFlushSize",
    ]);
    const rewardConfig = { ...config.rewardConfig, sequencerBps: 1 };
    expect(await findings({ config: { ...config, rewardConfig } })).to.deep.equal([
      "configuration: BuildAheadRollup.rewardConfig.sequencerBps",
    ]);
    const booster = { ...config.rewardConfig, booster: network.contracts.gse };
    expect(await findings({ config: { ...config, rewardConfig: booster } })).to.deep.equal([
      "configuration: BuildAheadRollup.rewardConfig.booster",
    ]);
    const amounts = { ...config, slashAmounts: [1n, 2n, 3n] as const };
    expect(await findings({ config: amounts })).to.include("configuration: BuildAheadRollup.slashAmounts.0");
    const unslashed = { ...config, slasherFlavor: SlasherFlavor.none };
    expect(await findings({ config: unslashed })).to.include("configuration: BuildAheadRollup.slasher");
  });

  it("notices other shared contracts, another genesis, verifier and terms", async () => {
    const other = network.deployer.account.address;
    const shared = { feeAsset: other, stakingAsset: other, gse: other, rewardDistributor: other };
    expect(await findings({ contracts: shared })).to.deep.equal([
      ...Object.keys(shared).map((field) => `shared contract: BuildAheadRollup.${field}`),
      "immutable: FeeJuicePortal.UNDERLYING",
    ]);
    const word = padHex("0x01", { size: 32 });
    const genesis = { vkTreeRoot: word, protocolContractsHash: word, genesisArchiveRoot: word };
    expect(await findings({ genesis })).to.deep.equal(
      Object.keys(genesis).map((field) => `genesis: BuildAheadRollup.${field}`),
    );
    expect(await findings({ verifier: other })).to.deep.equal(["verifier: BuildAheadRollup.epochProofVerifier"]);
    await network.chain.setCode(rollup.verifier, "0x");
    expect(await findings()).to.deep.equal(["verifier: code at the verifier's address"]);
    const data = encodeSetTerms(OPEN_TERMS);
    await network.chain.executeAs(network.contracts.governance, { to: rollup.address, data });
    expect(await findings()).to.include("terms: BuildAheadRollup.terms.windowSeconds");
  });

  it("notices a hatch that belongs to another rollup, and one that nobody knows of", async () => {
    const theirs = await withHatch(network.rollup.address);
    expect(await findings({ escapeHatch: theirs })).to.deep.equal(["immutable: EscapeHatch.ROLLUP"]);
    const { address } = await withHatch();
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateEscapeHatch", args: [address] });
    await network.chain.executeAs(network.contracts.governance, { to: rollup.address, data });
    expect(await findings()).to.deep.equal(["escape hatch: BuildAheadRollup.escapeHatch"]);
    expect(await findings({ escapeHatch: { ...theirs, address } })).to.deep.equal([]);
  });

  for (const slasherFlavor of [SlasherFlavor.none, SlasherFlavor.empire]) {
    it(`knows what a rollup with slashing of kind ${slasherFlavor} does not tell`, async () => {
      const config = { ...rollup.config, slasherFlavor, version: 9 };
      const other = await deployBuildAhead(network, { config, verifier: rollup.verifier });
      const wanted = { config: other.config, slashFactory: other.slashFactory };
      expect(await findings(wanted, other.address)).to.deep.equal([]);
      const wrong = await findings({ ...wanted, config: rollup.config }, other.address);
      expect(wrong).to.include("configuration: BuildAheadRollup.slasherFlavor");
    });
  }

  it("refuses in one sentence, with everything that it found", async () => {
    const { governance } = network.contracts;
    const check = assertDeployment(artifacts, network.chain, rollup.address, { ...expected, owner: rollup.address });
    const error = await rejection(check, DeploymentCheckError);
    expect(error.findings.map(({ subject }) => subject)).to.deep.equal([
      "BuildAheadRollup.owner",
      "Slasher.GOVERNANCE",
    ]);
    expect(error.fields["first"]).to.equal(`owner: BuildAheadRollup.owner is ${governance}, not ${rollup.address}`);
  });
});

function expectedOf({ contracts }: EmbeddedNetwork, rollup: DeployedRollup): ExpectedDeployment {
  const { config, genesis, verifier, terms = CLOSED_TERMS, slashFactory } = rollup;
  return { contracts, owner: contracts.governance, config, genesis, verifier, terms, slashFactory };
}

function different(value: unknown): unknown {
  if (typeof value === "bigint") return value + 1n;
  return typeof value === "number" ? value + 1 : "0x00000000000000000000000000000000000000fe";
}

/** Code with an immutable's lowest byte turned over, wherever it stands. */
function overwrite(code: Hex, places: readonly { readonly start: number; readonly length: number }[]): Hex {
  const bytes = Buffer.from(code.slice(2), "hex");
  for (const { start, length } of places) {
    const at = start + length - 1;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  }
  return `0x${bytes.toString("hex")}`;
}
