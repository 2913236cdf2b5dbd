import { encodeAbiParameters, keccak256, type Hex } from "viem";

import type { BlobWrapper, BlockTemplate, RpcCall } from "./l1Backend.ts";
import type { PendingTransaction } from "./l1Transaction.ts";
import { NodeBackend, type NodeBackendOptions } from "./nodeBackend.ts";

export interface EdrBackendOptions extends NodeBackendOptions {
  /** Feeds prevrandao: block N gets keccak256(seed, N). */
  readonly seed: string;
}

/**
 * Hardhat's chain in this process. It takes a blob transaction only in the EIP-4844 wrapper, with auto-mining on and an empty
 * mempool; so an L1 block with blobs becomes several blocks of one second here. Prevrandao is the harness's to choose.
 */
export class EdrBackend extends NodeBackend {
  readonly name = "edr";
  readonly blobWrapper: BlobWrapper = "blob-proofs";
  readonly #seed: string;

  constructor(options: EdrBackendOptions) {
    super(options);
    this.#seed = options.seed;
  }

  override async prepareNextBlock(template: BlockTemplate): Promise<void> {
    await super.prepareNextBlock(template);
    const number = BigInt(await this.rpc<Hex>("eth_blockNumber")) + 1n;
    await this.rpc("hardhat_setPrevRandao", [template.prevRandao ?? this.#prevRandao(number)]);
  }

  async mine(transactions: readonly PendingTransaction[], template: BlockTemplate): Promise<void> {
    for (const group of groupByBlobs(transactions)) {
      await this.prepareNextBlock(template);
      if (group.some(({ blobCount }) => blobCount > 0)) await this.#sendAutomined(group);
      else await this.sendAndMine(group);
    }
  }

  /** EDR has no block overrides. Its pending block takes the time that the next block was given. */
  async callAt(call: RpcCall, template: BlockTemplate, stateOverrides: object): Promise<Hex> {
    await this.prepareNextBlock(template);
    return this.rpc<Hex>("eth_call", [call, "pending", stateOverrides]);
  }

  async forget(hash: Hex): Promise<void> {
    await this.rpc("hardhat_dropTransaction", [hash]);
  }

  async #sendAutomined(transactions: readonly PendingTransaction[]): Promise<void> {
    await this.rpc("evm_setAutomine", [true]);
    try {
      for (const tx of transactions) await this.send(tx);
    } finally {
      await this.rpc("evm_setAutomine", [false]);
    }
  }

  #prevRandao(blockNumber: bigint): Hex {
    return keccak256(encodeAbiParameters([{ type: "string" }, { type: "uint256" }], [this.#seed, blockNumber]));
  }
}

/** Cuts a list into runs that EDR can mine: a blob transaction alone, everything between two of them together. */
function groupByBlobs(transactions: readonly PendingTransaction[]): PendingTransaction[][] {
  const groups: PendingTransaction[][] = [];
  for (const tx of transactions) {
    const last = groups.at(-1);
    if (last === undefined || tx.blobCount > 0 || last.some(({ blobCount }) => blobCount > 0)) groups.push([tx]);
    else last.push(tx);
  }
  return groups.length === 0 ? [[]] : groups;
}
