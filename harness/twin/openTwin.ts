import { isDeepStrictEqual } from "node:util";

import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { openEmbeddedChain, PREVIEW_HARDFORKS } from "../l1/embeddedChain.ts";
import type { Deployer } from "../network/deployer.ts";
import type { DeployedNetwork } from "../network/deployment.ts";
import { deployV4Stack, type DeployV4StackOptions } from "../network/deployV4Stack.ts";
import { errorAbiOf } from "../network/errorAbi.ts";
import { makeValidators } from "../network/makeValidators.ts";
import type { NetworkConfig } from "../network/networkConfig.ts";
import type { Validator } from "../network/validator.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { assertSameStorage } from "./compareStorage.ts";
import { forkNetwork } from "./forkNetwork.ts";
import { Side } from "./side.ts";
import { Twin } from "./twin.ts";
import { TwinMismatchError } from "./twinErrors.ts";

export interface TwinOptions {
  readonly config: NetworkConfig;
  readonly validatorCount: number;
  /** Those who have keys and ether and no stake; default 0. */
  readonly newcomerCount?: number | undefined;
  /** Derives keys, prevrandao and so committees of both chains. */
  readonly seed: string;
  /** Decides the content of checkpoints and who {@link Twin.account} is; default `seed`. */
  readonly contentSeed?: string;
  /** Terms of the extended rollup. */
  readonly terms: LateSubmissionTerms;
  /**
   * Default the newest supported one. One of {@link PREVIEW_HARDFORKS} is forked into once everything is deployed; the forked chains
   * answer calls from their first block on, so advance before anything else.
   */
  readonly hardfork?: string;
  /** Whether somebody has burned fee tokens before: who measures wants a burn's fresh word written. Default false. */
  readonly hasBurned?: boolean;
  readonly onKeyProgress?: ((done: number, count: number) => void) | undefined;
  /** Deploys on each side what is measured or compared beside the rollup. Called when the validators have staked. */
  readonly prepare?: (network: DeployedNetwork) => Promise<void>;
}

/** One side as it was deployed. */
interface Opened {
  readonly network: DeployedNetwork;
  readonly everybody: readonly Validator[];
  readonly firstEpoch: bigint;
}

/** What a network is deployed under when it cannot be under the fork that is wanted. */
const LATEST_HARDFORK = "osaka";
/** External libraries that the extended rollup has more than upstream's: for late submissions and for their settlement. */
const MORE_LIBRARIES = 2;
/** Wei of those who may stake later. */
const NEWCOMER_BALANCE = 10n ** 22n;

/**
 * Deploys both networks. They are the same to the byte but for the rollup's code; what is left to differ is named by {@link Twin}.
 * @throws TwinMismatchError when an address, a second, a block or a word of storage differs.
 */
export async function openTwin(hardhat: HardhatRuntime, options: TwinOptions): Promise<Twin> {
  const { hardfork = LATEST_HARDFORK, seed, contentSeed = seed, validatorCount } = options;
  const isPreview = (PREVIEW_HARDFORKS as readonly string[]).includes(hardfork);
  const open = (kind: "upstream" | "extended") =>
    openSide(hardhat, kind, { ...options, hardfork: isPreview ? LATEST_HARDFORK : hardfork });
  const [upstream, extended] = [await open("upstream"), await open("extended")];
  await assertAligned(upstream, extended);
  await assertSameStorage(upstream.network, extended.network);

  const { everybody, firstEpoch } = upstream;
  const makeSide = async ({ network }: Opened) => {
    const last = isPreview ? await forkNetwork(hardhat, network, { hardfork, seed }) : network;
    return new Side(last, { keys: everybody, seed: contentSeed });
  };
  return new Twin({
    upstream: await makeSide(upstream),
    extended: await makeSide(extended),
    validators: everybody.slice(0, validatorCount),
    newcomers: everybody.slice(validatorCount),
    firstEpoch,
  });
}

async function openSide(
  hardhat: HardhatRuntime,
  kind: "upstream" | "extended",
  options: TwinOptions & { readonly hardfork: string },
): Promise<Opened> {
  const {
    config,
    seed,
    terms,
    hardfork,
    validatorCount,
    newcomerCount = 0,
    hasBurned = false,
    onKeyProgress,
    prepare,
  } = options;
  const { artifacts } = hardhat;
  const chain = await openEmbeddedChain(hardhat, { hardfork, seed, errorAbi: errorAbiOf(artifacts) });
  // For what the extended rollup comes with, upstream's deployer spends nonces and blocks.
  const difference: DeployV4StackOptions = kind === "extended" ? { terms } : { beforeRollup: spendNonces };
  const network = await deployV4Stack(artifacts, chain, { config, seed, ...difference });
  const { provisioner, contracts, rollup } = network;
  if (hasBurned) await burnOnce(network);
  const everybody = await makeValidators(chain, {
    seed,
    count: validatorCount + newcomerCount,
    gse: contracts.gse,
    ...(onKeyProgress === undefined ? {} : { onProgress: onKeyProgress }),
  });
  for (const { address, withdrawer } of everybody.slice(validatorCount)) {
    await chain.ensureBalance(address, NEWCOMER_BALANCE);
    await chain.ensureBalance(withdrawer.address, NEWCOMER_BALANCE);
  }
  const firstEpoch = await provisioner.ensureStaked(everybody.slice(0, validatorCount), rollup);
  await prepare?.(network);
  return { network, everybody, firstEpoch };
}

async function spendNonces({ chain, account }: Deployer): Promise<void> {
  for (let library = 0; library < MORE_LIBRARIES; library++) {
    await chain.execute({ from: account, to: account.address });
  }
}

/** Mainnet has burned before: its first burn ever, which writes a fresh word, is nobody's late landing. */
async function burnOnce({ chain, rollup, provisioner }: DeployedNetwork): Promise<void> {
  const burnAddress = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getBurnAddress",
  });
  await provisioner.mintFeeAsset(burnAddress, 1n);
}

async function assertAligned(upstream: Opened, extended: Opened): Promise<void> {
  const [theirs, ours] = [await describe(upstream), await describe(extended)];
  if (isDeepStrictEqual(theirs, ours)) return;
  throw new TwinMismatchError("The deployments differ in more than the rollup's code", {
    fields: { upstream: JSON.stringify(theirs, stringify), extended: JSON.stringify(ours, stringify) },
  });
}

/** Everything about a deployment that has to be the same. */
async function describe({ network: { chain, contracts, rollup, deployer }, firstEpoch }: Opened) {
  const sameRollup = { ...rollup, kind: "", verifier: "", libraries: "", terms: "" };
  const { number, timestamp } = await chain.publicClient.getBlock();
  return { contracts, rollup: sameRollup, deployer: deployer.account.address, firstEpoch, number, timestamp };
}

const stringify = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
