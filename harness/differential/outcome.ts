import type { Address, Hex, TransactionReceipt } from "viem";

import type { L1Chain } from "../l1/l1Chain.ts";

/** A log without its place in the chain. */
export interface OutcomeLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** What a transaction did to one account. Only what it changed is there. */
export interface AccountChange {
  readonly balance?: Hex;
  readonly nonce?: number;
  readonly storage?: Readonly<Record<Hex, Hex>>;
}

export type StateChange = Readonly<Record<Address, AccountChange>>;

/** Everything that a transaction leaves behind, but for gas. */
export interface Outcome {
  readonly status: TransactionReceipt["status"];
  /** Return data, or revert data. */
  readonly output: Hex;
  readonly logs: readonly OutcomeLog[];
  /** Accounts and storage words that the transaction changed: their values before and after. */
  readonly pre: StateChange;
  readonly post: StateChange;
  readonly gasUsed: bigint;
}

interface MuxTrace {
  readonly callTracer: { readonly output?: Hex };
  readonly prestateTracer: { readonly pre: StateChange; readonly post: StateChange };
}

const TRACERS = {
  tracer: "muxTracer",
  tracerConfig: {
    callTracer: { onlyTopCall: true },
    prestateTracer: { diffMode: true, disableCode: true },
  },
};

/** Reads what a mined transaction did; one replay in the node. */
export async function readOutcome(chain: L1Chain, receipt: TransactionReceipt): Promise<Outcome> {
  const { callTracer, prestateTracer } = await chain.rpc<MuxTrace>("debug_traceTransaction", [
    receipt.transactionHash,
    TRACERS,
  ]);
  // Whoever pays for gas pays for other code differently.
  const payers = [receipt.from, (await chain.publicClient.getBlock({ blockNumber: receipt.blockNumber })).miner];
  return {
    status: receipt.status,
    output: callTracer.output ?? "0x",
    logs: receipt.logs.map(({ address, topics, data }) => ({ address, topics, data })),
    pre: withoutBalances(prestateTracer.pre, payers),
    post: withoutBalances(prestateTracer.post, payers),
    gasUsed: receipt.gasUsed,
  };
}

function withoutBalances(change: StateChange, accounts: readonly Address[]): StateChange {
  const names = accounts.map((account) => account.toLowerCase());
  return Object.fromEntries(
    Object.entries(change).map(([account, changed]) => {
      if (!names.includes(account.toLowerCase())) return [account, changed];
      return [account, Object.fromEntries(Object.entries(changed).filter(([field]) => field !== "balance"))];
    }),
  );
}
