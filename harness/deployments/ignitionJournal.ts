import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { getAddress, type Address, type Hex } from "viem";

/** One transaction of a deployment. */
export interface DeploymentStep {
  /** Ignition's name, module and contract. */
  readonly id: string;
  readonly contract: string;
  /** What was called; undefined for a deployment. */
  readonly functionName?: string;
  /** What was deployed, or called. */
  readonly address: Address;
  readonly arguments: readonly unknown[];
  /** Links, as the contract's source names the libraries. */
  readonly libraries: Readonly<Record<string, Address>>;
  readonly txHash: Hex;
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
}

/** A transaction that was about to be sent when the run ended: nobody knows whether it was. */
export interface LostTransaction {
  readonly id: string;
  readonly from: Address;
  readonly nonce: number;
  /** Its calldata, to the letter of the journal. */
  readonly data: Hex;
}

export interface JournalState {
  /** What is done, in the order in which it was confirmed. */
  readonly steps: readonly DeploymentStep[];
  readonly lost: readonly LostTransaction[];
  /** Began and ended badly: reverted, or never mined. */
  readonly failed: readonly string[];
}

/** The entries of Ignition's journal that are looked at, of the pinned version. */
interface Entry {
  readonly type: string;
  readonly futureId: string;
  readonly contractName?: string;
  readonly artifactId?: string;
  readonly contractAddress?: string;
  readonly functionName?: string;
  readonly constructorArgs?: readonly unknown[];
  readonly args?: readonly unknown[];
  readonly libraries?: Readonly<Record<string, Address>>;
  readonly from?: string;
  readonly nonce?: number;
  readonly networkInteraction?: { readonly data?: Hex };
  readonly hash?: Hex;
  readonly receipt?: { readonly blockNumber: number; readonly blockHash: Hex };
  readonly result?: { readonly type: string; readonly address?: string };
}

interface Future {
  begin?: Entry;
  data?: Hex | undefined;
  prepared?: number | undefined;
  sent: boolean;
  confirmed?: Entry;
  result?: Entry["result"];
}

const JOURNAL = "journal.jsonl";

/**
 * The journals of a deployment's modules, in the order in which they were begun. Each has a folder of its own, because Ignition does not
 * count a module as deployed while another one of the same folder is under way.
 */
export function listJournals(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .sort()
    .map((name) => path.join(directory, name));
}

/** Where a module's journal is, now or when it begins. */
export function journalOf(directory: string, moduleId: string): string {
  const journals = listJournals(directory);
  const known = journals.find((journal) => path.basename(journal).endsWith(`-${moduleId}`));
  return known ?? path.join(directory, `${String(journals.length + 1).padStart(2, "0")}-${moduleId}`);
}

/** What is done, in all modules. */
export function readSteps(directory: string): readonly DeploymentStep[] {
  return listJournals(directory).flatMap((journal) => readJournal(journal).steps);
}

/** What the journal of one module says. */
export function readJournal(directory: string): JournalState {
  const futures = new Map<string, Future>();
  for (const entry of readEntries(path.join(directory, JOURNAL))) apply(futures, entry);
  const all = [...futures.entries()];
  return {
    steps: all.flatMap(([id, future]) => toStep(id, future)),
    lost: all.flatMap(([id, { begin, data = "0x", prepared, sent }]) =>
      prepared === undefined || sent ? [] : [{ id, from: getAddress(begin?.from ?? ""), nonce: prepared, data }],
    ),
    failed: all.filter(([, { result }]) => result !== undefined && result.type !== "SUCCESS").map(([id]) => id),
  };
}

/** Cuts off a last entry that was half written when the process was killed. */
export function mendJournal(directory: string): void {
  const file = path.join(directory, JOURNAL);
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n");
  try {
    JSON.parse(lines.at(-1) || "{}");
  } catch {
    writeFileSync(file, lines.slice(0, -1).join("\n"));
  }
}

function readEntries(file: string): readonly Entry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line, reviveBigint) as Entry);
}

function reviveBigint(_key: string, value: unknown): unknown {
  const { _kind, value: digits } = (value ?? {}) as { _kind?: string; value?: string };
  return _kind === "bigint" && digits !== undefined ? BigInt(digits) : value;
}

function apply(futures: Map<string, Future>, entry: Entry): void {
  const { type, futureId } = entry;
  const future = futures.get(futureId) ?? { sent: false };
  switch (type) {
    case "WIPE_APPLY":
      futures.delete(futureId);
      return;
    case "DEPLOYMENT_EXECUTION_STATE_INITIALIZE":
    case "CALL_EXECUTION_STATE_INITIALIZE":
      future.begin = entry;
      break;
    case "NETWORK_INTERACTION_REQUEST":
      future.data = entry.networkInteraction?.data;
      break;
    case "TRANSACTION_PREPARE_SEND":
      Object.assign(future, { prepared: entry.nonce, sent: false });
      break;
    case "TRANSACTION_SEND":
      future.sent = true;
      break;
    case "TRANSACTION_CONFIRM":
      future.confirmed = entry;
      break;
    case "DEPLOYMENT_EXECUTION_STATE_COMPLETE":
    case "CALL_EXECUTION_STATE_COMPLETE":
      future.result = entry.result;
      break;
    default:
      return;
  }
  // Inserted anew, so that the order is that of the last thing that happened.
  futures.delete(futureId);
  futures.set(futureId, future);
}

function toStep(id: string, { begin, confirmed, result }: Future): readonly DeploymentStep[] {
  if (begin === undefined || confirmed?.receipt === undefined || result?.type !== "SUCCESS") return [];
  const { contractName, artifactId = id, functionName, constructorArgs, args, libraries = {} } = begin;
  return [
    {
      id,
      contract: contractName ?? artifactId.slice(artifactId.indexOf("#") + 1),
      ...(functionName === undefined ? {} : { functionName }),
      address: getAddress(result.address ?? begin.contractAddress ?? ""),
      arguments: constructorArgs ?? args ?? [],
      libraries,
      txHash: confirmed.hash ?? "0x",
      blockNumber: BigInt(confirmed.receipt.blockNumber),
      blockHash: confirmed.receipt.blockHash,
    },
  ];
}
