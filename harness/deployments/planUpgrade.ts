import {
  decodeFunctionResult,
  encodeFunctionData,
  formatEther,
  zeroAddress,
  type Address,
} from "viem";

import { BuildAheadError } from "../errors.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { readNetwork, type AztecContracts } from "../network/contracts.ts";
import { assertMockAllowed, completeConfig } from "../network/deployRollup.ts";
import { buildAheadConfig } from "../network/deployBuildAhead.ts";
import { readEscapeHatch, type EscapeHatch, type EscapeHatchConfig } from "../network/escapeHatch.ts";
import { readRollupConfig, type DeployedConfig } from "../network/readRollupConfig.ts";
import { lateSubmissionAbi } from "../protocol/abis.ts";
import { RegistryAbi, VerifierAbi } from "../upstream/abis.ts";
import type { RollupConfig } from "../upstream/rollupConfig.ts";
import type { Difference, UpgradePlan } from "./deploymentRecord.ts";
import type { DeploymentTarget } from "./deploymentTarget.ts";
import type { UpgradeParameters } from "./upgradeParameters.ts";

/** There is nothing at the address that was called the registry's. */
export class NoContractError extends BuildAheadError {
  constructor(address: Address, network: string, chainId: number) {
    super("There is no contract at this address: is it the registry of this network?", {
      fields: { address, network, chainId },
    });
  }
}

/** The canonical rollup has the window already. */
export class AlreadyUpgradedError extends BuildAheadError {
  constructor(rollup: Address) {
    super("The canonical rollup is the extended one already: there is nothing to deploy (see `check-deployment`)", {
      fields: { rollup },
    });
  }
}

/** The registry knows a rollup of the version that the new one would have. */
export class VersionTakenError extends BuildAheadError {
  constructor(version: number, rollup: Address) {
    super("The registry has a rollup with this version already: governance could not add another", {
      fields: { version, rollup },
    });
  }
}

/** The deployer cannot pay. Amounts in ether. */
export class UnfundedDeployerError extends BuildAheadError {
  constructor(deployer: Address, balance: bigint, needed: bigint) {
    super("The deployer has too little ether for the deployment: fund it and run the same command again", {
      fields: { deployer, balance: formatEther(balance), needed: formatEther(needed) },
    });
  }
}

/** Gas of a whole upgrade with penalties, and some more: a test compares. */
export const UPGRADE_GAS = 60_000_000n;

/**
 * Decides what will be deployed, from the canonical rollup and the reviewed parameters, and refuses what cannot end well. Sends nothing.
 *
 * @throws NoContractError, NotARegistryError, NoRollupError, UnreadableConfigError when the network is not what it was said to be.
 * @throws AlreadyUpgradedError, VersionTakenError, MockVerifierRefusedError when there is nothing to do, or it must not be done.
 */
export async function planUpgrade(
  { node, network }: Pick<DeploymentTarget, "node" | "network">,
  registry: Address,
  parameters: UpgradeParameters,
): Promise<UpgradePlan> {
  if (((await node.publicClient.getCode({ address: registry })) ?? "0x") === "0x") {
    throw new NoContractError(registry, network, node.chainId);
  }
  const { contracts, rollup } = await readNetwork(node, registry);
  const canonical = rollup.address;
  if (await isExtended(node, canonical)) throw new AlreadyUpgradedError(canonical);

  const current = await readRollupConfig(node, canonical);
  const verifier = parameters.verifier === "canonical" ? current.verifier : parameters.verifier;
  if (verifier === "mock" || (await acceptsAnything(node, verifier))) assertMockAllowed(node.chainId);
  const config = planConfig(current, contracts, parameters);
  await assertVersionFree(node, registry, config.version);
  const hatch = await readEscapeHatch(node, canonical);
  const recreated = parameters.escapeHatch === "recreate" ? hatch : undefined;
  return {
    contracts: pickContracts(contracts),
    canonical,
    config,
    genesis: current.genesis,
    terms: parameters.terms,
    verifier,
    rewardsClaimable: current.rewardsClaimable,
    ...(recreated === undefined ? {} : { escapeHatch: configOf(recreated) }),
    ...(parameters.penalties === undefined ? {} : { penalties: parameters.penalties }),
    differences: listDifferences(current, { config, verifier, governance: contracts.governance, hatch, recreated }),
  };
}

/** @throws UnfundedDeployerError */
export async function assertFunded({ node, sender }: Pick<DeploymentTarget, "node" | "sender">): Promise<void> {
  const balance = await node.publicClient.getBalance({ address: sender });
  const needed = UPGRADE_GAS * (await node.publicClient.getGasPrice());
  if (balance < needed) throw new UnfundedDeployerError(sender, balance, needed);
}

/** The canonical configuration, with the one intended difference and what belongs to a rollup alone. */
function planConfig(current: DeployedConfig, contracts: AztecContracts, { inboxLag }: UpgradeParameters): RollupConfig {
  const { config, genesis } = current;
  const lag = config.inboxLag > inboxLag ? config.inboxLag : inboxLag;
  const own = buildAheadConfig({
    ...config,
    inboxLag: lag,
    rewardConfig: { ...config.rewardConfig, booster: zeroAddress },
  });
  return completeConfig(own, contracts, genesis);
}

function pickContracts(contracts: AztecContracts): UpgradePlan["contracts"] {
  const { registry, governance, gse, feeAsset, stakingAsset, rewardDistributor } = contracts;
  return { registry, governance, gse, feeAsset, stakingAsset, rewardDistributor };
}

function configOf(hatch: EscapeHatch): EscapeHatchConfig {
  const { bondToken, bondSize, withdrawalTax, failedHatchPunishment } = hatch;
  const { frequency, activeDuration, lagInHatches, proposingExitDelay } = hatch;
  return {
    bondToken,
    bondSize,
    withdrawalTax,
    failedHatchPunishment,
    frequency,
    activeDuration,
    lagInHatches,
    proposingExitDelay,
  };
}

interface Planned {
  readonly config: RollupConfig;
  readonly verifier: Address | "mock";
  readonly governance: Address;
  readonly hatch: EscapeHatch | undefined;
  readonly recreated: EscapeHatch | undefined;
}

/** Everything in which the new rollup will not be as the canonical one, with the reason. Nothing else may differ. */
function listDifferences(current: DeployedConfig, planned: Planned): readonly Difference[] {
  const { config } = current;
  const all: Difference[] = [
    {
      field: "inboxLag",
      canonical: config.inboxLag.toString(),
      planned: planned.config.inboxLag.toString(),
      reason: "with 1 a child built before its parent landed dies on any message sent in between",
    },
    {
      field: "version",
      canonical: config.version.toString(),
      planned: planned.config.version.toString(),
      reason: "computed from configuration and genesis, as upstream does",
    },
    {
      field: "rewardConfig.booster",
      canonical: config.rewardConfig.booster,
      planned: "a new one with the same configuration",
      reason: "a booster belongs to one rollup",
    },
    {
      field: "rewardConfig.rewardDistributor",
      canonical: config.rewardConfig.rewardDistributor,
      planned: planned.config.rewardConfig.rewardDistributor,
      reason: "the registry's",
    },
    {
      field: "verifier",
      canonical: current.verifier,
      planned: planned.verifier,
      reason: "named in the parameters",
    },
    {
      field: "owner",
      canonical: current.owner,
      planned: planned.governance,
      reason: "the registry's governance, from the constructor on",
    },
    {
      field: "escapeHatch",
      canonical: planned.hatch?.address ?? "none",
      planned: planned.recreated === undefined ? "none" : "a new one with the same configuration",
      reason: "a hatch belongs to one rollup; the payload sets it",
    },
  ];
  return all.filter(({ canonical, planned: other }) => canonical.toLowerCase() !== other.toLowerCase());
}

async function isExtended({ publicClient }: L1Node, address: Address): Promise<boolean> {
  try {
    await publicClient.readContract({ address, abi: lateSubmissionAbi, functionName: "getLateSubmissionTerms" });
    return true;
  } catch {
    return false;
  }
}

/** Whether a verifier accepts an empty proof of nothing, as mocks do. */
async function acceptsAnything(node: L1Node, verifier: Address): Promise<boolean> {
  const data = encodeFunctionData({ abi: VerifierAbi, functionName: "verify", args: ["0x", []] });
  try {
    const answer = await node.call({ to: verifier, data });
    return decodeFunctionResult({ abi: VerifierAbi, functionName: "verify", data: answer });
  } catch {
    return false;
  }
}

async function assertVersionFree({ publicClient }: L1Node, registry: Address, version: number): Promise<void> {
  const contract = { address: registry, abi: RegistryAbi } as const;
  const count = await publicClient.readContract({ ...contract, functionName: "numberOfVersions" });
  for (let index = 0n; index < count; index++) {
    const known = await publicClient.readContract({ ...contract, functionName: "getVersion", args: [index] });
    if (known !== BigInt(version)) continue;
    const rollup = await publicClient.readContract({ ...contract, functionName: "getRollup", args: [known] });
    throw new VersionTakenError(version, rollup);
  }
}
