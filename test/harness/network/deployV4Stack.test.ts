import { expect } from "chai";
import hardhat, { artifacts } from "hardhat";
import { parseAbi, toHex, type Address } from "viem";

import { aztecClient } from "../../../harness/network/aztecClient.ts";
import { openEmbeddedNetwork, type EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { slotAt } from "../../../harness/protocol/time.ts";
import {
  GovernanceAbi,
  GovernanceProposerAbi,
  GSEAbi,
  RegistryAbi,
  RollupAbi,
  SlasherAbi,
  TallySlashingProposerAbi,
  TestERC20Abi,
} from "../../../harness/upstream/abis.ts";
import { GENESIS_ARCHIVE_ROOT } from "../../../harness/upstream/constants.ts";
import { RollupContract } from "../../../harness/upstream/contracts.ts";
import { computeRollupVersion } from "../../../harness/upstream/rollupConfig.ts";
import { embeddedNetwork } from "../../support/networks.ts";

type RollupGetter =
  | "getSlotDuration"
  | "getEpochDuration"
  | "getTargetCommitteeSize"
  | "getLagInEpochsForValidatorSet"
  | "getLagInEpochsForRandao"
  | "getProofSubmissionEpochs"
  | "getManaTarget"
  | "getExitDelay"
  | "getProvingCostPerManaInEth"
  | "getEthPerFeeAsset"
  | "getLocalEjectionThreshold"
  | "getCheckpointReward"
  | "getVersion"
  | "isRewardsClaimable"
  | "archive";

describe("The v4 stack on the embedded chain", () => {
  let network: EmbeddedNetwork;

  const rollup = () => ({ address: network.rollup.address, abi: RollupAbi }) as const;

  before(async () => {
    network = await embeddedNetwork();
  });

  it("has mainnet's shape", () => {
    const { rollup: config, governance, governanceProposer, gse } = network.config;
    expect(config.aztecSlotDuration, "seconds per slot").to.equal(72n);
    expect(config.aztecEpochDuration, "slots per epoch").to.equal(32n);
    expect(config.targetCommitteeSize, "validators").to.equal(48n);
    expect(config.inboxLag, "checkpoints").to.equal(1n);
    expect(config.localEjectionThreshold, "token units, read exactly").to.equal(98_000_000_000_000_000_000n);
    expect(governance.executionDelay, "seconds").to.equal(30n * 86_400n);
    expect(governanceProposer, "slots").to.deep.equal({ quorum: 151n, roundSize: 300n });
    expect(gse.activationThreshold, "token units").to.equal(100n * 10n ** 18n);
  });

  it("has a rollup that answers on chain with the configuration that was asked for", async () => {
    const { config } = network.rollup;
    const expected: Readonly<Record<RollupGetter, bigint | boolean | string>> = {
      getSlotDuration: config.aztecSlotDuration,
      getEpochDuration: config.aztecEpochDuration,
      getTargetCommitteeSize: config.targetCommitteeSize,
      getLagInEpochsForValidatorSet: config.lagInEpochsForValidatorSet,
      getLagInEpochsForRandao: config.lagInEpochsForRandao,
      getProofSubmissionEpochs: config.aztecProofSubmissionEpochs,
      getManaTarget: config.manaTarget,
      getExitDelay: config.exitDelaySeconds,
      getProvingCostPerManaInEth: config.provingCostPerMana,
      getEthPerFeeAsset: config.initialEthPerFeeAsset,
      getLocalEjectionThreshold: config.localEjectionThreshold,
      getCheckpointReward: config.rewardConfig.checkpointReward,
      getVersion: BigInt(config.version),
      isRewardsClaimable: true,
      archive: toHex(GENESIS_ARCHIVE_ROOT, { size: 32 }),
    };
    for (const [functionName, value] of Object.entries(expected) as [RollupGetter, bigint | boolean | string][]) {
      const actual = await network.chain.publicClient.readContract({ ...rollup(), functionName });
      expect(actual, functionName).to.equal(value);
    }
    expect(config.stakingQueueConfig.maxQueueFlushSize, "validators per epoch").to.equal(48n);
  });

  it("has a slasher, an inbox and a governance that do so too", async () => {
    const { publicClient } = network.chain;
    const { slashingQuorum, slashingRoundSize, slashingDisableDuration, inboxLag } = network.rollup.config;
    const slasher = { address: network.rollup.slasher, abi: SlasherAbi } as const;
    const disabled = await publicClient.readContract({ ...slasher, functionName: "SLASHING_DISABLE_DURATION" });
    expect(disabled, "seconds").to.equal(slashingDisableDuration);
    const tally = {
      address: await publicClient.readContract({ ...slasher, functionName: "PROPOSER" }),
      abi: TallySlashingProposerAbi,
    } as const;
    expect(await publicClient.readContract({ ...tally, functionName: "QUORUM" }), "slots").to.equal(slashingQuorum);
    const round = await publicClient.readContract({ ...tally, functionName: "ROUND_SIZE" });
    expect(round, "slots").to.equal(slashingRoundSize);
    const lag = await publicClient.readContract({
      address: network.rollup.inbox,
      abi: parseAbi(["function LAG() view returns (uint256)"]),
      functionName: "LAG",
    });
    expect(lag, "checkpoints").to.equal(inboxLag);
    const governance = { address: network.contracts.governance, abi: GovernanceAbi } as const;
    expect(await publicClient.readContract({ ...governance, functionName: "getConfiguration" })).to.deep.equal(
      network.config.governance,
    );
    const proposer = { address: network.contracts.governanceProposer, abi: GovernanceProposerAbi } as const;
    expect(await publicClient.readContract({ ...proposer, functionName: "QUORUM_SIZE" }), "slots").to.equal(151n);
    expect(await publicClient.readContract({ ...proposer, functionName: "ROUND_SIZE" }), "slots").to.equal(300n);
  });

  it("is owned as upstream's deployment script leaves it", async () => {
    const { contracts, chain, deployer } = network;
    const owner = (address: Address) =>
      chain.publicClient.readContract({ address, abi: RollupAbi, functionName: "owner" });
    expect(await owner(network.rollup.address), "rollup").to.equal(contracts.governance);
    expect(await owner(contracts.registry), "registry").to.equal(contracts.governance);
    expect(await owner(contracts.gse), "staking escrow").to.equal(contracts.governance);
    expect(await owner(contracts.feeAsset), "fee asset").to.equal(contracts.coinIssuer);
    expect(await owner(contracts.coinIssuer), "coin issuer").to.equal(contracts.dateGatedRelayer);
    expect(await owner(contracts.dateGatedRelayer), "date gated relayer").to.equal(contracts.governance);
    expect(await owner(contracts.stakingAsset), "staking asset").to.equal(deployer.account.address);
    const registry = { address: contracts.registry, abi: RegistryAbi } as const;
    expect(await chain.publicClient.readContract({ ...registry, functionName: "getGovernance" })).to.equal(
      contracts.governance,
    );
    expect(await chain.publicClient.readContract({ ...registry, functionName: "getCanonicalRollup" })).to.equal(
      network.rollup.address,
    );
    const gse = { address: contracts.gse, abi: GSEAbi } as const;
    expect(await chain.publicClient.readContract({ ...gse, functionName: "getLatestRollup" })).to.equal(
      network.rollup.address,
    );
    expect(await chain.publicClient.readContract({ ...gse, functionName: "getGovernance" })).to.equal(
      contracts.governance,
    );
  });

  it("has the money that rewards and fees are paid from", async () => {
    const { contracts, chain, config } = network;
    const balance = (holder: Address) =>
      chain.publicClient.readContract({
        address: contracts.feeAsset,
        abi: TestERC20Abi,
        functionName: "balanceOf",
        args: [holder],
      });
    expect(await balance(contracts.rewardDistributor), "token units").to.equal(config.rewardDistributorFunding);
    expect(await balance(network.rollup.feeJuicePortal), "token units").to.equal(config.feeJuicePortalFunding);
  });

  it("has Multicall3 at its well-known address", async () => {
    const chainId = await network.chain.publicClient.readContract({
      address: "0xcA11bde05977b3631167028862bE2a173976CA11",
      abi: parseAbi(["function getChainId() view returns (uint256)"]),
      functionName: "getChainId",
    });
    expect(chainId).to.equal(BigInt(network.chain.chainId));
  });

  it("is read by upstream's own client in the same way", async () => {
    const client = new RollupContract(aztecClient(network.chain), network.rollup.address);
    expect(await client.getSlotDuration(), "seconds").to.equal(72);
    expect(await client.getL1GenesisTime(), "Unix seconds").to.equal(network.rollup.timing.genesisTime);
    expect(await client.getSlotNumber()).to.equal(Number(slotAt(network.rollup.timing, await network.chain.now())));
  });

  it("links upstream's libraries, each at an address with code", async () => {
    expect(Object.keys(network.rollup.libraries).sort()).to.deep.equal([
      "EmpireSlasherDeploymentExtLib",
      "RewardExtLib",
      "RollupOperationsExtLib",
      "TallySlasherDeploymentExtLib",
      "ValidatorOperationsExtLib",
    ]);
    for (const [library, address] of Object.entries(network.rollup.libraries)) {
      const code = await network.chain.publicClient.getCode({ address });
      const { deployedBytecode } = await artifacts.readArtifact(library);
      expect(code?.length, `length of ${library}`).to.equal(deployedBytecode.length);
    }
  });

  it("has 64 active validators whose stake moves with the latest rollup", async () => {
    const { chain, contracts, validators } = network;
    const gse = { address: contracts.gse, abi: GSEAbi } as const;
    const bonus = await chain.publicClient.readContract({ ...gse, functionName: "getBonusInstanceAddress" });
    const active = await chain.publicClient.readContract({ ...rollup(), functionName: "getActiveAttesterCount" });
    expect(active, "validators").to.equal(64n);
    for (const { address, withdrawer, registration } of validators) {
      const args = [bonus, address] as const;
      const balance = await chain.publicClient.readContract({ ...gse, functionName: "balanceOf", args });
      expect(balance, `stake of ${address} in token units`).to.equal(100n * 10n ** 18n);
      const config = await chain.publicClient.readContract({ ...gse, functionName: "getConfig", args: [address] });
      expect(config).to.deep.equal({ publicKey: registration.publicKeyInG1, withdrawer: withdrawer.address });
    }
  });

  it("computes the version from configuration and genesis", () => {
    const { config, genesis } = network.rollup;
    expect(config.version).to.equal(computeRollupVersion(config, genesis));
    expect(config.version).not.to.equal(computeRollupVersion({ ...config, inboxLag: 2n }, genesis));
  });

  it("is the same chain, block hash included, on a second run", async () => {
    const [first, second] = [await openEmbeddedNetwork(hardhat), await openEmbeddedNetwork(hardhat)];
    const hash = async ({ chain }: EmbeddedNetwork) => (await chain.publicClient.getBlock()).hash;
    expect(await hash(first)).to.equal(await hash(second));
    await first.chain.close();
    await second.chain.close();
  });

  it("is another chain with another seed", async () => {
    const other = await openEmbeddedNetwork(hardhat, { seed: "another", validatorCount: 48 });
    expect(other.rollup.address).not.to.equal(network.rollup.address);
    expect(other.validators[0]?.address).not.to.equal(network.validators[0]?.address);
    await other.chain.close();
  });
});
