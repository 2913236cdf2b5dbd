import { toHex, type Hex } from "viem";

import type { BlobWrapper, BlockTemplate, RpcCall } from "./l1Backend.ts";
import { UnsupportedL1FeatureError } from "./l1Errors.ts";
import type { PendingTransaction } from "./l1Transaction.ts";
import { NodeBackend } from "./nodeBackend.ts";

/** An anvil process, forking or not. It mines any mix in one block and chooses prevrandao itself. */
export class AnvilBackend extends NodeBackend {
  readonly name = "anvil";

  /** Nodes of Osaka and later want cell proofs. */
  get blobWrapper(): BlobWrapper {
    return this.hardfork === "prague" ? "blob-proofs" : "cell-proofs";
  }

  override async prepareNextBlock(template: BlockTemplate): Promise<void> {
    if (template.prevRandao !== undefined) {
      throw new UnsupportedL1FeatureError("setting prevrandao", { backend: this.name });
    }
    await super.prepareNextBlock(template);
  }

  async mine(transactions: readonly PendingTransaction[], template: BlockTemplate): Promise<void> {
    await this.prepareNextBlock(template);
    await this.sendAndMine(transactions);
  }

  async callAt(call: RpcCall, { timestamp }: BlockTemplate, stateOverrides: object): Promise<Hex> {
    return this.rpc<Hex>("eth_call", [call, "latest", stateOverrides, { time: toHex(timestamp) }]);
  }

  async forget(hash: Hex): Promise<void> {
    await this.rpc("anvil_dropTransaction", [hash]);
  }
}
