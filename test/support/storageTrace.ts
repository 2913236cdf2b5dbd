import { getAddress, toHex, type Address, type Hex } from "viem";

import type { L1Chain } from "../../harness/l1/l1Chain.ts";

/** Storage words that a transaction touched, by `address slot`. */
export interface StorageTouches {
  readonly read: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
}

interface StructLog {
  readonly op: string;
  readonly depth: number;
  readonly stack: readonly string[];
}

/** Names a storage word, for a set of touches. */
export function storageWord(address: Address, slot: bigint): string {
  return `${getAddress(address)} ${toHex(slot, { size: 32 })}`;
}

/** Replays a mined transaction and collects every SLOAD and SSTORE, under the address whose storage it was. */
export async function traceStorage(chain: L1Chain, txHash: Hex): Promise<StorageTouches> {
  const { to } = await chain.publicClient.getTransaction({ hash: txHash });
  if (to === null) throw new Error("A contract creation has no address to begin with");
  const { structLogs } = await chain.rpc<{ structLogs: readonly StructLog[] }>("debug_traceTransaction", [
    txHash,
    { disableMemory: true, disableStorage: true },
  ]);
  const read = new Set<string>();
  const written = new Set<string>();
  const contexts: Address[] = [getAddress(to)];
  let entered: Address | undefined;
  for (const { op, depth, stack } of structLogs) {
    const fromTop = (position: number) => BigInt(prefixed(stack.at(-1 - position) ?? "0"));
    if (depth > contexts.length) contexts.push(entered ?? failToEnter());
    contexts.length = depth;
    entered = undefined;
    const here = contexts.at(-1) ?? failToEnter();
    switch (op) {
      case "SLOAD":
        read.add(storageWord(here, fromTop(0)));
        break;
      case "SSTORE":
        written.add(storageWord(here, fromTop(0)));
        break;
      case "CALL":
      case "STATICCALL":
        entered = getAddress(toHex(fromTop(1) % 2n ** 160n, { size: 20 }));
        break;
      case "DELEGATECALL":
        entered = here;
        break;
    }
  }
  return { read, written };
}

function prefixed(word: string): string {
  return word.startsWith("0x") ? word : `0x${word}`;
}

function failToEnter(): never {
  throw new Error("The trace enters a call that nobody made");
}
