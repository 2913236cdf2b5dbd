import type { Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { AttestedCheckpoint } from "./attestedCheckpoint.ts";

/** What tells one checkpoint from every other: two with one number and slot may differ in content, and on a reorg they do. */
export interface CheckpointKey {
  readonly number: bigint;
  readonly slot: bigint;
  /** Archive root after the checkpoint. */
  readonly archive: Hex;
}

/** L1 has a checkpoint whose content nobody here has seen. */
export class UnknownContentError extends BuildAheadError {
  constructor({ number, slot, archive }: CheckpointKey) {
    super("The content of a checkpoint is not known", { fields: { number, slot, archive } });
  }
}

/** Checkpoints with their data, as whoever built or received them keeps them: found by what they are, not by where they landed. */
export class ContentStore {
  readonly #byKey = new Map<string, AttestedCheckpoint>();

  /** Keeps a checkpoint; a later one with the same key takes its place (the same content with other attestations). */
  add(checkpoint: AttestedCheckpoint): void {
    this.#byKey.set(keyOf(checkpoint), checkpoint);
  }

  find(key: CheckpointKey): AttestedCheckpoint | undefined {
    return this.#byKey.get(keyOf(key));
  }

  /** @throws UnknownContentError */
  get(key: CheckpointKey): AttestedCheckpoint {
    const checkpoint = this.find(key);
    if (checkpoint === undefined) throw new UnknownContentError(key);
    return checkpoint;
  }
}

function keyOf({ number, slot, archive }: CheckpointKey): string {
  return `${number}/${slot}/${archive}`;
}
