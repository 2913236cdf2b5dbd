import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";

import { getAddress, type Address } from "viem";

import type { Artifacts } from "../../hardhatRuntime.ts";
import type { L1Chain } from "../../l1/l1Chain.ts";
import { openRpcChain } from "../../l1/openRpcChain.ts";
import { startAnvil } from "../../l1/startAnvil.ts";
import { deployV4Stack } from "../../network/deployV4Stack.ts";
import { errorAbiOf } from "../../network/errorAbi.ts";
import { makeValidators } from "../../network/makeValidators.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../../network/networkConfig.ts";
import { useNetwork } from "./useNetwork.ts";

export interface ForkSourceOptions {
  /** 0, which is the default, lets the system choose. */
  readonly port?: number;
  /** A file that anvil keeps its state in: prepared once, loaded from then on. */
  readonly stateFile?: string;
  /** Default {@link mainnetLikeConfig}. */
  readonly config?: NetworkConfig;
  /** Active validators; default 64, two of which stay with the old rollup. */
  readonly validators?: number;
  /** Validators in the entry queue at the end; default 4. */
  readonly queued?: number;
  /** Decides every key. Default {@link SOURCE_SEED}. */
  readonly seed?: string;
  readonly onKeyProgress?: (done: number, count: number) => void;
}

/** A local stand-in for a live network: what a rehearsal forks. */
export interface ForkSource {
  readonly url: string;
  readonly registry: Address;
  /** Whether the state was loaded, not prepared. */
  readonly isLoaded: boolean;
  readonly chain: L1Chain;
  /** Ends the node, and writes its state where it was told to. */
  stop(): Promise<void>;
}

/** Not a rehearsal's own seed: whom the source stakes, a rehearsal knows as the chain's validators, not as its own. */
export const SOURCE_SEED = "fork source";
/** Validators whose stake stays with the rollup that they joined. */
const LOYAL = 2;
const BASE_FEE = 10n ** 9n;

/**
 * Starts a local anvil and lets a v4 network live on it for a while; see {@link useNetwork}.
 * @throws AnvilStartError
 */
export async function startForkSource(artifacts: Artifacts, options: ForkSourceOptions = {}): Promise<ForkSource> {
  const { port = 0, stateFile } = options;
  const isLoaded = stateFile !== undefined && existsSync(stateFile);
  const anvil = await startAnvil({ port, ...(stateFile === undefined ? {} : { stateFile }) });
  try {
    const chain = await openRpcChain({ url: anvil.url, baseFeePerGas: BASE_FEE, errorAbi: errorAbiOf(artifacts) });
    const registry = isLoaded
      ? getAddress((await readFile(noteOf(stateFile), "utf8")).trim())
      : await prepare(artifacts, chain, options);
    if (stateFile !== undefined) await writeFile(noteOf(stateFile), `${registry}\n`);
    return { url: anvil.url, registry, isLoaded, chain, stop: () => anvil.stop() };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

/** Beside the state: the one address from which everything else is found. */
const noteOf = (stateFile: string) => `${stateFile}.registry`;

async function prepare(artifacts: Artifacts, chain: L1Chain, options: ForkSourceOptions): Promise<Address> {
  const { config = mainnetLikeConfig(), validators = 64, queued = 4, seed = SOURCE_SEED, onKeyProgress } = options;
  const network = await deployV4Stack(artifacts, chain, { config, seed });
  const everybody = await makeValidators(chain, {
    seed,
    count: validators + queued,
    gse: network.contracts.gse,
    ...(onKeyProgress === undefined ? {} : { onProgress: onKeyProgress }),
  });
  const active = everybody
    .slice(0, validators)
    .map((validator, index) => (index < LOYAL ? { ...validator, follows: false } : validator));
  await useNetwork(network, { active, queued: everybody.slice(validators) }, seed);
  return network.contracts.registry;
}
