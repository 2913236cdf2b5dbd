import { hexToBigInt, toHex, type Address, type Hex } from "viem";

import type { Checkpoint } from "../consensus/checkpoint.ts";
import { lateRingEpochs, recordRingSize } from "../protocol/rings.ts";
import {
  archiveWord,
  committeeCommitmentWord,
  FEE_CONFIG_WORD,
  LATE_TERMS_WORD,
  LOG_FIELDS,
  logWord,
  marksWord,
  randaoWord,
  recordWord,
  SELECTION_NAMESPACE,
  TIPS_WORD,
  upstreamNamespace,
} from "../protocol/storageMap.ts";
import type { DeployedRollup } from "../network/deployment.ts";
import type { Side } from "../twin/side.ts";
import { computeCalldataGas } from "./record/calldataGas.ts";
import type { Circumstances, Identified } from "./record/recordId.ts";
import { traceExecution, type TraceStep } from "./traceExecution.ts";

/** What one path does to one word of storage. */
export interface StorageWord {
  /** Contract and word by name where they are known. */
  readonly word: string;
  /** `cold`: this transaction is the first to touch it here. */
  readonly reads: number;
  readonly writes: number;
  readonly isCold: boolean;
  /** Whether a zero becomes something else: state that did not exist before. */
  readonly isNew: boolean;
}

/** Which storage a transaction touches. */
export interface Footprint {
  readonly coldWords: number;
  readonly newWords: number;
  readonly warmReads: number;
  readonly words: readonly StorageWord[];
}

/** Which storage a path touches on one implementation. */
export interface StorageRecord extends Identified, Circumstances, Footprint {
  /** Its name, for people. */
  readonly path: string;
  readonly implementation: DeployedRollup["kind"];
}

/** Around which checkpoint words are given names. */
type Near = Pick<Checkpoint, "number" | "epoch">;

/** Gas of a first access to a word, the price that tells it from a later one (EIP-2929), and of a new word (EIP-2200). */
const COLD_ACCESS = 2_100;
const NEW_WORD = 20_000;

/** Replays a transaction and sums up its storage accesses by word. */
export async function readFootprint(side: Side, txHash: Hex, near: Near): Promise<Footprint> {
  const { chain, rollup } = side;
  const { input, to } = await chain.publicClient.getTransaction({ hash: txHash });
  const { intrinsic } = computeCalldataGas(input, chain.hardfork);
  const { steps } = await traceExecution(chain, txHash, { intrinsic, withStack: true });
  const words = new Map<string, StorageWord>();
  const nameOf = makeNames(side, near);
  let warmReads = 0;
  for (const { address, step } of storageSteps(steps, to ?? rollup.address)) {
    const slot = step.stack?.at(-1) ?? "0x0";
    const key = nameOf(address, hexToBigInt(slot));
    const before = words.get(key) ?? { word: key, reads: 0, writes: 0, isCold: false, isNew: false };
    const isRead = step.op === "SLOAD";
    const isCold =
      step.gasCost >= COLD_ACCESS && (isRead || step.gasCost % 100 === 0) && before.reads + before.writes === 0;
    if (isRead && !isCold) warmReads++;
    words.set(key, {
      word: key,
      reads: before.reads + (isRead ? 1 : 0),
      writes: before.writes + (isRead ? 0 : 1),
      isCold: before.isCold || isCold,
      isNew: before.isNew || (!isRead && step.gasCost >= NEW_WORD),
    });
  }
  const list = [...words.values()].sort((a, b) => (a.word < b.word ? -1 : 1));
  return {
    coldWords: list.filter(({ isCold }) => isCold).length,
    newWords: list.filter(({ isNew }) => isNew).length,
    warmReads,
    words: list,
  };
}

/** Storage opcodes with the contract whose storage they touch: a delegatecall keeps its caller's. */
function* storageSteps(steps: readonly TraceStep[], to: Address): Generator<{ address: Address; step: TraceStep }> {
  const owners: Address[] = [to];
  let called: Address | undefined;
  let depth = 1;
  for (const step of steps) {
    if (step.depth > depth) owners.push(called ?? to);
    else if (step.depth < depth) owners.length = step.depth;
    depth = step.depth;
    const address = owners.at(-1) ?? to;
    if (step.op === "SLOAD" || step.op === "SSTORE") yield { address, step };
    if (step.op === "CALL" || step.op === "STATICCALL") called = toAddress(step.stack?.at(-2));
    else if (step.op === "DELEGATECALL") called = address;
  }
}

const toAddress = (word: Hex | undefined): Address => toHex(hexToBigInt(word ?? "0x0"), { size: 20 });

/** Words around a checkpoint that have a name; upstream's namespaces, and ours. Others keep their contract and a number. */
function makeNames({ rollup, contracts }: Side, { number, epoch }: Near) {
  const named = new Map<bigint, string>();
  const plain = (base: bigint, name: string, fields: readonly string[]) =>
    fields.forEach((field, offset) => named.set(base + BigInt(offset), `${name}.${field}`));
  const { timing } = rollup;

  plain(TIPS_WORD, "stf", ["tips", "archives", "logs", ...Array<string>(7).fill("config")]);
  plain(FEE_CONFIG_WORD, "fee", ["config", "oracle", "oracle"]);
  plain(upstreamNamespace("aztec.time.storage"), "time", ["config"]);
  const selection = ["commitments", "randaos.length", "sizes and lags", "escape hatches.length"];
  plain(SELECTION_NAMESPACE, "selection", selection);
  plain(randaoWord(0n), "selection", Array<string>(64).fill("randao"));
  for (let offset = -2n; offset <= 2n; offset++) {
    const near = number + offset;
    const which = offset === 0n ? "checkpoint" : offset < 0n ? `checkpoint - ${-offset}` : `checkpoint + ${offset}`;
    if (near >= 0n) {
      plain(archiveWord(near), `archive of ${which}`, ["root"]);
      plain(logWord(timing, near, LOG_FIELDS[0]), `log of ${which}`, LOG_FIELDS);
    }
    const committee = committeeCommitmentWord(epoch + offset);
    plain(committee, `committee commitment`, [offset === 0n ? "epoch" : `epoch ${offset}`]);
  }
  plain(LATE_TERMS_WORD, "late", ["terms", "marks", "records"]);
  for (let index = 0n; index < lateRingEpochs(timing); index++)
    plain(marksWord(timing, index), "late marks", ["epoch"]);
  for (let index = 0n; index < recordRingSize(timing); index++) {
    plain(recordWord(timing, index), "late record", ["submitter, slot, delay, split", "proposer, number, settled"]);
  }

  const names = new Map<string, string>(
    Object.entries({ ...contracts, rollup: rollup.address, inbox: rollup.inbox, slasher: rollup.slasher }).map(
      ([name, address]) => [address.toLowerCase(), name],
    ),
  );
  const anonymous = new Map<string, number>();
  return (address: Address, slot: bigint): string => {
    const owner = names.get(address.toLowerCase()) ?? "another contract";
    const name = owner === "rollup" ? named.get(slot) : undefined;
    if (name !== undefined) return `${owner}: ${name}`;
    const key = `${address}:${slot}`;
    const index = anonymous.get(key) ?? anonymous.size + 1;
    anonymous.set(key, index);
    return `${owner}: word ${index}`;
  };
}
