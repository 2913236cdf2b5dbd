import { hexToBigInt, numberToHex, type Address, type Hex } from "viem";

import type { L1Node } from "./l1Node.ts";

/** A word of storage that a transaction changed. */
export interface WordChange {
  readonly address: Address;
  /** Position in the contract's storage. */
  readonly word: bigint;
  readonly before: bigint;
  readonly after: bigint;
}

/** What a transaction changed. */
export interface StateDiff {
  readonly words: readonly WordChange[];
  /** Accounts whose nonce or code changed: the sender, and what was created. */
  readonly accounts: readonly Address[];
}

interface TracedAccount {
  readonly nonce?: number;
  readonly code?: Hex;
  readonly storage?: Readonly<Record<Hex, Hex>>;
}

type TracedState = Readonly<Record<Address, TracedAccount>>;

const DIFF_TRACER = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };

/** What a mined transaction changed, as the node's own tracer tells it. Balances are left out: gas moves them in every transaction. */
export async function readStateDiff(node: L1Node, txHash: Hex): Promise<StateDiff> {
  const { pre, post } = await node.rpc<{ pre: TracedState; post: TracedState }>("debug_traceTransaction", [
    txHash,
    DIFF_TRACER,
  ]);
  const addresses = [...new Set([...Object.keys(pre), ...Object.keys(post)])].sort() as Address[];
  const words = addresses.flatMap((address) => {
    const [before, after] = [pre[address]?.storage ?? {}, post[address]?.storage ?? {}];
    const keys = new Set([...Object.keys(before), ...Object.keys(after)].map((key) => hexToBigInt(key as Hex)));
    return [...keys].sort(ascending).map((word) => ({
      address,
      word,
      before: valueOf(before, word),
      after: valueOf(after, word),
    }));
  });
  return {
    words: words.filter(({ before, after }) => before !== after),
    accounts: addresses.filter((address) => post[address]?.nonce !== undefined || post[address]?.code !== undefined),
  };
}

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** A word that is left out is zero. */
function valueOf(storage: Readonly<Record<Hex, Hex>>, word: bigint): bigint {
  return hexToBigInt(storage[numberToHex(word, { size: 32 })] ?? "0x0");
}
