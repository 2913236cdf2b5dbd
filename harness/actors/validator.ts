import { slotStartMs } from "../sim/calendar.ts";
import { GENESIS, type CheckpointId, type ValidatorId } from "../sim/ledger.ts";
import type { ActorTiming } from "./actorTiming.ts";
import type { BlockContent, CheckpointContent } from "./content.ts";
import type { NodeHost } from "./nodeHost.ts";

export interface ValidatorPolicy {
  readonly timing: ActorTiming;
  /** Attests to what stands on an attested proposal that has not landed; otherwise it waits until that has. */
  readonly buildsAhead: boolean;
}

/** Milliseconds by which a proposal may be early, or a clock wrong. Source: p2p of v4.1.2, `MAXIMUM_GOSSIP_CLOCK_DISPARITY`. */
const CLOCK_DISPARITY_MS = 500;

/**
 * Follows the proposed chain block by block, and attests to what it has executed: once for a slot, and never to anything else then.
 * A node without a key only follows.
 */
export class ValidatorActor {
  readonly #host: NodeHost;
  readonly #policy: ValidatorPolicy;
  /** Executed blocks, by checkpoint. */
  readonly #executed = new Map<CheckpointId, number>();
  readonly #attestedSlots = new Map<number, CheckpointId>();
  /** Executed, and of the right form, but the parent is not there yet. */
  #waiting: CheckpointContent[] = [];

  constructor(host: NodeHost, policy: ValidatorPolicy) {
    this.#host = host;
    this.#policy = policy;
  }

  onBlock({ checkpoint, slot, index, txs }: BlockContent): void {
    if (!this.#isTimely(slot)) return;
    this.#host.pool.claim(checkpoint, txs);
    this.#executed.set(checkpoint, Math.max(this.#executed.get(checkpoint) ?? 0, index + 1));
  }

  /** @param onChecked Called when its blocks are executed */
  onProposal(content: CheckpointContent, onChecked: (content: CheckpointContent) => void): void {
    const { view, pool, proposerOf, after } = this.#host;
    const { id, slot, proposer, blocks } = content;
    if (!this.#isTimely(slot) || proposer !== proposerOf(slot)) return;
    view.hear(content);
    pool.claim(
      id,
      blocks.flatMap(({ txs }) => txs),
    );
    // Blocks were executed as they came; the last one comes with the proposal.
    const missing = Math.max(blocks.length - (this.#executed.get(id) ?? 0), 1);
    after(missing * this.#policy.timing.blockMs, () => {
      if (!this.#isTimely(slot)) return;
      view.check(id);
      onChecked(content);
      this.#consider(content);
    });
  }

  /** Its own proposal it has executed already. */
  onOwnProposal(content: CheckpointContent): void {
    const { view, pool } = this.#host;
    view.hear(content);
    view.check(content.id);
    pool.claim(
      content.id,
      content.blocks.flatMap(({ txs }) => txs),
    );
    this.#attest(content);
  }

  /** L1 has moved: a parent may be there now. */
  onL1(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const content of waiting) if (this.#isTimely(content.slot)) this.#consider(content);
  }

  forgetBefore(slot: number): void {
    for (const known of this.#attestedSlots.keys()) if (known < slot) this.#attestedSlots.delete(known);
    this.#waiting = this.#waiting.filter((content) => content.slot >= slot);
    if (this.#executed.size > 64) this.#executed.clear();
  }

  #consider(content: CheckpointContent): void {
    const { validator, isMember } = this.#host;
    if (validator === undefined || !isMember(validator, content.slot)) return;
    if (this.#hasParent(content)) this.#attest(content);
    else this.#waiting.push(content);
  }

  #hasParent({ slot, parent }: CheckpointContent): boolean {
    const { view } = this.#host;
    if ((view.tipFor(slot)?.id ?? GENESIS) === parent) return true;
    const proposal = view.proposal(parent);
    if (!this.#policy.buildsAhead || proposal === undefined || !view.isChecked(parent)) return false;
    return !view.hasLanded(parent, proposal.slot) && !view.isHopeless(parent, proposal.slot, proposal.parent);
  }

  #attest({ id, slot }: CheckpointContent): void {
    const { validator, ports, name, isMember } = this.#host;
    if (validator === undefined || !isMember(validator, slot) || this.#attestedSlots.has(slot)) return;
    this.#attestedSlots.set(slot, id);
    ports.emit({ kind: "attested", node: name, member: validator, slot, checkpoint: id });
    ports.note(name, () => `attests to ${id}`);
    this.#host.view.attest(id, validator);
    ports.gossip.publish({
      topic: "checkpoint_attestation",
      author: name,
      slot,
      body: { checkpoint: id, member: validator satisfies ValidatorId },
    });
    this.#host.onAttestation(id, slot);
  }

  /** Whether what is about a slot is still, or already, listened to. */
  #isTimely(slot: number): boolean {
    const { ports, now } = this.#host;
    const { timing } = this.#policy;
    const start = slotStartMs(ports.calendar, slot);
    // Built in the slot before at the earliest.
    return (
      now() >= start - timing.slotMs - CLOCK_DISPARITY_MS && now() < start + timing.proposalGraceMs + CLOCK_DISPARITY_MS
    );
  }
}
