import { getAddress, isAddress, type Address } from "viem";

import type { LateSubmissionTerms } from "../../protocol/terms.ts";
import { InvalidOptionError, parseRehearsalOptions, type RawRehearsalOptions } from "../rehearsalOptions.ts";

export interface RawForkOptions extends RawRehearsalOptions {
  readonly fork: string;
  readonly frozen: string;
  readonly freeze: string;
  readonly registry: string;
  readonly block: number;
  readonly chain: number;
  readonly otherVersion: boolean;
}

/** What a rehearsal on a fork can be asked to vary. */
export interface ForkOptions {
  readonly seed: string;
  readonly slots: number;
  readonly terms: LateSubmissionTerms;
  /** An RPC, the source that is made for the purpose, or a file of answers. */
  readonly from:
    | { readonly kind: "rpc"; readonly url: string; readonly block?: bigint; readonly chain?: number }
    | { readonly kind: "local" }
    | { readonly kind: "frozen"; readonly file: string };
  /** Left out for the local source, which knows it. */
  readonly registry?: Address;
  /** A file to write what was read to. */
  readonly freeze?: string;
  readonly allowOtherVersion: boolean;
}

/** In place of an RPC: start `fork-source` for the rehearsal, and end it afterwards. */
export const LOCAL = "local";

/** Whether the command line asks for a fork at all. */
export function wantsFork({ fork, frozen }: Pick<RawForkOptions, "fork" | "frozen">): boolean {
  return fork !== "" || frozen !== "";
}

/** @throws InvalidOptionError on the first value that cannot be used. */
export function parseForkOptions(raw: RawForkOptions): ForkOptions {
  const { seed, slots, terms } = parseRehearsalOptions(raw);
  const { fork, frozen, freeze, registry, block, chain, otherVersion: allowOtherVersion } = raw;
  if (fork !== "" && frozen !== "") throw new InvalidOptionError("frozen", frozen, "either --fork or --frozen");
  const common = { seed, slots, terms, allowOtherVersion, ...(freeze === "" ? {} : { freeze }) };
  if (fork === LOCAL) return { ...common, from: { kind: "local" } };
  if (!isAddress(registry, { strict: false })) {
    throw new InvalidOptionError(
      "registry",
      registry === "" ? '""' : registry,
      "the address of the network's Registry",
    );
  }
  const at = { ...common, registry: getAddress(registry) };
  if (frozen !== "") return { ...at, from: { kind: "frozen", file: frozen } };
  if (!URL.canParse(fork) || !/^https?:$/.test(new URL(fork).protocol)) {
    throw new InvalidOptionError("fork", fork, `an RPC address with http or https, or ${LOCAL}`);
  }
  return {
    ...at,
    from: {
      kind: "rpc",
      url: fork,
      ...(block === UNSET ? {} : { block: BigInt(requireWhole("block", block)) }),
      ...(chain === UNSET ? {} : { chain: requireWhole("chain", chain) }),
    },
  };
}

/** Stands for a number that was not given. */
export const UNSET = -1;

function requireWhole(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidOptionError(option, value, "a whole number");
}

const NETWORKS: Readonly<Record<number, string>> = { 1: "mainnet-fork", 11155111: "sepolia-fork", 31337: "local-fork" };

/** What a fork of a chain is called in files. */
export function nameFork(chainId: number): string {
  return NETWORKS[chainId] ?? `chain-${chainId}-fork`;
}
