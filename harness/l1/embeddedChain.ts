import { assertSupportedHardhat, type HardhatRuntime } from "../hardhatRuntime.ts";
import { EdrBackend } from "./edrBackend.ts";
import type { L1Provider } from "./l1Backend.ts";
import { L1Chain } from "./l1Chain.ts";
import { UnsupportedL1FeatureError } from "./l1Errors.ts";
import type { ErrorAbi } from "./l1Node.ts";

/** Hardforks on which the contracts run: compiled for Prague, live on mainnet since Osaka. */
export const SUPPORTED_HARDFORKS = ["prague", "osaka"] as const;
/** Hardforks that EDR ships before they are final. What is there can be forked into them; deploying costs more than a transaction may. */
export const PREVIEW_HARDFORKS = ["amsterdam"] as const;
export type Hardfork = (typeof SUPPORTED_HARDFORKS | typeof PREVIEW_HARDFORKS)[number];

export interface EmbeddedChainOptions {
  /** Default `osaka`. */
  readonly hardfork?: string;
  /** Feeds prevrandao and, in the layers above, every key. Default `build-ahead`. */
  readonly seed?: string;
  /** Unix seconds of the genesis block; default 2025-10-09T08:53:20Z. Not the wall clock: the same run is the same chain. */
  readonly genesisTimestamp?: bigint;
  /** Wei per gas of every block; default 1 gwei; null lets EIP-1559 run. */
  readonly baseFeePerGas?: bigint | null;
  /** Fork another chain instead of starting an empty one; the genesis timestamp then does not apply. */
  readonly fork?: {
    readonly url: string;
    /** Default: a recent block, which no second run will see again. */
    readonly blockNumber?: bigint;
    /** Of the chain that is forked; default {@link LOCAL_CHAIN_ID}. */
    readonly chainId?: number;
  };
  /** Hears of every request before the chain does. */
  readonly onRequest?: (method: string, params: readonly unknown[]) => void;
  /** Decodes custom errors; default none: reverts keep their raw data. */
  readonly errorAbi?: ErrorAbi;
}

export const DEFAULT_SEED = "build-ahead";
export const DEFAULT_GENESIS_TIMESTAMP = 1_760_000_000n;
const DEFAULT_BASE_FEE = 10n ** 9n;
export const LOCAL_CHAIN_ID = 31_337;
/** Mainnet's block gas limit at the time of writing. */
const BLOCK_GAS_LIMIT = 60_000_000n;

const isSupported = (hardfork: string): hardfork is Hardfork =>
  ([...SUPPORTED_HARDFORKS, ...PREVIEW_HARDFORKS] as readonly string[]).includes(hardfork);

/**
 * A fresh in-process chain that mines only when told to.
 * @throws UnsupportedHardhatError when the runtime is of another version.
 * @throws UnsupportedL1FeatureError on a hardfork other than {@link SUPPORTED_HARDFORKS} and {@link PREVIEW_HARDFORKS}.
 */
export async function openEmbeddedChain(hardhat: HardhatRuntime, options: EmbeddedChainOptions = {}): Promise<L1Chain> {
  assertSupportedHardhat(hardhat);
  const { hardfork = "osaka", seed = DEFAULT_SEED, genesisTimestamp = DEFAULT_GENESIS_TIMESTAMP, fork } = options;
  if (!isSupported(hardfork)) {
    throw new UnsupportedL1FeatureError("this hardfork", { hardfork, supported: SUPPORTED_HARDFORKS.join("|") });
  }
  const chainId = fork?.chainId ?? LOCAL_CHAIN_ID;
  const baseFeePerGas = options.baseFeePerGas === null ? undefined : (options.baseFeePerGas ?? DEFAULT_BASE_FEE);
  const connection = await hardhat.network.create({
    network: "default",
    chainType: "l1",
    override: {
      hardfork,
      chainId,
      ...(fork === undefined ? {} : { forking: forkingOf(fork) }),
      // Every account is derived from the seed and signs locally.
      accounts: [],
      ...(fork === undefined ? { initialDate: new Date(Number(genesisTimestamp) * 1000) } : {}),
      initialBaseFeePerGas: baseFeePerGas ?? DEFAULT_BASE_FEE,
      blockGasLimit: BLOCK_GAS_LIMIT,
      // A blob transaction needs a block of its own here; two of one second tell one L1 block.
      allowBlocksWithSameTimestamp: true,
      throwOnTransactionFailures: false,
      mining: { auto: false, interval: 0, mempool: { order: "fifo" } },
    },
  });
  const backend = new EdrBackend({
    provider: tapped(connection.provider, options.onRequest),
    chainId,
    hardfork,
    seed,
    close: () => connection.close(),
  });
  return new L1Chain({ backend, errorAbi: options.errorAbi, baseFeePerGas });
}

function forkingOf({ url, blockNumber }: NonNullable<EmbeddedChainOptions["fork"]>) {
  return { url, ...(blockNumber === undefined ? {} : { blockNumber }) };
}

function tapped(provider: L1Provider, onRequest: EmbeddedChainOptions["onRequest"]): L1Provider {
  if (onRequest === undefined) return provider;
  return {
    request: (args) => {
      onRequest(args.method, args.params ?? []);
      return provider.request(args);
    },
  };
}
