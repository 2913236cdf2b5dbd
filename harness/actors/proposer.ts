import { isLastOfEpoch, slotStartMs } from "../sim/calendar.ts";
import { GENESIS, validatorAccount, type CheckpointId, type ValidatorId } from "../sim/ledger.ts";
import type { DiscardReason, Trigger } from "./actorEvents.ts";
import type { ActorTiming } from "./actorTiming.ts";
import { trimToQuorum } from "./attesters.ts";
import type { BlockContent, CheckpointContent } from "./content.ts";
import type { NodeHost } from "./nodeHost.ts";
import { MISSED_AFTER_MS } from "./nodeView.ts";
import {
  PROPOSER_TABLE,
  type ProposerAction,
  type ProposerEvent,
  type ProposerGuard,
  type ProposerState,
} from "./proposerTable.ts";
import { StateMachine } from "./stateTable.ts";

/** How a proposer goes about it. */
export interface ProposerPolicy {
  readonly timing: ActorTiming;
  /** False: it knows nothing of Build Ahead, whatever the others do. */
  readonly buildsAhead: boolean;
  /** Milliseconds into the slot before its own after which a predecessor that has proposed nothing is given up; undefined: never. */
  readonly livenessTimeoutMs: number | undefined;
  readonly txsPerBlock: number;
  /** Checkpoints on top of the landed ones, its own included. */
  readonly maxDepth: number;
  /** Attestations that it sends to L1 at most: fewer than a quorum is a fault, which L1 does not look for on time. */
  readonly packsAtMost: number;
  /** How full its checkpoints are, 0 to 1 of the mana target. */
  readonly fill: number;
  /** Takes its transaction back when its slot ends, even if it could still land late. */
  readonly takesBackAtBoundary: boolean;
}

/** One try at a slot's checkpoint. */
interface Attempt {
  readonly id: CheckpointId;
  readonly trigger: Trigger;
  /** Undefined until it has begun. */
  parent: { readonly id: CheckpointId; readonly number: number } | undefined;
  readonly blocks: BlockContent[];
  /** How many of the blocks everybody has heard of. */
  broadcast: number;
  isProposed: boolean;
  /** Its transaction. */
  txId: string | undefined;
}

/** A validator's work on one slot of its own. What it does when is in {@link PROPOSER_TABLE}; here is how. */
export class Proposer {
  readonly slot: number;
  readonly #host: NodeHost & { readonly validator: ValidatorId };
  readonly #policy: ProposerPolicy;
  readonly #start: number;
  readonly #machine: StateMachine<ProposerState, ProposerEvent, ProposerGuard, ProposerAction>;
  #attempt: Attempt | undefined;
  #attempts = 0;
  #isEarlyStartDue = false;
  /** What has happened last. */
  #event: ProposerEvent | undefined;

  constructor(host: NodeHost & { readonly validator: ValidatorId }, policy: ProposerPolicy, slot: number) {
    this.slot = slot;
    this.#host = host;
    this.#policy = policy;
    this.#start = slotStartMs(host.ports.calendar, slot);
    this.#machine = new StateMachine({
      table: PROPOSER_TABLE,
      initial: "idle",
      behaviour: { guards: this.#guards(), actions: this.#actions() },
      onTransition: (from, on, to) => {
        host.ports.emit({ kind: "transition", node: host.name, slot, from, on, to });
        host.ports.note(host.name, () => `slot ${slot}: ${from} > ${to} (${on})`);
      },
    });
    this.#setTimers();
  }

  get state(): ProposerState {
    return this.#machine.state;
  }

  /** What it is building or has built. */
  get checkpoint(): CheckpointId | undefined {
    return this.#attempt?.id;
  }

  /** Its newest transaction. */
  get txId(): string | undefined {
    return this.#attempt?.txId;
  }

  fire(event: ProposerEvent): void {
    this.#event = event;
    this.#machine.fire(event);
  }

  /** Another L1 block has come, or it is time to take one for missed. */
  onL1(): void {
    if (this.#isEarlyStartDue) this.#startEarly();
    this.fire("L1 seen");
  }

  /** Its node was down: what would have told it that its slot or its window is over has not. */
  onRestart(): void {
    const now = this.#host.now();
    if (now >= this.#start + this.#policy.timing.slotMs) this.fire("slot ends");
    if (now >= this.#host.view.deadline(this.slot) + MISSED_AFTER_MS) this.fire("window ends");
  }

  /** An attestation to its own checkpoint has come. */
  onAttestation(): void {
    const attempt = this.#attempt;
    if (attempt === undefined || !attempt.isProposed) return;
    if (this.#host.view.attesters(attempt.id).size >= this.#host.quorumOf(this.slot)) this.fire("quorum");
  }

  /** A transaction of its node is in a block and did not do what it was for. */
  onRefused(txId: string): void {
    if (this.#attempt?.txId === txId) this.fire("refused");
  }

  // ---- time ----

  #setTimers(): void {
    const { host, start } = { host: this.#host, start: this.#start };
    const { timing, livenessTimeoutMs } = this.#policy;
    const on = (ms: number, event: ProposerEvent) => {
      host.at(ms, () => {
        this.fire(event);
      });
    };
    if (livenessTimeoutMs !== undefined) on(start - timing.slotMs + livenessTimeoutMs, "liveness timeout");
    host.at(start + timing.earlyStartMs, () => {
      this.#isEarlyStartDue = true;
      this.#startEarly();
    });
    host.at(start + timing.earlyStartMs + MISSED_AFTER_MS, () => {
      this.#startEarly(true);
    });
    on(start, "slot begins");
    host.at(start + timing.lastBlockMs, () => {
      // After the block that is done in the same moment.
      host.after(0, () => {
        this.fire("last block due");
      });
    });
    on(start + timing.slotMs, "slot ends");
    on(host.view.deadline(this.slot) + MISSED_AFTER_MS, "window ends");
  }

  /** As upstream's nodes do, it waits for the L1 block of that second, and not for ever. */
  #startEarly(isMissed = false): void {
    if (!this.#isEarlyStartDue) return;
    const head = this.#host.view.head?.ms ?? Number.NEGATIVE_INFINITY;
    if (!isMissed && head < this.#start + this.#policy.timing.earlyStartMs) return;
    this.#isEarlyStartDue = false;
    this.fire("early start");
  }

  // ---- what the table's names stand for ----

  #guards(): Readonly<Record<ProposerGuard, () => boolean>> {
    const { view, ports, now } = this.#host;
    const { buildsAhead, timing, maxDepth, takesBackAtBoundary } = this.#policy;
    const { calendar, terms } = ports;
    const before = this.slot - 1;
    return {
      "builds ahead": () => buildsAhead && timing.mode !== "current",
      "is staggered": () => timing.mode === "staggered",
      "has depth left": () => {
        const parent = view.proposalOf(before);
        return parent === undefined || view.depthOn(parent.id) <= maxDepth;
      },
      "can build on predecessor": () => {
        const parent = this.#predecessor();
        if (parent === undefined || view.isPrunedAt(this.slot)) return false;
        return !view.isHopeless(parent.id, parent.slot, parent.parent);
      },
      "predecessor is landable": () => {
        const parent = this.#predecessor();
        return parent !== undefined && this.#isLandable(parent);
      },
      "predecessor was proposed": () => view.proposalOf(before) !== undefined,
      "early start is past": () => !this.#isEarlyStartDue && now() >= this.#start + timing.earlyStartMs,
      "is hopeless": () => {
        const attempt = this.#attempt;
        if (attempt?.parent === undefined) return false;
        return view.isHopeless(attempt.id, this.slot, attempt.parent.id);
      },
      "parent has landed": () => {
        const parent = this.#attempt?.parent;
        return parent !== undefined && (view.tipFor(this.slot)?.id ?? GENESIS) === parent.id;
      },
      "own has landed": () => this.#attempt !== undefined && view.hasLanded(this.#attempt.id, this.slot),
      "has time left": () => now() + timing.initialiseMs + timing.blockMs <= this.#start + timing.lastBlockMs,
      "has a block": () => (this.#attempt?.blocks.length ?? 0) > 0,
      "slot is over": () => now() >= this.#start + timing.slotMs,
      "takes back at boundary": () =>
        takesBackAtBoundary || terms.windowSeconds === 0 || (!terms.crossEpoch && isLastOfEpoch(calendar, this.slot)),
    };
  }

  #actions(): Readonly<Record<ProposerAction, () => void>> {
    return {
      "build on predecessor": () => {
        this.#begin("checkpoint-proposal", () => this.#predecessor());
      },
      "build on own predecessor": () => {
        this.#begin("same-proposer", () => this.#host.view.proposalOf(this.slot - 1));
      },
      "build on confirmed tip": () => {
        this.#begin(this.#confirmedTrigger(), () => this.#host.view.tipFor(this.slot));
      },
      "broadcast buffer": () => {
        this.#broadcast();
      },
      "discard silently": () => {
        this.#discard("no-quorum");
      },
      discard: () => {
        this.#discard(this.#discardReason());
      },
      assemble: () => {
        this.#assemble();
      },
      send: () => {
        this.#send();
      },
      withdraw: () => {
        const { txId } = this;
        if (txId !== undefined) this.#host.publisher.withdraw(txId);
      },
      "take back": () => {
        const { txId } = this;
        if (txId !== undefined) this.#host.publisher.takeBack(txId);
      },
    };
  }

  /** The checkpoint of the slot before that it could build on: checked, or when staggered at hand. */
  #predecessor(): CheckpointContent | undefined {
    const { view } = this.#host;
    const before = this.slot - 1;
    return this.#policy.timing.mode === "staggered" ? view.proposalOf(before) : view.checkedProposal(before);
  }

  #isLandable({ id, slot, proposer }: CheckpointContent): boolean {
    const { view, quorumOf, validator } = this.#host;
    // Its own it has signed itself.
    return proposer === validator || view.attesters(id).size >= quorumOf(slot);
  }

  #confirmedTrigger(): Trigger {
    const { buildsAhead, timing, livenessTimeoutMs } = this.#policy;
    if (!buildsAhead || timing.mode === "current") return "confirmed-tip";
    const isEarly = this.#host.now() < this.#start + timing.earlyStartMs;
    return isEarly && livenessTimeoutMs !== undefined ? "timeout" : "fallback";
  }

  #discardReason(): DiscardReason {
    if (this.#event === "refused") return "refused";
    return this.#host.now() >= this.#start + this.#policy.timing.slotMs ? "slot-over" : "hopeless";
  }

  // ---- building ----

  #begin(trigger: Trigger, choose: () => { readonly id: CheckpointId; readonly number: number } | undefined): void {
    const { ports, view, name, validator, after } = this.#host;
    // Letters tell one try from the next.
    const suffix = this.#attempts === 0 ? "" : String.fromCharCode("a".charCodeAt(0) + this.#attempts);
    this.#attempts++;
    const attempt: Attempt = {
      id: `s${this.slot}${suffix}`,
      trigger,
      parent: undefined,
      blocks: [],
      broadcast: 0,
      isProposed: false,
      txId: undefined,
    };
    this.#attempt = attempt;
    after(this.#initialiseMs(trigger), async () => {
      if (this.#attempt !== attempt) return;
      const parent = choose() ?? { id: GENESIS, number: 0 };
      attempt.parent = { id: parent.id, number: parent.number };
      const { id } = attempt;
      const { fill } = this.#policy;
      const depth = view.depthOn(parent.id);
      ports.emit({ kind: "begun", node: name, slot: this.slot, checkpoint: id, parent: parent.id, trigger, depth });
      ports.note(name, () => `builds ${id} on ${parent.id} (${trigger})`);
      const built = ports.build({ id, slot: this.slot, parent: parent.id, proposer: validator, fill });
      if (built !== undefined) await built;
      this.#buildBlock(attempt);
    });
  }

  /** How long it still takes from now to the first block. */
  #initialiseMs(trigger: Trigger): number {
    const { initialiseMs, earlyStartMs } = this.#policy.timing;
    // No ceremony for whoever has just built the slot before.
    if (trigger === "same-proposer") return 0;
    // While it waited for L1's block it was getting ready.
    const waited = this.#host.now() - (this.#start + earlyStartMs);
    return waited > 0 && waited <= MISSED_AFTER_MS ? Math.max(initialiseMs - waited, 0) : initialiseMs;
  }

  /** Builds the next block if it is done in time. */
  #buildBlock(attempt: Attempt): void {
    const { pool, ports, name, after, now } = this.#host;
    const { timing, txsPerBlock } = this.#policy;
    const { parent, id } = attempt;
    if (parent === undefined || now() + timing.blockMs > this.#start + timing.lastBlockMs) return;
    const txs = pool.oldest(txsPerBlock);
    pool.claim(id, txs);
    after(timing.blockMs, () => {
      if (this.#attempt !== attempt || attempt.isProposed) return;
      const block = { checkpoint: id, slot: this.slot, parent: parent.id, index: attempt.blocks.length, txs };
      attempt.blocks.push(block);
      ports.emit({ kind: "block-built", node: name, block });
      ports.note(name, () => `block ${id}.${block.index}${this.state === "silent" ? " (silent)" : ""}`);
      if (this.state === "open") this.#broadcast();
      this.#buildBlock(attempt);
    });
  }

  /** Sends the blocks that nobody has heard of. The last one of a checkpoint goes out with its proposal. */
  #broadcast(): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    const { ports, name, now } = this.#host;
    const { timing } = this.#policy;
    const isLastBuilt = now() + timing.blockMs > this.#start + timing.lastBlockMs;
    const ready = attempt.blocks.length - (isLastBuilt ? 1 : 0);
    const before = attempt.broadcast;
    for (; attempt.broadcast < ready; attempt.broadcast++) this.#publishBlock(attempt.blocks[attempt.broadcast]);
    if (ready > before + 1) ports.note(name, () => `${attempt.id}: ${ready - before} blocks out at once`);
  }

  #publishBlock(block: BlockContent | undefined): void {
    if (block === undefined) return;
    const { ports, name } = this.#host;
    ports.emit({ kind: "block-broadcast", node: name, block });
    ports.gossip.publish({ topic: "block_proposal", author: name, slot: this.slot, body: block });
  }

  #assemble(): void {
    const attempt = this.#attempt;
    const { ports, name, validator, after, onProposed } = this.#host;
    if (attempt?.parent === undefined) return;
    const { parent, id, blocks } = attempt;
    attempt.isProposed = true;
    after(this.#policy.timing.assembleMs, () => {
      if (this.#attempt !== attempt) return;
      const { slot } = this;
      const content = { id, slot, number: parent.number + 1, parent: parent.id, proposer: validator, blocks };
      for (; attempt.broadcast < blocks.length; attempt.broadcast++) {
        // Blocks that go out with the proposal.
        const block = blocks[attempt.broadcast] as BlockContent;
        ports.emit({ kind: "block-broadcast", node: name, block });
      }
      ports.emit({ kind: "proposed", node: name, content });
      ports.note(name, () => `proposes ${id}: ${blocks.length} blocks on ${parent.id}`);
      ports.gossip.publish({ topic: "checkpoint_proposal", author: name, slot, body: content });
      onProposed(content);
      this.onAttestation();
    });
  }

  #send(): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    const { view, validator, publisher, quorumOf } = this.#host;
    const { id } = attempt;
    attempt.txId = publisher.send({
      purpose: "own",
      slot: this.slot,
      sender: validatorAccount(validator),
      action: {
        kind: "propose",
        checkpoint: id,
        attesters: trimToQuorum(
          [...view.attesters(id)],
          validator,
          Math.min(quorumOf(this.slot), this.#policy.packsAtMost),
        ),
        authorisation: "own",
      },
    });
  }

  #discard(reason: DiscardReason): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    const { ports, name, pool } = this.#host;
    const txs = attempt.blocks.flatMap((block) => block.txs);
    ports.emit({
      kind: "discarded",
      node: name,
      slot: this.slot,
      checkpoint: attempt.id,
      reason,
      wasBroadcast: attempt.broadcast > 0,
      blocks: attempt.blocks.length,
      txs,
    });
    ports.note(name, () => `discards ${attempt.id} (${reason}): ${attempt.blocks.length} blocks`);
    pool.release(attempt.id);
    // What was proposed may still be landed by somebody, and is then its own again.
    if (!attempt.isProposed) this.#attempt = undefined;
  }
}
