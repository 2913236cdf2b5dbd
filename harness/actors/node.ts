import { epochOf, L1_BLOCK_MS, slotAtMs, slotStartMs } from "../sim/calendar.ts";
import type { GossipMessage, Topic } from "../sim/gossip.ts";
import type { Included, L1Block } from "../sim/l1.ts";
import type { CheckpointId, LandedCheckpoint, ValidatorId } from "../sim/ledger.ts";
import type { CheckpointContent, TopicBodies } from "./content.ts";
import type { NodeHost } from "./nodeHost.ts";
import type { NodePorts } from "./nodePorts.ts";
import { MISSED_AFTER_MS, NodeView } from "./nodeView.ts";
import { Proposer, type ProposerPolicy } from "./proposer.ts";
import { Publisher, type PublisherPolicy } from "./publisher.ts";
import { Rescuer, type RescuePolicy } from "./rescuer.ts";
import { TxPool } from "./txPool.ts";
import { ValidatorActor } from "./validator.ts";

/** A node: who runs it, and how. */
export interface NodeOptions {
  readonly name: string;
  /** Whose key it holds; undefined: nobody's, it only follows. */
  readonly validator: ValidatorId | undefined;
  readonly proposer: ProposerPolicy;
  readonly publisher: PublisherPolicy;
  readonly rescues: readonly RescuePolicy[];
  /** Milliseconds by which its clock is fast; negative: slow. */
  readonly clockOffsetMs: number;
  /** When it is down: it hears nothing and does nothing, and has forgotten its plans afterwards. */
  readonly downtimes: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** Slots for which a node remembers what it has heard, beyond those that can still be proven. */
const REMEMBERED_SLOTS = 4;
/** L1 blocks that are looked back over for what a node has missed. */
const LOOK_BACK_BLOCKS = 16;

const TOPICS: readonly Topic[] = ["tx", "block_proposal", "checkpoint_proposal", "checkpoint_attestation"];

/** Everything that runs at one place: view, pool, validator, proposer, rescuer and publisher, and what passes between them. */
export class Node {
  readonly options: NodeOptions;
  readonly view: NodeView;
  readonly pool = new TxPool();
  readonly #ports: NodePorts;
  readonly #host: NodeHost;
  readonly #validator: ValidatorActor;
  readonly #proposers = new Map<number, Proposer>();
  readonly #rescuers = new Map<number, Rescuer[]>();
  /** Claimed by what it has heard: by slot and parent it can tell when that has come to nothing. */
  readonly #followed = new Map<CheckpointId, { readonly slot: number; readonly parent: CheckpointId }>();
  /** The tip down from which it has read L1's chain. */
  #readUpTo: LandedCheckpoint | undefined;

  constructor(options: NodeOptions, ports: NodePorts) {
    const { name, validator, proposer, publisher } = options;
    const { scheduler, calendar } = ports;
    this.options = options;
    this.#ports = ports;
    const now = () => scheduler.now + options.clockOffsetMs;
    this.view = new NodeView(calendar, ports.terms, now);
    const committee = (slot: number) => ports.committee(epochOf(calendar, slot));
    this.#host = {
      name,
      validator,
      ports,
      view: this.view,
      pool: this.pool,
      publisher: new Publisher(name, publisher, ports, this.view),
      now,
      after: (ms, action) => {
        scheduler.after(ms, () => (this.isDown ? undefined : action()));
      },
      at: (ms, action) => {
        const due = Math.max(ms - options.clockOffsetMs, scheduler.now);
        scheduler.at(due, () => {
          if (!this.isDown) action();
        });
      },
      quorumOf: (slot) => committee(slot).quorum,
      isMember: (member, slot) => committee(slot).members.includes(member),
      proposerOf: (slot) => {
        const { proposers, epoch } = committee(slot);
        return proposers[slot + calendar.slotsBefore - epoch * calendar.epochSlots] as ValidatorId;
      },
      ownTransaction: (slot) => this.#proposers.get(slot)?.txId,
      onProposed: (content) => {
        this.#onOwnProposal(content);
      },
      onAttestation: (id, slot) => {
        this.#onAttestation(id, slot);
      },
    };
    this.#validator = new ValidatorActor(this.#host, {
      timing: proposer.timing,
      buildsAhead: proposer.buildsAhead && proposer.timing.mode !== "current",
    });
    ports.gossip.join(name, TOPICS, (message) => {
      this.#receive(message);
    });
    ports.l1.subscribe((block) => {
      if (!this.isDown) this.#onL1(block);
    });
    for (const { toMs } of options.downtimes) {
      // Later than any run, and there is nobody to come back.
      if (toMs >= Number.MAX_SAFE_INTEGER) continue;
      scheduler.at(toMs, () => {
        for (const own of this.#proposers.values()) own.onRestart();
      });
    }
  }

  get name(): string {
    return this.options.name;
  }

  get isDown(): boolean {
    const { now } = this.#ports.scheduler;
    return this.options.downtimes.some(({ fromMs, toMs }) => fromMs <= now && now < toMs);
  }

  /** What it is doing about its own slots. */
  get proposers(): ReadonlyMap<number, Proposer> {
    return this.#proposers;
  }

  /** The slot before this one begins: whoever proposes in it begins to watch. */
  prepare(slot: number): void {
    const { validator, proposer: policy } = this.options;
    if (!this.isDown && validator !== undefined && this.#host.proposerOf(slot) === validator) {
      this.#proposers.set(slot, new Proposer({ ...this.#host, validator }, policy, slot));
    }
    this.watch(slot);
  }

  /** The slot before this one begins: whoever may rescue it later begins to watch. */
  watch(slot: number): void {
    if (this.isDown) return;
    this.#forget(slot);
    const { validator, rescues } = this.options;
    const before = slot - 1;
    const { calendar } = this.#ports;
    if (before < 1 || this.view.deadline(before) <= slotStartMs(calendar, slot)) return;
    const isOwn = this.#host.proposerOf(before) === validator;
    const isNext = this.#host.proposerOf(slot) === validator;
    const chosen = rescues.filter(({ whose }) => whose === "anybody" || (whose === "own" ? isOwn : isNext && !isOwn));
    if (chosen.length === 0) return;
    this.#rescuers.set(
      before,
      chosen.map((rescue) => new Rescuer(this.#host, rescue, before)),
    );
  }

  /** A user hands in a transaction here. */
  submit(id: number): void {
    const tx = { id, ms: this.#ports.scheduler.now };
    this.pool.add(tx);
    this.#ports.gossip.publish({
      topic: "tx",
      author: this.name,
      slot: slotAtMs(this.#ports.calendar, this.#ports.scheduler.now),
      body: tx,
    });
  }

  // ---- gossip ----

  #receive(message: GossipMessage): void {
    if (this.isDown) return;
    switch (message.topic) {
      case "tx":
        this.pool.add(message.body as TopicBodies["tx"]);
        break;
      case "block_proposal": {
        const block = message.body as TopicBodies["block_proposal"];
        this.#followed.set(block.checkpoint, block);
        this.#validator.onBlock(block);
        this.#ports.emit({ kind: "visible", node: this.name, block });
        break;
      }
      case "checkpoint_proposal": {
        const content = message.body as TopicBodies["checkpoint_proposal"];
        this.#followed.set(content.id, content);
        this.#validator.onProposal(content, (checked) => {
          this.#onChecked(checked);
        });
        const block = content.blocks.at(-1);
        if (block !== undefined) this.#ports.emit({ kind: "visible", node: this.name, block });
        if (this.options.proposer.timing.mode === "staggered") this.#fire(content.slot + 1, "predecessor proposed");
        break;
      }
      case "checkpoint_attestation": {
        const { checkpoint, member } = message.body as TopicBodies["checkpoint_attestation"];
        this.view.attest(checkpoint, member);
        this.#onAttestation(checkpoint, message.slot);
        break;
      }
    }
  }

  #onChecked({ id, slot }: CheckpointContent): void {
    this.#fire(slot + 1, "predecessor proposed");
    this.#onAttestation(id, slot);
  }

  #onOwnProposal(content: CheckpointContent): void {
    this.#followed.set(content.id, content);
    this.#validator.onOwnProposal(content);
    this.#fire(content.slot + 1, "own predecessor assembled");
  }

  #onAttestation(id: CheckpointId, slot: number): void {
    const own = this.#proposers.get(slot);
    if (own?.checkpoint === id) own.onAttestation();
    const isLandable = this.view.isChecked(id) && this.view.attesters(id).size >= this.#host.quorumOf(slot);
    if (isLandable) this.#fire(slot + 1, "predecessor landable");
  }

  #fire(slot: number, event: Parameters<Proposer["fire"]>[0]): void {
    this.#proposers.get(slot)?.fire(event);
  }

  // ---- L1 ----

  #onL1(block: L1Block): void {
    const before = this.view.head;
    if (!this.view.see(block)) return;
    this.#readContents();
    this.#settlePool();
    for (const { submission, outcome } of newlyIncluded(block, before)) {
      const { id } = submission.transaction;
      if (outcome.status === "success" || !id.startsWith(`${this.name}:`)) continue;
      for (const proposer of this.#proposers.values()) proposer.onRefused(id);
      for (const rescuer of this.#allRescuers()) rescuer.onRefused(id);
    }
    this.#look();
    this.#lookWhenMissed(block, L1_BLOCK_MS + MISSED_AFTER_MS);
  }

  /** A block that does not come is news as well, and so is each one after it. */
  #lookWhenMissed(head: L1Block, afterMs: number): void {
    this.#host.after(afterMs, () => {
      if (this.view.head !== head) return;
      this.#look();
      this.#lookWhenMissed(head, L1_BLOCK_MS);
    });
  }

  /** Everybody looks at what L1 is like now. */
  #look(): void {
    this.#validator.onL1();
    for (const proposer of this.#proposers.values()) proposer.onL1();
    for (const rescuer of this.#allRescuers()) rescuer.onL1();
  }

  *#allRescuers(): Iterable<Rescuer> {
    for (const rescuers of this.#rescuers.values()) yield* rescuers;
  }

  /** What it has not heard of, or too late, it reads from L1; what it took for lost and has landed all the same is there again. */
  #readContents(): void {
    const { tip } = this.view.rollup;
    // All the way down to where it has read before: while it was down, more than the newest may have landed.
    for (let at = tip; at !== undefined && at !== this.#readUpTo; at = at.parent) {
      if (this.view.isChecked(at.id) && this.pool.holds(at.id)) continue;
      const content = this.#ports.readFromL1(at.id);
      if (content === undefined) continue;
      this.view.hear(content);
      this.view.check(content.id);
      this.#followed.set(content.id, content);
      this.pool.claim(
        content.id,
        content.blocks.flatMap(({ txs }) => txs),
      );
    }
    this.#readUpTo = tip;
  }

  /** Gives back the transactions of what has come to nothing. */
  #settlePool(): void {
    const landed = idsUpTo(this.view.rollup.tip);
    for (const id of [...this.pool.checkpoints]) {
      if (landed.has(id)) continue;
      const followed = this.#followed.get(id);
      // Its own work is its proposer's to give back.
      if (followed === undefined || this.view.hasLanded(id, followed.slot)) continue;
      if (this.view.isHopeless(id, followed.slot, followed.parent)) this.pool.release(id);
    }
  }

  #forget(slot: number): void {
    const { epochSlots, proofSubmissionEpochs } = this.#ports.calendar;
    for (const known of this.#proposers.keys()) if (known < slot - REMEMBERED_SLOTS) this.#proposers.delete(known);
    for (const known of this.#rescuers.keys()) if (known < slot - REMEMBERED_SLOTS) this.#rescuers.delete(known);
    const oldest = slot - REMEMBERED_SLOTS - epochSlots * (proofSubmissionEpochs + 1);
    this.#validator.forgetBefore(slot - REMEMBERED_SLOTS);
    this.view.forgetBefore(oldest);
    for (const [id, followed] of this.#followed) {
      if (followed.slot >= oldest) break;
      this.#followed.delete(id);
      this.pool.forget(id);
    }
  }
}

/** The checkpoints of a chain, by its tip: every node asks, in every L1 block. */
const CHAINS = new WeakMap<LandedCheckpoint, ReadonlySet<CheckpointId>>();
const NOTHING: ReadonlySet<CheckpointId> = new Set();

function idsUpTo(tip: LandedCheckpoint | undefined): ReadonlySet<CheckpointId> {
  if (tip === undefined) return NOTHING;
  const known = CHAINS.get(tip);
  if (known !== undefined) return known;
  const ids = new Set<CheckpointId>();
  for (let at: LandedCheckpoint | undefined = tip; at !== undefined; at = at.parent) ids.add(at.id);
  CHAINS.set(tip, ids);
  return ids;
}

/** What the blocks since another one included. */
function newlyIncluded(block: L1Block, since: L1Block | undefined): readonly Included[] {
  const blocks: L1Block[] = [];
  for (
    let at: L1Block | undefined = block;
    at !== undefined && at !== since && blocks.length < LOOK_BACK_BLOCKS;
    at = at.parent
  ) {
    blocks.push(at);
  }
  return blocks.reverse().flatMap(({ included }) => included);
}
