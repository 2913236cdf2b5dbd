import type { LandedCheckpoint } from "../sim/ledger.ts";

/** What another L1 block has changed about the chain of checkpoints. */
interface ChainChange {
  /** The oldest one first. */
  readonly added: readonly LandedCheckpoint[];
  readonly removed: readonly LandedCheckpoint[];
}

/** L1's chain of checkpoints as far as it can still change, followed from block to block: a run may be longer than what ledgers remember. */
export class LandedChain {
  #entries: LandedCheckpoint[] = [];
  /** Number of the newest one that was forgotten. */
  #forgotten = 0;

  /** The oldest one first. */
  get entries(): readonly LandedCheckpoint[] {
    return this.#entries;
  }

  get tip(): LandedCheckpoint | undefined {
    return this.#entries.at(-1);
  }

  follow(tip: LandedCheckpoint | undefined): ChainChange {
    const added: LandedCheckpoint[] = [];
    let at = tip;
    for (; at !== undefined && at.number > this.#forgotten && this.#placed(at.number) !== at; at = at.parent) {
      added.push(at);
    }
    const removed = this.#entries.splice(Math.max((at?.number ?? 0) - this.#forgotten, 0));
    this.#entries.push(...added.reverse());
    return { added, removed };
  }

  /** Lets go of the oldest ones. @returns Those of slots before this one. */
  forgetBefore(slot: number): readonly LandedCheckpoint[] {
    const first = this.#entries.findIndex((entry) => entry.slot >= slot);
    const gone = this.#entries.splice(0, first < 0 ? this.#entries.length : first);
    this.#forgotten = gone.at(-1)?.number ?? this.#forgotten;
    return gone;
  }

  #placed(number: number): LandedCheckpoint | undefined {
    return this.#entries[number - this.#forgotten - 1];
  }
}
