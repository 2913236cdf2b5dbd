import {
  createPublicClient,
  custom,
  defineChain,
  keccak256,
  parseTransaction,
  recoverTransactionAddress,
  toHex,
  type Abi,
  type Address,
  type Chain,
  type CustomTransport,
  type Hex,
  type PublicClient,
  type TransactionSerialized,
} from "viem";

import { decodeRevert, findRevertData } from "./decodeRevert.ts";
import type { BlobWrapper, BlockTemplate, L1Backend } from "./l1Backend.ts";
import type { L1RevertError } from "./l1Errors.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest, PendingTransaction } from "./l1Transaction.ts";
import { Mempool } from "./mempool.ts";
import { signTransaction } from "./signTransaction.ts";

export interface CallRequest {
  readonly to: Address;
  readonly data: Hex;
  readonly from?: Address | undefined;
  readonly gas?: bigint | undefined;
  /** Unix seconds at which to run; default the latest block's. */
  readonly timestamp?: bigint | undefined;
}

/** Knows the custom errors that may come back; loaded once, when the first revert asks for them. */
export type ErrorAbi = () => Promise<Abi>;

interface CallTrace {
  readonly to?: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly calls?: readonly CallTrace[];
}

const CALL_TRACER = { tracer: "callTracer" };

/** A connection to an L1 node: reads, and transactions that wait for a block. Nothing here can make one. */
export class L1Node {
  readonly publicClient: PublicClient<CustomTransport, Chain>;
  /** The transactions that wait for a block. */
  readonly mempool = new Mempool();
  protected readonly backend: L1Backend;
  readonly #errorAbi: ErrorAbi;

  constructor(backend: L1Backend, errorAbi: ErrorAbi = () => Promise.resolve([])) {
    this.backend = backend;
    this.#errorAbi = errorAbi;
    this.publicClient = createPublicClient({
      chain: defineChain({
        id: backend.chainId,
        name: `build-ahead-${backend.name}`,
        nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
        rpcUrls: { default: { http: [] } },
      }),
      // The chain moves only when told to, so nothing may be cached or batched over time.
      cacheTime: 0,
      pollingInterval: 10,
      transport: custom({ request: (args) => backend.provider.request(args as never) }, { retryCount: 0 }),
    });
  }

  get chainId(): number {
    return this.backend.chainId;
  }

  get hardfork(): string {
    return this.backend.hardfork;
  }

  /** In which wrapper the node takes blobs. */
  get blobWrapper(): BlobWrapper {
    return this.backend.blobWrapper;
  }

  /** Raw JSON-RPC, for what has no method here. */
  async rpc<T>(method: string, params: unknown[] = []): Promise<T> {
    return (await this.backend.provider.request({ method, params })) as T;
  }

  /** Timestamp of the latest block, in Unix seconds. */
  async now(): Promise<bigint> {
    return (await this.publicClient.getBlock({ blockTag: "latest" })).timestamp;
  }

  /** Signs a transaction, with its blobs if it has any, and lets it wait for a block. Nothing is estimated or simulated. */
  async submit(request: L1TransactionRequest | L1BlobTransactionRequest): Promise<PendingTransaction> {
    const nonce = request.nonce ?? (await this.#nextNonce(request.from.address));
    return this.mempool.add(
      await signTransaction(request, { chainId: this.chainId, nonce, blobWrapper: this.blobWrapper }),
    );
  }

  /** Lets a transaction that somebody else signed wait for a block. Not for blob transactions. */
  async submitRaw(serialized: Hex): Promise<PendingTransaction> {
    const { to, nonce = 0 } = parseTransaction(serialized as TransactionSerialized);
    const from = await recoverTransactionAddress({ serializedTransaction: serialized as TransactionSerialized });
    return this.mempool.add({
      hash: keccak256(serialized),
      from,
      to: to ?? undefined,
      nonce,
      serialized,
      blobCount: 0,
    });
  }

  /**
   * Runs a call, if wanted at another second than the latest block's.
   * @throws L1RevertError with the decoded custom error.
   */
  async call(request: CallRequest): Promise<Hex> {
    const { timestamp, from, gas, ...rest } = request;
    const call = {
      ...rest,
      ...(from === undefined ? {} : { from }),
      ...(gas === undefined ? {} : { gas: toHex(gas) }),
    };
    try {
      if (timestamp === undefined) return await this.rpc<Hex>("eth_call", [call, "latest"]);
      return await this.backend.callAt(call, this.template(timestamp));
    } catch (error) {
      const data = findRevertData(error);
      if (data === undefined) throw error;
      throw decodeRevert(await this.#errorAbi(), data, { to: request.to, cause: error });
    }
  }

  /** Why a mined transaction reverted. */
  async getRevert(txHash: Hex): Promise<L1RevertError> {
    const trace = await this.rpc<CallTrace>("debug_traceTransaction", [txHash, CALL_TRACER]);
    const { to } = await this.publicClient.getTransaction({ hash: txHash });
    return decodeRevert(await this.#errorAbi(), trace.output ?? "0x", { txHash, to: to ?? undefined });
  }

  /**
   * Why the first failing call that a mined transaction made to `to` reverted, though the transaction went on without it. Looks at
   * the outermost call's direct children only.
   */
  async getInnerRevert(txHash: Hex, to: Address): Promise<L1RevertError | undefined> {
    const trace = await this.rpc<CallTrace>("debug_traceTransaction", [txHash, CALL_TRACER]);
    const call = trace.calls?.find(
      (inner) => inner.to?.toLowerCase() === to.toLowerCase() && inner.error !== undefined,
    );
    return call === undefined ? undefined : decodeRevert(await this.#errorAbi(), call.output ?? "0x", { txHash, to });
  }

  /** What a block of that second would be told. */
  protected template(timestamp: bigint): BlockTemplate {
    return { timestamp };
  }

  async #nextNonce(address: Address): Promise<number> {
    const mined = await this.publicClient.getTransactionCount({ address, blockTag: "latest" });
    return this.mempool.nextNonce(address, mined);
  }
}
