import {
  createPublicClient,
  custom,
  defineChain,
  isHex,
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
  type StateOverride,
  type TransactionSerialized,
} from "viem";

import { decodeRevert, findRevertData } from "./decodeRevert.ts";
import type { BlobWrapper, BlockTemplate, L1Backend } from "./l1Backend.ts";
import { L1AnswerError, L1SubmissionError, UnsupportedL1FeatureError, type L1RevertError } from "./l1Errors.ts";
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
  /** State to run on that is not the chain's. */
  readonly stateOverride?: StateOverride | undefined;
}

/** A call as if it were a transaction of a block to come. */
export interface SimulationRequest extends CallRequest {
  readonly from: Address;
  readonly gas: bigint;
  readonly timestamp: bigint;
}

/** What such a transaction would do. */
export interface Simulation {
  readonly isSuccess: boolean;
  readonly gasUsed: bigint;
  readonly returnData: Hex;
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

  /**
   * Signs a transaction, with its blobs if it has any, and lets it wait for a block. Nothing is estimated or simulated.
   * @throws UnderpricedReplacementError when one with that nonce waits and this does not pay enough more.
   */
  async submit(request: L1TransactionRequest | L1BlobTransactionRequest): Promise<PendingTransaction> {
    const nonce = request.nonce ?? (await this.#nextNonce(request.from.address));
    return this.mempool.add(
      await signTransaction(request, { chainId: this.chainId, nonce, blobWrapper: this.blobWrapper }),
    );
  }

  /** Lets a transaction that somebody else signed wait for a block. Not for blob transactions. */
  async submitRaw(serialized: Hex): Promise<PendingTransaction> {
    const parsed = parseTransaction(serialized as TransactionSerialized);
    const { to, nonce = 0, maxFeePerGas = parsed.gasPrice ?? 0n, maxPriorityFeePerGas = maxFeePerGas } = parsed;
    const from = await recoverTransactionAddress({ serializedTransaction: serialized as TransactionSerialized });
    return this.mempool.add({
      hash: keccak256(serialized),
      from,
      to: to ?? undefined,
      nonce,
      serialized,
      blobCount: 0,
      fees: { maxFeePerGas, maxPriorityFeePerGas, maxFeePerBlobGas: 0n },
    });
  }

  /**
   * Runs a call, if wanted at another second than the latest block's.
   * @throws L1RevertError with the decoded custom error.
   */
  async call(request: CallRequest): Promise<Hex> {
    const { timestamp, from, gas, stateOverride, ...rest } = request;
    const overrides = encodeStateOverride(stateOverride ?? []);
    const call = {
      ...rest,
      ...(from === undefined ? {} : { from }),
      ...(gas === undefined ? {} : { gas: toHex(gas) }),
    };
    try {
      if (timestamp === undefined) return await this.rpc<Hex>("eth_call", [call, "latest", overrides]);
      return await this.backend.callAt(call, this.template(timestamp), overrides);
    } catch (error) {
      const data = findRevertData(error);
      if (data === undefined) throw error;
      throw decodeRevert(await this.#errorAbi(), data, { to: request.to, cause: error });
    }
  }

  /**
   * Runs a transaction in a block of its own, by `eth_simulateV1`. Neither nonce nor balance nor fees are looked at.
   * @throws UnsupportedL1FeatureError when the node does not know the method.
   * @throws L1AnswerError when its answer makes no sense.
   */
  async simulate({ timestamp, from, to, data, gas, stateOverride = [] }: SimulationRequest): Promise<Simulation> {
    const call = { from, to, data, gas: toHex(gas) };
    const block = {
      blockOverrides: { time: toHex(timestamp) },
      stateOverrides: encodeStateOverride(stateOverride),
      calls: [call],
    };
    const blocks = await this.rpc<unknown>("eth_simulateV1", [{ blockStateCalls: [block] }, "latest"]).catch(
      (error: unknown) => {
        throw isUnknownMethod(error) ? new UnsupportedL1FeatureError("eth_simulateV1", {}, error) : error;
      },
    );
    return readSimulation(blocks);
  }

  /**
   * Signs a transaction and sends it to the node at once, past whoever owns the clock: for a node that mines by itself.
   * @throws L1SubmissionError when the node refuses it; an error of the connection, after which it may have arrived, as it is.
   */
  async sendAtOnce(request: L1TransactionRequest | L1BlobTransactionRequest): Promise<PendingTransaction> {
    const { chainId, blobWrapper } = this;
    const nonce = request.nonce ?? (await this.#nextNonce(request.from.address));
    const transaction = await signTransaction(request, { chainId, nonce, blobWrapper });
    await this.rpc("eth_sendRawTransaction", [transaction.serialized]).catch((error: unknown) => {
      throw codesOf(error).length > 0 ? new L1SubmissionError(transaction.from, nonce, error) : error;
    });
    return transaction;
  }

  /** What revert data says, in the words of the contracts. */
  async explain(data: Hex): Promise<L1RevertError> {
    return decodeRevert(await this.#errorAbi(), data);
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

/** JSON-RPC: the method does not exist, or (EIP-1474) is not supported. */
const UNKNOWN_METHOD_CODES: readonly number[] = [-32_601, -32_004];

function isUnknownMethod(error: unknown): boolean {
  return codesOf(error).some((code) => UNKNOWN_METHOD_CODES.includes(code));
}

/** The numbers by which a node says what is wrong; none if it said nothing. */
function codesOf(error: unknown): readonly number[] {
  if (typeof error !== "object" || error === null) return [];
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return [...(typeof code === "number" ? [code] : []), ...codesOf(cause)];
}

/** As nodes take it: by address, words by their position. */
function encodeStateOverride(override: StateOverride): Readonly<Record<Address, unknown>> {
  return Object.fromEntries(
    override.map(({ address, balance, stateDiff = [] }) => [
      address,
      {
        ...(balance === undefined ? {} : { balance: toHex(balance) }),
        stateDiff: Object.fromEntries(stateDiff.map(({ slot, value }) => [slot, value])),
      },
    ]),
  );
}

function readSimulation(blocks: unknown): Simulation {
  const [block] = Array.isArray(blocks) ? (blocks as unknown[]) : [];
  const { calls } = (block ?? {}) as { calls?: unknown };
  const [call] = Array.isArray(calls) ? (calls as unknown[]) : [];
  const { status, gasUsed, returnData } = (call ?? {}) as Record<string, unknown>;
  if (!isHex(status) || !isHex(gasUsed) || !isHex(returnData)) throw new L1AnswerError("eth_simulateV1", blocks);
  return { isSuccess: BigInt(status) === 1n, gasUsed: BigInt(gasUsed), returnData };
}
