import { parseEventLogs, type Address, type Hex, type Log } from "viem";

import { RollupAbi } from "../upstream/abis.ts";
import type { CheckpointKey } from "./contentStore.ts";
import type { RollupView } from "./rollupView.ts";

/** Where on L1 something happened. */
interface OnL1 {
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
  readonly txHash: Hex;
}

/** A checkpoint landed. */
export interface Checkpointed extends OnL1, CheckpointKey {
  readonly kind: "checkpointed";
  /** Of the attestations that landed with it; the proof that ends at it has to repeat them. */
  readonly attestationsHash: Hex;
}

/** Everything above the proven tip was dropped, because its epoch was not proven in time. */
export interface Pruned extends OnL1 {
  readonly kind: "pruned";
  /** The tip that is left. */
  readonly provenNumber: bigint;
}

/** A checkpoint, and all on top of it, was removed for its attestations. */
export interface Invalidated extends OnL1 {
  readonly kind: "invalidated";
  readonly number: bigint;
}

/** A proof was accepted. */
export interface Proven extends OnL1 {
  readonly kind: "proven";
  readonly number: bigint;
  readonly prover: Address;
}

export type RollupEvent = Checkpointed | Pruned | Invalidated | Proven;

/** What changed since the last look. */
export interface Progress {
  /** What L1 has taken back, newest first. */
  readonly undone: readonly RollupEvent[];
  /** What is new, in L1's order. */
  readonly events: readonly RollupEvent[];
}

interface SeenBlock {
  readonly number: bigint;
  readonly hash: Hex;
}

/**
 * Follows one rollup from L1's logs alone: which checkpoints are in the chain, which of them are proven. Blocks that L1 takes back
 * are unwound.
 */
export class ChainFollower {
  readonly #view: RollupView;
  /** Blocks that were read, ascending: those with events in them, and the last of every range. What L1 still has of them stands. */
  #seen: readonly SeenBlock[] = [];
  #history: readonly RollupEvent[] = [];
  readonly #fromBlock: bigint;
  #next: bigint;

  /** @param fromBlock Number of the first L1 block to read */
  constructor(view: RollupView, fromBlock = 0n) {
    this.#view = view;
    this.#fromBlock = fromBlock;
    this.#next = fromBlock;
  }

  /** Everything that happened and still stands, in L1's order. */
  get history(): readonly RollupEvent[] {
    return this.#history;
  }

  /** The checkpoints of the pending chain, by number from the first seen to the tip. */
  get chain(): readonly Checkpointed[] {
    return this.#history.reduce<readonly Checkpointed[]>((chain, event) => {
      switch (event.kind) {
        case "checkpointed":
          return [...chain, event];
        case "pruned":
          return chain.filter(({ number }) => number <= event.provenNumber);
        case "invalidated":
          return chain.filter(({ number }) => number < event.number);
        case "proven":
          return chain;
      }
    }, []);
  }

  /** Number of the last proven checkpoint; 0 before the first. */
  get proven(): bigint {
    return this.#history.reduce(
      (proven, event) => (event.kind === "proven" && event.number > proven ? event.number : proven),
      0n,
    );
  }

  /** Reads what L1 has to say since the last time. */
  async sync(): Promise<Progress> {
    const undone = await this.#unwind();
    const { publicClient } = this.#view.chain;
    const latest = await publicClient.getBlock({ blockTag: "latest" });
    if (latest.number < this.#next) return { undone, events: [] };
    const logs = await publicClient.getLogs({
      address: this.#view.rollup.address,
      fromBlock: this.#next,
      toBlock: latest.number,
    });
    const events = await this.#read(logs);
    this.#history = [...this.#history, ...events];
    const eventful = events.map(({ blockNumber: number, blockHash: hash }) => ({ number, hash }));
    this.#seen = [...this.#seen, ...eventful, { number: latest.number, hash: latest.hash }];
    this.#next = latest.number + 1n;
    return { undone, events };
  }

  /** Goes back to the last block that L1 still has. */
  async #unwind(): Promise<readonly RollupEvent[]> {
    const { publicClient } = this.#view.chain;
    const height = await publicClient.getBlockNumber();
    const isThere = async ({ number, hash }: SeenBlock) =>
      number <= height && (await publicClient.getBlock({ blockNumber: number })).hash === hash;
    for (let last = this.#seen.at(-1); last !== undefined && !(await isThere(last)); last = this.#seen.at(-1)) {
      this.#seen = this.#seen.slice(0, -1);
    }
    const next = (this.#seen.at(-1)?.number ?? this.#fromBlock - 1n) + 1n;
    const undone = this.#history.filter(({ blockNumber }) => blockNumber >= next);
    this.#history = this.#history.filter(({ blockNumber }) => blockNumber < next);
    this.#next = next;
    return undone.reverse();
  }

  async #read(logs: readonly Log<bigint, number, false>[]): Promise<readonly RollupEvent[]> {
    const parsed = parseEventLogs({
      abi: RollupAbi,
      eventName: ["CheckpointProposed", "PrunedPending", "CheckpointInvalidated", "L2ProofVerified"],
      logs: [...logs],
    });
    const events: RollupEvent[] = [];
    for (const log of parsed) {
      const { blockNumber, blockHash, transactionHash: txHash } = log;
      const at = { blockNumber, blockHash, txHash };
      switch (log.eventName) {
        case "CheckpointProposed": {
          const { checkpointNumber: number, archive, attestationsHash } = log.args;
          // What its own block has removed again is not in that block's state, and was never there to build on.
          const isRemoved = parsed.some(
            (other) =>
              other.eventName === "CheckpointInvalidated" &&
              other.blockNumber === blockNumber &&
              other.logIndex > log.logIndex &&
              other.args.checkpointNumber <= number,
          );
          if (isRemoved) break;
          events.push({
            kind: "checkpointed",
            ...at,
            number,
            slot: await this.#slotOf(number, blockNumber),
            archive,
            attestationsHash,
          });
          break;
        }
        case "PrunedPending":
          events.push({ kind: "pruned", ...at, provenNumber: log.args.provenCheckpointNumber });
          break;
        case "CheckpointInvalidated":
          events.push({ kind: "invalidated", ...at, number: log.args.checkpointNumber });
          break;
        case "L2ProofVerified":
          events.push({ kind: "proven", ...at, number: log.args.checkpointNumber, prover: log.args.proverId });
          break;
      }
    }
    return events;
  }

  /** The event does not say it; the block's own state does. */
  async #slotOf(number: bigint, blockNumber: bigint): Promise<bigint> {
    const { slotNumber } = await this.#view.chain.publicClient.readContract({
      address: this.#view.rollup.address,
      abi: RollupAbi,
      functionName: "getCheckpoint",
      args: [number],
      blockNumber,
    });
    return slotNumber;
  }
}
