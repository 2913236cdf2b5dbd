import { Transaction } from "ethers";
import {
  concatHex,
  createPublicClient,
  custom,
  defineChain,
  encodeAbiParameters,
  keccak256,
  parseTransaction,
  recoverTransactionAddress,
  sha256,
  toHex,
  type Address,
  type Chain,
  type CustomTransport,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
  type TransactionSerialized,
} from "viem";

import { decodeRevert, findRevertData } from "./decodeRevert.ts";
import { L1ClockError, L1SubmissionError, UnsupportedL1FeatureError, type L1RevertError } from "./l1Errors.ts";
import {
  DEFAULT_GAS_LIMIT,
  DEFAULT_MAX_FEE_PER_GAS,
  GAS_PER_BLOB,
  type BlobSidecar,
  type L1BlobTransactionRequest,
  type L1TransactionRequest,
  type MinedBlock,
  type PendingTransaction,
} from "./l1Transaction.ts";

/** The part of EIP-1193 that is needed; a Hardhat connection's provider and viem's transports both have it. */
export interface L1Provider {
  request(args: { method: string; params?: unknown[] }): Promise<unknown>;
}

/**
 * What answers underneath. EDR takes a blob transaction only with auto-mining on and an empty mempool, and only in the
 * EIP-4844 wrapper; anvil mines any mix in one block, takes cell proofs, and has no control over prevrandao.
 */
export type L1Backend = "edr" | "anvil";

export interface L1ChainOptions {
  readonly provider: L1Provider;
  readonly backend: L1Backend;
  readonly chainId: number;
  readonly hardfork: string;
  /** Feeds prevrandao: block N gets keccak256(seed, N). */
  readonly seed: string;
  /** Wei per gas of every block; undefined lets EIP-1559 run. */
  readonly baseFeePerGas?: bigint | undefined;
  readonly close?: () => Promise<void>;
}

export interface MineOptions {
  /** Overrides prevrandao for this block. */
  readonly prevRandao?: Hex;
  /** Wei per gas, for this block only. */
  readonly baseFeePerGas?: bigint;
  /** Which waiting transactions to include, in this order; default all, as submitted. The others keep waiting. */
  readonly include?: readonly Hex[];
  /** Allows a timestamp equal to the parent's (EDR only): one L1 block told as several. */
  readonly sameTimestamp?: boolean;
}

export interface ExecuteOptions extends MineOptions {
  /** Unix seconds of the block; default {@link L1Chain.blockTime} after the latest one. */
  readonly timestamp?: bigint;
  /** Return the receipt of a reverted transaction instead of throwing. */
  readonly allowRevert?: boolean;
}

export interface CallRequest {
  readonly to: Address;
  readonly data: Hex;
  readonly from?: Address | undefined;
  readonly gas?: bigint | undefined;
  /** Unix seconds at which to run; default the latest block's. */
  readonly timestamp?: bigint | undefined;
}

interface CallTrace {
  readonly to?: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly calls?: readonly CallTrace[];
}

/**
 * An L1 chain whose clock, mempool and randomness are in the harness's hands.
 *
 * Nothing is mined behind the caller's back: a submitted transaction waits in this object's own mempool until
 * {@link mineAt} puts it in a block of a given second. That keeps the order of transactions a decision of the scenario.
 */
export class L1Chain {
  /** Seconds between L1 blocks when no timestamp is asked for. */
  readonly blockTime = 12n;
  readonly publicClient: PublicClient<CustomTransport, Chain>;
  readonly backend: L1Backend;
  readonly chainId: number;
  readonly hardfork: string;
  readonly #provider: L1Provider;
  readonly #seed: string;
  readonly #close: (() => Promise<void>) | undefined;
  #baseFeePerGas: bigint | undefined;
  #pending: PendingTransaction[] = [];

  constructor(options: L1ChainOptions) {
    this.backend = options.backend;
    this.chainId = options.chainId;
    this.hardfork = options.hardfork;
    this.#provider = options.provider;
    this.#seed = options.seed;
    this.#baseFeePerGas = options.baseFeePerGas;
    this.#close = options.close;
    const chain = defineChain({
      id: options.chainId,
      name: `build-ahead-${options.backend}`,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [] } },
    });
    this.publicClient = createPublicClient({
      chain,
      // The chain moves only when told to, so nothing may be cached or batched over time.
      cacheTime: 0,
      pollingInterval: 10,
      transport: custom({ request: (args) => this.#provider.request(args as never) }, { retryCount: 0 }),
    });
  }

  /** Raw JSON-RPC, for what has no method here. */
  async rpc<T>(method: string, params: unknown[] = []): Promise<T> {
    return (await this.#provider.request({ method, params })) as T;
  }

  async close(): Promise<void> {
    await this.#close?.();
  }

  // ---- clock ----

  /** Timestamp of the latest block, in Unix seconds. */
  async now(): Promise<bigint> {
    return (await this.publicClient.getBlock({ blockTag: "latest" })).timestamp;
  }

  /**
   * Mines one L1 block at exactly `timestamp` (Unix seconds) with the waiting transactions in it, and reads it back.
   *
   * On EDR a blob transaction needs a block of its own: the group then becomes several blocks of the same second, in the
   * order of submission. A transaction that does not fit stays waiting.
   *
   * @throws L1ClockError when the timestamp is not after the latest block's, or the block landed elsewhere.
   * @throws L1SubmissionError when the node refuses a transaction; everything still waiting is dropped.
   */
  async mineAt(timestamp: bigint, options: MineOptions = {}): Promise<MinedBlock> {
    const latest = await this.now();
    if (timestamp < latest || (timestamp === latest && options.sameTimestamp !== true)) {
      throw new L1ClockError("An L1 block must be later than its parent", timestamp, latest);
    }
    const chosen = this.#take(options.include);
    const receipts: TransactionReceipt[] = [];
    const groups = this.backend === "edr" ? groupForEdr(chosen) : [chosen];
    let block = undefined;
    for (const group of groups) {
      await this.#prepareNextBlock(timestamp, options);
      if (group.some((tx) => tx.blobCount > 0) && this.backend === "edr") await this.#sendAutomined(group);
      else await this.#sendAndMine(group);
      block = await this.publicClient.getBlock({ blockTag: "latest" });
      if (block.timestamp !== timestamp) {
        throw new L1ClockError("The L1 block landed at another second", timestamp, block.timestamp);
      }
      receipts.push(...(await this.#collectReceipts(group)));
    }
    if (block === undefined) throw new UnsupportedL1FeatureError("mining");
    return { number: block.number, timestamp: block.timestamp, baseFeePerGas: block.baseFeePerGas ?? 0n, receipts };
  }

  /** Mines one block {@link blockTime} after the latest one. */
  async mine(options: MineOptions = {}): Promise<MinedBlock> {
    return this.mineAt((await this.now()) + this.blockTime, options);
  }

  /** Pins the base fee of every later block, in wei per gas; undefined lets EIP-1559 run. */
  setBaseFee(baseFeePerGas: bigint | undefined): void {
    this.#baseFeePerGas = baseFeePerGas;
  }

  // ---- transactions ----

  /** The transactions that wait for a block, in order of submission. */
  get pending(): readonly PendingTransaction[] {
    return this.#pending;
  }

  /** Signs a transaction and lets it wait for a block. Nothing is estimated or simulated. */
  async submit(request: L1TransactionRequest): Promise<PendingTransaction> {
    const nonce = await this.#nextNonce(request);
    const serialized = await request.from.signTransaction({ type: "eip1559", ...this.#fields(request, nonce) });
    return this.#enqueue(request, nonce, serialized, 0);
  }

  /** Signs a type-3 transaction with its sidecars and lets it wait for a block. */
  async submitBlobTransaction(request: L1BlobTransactionRequest): Promise<PendingTransaction> {
    const { sidecars } = request;
    const nonce = await this.#nextNonce(request);
    const fields = {
      type: "eip4844",
      ...this.#fields(request, nonce),
      to: request.to,
      blobVersionedHashes: sidecars.map(({ commitment }) => versionedHash(commitment)),
      maxFeePerBlobGas: request.maxFeePerBlobGas ?? DEFAULT_MAX_FEE_PER_GAS,
    } as const;
    const signed = await request.from.signTransaction(fields);
    const useCellProofs = this.backend !== "edr" && this.hardfork !== "prague";
    const serialized = useCellProofs
      ? attachCellProofs(signed, sidecars)
      : await request.from.signTransaction({ ...fields, sidecars: [...sidecars] });
    return this.#enqueue(request, nonce, serialized, sidecars.length, keccak256(signed));
  }

  /** Lets a transaction wait that another chain of the same number has signed, blobs and all. */
  adopt(tx: PendingTransaction): void {
    this.#pending.push(tx);
  }

  /** Lets a transaction that somebody else signed wait for a block. Not for blob transactions. */
  async submitRaw(serialized: Hex): Promise<PendingTransaction> {
    const { to, nonce = 0 } = parseTransaction(serialized as TransactionSerialized);
    const from = await recoverTransactionAddress({ serializedTransaction: serialized as TransactionSerialized });
    const tx = { hash: keccak256(serialized), from, to: to ?? undefined, nonce, serialized, blobCount: 0 };
    this.#pending.push(tx);
    return tx;
  }

  /** Removes a waiting transaction, as if the node had never heard of it. */
  drop(hash: Hex): void {
    this.#pending = this.#pending.filter((tx) => tx.hash !== hash);
  }

  /**
   * Submits one transaction, mines it alone in the next block and returns its receipt.
   * @throws L1RevertError with the decoded custom error, unless `allowRevert`.
   */
  async execute(
    request: L1TransactionRequest | L1BlobTransactionRequest,
    options: ExecuteOptions = {},
  ): Promise<TransactionReceipt> {
    const tx = "sidecars" in request ? await this.submitBlobTransaction(request) : await this.submit(request);
    const timestamp = options.timestamp ?? (await this.now()) + this.blockTime;
    const { receipts } = await this.mineAt(timestamp, { ...options, include: [tx.hash] });
    const receipt = receipts[0];
    if (receipt === undefined) {
      this.drop(tx.hash);
      throw new L1SubmissionError(tx.from, tx.nonce, new Error("the block had no room for it"));
    }
    if (receipt.status === "reverted" && options.allowRevert !== true) throw await this.getRevert(tx.hash);
    return receipt;
  }

  /** Executes as an address whose key nobody here has, and says so by its name: an override, not a transaction. */
  async executeAs(from: Address, request: { to: Address; data: Hex; gas?: bigint }, options: ExecuteOptions = {}) {
    await this.rpc("hardhat_impersonateAccount", [from]);
    if ((await this.publicClient.getBalance({ address: from })) < 10n ** 19n) await this.setBalance(from, 10n ** 20n);
    await this.#prepareNextBlock(options.timestamp ?? (await this.now()) + this.blockTime, options);
    const hash = await this.rpc<Hex>("eth_sendTransaction", [
      { from, to: request.to, data: request.data, gas: toHex(request.gas ?? DEFAULT_GAS_LIMIT) },
    ]);
    await this.rpc("evm_mine");
    await this.rpc("hardhat_stopImpersonatingAccount", [from]);
    const receipt = await this.publicClient.getTransactionReceipt({ hash });
    if (receipt.status === "reverted" && options.allowRevert !== true) throw await this.getRevert(hash);
    return receipt;
  }

  /** Why a mined transaction reverted. */
  async getRevert(txHash: Hex): Promise<L1RevertError> {
    const trace = await this.rpc<CallTrace>("debug_traceTransaction", [txHash, { tracer: "callTracer" }]);
    const { to } = await this.publicClient.getTransaction({ hash: txHash });
    return decodeRevert(trace.output ?? "0x", { txHash, to: to ?? undefined });
  }

  /** Why the first call to `to` within a mined transaction reverted, though the transaction may have gone on without it. */
  async getInnerRevert(txHash: Hex, to: Address): Promise<L1RevertError | undefined> {
    const trace = await this.rpc<CallTrace>("debug_traceTransaction", [txHash, { tracer: "callTracer" }]);
    const call = trace.calls?.find(
      (inner) => inner.to?.toLowerCase() === to.toLowerCase() && inner.error !== undefined,
    );
    return call === undefined ? undefined : decodeRevert(call.output ?? "0x", { txHash, to });
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
      if (this.backend === "anvil")
        return await this.rpc<Hex>("eth_call", [call, "latest", {}, { time: toHex(timestamp) }]);
      // EDR has no block overrides. Its pending block takes the time that the next block was given.
      await this.#prepareNextBlock(timestamp, {});
      return await this.rpc<Hex>("eth_call", [call, "pending"]);
    } catch (error) {
      const data = findRevertData(error);
      if (data === undefined) throw error;
      throw await decodeRevert(data, { to: request.to, cause: error });
    }
  }

  // ---- state ----

  /** Takes a snapshot; the returned function goes back to it and may be called any number of times. */
  async snapshot(): Promise<() => Promise<void>> {
    let id = await this.rpc<string>("evm_snapshot");
    const baseFeePerGas = this.#baseFeePerGas;
    const pending = [...this.#pending];
    return async () => {
      if (!(await this.rpc<boolean>("evm_revert", [id])))
        throw new UnsupportedL1FeatureError("reverting to a snapshot");
      id = await this.rpc<string>("evm_snapshot");
      this.#baseFeePerGas = baseFeePerGas;
      this.#pending = [...pending];
    };
  }

  /** @param balance wei */
  async setBalance(address: Address, balance: bigint): Promise<void> {
    await this.rpc("hardhat_setBalance", [address, toHex(balance)]);
  }

  async setCode(address: Address, code: Hex): Promise<void> {
    await this.rpc("hardhat_setCode", [address, code]);
  }

  async setStorageAt(address: Address, slot: Hex, value: Hex): Promise<void> {
    await this.rpc("hardhat_setStorageAt", [address, slot, value]);
  }

  // ---- inside ----

  #fields(request: L1TransactionRequest, nonce: number) {
    return {
      chainId: this.chainId,
      nonce,
      to: request.to ?? null,
      data: request.data ?? "0x",
      value: request.value ?? 0n,
      gas: request.gas ?? DEFAULT_GAS_LIMIT,
      maxFeePerGas: request.maxFeePerGas ?? DEFAULT_MAX_FEE_PER_GAS,
      maxPriorityFeePerGas: request.maxPriorityFeePerGas ?? 0n,
    } as const;
  }

  async #nextNonce({ from, nonce }: L1TransactionRequest): Promise<number> {
    if (nonce !== undefined) return nonce;
    const mined = await this.publicClient.getTransactionCount({ address: from.address, blockTag: "latest" });
    return this.#pending
      .filter((tx) => tx.from === from.address)
      .reduce((next, tx) => Math.max(next, tx.nonce + 1), mined);
  }

  #enqueue(
    request: L1TransactionRequest,
    nonce: number,
    serialized: Hex,
    blobCount: number,
    hash = keccak256(serialized),
  ): PendingTransaction {
    const tx = { hash, from: request.from.address, to: request.to, nonce, serialized, blobCount };
    this.#pending.push(tx);
    return tx;
  }

  #take(include: readonly Hex[] | undefined): PendingTransaction[] {
    const chosen =
      include === undefined
        ? this.#pending
        : include.flatMap((hash) => this.#pending.find((tx) => tx.hash === hash) ?? []);
    this.#pending = this.#pending.filter((tx) => !chosen.includes(tx));
    return [...chosen];
  }

  async #prepareNextBlock(timestamp: bigint, options: MineOptions): Promise<void> {
    try {
      await this.rpc("evm_setNextBlockTimestamp", [Number(timestamp)]);
    } catch (error) {
      throw new L1ClockError("The L1 chain refused the next block's timestamp", timestamp, await this.now(), error);
    }
    const baseFee = options.baseFeePerGas ?? this.#baseFeePerGas;
    if (baseFee !== undefined) await this.rpc("hardhat_setNextBlockBaseFeePerGas", [toHex(baseFee)]);
    if (this.backend === "edr") {
      const number = await this.publicClient.getBlockNumber();
      await this.rpc("hardhat_setPrevRandao", [options.prevRandao ?? this.#prevRandao(number + 1n)]);
    } else if (options.prevRandao !== undefined) {
      throw new UnsupportedL1FeatureError("setting prevrandao", { backend: this.backend });
    }
  }

  #prevRandao(blockNumber: bigint): Hex {
    return keccak256(encodeAbiParameters([{ type: "string" }, { type: "uint256" }], [this.#seed, blockNumber]));
  }

  async #send(tx: PendingTransaction): Promise<void> {
    try {
      await this.rpc("eth_sendRawTransaction", [tx.serialized]);
    } catch (error) {
      throw new L1SubmissionError(tx.from, tx.nonce, error);
    }
  }

  async #sendAndMine(group: readonly PendingTransaction[]): Promise<void> {
    const sent: PendingTransaction[] = [];
    try {
      for (const tx of group) {
        await this.#send(tx);
        sent.push(tx);
      }
    } catch (error) {
      for (const tx of sent) await this.#forget(tx);
      throw error;
    }
    await this.rpc("evm_mine");
  }

  async #sendAutomined(group: readonly PendingTransaction[]): Promise<void> {
    await this.rpc("evm_setAutomine", [true]);
    try {
      for (const tx of group) await this.#send(tx);
    } finally {
      await this.rpc("evm_setAutomine", [false]);
    }
  }

  async #forget(tx: PendingTransaction): Promise<void> {
    await this.rpc(this.backend === "edr" ? "hardhat_dropTransaction" : "anvil_dropTransaction", [tx.hash]);
  }

  async #collectReceipts(group: readonly PendingTransaction[]): Promise<TransactionReceipt[]> {
    const receipts: TransactionReceipt[] = [];
    for (const tx of group) {
      const raw = await this.rpc<unknown>("eth_getTransactionReceipt", [tx.hash]);
      if (raw === null) {
        // The block was full: take it back out of the node, so that this mempool stays the only one.
        await this.#forget(tx);
        this.#pending.push(tx);
      } else {
        const receipt = await this.publicClient.getTransactionReceipt({ hash: tx.hash });
        // EDR leaves blob gas out of its receipts.
        receipts.push(tx.blobCount === 0 ? receipt : { ...receipt, blobGasUsed: GAS_PER_BLOB * BigInt(tx.blobCount) });
      }
    }
    return receipts;
  }
}

/** Cuts a list into runs that EDR can mine: a blob transaction alone, everything between two of them together. */
function groupForEdr(transactions: readonly PendingTransaction[]): PendingTransaction[][] {
  const groups: PendingTransaction[][] = [];
  for (const tx of transactions) {
    const last = groups.at(-1);
    if (last === undefined || tx.blobCount > 0 || last.some(({ blobCount }) => blobCount > 0)) groups.push([tx]);
    else last.push(tx);
  }
  return groups.length === 0 ? [[]] : groups;
}

/** EIP-4844: version byte 1, then the last 31 bytes of the commitment's SHA-256. */
function versionedHash(commitment: Hex): Hex {
  return concatHex(["0x01", `0x${sha256(commitment).slice(4)}`]);
}

/** viem writes the EIP-4844 wrapper (and much faster than ethers), but not the cell-proof wrapper of EIP-7594. */
function attachCellProofs(signed: Hex, sidecars: readonly BlobSidecar[]): Hex {
  const transaction = Transaction.from(signed);
  transaction.blobs = sidecars.map(({ blob, commitment, cellProofs }) => {
    if (cellProofs === undefined) throw new UnsupportedL1FeatureError("blob transactions without cell proofs");
    return { data: blob, commitment, proof: concatHex(cellProofs) };
  });
  transaction.blobWrapperVersion = 1;
  return transaction.serialized as Hex;
}
