import { isDeepStrictEqual } from "node:util";

import type { Address, Hex } from "viem";

import type { HardhatRuntime } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { L1RevertError } from "../l1/l1Errors.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import { openTwin, type TwinOptions } from "../twin/openTwin.ts";
import type { Side } from "../twin/side.ts";
import { Twin, type Mirrored } from "../twin/twin.ts";
import { TwinMismatchError } from "../twin/twinErrors.ts";
import { readOutcome, type Outcome } from "./outcome.ts";

/** A call's result, or the data it reverted with. */
export interface CallResult {
  readonly reverted: boolean;
  readonly data: Hex;
}

/** Opens a twin to compare; see {@link openTwin}. */
export async function openComparedTwin(hardhat: HardhatRuntime, options: TwinOptions): Promise<ComparedTwin> {
  return new ComparedTwin(await openTwin(hardhat, options));
}

/** A twin whose sides are compared in what transactions and calls do. It remembers every word that a transaction has changed. */
export class ComparedTwin extends Twin {
  readonly #changed = new Map<Address, Set<Hex>>();

  /** Words of storage that transactions have changed, by account in lower case; an account that changed otherwise has none. */
  get changed(): ReadonlyMap<Address, ReadonlySet<Hex>> {
    return this.#changed;
  }

  /**
   * Sends a transaction to both sides and reads what it did.
   * @param timestamp Unix seconds, not before the latest block's
   * @param baseFeePerGas Wei per gas, for this block only
   */
  async observe(
    request: L1TransactionRequest | L1BlobTransactionRequest,
    timestamp: bigint,
    baseFeePerGas?: bigint,
  ): Promise<Mirrored<Outcome>> {
    const receipts = await this.execute(request, timestamp, { sameTimestamp: true, baseFeePerGas });
    const upstream = await readOutcome(this.upstream.chain, receipts.upstream);
    const extended = await readOutcome(this.extended.chain, receipts.extended);
    for (const change of [upstream.pre, upstream.post, extended.pre, extended.post]) this.#remember(change);
    return { upstream, extended };
  }

  /**
   * Sends a transaction that both sides must accept and answer with the same data, logs and changed words. Gas may differ.
   * @throws TwinMismatchError naming what differs.
   */
  async sendAlike(request: L1TransactionRequest | L1BlobTransactionRequest, timestamp: bigint): Promise<Outcome> {
    const { upstream, extended } = await this.observe(request, timestamp);
    const fields = ["status", "output", "logs", "pre", "post"] as const;
    const differing = fields.filter((field) => !isDeepStrictEqual(upstream[field], extended[field]));
    if (differing.length > 0 || upstream.status !== "success") {
      throw new TwinMismatchError("A transaction was not accepted alike", {
        fields: { differing: differing.join(), upstream: upstream.status, output: upstream.output },
      });
    }
    return upstream;
  }

  /** Runs a call on both sides, reverts included. */
  call(to: Address, data: Hex): Promise<Mirrored<CallResult>> {
    return this.onBoth(({ chain }: Side) => callOrRevert(chain, to, data));
  }

  /** Besides the deployments' own contracts, every account that a transaction has changed. */
  override assertSameStorage(): Promise<void> {
    return super.assertSameStorage(this.#changed.keys());
  }

  #remember(change: Outcome["pre"]): void {
    for (const [account, { storage = {} }] of Object.entries(change)) {
      const address = account.toLowerCase() as Address;
      const words = this.#changed.get(address) ?? new Set();
      for (const word of Object.keys(storage)) words.add(word as Hex);
      this.#changed.set(address, words);
    }
  }
}

async function callOrRevert(chain: L1Node, to: Address, data: Hex): Promise<CallResult> {
  try {
    return { reverted: false, data: await chain.call({ to, data }) };
  } catch (error) {
    if (error instanceof L1RevertError) return { reverted: true, data: error.data };
    throw error;
  }
}
