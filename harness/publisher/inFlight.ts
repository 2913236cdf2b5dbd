import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Address, Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { TransactionFees } from "../l1/l1Transaction.ts";

/** A key's transaction that nobody has seen mined yet. */
export interface InFlight {
  readonly nonce: number;
  /** The transaction and what replaced it, all of one nonce, of which one at most is ever mined. */
  readonly hashes: readonly Hex[];
  /** Of the last one. */
  readonly fees: TransactionFees;
  readonly blobCount: number;
  /** The header slot of the proposal in it. */
  readonly proposes?: bigint;
}

/** Remembers, also over a restart, what is in flight: a key's next transaction has to replace it or wait behind it. */
export interface InFlightStore {
  load(address: Address): Promise<InFlight | undefined>;
  /** Undefined: nothing is in flight any more. */
  save(address: Address, inFlight: InFlight | undefined): Promise<void>;
}

/** What was stored cannot be read. */
export class InFlightStoreError extends BuildAheadError {
  constructor(file: string, cause: unknown) {
    super("The record of transactions in flight cannot be read: remove it once none is", { fields: { file }, cause });
  }
}

/** Remembers for as long as the process lives. */
export function keepInMemory(): InFlightStore {
  const known = new Map<Address, InFlight>();
  return {
    load: (address) => Promise.resolve(known.get(address)),
    save(address, inFlight) {
      if (inFlight === undefined) known.delete(address);
      else known.set(address, inFlight);
      return Promise.resolve();
    },
  };
}

/**
 * Remembers in a folder, in a file for each key, replaced as a whole.
 * @throws InFlightStoreError when a file is no record.
 */
export function keepInFolder(folder: string): InFlightStore {
  const fileOf = (address: Address) => path.join(folder, `${address}.json`);
  return {
    async load(address) {
      const text = await readFile(fileOf(address), "utf8").catch(() => "null");
      try {
        return (JSON.parse(text, reviveBigint) as InFlight | null) ?? undefined;
      } catch (cause) {
        throw new InFlightStoreError(fileOf(address), cause);
      }
    },
    async save(address, inFlight) {
      await mkdir(folder, { recursive: true });
      const text = JSON.stringify(inFlight ?? null, (_key, value: unknown) =>
        typeof value === "bigint" ? `${value}n` : value,
      );
      await writeFile(`${fileOf(address)}.new`, text);
      await rename(`${fileOf(address)}.new`, fileOf(address));
    },
  };
}

function reviveBigint(_key: string, value: unknown): unknown {
  return typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
}
