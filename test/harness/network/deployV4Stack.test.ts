import { expect } from "chai";
import hardhat, { artifacts } from "hardhat";
import { parseAbi, type Address } from "viem";

import { openEmbeddedChain } from "../../../harness/l1/embeddedChain.ts";
import { L1RevertError, UnsupportedL1FeatureError } from "../../../harness/l1/l1Errors.ts";
import { aztecClient } from "../../../harness/network/aztecClient.ts";
import { deployV4Stack } from "../../../harness/network/deployV4Stack.ts";
import { InvalidNetworkConfigError, mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import { openEmbeddedNetwork, type EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { epochStart, firstSlotOfEpoch, slotAt } from "../../../harness/protocol/time.ts";
import { getCommittee, getProposer } from "../../../harness/network/committee.ts";
import { TooFewValidatorsError } from "../../../harness/network/stakeValidators.ts";
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
import { rejection } from "../../support/rejection.ts";

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

  it("answers on chain with the configuration that was asked for", async () => {
    const { publicClient } = network.chain;
    const { config } = network.rollup;
    const { slashingQuorum, slashingRoundSize, stakingQueueConfig: queue } = config;
    const read = (functionName: RollupGetter) => publicClient.readContract({ ...rollup(), functionName });
    const slasher = { address: network.rollup.slasher, abi: SlasherAbi } as const;
    const tally = {
      address: await publicClient.readContract({ ...slasher, functionName: "PROPOSER" }),
      abi: TallySlashingProposerAbi,
    } as const;

    expect(await read("getSlotDuration"), "seconds").to.equal(config.aztecSlotDuration);
    expect(await read("getEpochDuration"), "slots").to.equal(config.aztecEpochDuration);
    expect(await read("getTargetCommitteeSize"), "validators").to.equal(config.targetCommitteeSize);
    expect(await read("getLagInEpochsForValidatorSet"), "epochs").to.equal(config.lagInEpochsForValidatorSet);
    expect(await read("getLagInEpochsForRandao"), "epochs").to.equal(config.lagInEpochsForRandao);
    expect(await read("getProofSubmissionEpochs"), "epochs").to.equal(config.aztecProofSubmissionEpochs);
    expect(await read("getManaTarget"), "mana").to.equal(config.manaTarget);
    expect(await read("getExitDelay"), "seconds").to.equal(config.exitDelaySeconds);
    expect(await read("getProvingCostPerManaInEth"), "wei per mana").to.equal(config.provingCostPerMana);
    expect(await read("getEthPerFeeAsset"), "ETH per fee asset, 1e12").to.equal(config.initialEthPerFeeAsset);
    expect(await read("getLocalEjectionThreshold"), "token units").to.equal(config.localEjectionThreshold);
    expect(await read("getCheckpointReward"), "token units").to.equal(config.rewardConfig.checkpointReward);
    expect(await read("getVersion")).to.equal(BigInt(config.version));
    expect(await read("isRewardsClaimable")).to.equal(true);
    expect(await read("archive")).to.equal(`0x${GENESIS_ARCHIVE_ROOT.toString(16).padStart(64, "0")}`);
    expect(
      await publicClient.readContract({ ...slasher, functionName: "SLASHING_DISABLE_DURATION" }),
      "seconds",
    ).to.equal(config.slashingDisableDuration);
    expect(await publicClient.readContract({ ...tally, functionName: "QUORUM" }), "slots").to.equal(slashingQuorum);
    expect(await publicClient.readContract({ ...tally, functionName: "ROUND_SIZE" }), "slots").to.equal(
      slashingRoundSize,
    );
    expect(queue.maxQueueFlushSize, "validators per epoch").to.equal(48n);
    const lag = await publicClient.readContract({
      address: network.rollup.inbox,
      abi: parseAbi(["function LAG() view returns (uint256)"]),
      functionName: "LAG",
    });
    expect(lag, "checkpoints").to.equal(config.inboxLag);
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

  it("samples 48 different validators for an epoch, and other ones in another order for the next", async () => {
    const { chain, validators, firstEpoch } = network;
    expect(await chain.now(), "the clock stands at the epoch's first second").to.equal(
      epochStart(network.rollup.timing, firstEpoch),
    );
    const known = new Set(validators.map(({ address }) => address));
    const committees = [firstEpoch, firstEpoch + 1n].map((epoch) => getCommittee(chain, network.rollup, epoch));
    for (const committee of await Promise.all(committees)) {
      expect(new Set(committee).size, "members").to.equal(48);
      expect(
        committee.every((member) => known.has(member)),
        "every key is ours",
      ).to.equal(true);
    }
    expect(await committees[0]).not.to.deep.equal(await committees[1]);
  });

  it("assigns each slot of the epoch one member of its committee", async () => {
    const { chain, firstEpoch } = network;
    const committee = new Set(await getCommittee(chain, network.rollup, firstEpoch));
    const first = firstSlotOfEpoch(network.rollup.timing, firstEpoch);
    const proposers = [];
    for (let slot = first; slot < first + 32n; slot++) {
      const proposer = await getProposer(chain, network.rollup, slot);
      expect(committee.has(proposer), `proposer of slot ${slot.toString()}`).to.equal(true);
      proposers.push(proposer);
    }
    expect(new Set(proposers).size, "different proposers in an epoch").to.be.greaterThan(10);
  });

  it("names the error of an epoch whose seed is not determined yet", async () => {
    const far = network.firstEpoch + 5n;
    const error = await rejection(getCommittee(network.chain, network.rollup, far), L1RevertError);
    expect(error.errorName).to.equal("ValidatorSelection__EpochNotStable");
    expect(error.args[0], "epoch").to.equal(far);
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

describe("A network that cannot work", () => {
  it("is refused when the committee is larger than the validator set", async () => {
    const error = await rejection(openEmbeddedNetwork(hardhat, { validatorCount: 47 }), TooFewValidatorsError);
    expect(error.fields).to.deep.equal({ validators: 47, committee: 48n });
  });

  it("is refused when the hardfork is unknown", async () => {
    await rejection(openEmbeddedNetwork(hardhat, { hardfork: "unheard-of" }), UnsupportedL1FeatureError);
  });

  const valid = mainnetLikeConfig();
  const broken = {
    "a slot is not a whole number of L1 blocks": { ...valid, rollup: { ...valid.rollup, aztecSlotDuration: 70n } },
    "an epoch has no slot": { ...valid, rollup: { ...valid.rollup, aztecEpochDuration: 0n } },
    "the seed is known before the set is fixed": { ...valid, rollup: { ...valid.rollup, lagInEpochsForRandao: 3n } },
    "the sequencer gets more than everything": {
      ...valid,
      rollup: { ...valid.rollup, rewardConfig: { ...valid.rollup.rewardConfig, sequencerBps: 10_001 } },
    },
    "half a round is a quorum": { ...valid, governanceProposer: { quorum: 150n, roundSize: 300n } },
  };
  for (const [name, config] of Object.entries(broken)) {
    it(`is refused when ${name}`, async () => {
      const chain = await openEmbeddedChain(hardhat);
      await rejection(deployV4Stack(artifacts, chain, { config }), InvalidNetworkConfigError);
      expect(await chain.publicClient.getBlockNumber(), "nothing was sent").to.equal(0n);
      await chain.close();
    });
  }
});
