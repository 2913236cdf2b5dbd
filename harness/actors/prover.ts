import { epochOf, firstSlotOf, L1_BLOCK_MS, pruneMs, slotStartMs } from "../sim/calendar.ts";
import type { L1Block } from "../sim/l1.ts";
import type { CheckpointId, LandedCheckpoint } from "../sim/ledger.ts";
import type { NodePorts } from "./nodePorts.ts";
import { NodeView } from "./nodeView.ts";
import { DEFAULT_PUBLISHER, Publisher } from "./publisher.ts";

/** For so long a proof may wait for a block before it is sent again, at the fees of then: what it was sent with may never be enough again. */
const PATIENCE_MS = 3 * L1_BLOCK_MS;

/** Proves epochs: waits until one is complete, takes its time, and looks again before it sends. */
export class Prover {
  readonly view: NodeView;
  readonly #name: string;
  readonly #ports: NodePorts;
  readonly #provingMs: number;
  readonly #publisher: Publisher;
  /** What it is proving or has sent, by epoch. */
  readonly #jobs = new Map<number, string>();
  /** Its newest transaction for an epoch. */
  readonly #sent = new Map<number, { readonly txId: string; readonly ms: number }>();

  constructor(name: string, provingMs: number, ports: NodePorts) {
    this.#name = name;
    this.#ports = ports;
    this.#provingMs = provingMs;
    this.view = new NodeView(ports.calendar, ports.terms, () => ports.scheduler.now);
    this.#publisher = new Publisher(name, DEFAULT_PUBLISHER, ports, this.view);
    ports.l1.subscribe((block) => {
      this.#onL1(block);
    });
  }

  #onL1(block: L1Block): void {
    if (!this.view.see(block)) return;
    const { calendar, scheduler } = this.#ports;
    for (const [epoch, checkpoints] of this.#unproven()) {
      const first = firstSlotOf(calendar, epoch + 1);
      // The last slot may still come as long as its window is open.
      const isComplete =
        this.view.nextBlockMs() >= Math.max(slotStartMs(calendar, first), this.view.deadline(first - 1));
      const content = checkpoints.join();
      if (!isComplete || this.#jobs.get(epoch) === content) continue;
      this.#jobs.set(epoch, content);
      this.#ports.note(this.#name, () => `proves epoch ${epoch}: ${content}`);
      scheduler.after(this.#provingMs, () => {
        this.#send(epoch, content);
      });
    }
    for (const [epoch, { txId, ms }] of this.#sent) {
      if (scheduler.now < ms + PATIENCE_MS) continue;
      this.#sent.delete(epoch);
      if (this.#publisher.takeBack(txId)) this.#send(epoch, this.#jobs.get(epoch) ?? "");
    }
    for (const epoch of this.#jobs.keys()) if (pruneMs(calendar, epoch) < block.ms) this.#jobs.delete(epoch);
  }

  /** Sends what it has proven, if it is still what L1 has. */
  #send(epoch: number, content: string): void {
    const checkpoints = this.#unproven().get(epoch);
    if (checkpoints?.join() !== content) {
      if (this.#jobs.get(epoch) === content) this.#jobs.delete(epoch);
      return;
    }
    const action = { kind: "prove", checkpoints } as const;
    const txId = this.#publisher.send({
      purpose: "proof",
      slot: firstSlotOf(this.#ports.calendar, epoch),
      action,
      sender: this.#name,
    });
    this.#sent.set(epoch, { txId, ms: this.#ports.scheduler.now });
  }

  /** The checkpoints above the proven one, by epoch, oldest first. An epoch goes on from its own first checkpoint. */
  #unproven(): ReadonlyMap<number, readonly CheckpointId[]> {
    const { tip, proven } = this.view.rollup;
    const epochs = new Map<number, CheckpointId[]>();
    let oldestEpoch = Number.POSITIVE_INFINITY;
    for (let at: LandedCheckpoint | undefined = tip; at !== undefined; at = at.parent) {
      const epoch = epochOf(this.#ports.calendar, at.slot);
      if (at.number > proven) oldestEpoch = epoch;
      // A proof begins with its epoch, also with what was proven before.
      else if (epoch < oldestEpoch) break;
      epochs.set(epoch, [at.id, ...(epochs.get(epoch) ?? [])]);
    }
    return new Map([...epochs].filter(([epoch]) => epoch >= oldestEpoch));
  }
}
