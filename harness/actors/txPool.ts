import { BuildAheadError } from "../errors.ts";
import type { CheckpointId } from "../sim/ledger.ts";
import type { UserTx } from "./content.ts";

/**
 * A transaction is picked although a live checkpoint has it, or waits for ever.
 * @public for who catches it
 */
export class TxPoolError extends BuildAheadError {}

/**
 * The transactions that a node knows of. One waits as long as no live checkpoint has it: so what a predecessor has is not picked
 * again, and what a discarded checkpoint had comes back, unless another one has it too.
 */
export class TxPool {
  readonly #known = new Map<number, UserTx>();
  #waiting = new Map<number, UserTx>();
  /** The live checkpoints, landed or not, and their transactions. */
  readonly #live = new Map<CheckpointId, Set<number>>();
  /** In how many of them a transaction is. */
  readonly #uses = new Map<number, number>();
  #isInOrder = true;
  /** What has changed since the pool was last looked at: the rest is as sound as it was. */
  readonly #touched = new Set<number>();

  /** Transactions that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Checkpoints that hold transactions. */
  get checkpoints(): Iterable<CheckpointId> {
    return this.#live.keys();
  }

  holds(checkpoint: CheckpointId): boolean {
    return this.#live.has(checkpoint);
  }

  add(tx: UserTx): void {
    this.#known.set(tx.id, tx);
    this.#touched.add(tx.id);
    if (!this.#uses.has(tx.id)) this.#waiting.set(tx.id, tx);
  }

  /** The oldest ones that wait. */
  oldest(count: number): readonly number[] {
    if (!this.#isInOrder) {
      this.#waiting = new Map([...this.#waiting].sort(([, one], [, other]) => one.ms - other.ms || one.id - other.id));
      this.#isInOrder = true;
    }
    const ids: number[] = [];
    for (const id of this.#waiting.keys()) {
      if (ids.length === count) break;
      ids.push(id);
    }
    return ids;
  }

  /** Takes transactions out, because a checkpoint has them. */
  claim(checkpoint: CheckpointId, ids: readonly number[]): void {
    const own = this.#live.get(checkpoint) ?? new Set();
    this.#live.set(checkpoint, own);
    for (const id of ids) {
      if (own.has(id)) continue;
      own.add(id);
      this.#touched.add(id);
      this.#uses.set(id, (this.#uses.get(id) ?? 0) + 1);
      this.#waiting.delete(id);
    }
  }

  /** Puts back what a checkpoint had: it came to nothing. */
  release(checkpoint: CheckpointId): void {
    for (const id of this.#live.get(checkpoint) ?? []) {
      this.#touched.add(id);
      const uses = (this.#uses.get(id) ?? 0) - 1;
      if (uses > 0) {
        this.#uses.set(id, uses);
        continue;
      }
      this.#uses.delete(id);
      const tx = this.#known.get(id);
      if (tx === undefined) continue;
      this.#waiting.set(id, tx);
      this.#isInOrder = false;
    }
    this.#live.delete(checkpoint);
  }

  /** Forgets a checkpoint that L1 will not take back, and its transactions. */
  forget(checkpoint: CheckpointId): void {
    for (const id of this.#live.get(checkpoint) ?? []) {
      this.#uses.delete(id);
      this.#known.delete(id);
      this.#touched.add(id);
    }
    this.#live.delete(checkpoint);
  }

  /** @throws TxPoolError when a transaction is neither waiting nor in a live checkpoint, or both. */
  assertSound(): void {
    for (const id of this.#touched) {
      if (this.#known.has(id) && this.#waiting.has(id) === this.#uses.has(id)) {
        throw new TxPoolError("A transaction neither waits nor is in a checkpoint, or both", { fields: { id } });
      }
    }
    this.#touched.clear();
  }
}
