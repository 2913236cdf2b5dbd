import type { ActorEvent, DiscardReason, SendPurpose, Trigger } from "../actors/actorEvents.ts";
import { epochOf, L1_BLOCK_MS, slotStartMs, type Calendar } from "../sim/calendar.ts";
import { parseCast } from "../sim/cast.ts";
import type { L1Block } from "../sim/l1.ts";
import type { CheckpointId, LandedCheckpoint, LedgerAction, Outcome } from "../sim/ledger.ts";
import type { StageSetup } from "./stageSetup.ts";
import type { RunFacts } from "./runFacts.ts";

// A run as a picture shows it: who did what from when to when. Plain data; all times are milliseconds of the run.

/** How a checkpoint ended. `lost`: nothing of its slot landed; `rebuilt`: given up, and another one of its slot landed. */
export type Fate = "on time" | "late" | "lost" | "displaced" | "rebuilt";

/** Why one that is not in the chain is not: its proposer's reason, or what took it out of the chain. */
export type EndReason = DiscardReason | "invalidated" | "pruned" | "reorganised";

export interface TimelineSlot {
  readonly slot: number;
  readonly ms: number;
  /** Counted from the run's first. */
  readonly epoch: number;
  /** `undefined` when nobody's name is known, because nobody did anything. */
  readonly proposer: string | undefined;
}

/** A checkpoint from the moment at which somebody began to build it to its landing, or to its end. */
export interface TimelineCheckpoint {
  readonly id: CheckpointId;
  readonly slot: number;
  readonly node: string;
  readonly parent: CheckpointId;
  readonly trigger: Trigger;
  readonly begunMs: number;
  /** Until then nobody was told of its blocks; equal to `begunMs` when it was built in the open. */
  readonly silentUntilMs: number;
  /** When it was proposed; undefined: never. */
  readonly proposedMs: number | undefined;
  /** When its proposer had seen a quorum of attestations; undefined: never. */
  readonly quorumMs: number | undefined;
  readonly endMs: number;
  readonly blocks: number;
  readonly fate: Fate;
  /** Who sent what landed. */
  readonly sender: string | undefined;
  /** Seconds into the next slot, of one that landed late. */
  readonly delay: number | undefined;
  /** Of one that is not in the chain. */
  readonly reason: EndReason | undefined;
}

/** A checkpoint proposal reaches somebody, who attests to it or only takes note. */
export interface TimelineMessage {
  readonly checkpoint: CheckpointId;
  readonly from: string;
  readonly to: string;
  readonly sentMs: number;
  readonly heardMs: number;
  readonly isAttested: boolean;
}

/** A transaction that a node sends to L1, and the block that has it, if one has. */
export interface TimelineSubmission {
  readonly node: string;
  readonly purpose: SendPurpose;
  readonly ms: number;
  readonly minedMs: number | undefined;
  readonly isRefused: boolean;
}

/** A transaction in an L1 block. */
export interface TimelineEntry {
  readonly what: LedgerAction["kind"];
  /** Of a proposal or an invalidation. */
  readonly checkpoint: CheckpointId | undefined;
  readonly isLate: boolean;
  readonly error: string | undefined;
}

export interface TimelineL1Block {
  readonly ms: number;
  readonly state: "in the chain" | "missed" | "taken back";
  readonly entries: readonly TimelineEntry[];
}

export interface Timeline {
  readonly fromMs: number;
  readonly toMs: number;
  readonly windowMs: number;
  /** Whether the last slot of an epoch has a window too. */
  readonly crossEpoch: boolean;
  readonly slots: readonly TimelineSlot[];
  /** Nodes that did something or should have, those of the cast first. */
  readonly lanes: readonly string[];
  readonly checkpoints: readonly TimelineCheckpoint[];
  readonly messages: readonly TimelineMessage[];
  readonly submissions: readonly TimelineSubmission[];
  readonly l1Blocks: readonly TimelineL1Block[];
}

/** What is shown before the first and after the last thing that happens: an L1 block. */
const MARGIN_MS = L1_BLOCK_MS;

interface Mined {
  readonly block: L1Block;
  readonly outcome: Outcome;
}

/** Writes down what a run's picture needs, from outside. Grows with the run: for runs that somebody looks at. */
export class TimelineRecorder {
  readonly #now: () => number;
  readonly #events: { readonly ms: number; readonly event: ActorEvent }[] = [];
  readonly #blocks: L1Block[] = [];
  readonly #undone = new Set<L1Block>();
  /** What L1's newest block has in its chain. */
  #chain = new Map<CheckpointId, LandedCheckpoint>();
  /** What was in the chain once and has left it, why, and when. */
  readonly #removed = new Map<CheckpointId, { readonly ms: number; readonly reason: EndReason }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  onActor(event: ActorEvent): void {
    if (event.kind !== "visible" && event.kind !== "block-built") this.#events.push({ ms: this.#now(), event });
  }

  onBlock(block: L1Block, undone: readonly L1Block[]): void {
    this.#blocks.push(block);
    for (const other of undone) this.#undone.add(other);
    const chain = new Map<CheckpointId, LandedCheckpoint>();
    for (let at = block.rollup.tip; at !== undefined; at = at.parent) chain.set(at.id, at);
    const reason = this.#reasonOfRemoval(block);
    for (const id of this.#chain.keys()) if (!chain.has(id)) this.#removed.set(id, { ms: block.ms, reason });
    this.#chain = chain;
  }

  /** @param people Names of nodes, in the order of the setup */
  conclude(setup: StageSetup, calendar: Calendar, people: Iterable<string>, facts: RunFacts): Timeline {
    const checkpoints = facts.begins.map((begin) => this.#checkpoint(begin, facts));
    const submissions = this.#submissions();
    const messages = this.#messages();
    const busy = this.#blocks.filter(({ included }) => included.length > 0).map(({ ms }) => ms);
    const starts = [...checkpoints.map(({ begunMs }) => begunMs), ...busy, slotStartMs(calendar, 1)];
    const ends = [...checkpoints.map(({ endMs }) => endMs), ...busy, slotStartMs(calendar, setup.slots + 1)];
    const fromMs = floorToBlock(Math.min(...starts) - MARGIN_MS / 2);
    const toMs = floorToBlock(Math.max(...ends)) + MARGIN_MS;
    const slots = slotsOf(setup, calendar, facts, toMs);
    const shown = new Set([
      ...Object.keys(setup.nodes),
      ...slots.flatMap(({ proposer }) => proposer ?? []),
      ...checkpoints.map(({ node }) => node),
      ...submissions.map(({ node }) => node),
      ...messages.map(({ to }) => to),
    ]);
    return {
      fromMs,
      toMs,
      windowMs: setup.terms.windowSeconds * 1000,
      crossEpoch: setup.terms.crossEpoch,
      slots,
      lanes: [...new Set([...people, ...shown])].filter((name) => shown.has(name)),
      checkpoints,
      messages,
      submissions,
      l1Blocks: this.#l1Blocks(fromMs, toMs),
    };
  }

  #checkpoint(begin: RunFacts["begins"][number], facts: RunFacts): TimelineCheckpoint {
    const { checkpoint: id, slot, node, parent, trigger, ms: begunMs } = begin;
    const landed = facts.landed.find((fact) => fact.id === id);
    const discard = facts.discards.findLast((fact) => fact.checkpoint === id);
    const removed = landed === undefined ? this.#removed.get(id) : undefined;
    const minedMs = landed && this.#mined(this.#chain.get(id)?.txId ?? "")?.block.ms;
    const proposal = this.#find((event) => event.kind === "proposed" && event.content.id === id);
    const quorum = this.#find(
      (event) => event.kind === "transition" && event.node === node && event.slot === slot && event.on === "quorum",
      begunMs,
    );
    const given = discard && this.#find((event) => event.kind === "discarded" && event.checkpoint === id);
    const endMs = minedMs ?? removed?.ms ?? given?.ms ?? proposal?.ms ?? begunMs;
    return {
      id,
      slot,
      node,
      parent,
      trigger,
      begunMs,
      silentUntilMs: Math.min(this.#silentUntil(node, slot, begunMs), endMs),
      proposedMs: proposal?.ms,
      quorumMs: proposal === undefined ? undefined : quorum?.ms,
      endMs,
      blocks: landed?.blocks ?? discard?.blocks ?? 0,
      fate: fateOf(id, slot, facts),
      sender: landed?.sender,
      delay: landed?.late?.delay,
      reason: landed === undefined ? (removed?.reason ?? discard?.reason) : undefined,
    };
  }

  /** Whoever begins in silence is silent until its next transition. */
  #silentUntil(node: string, slot: number, begunMs: number): number {
    const own = this.#events.flatMap(({ ms, event }) =>
      event.kind === "transition" && event.node === node && event.slot === slot ? [{ ms, to: event.to }] : [],
    );
    const before = own.findLast(({ ms }) => ms <= begunMs);
    if (before?.to !== "silent") return begunMs;
    return own.find(({ ms, to }) => ms > begunMs && to !== "silent")?.ms ?? begunMs;
  }

  #messages(): readonly TimelineMessage[] {
    const proposals = this.#events.flatMap(({ ms, event }) =>
      event.kind === "proposed" ? [{ ms, node: event.node, id: event.content.id, slot: event.content.slot }] : [],
    );
    return proposals.flatMap(({ ms: sentMs, node: from, id, slot }) => {
      const heard = new Map<string, { readonly heardMs: number; readonly isAttested: boolean }>();
      for (const { ms, event } of this.#events) {
        if (event.kind === "attested" && event.checkpoint === id) {
          heard.set(event.node, { heardMs: ms, isAttested: true });
        } else if (event.kind === "transition" && event.slot === slot + 1 && event.on === "predecessor proposed") {
          if (ms >= sentMs && !heard.has(event.node)) heard.set(event.node, { heardMs: ms, isAttested: false });
        }
      }
      heard.delete(from);
      return [...heard].map(([to, how]) => ({ checkpoint: id, from, to, sentMs, ...how }));
    });
  }

  #submissions(): readonly TimelineSubmission[] {
    return this.#events.flatMap(({ ms, event }) => {
      if (event.kind !== "sent") return [];
      const mined = this.#mined(event.txId);
      const isRefused = mined !== undefined && mined.outcome.status !== "success";
      return [{ node: event.node, purpose: event.purpose, ms, minedMs: mined?.block.ms, isRefused }];
    });
  }

  #l1Blocks(fromMs: number, toMs: number): readonly TimelineL1Block[] {
    const made = this.#blocks.map((block): TimelineL1Block => ({
      ms: block.ms,
      state: this.#undone.has(block) ? "taken back" : "in the chain",
      entries: block.included.map(({ submission: { transaction }, outcome }) => ({
        what: transaction.action.kind,
        checkpoint: "checkpoint" in transaction.action ? transaction.action.checkpoint : undefined,
        isLate: outcome.late !== undefined,
        error: outcome.status === "success" ? undefined : (outcome.error ?? ""),
      })),
    }));
    const missed: TimelineL1Block[] = [];
    for (let ms = fromMs; ms <= toMs; ms += L1_BLOCK_MS) {
      if (made.every((block) => block.ms !== ms)) missed.push({ ms, state: "missed", entries: [] });
    }
    return [...made, ...missed].filter(({ ms }) => ms >= fromMs && ms <= toMs).sort((one, other) => one.ms - other.ms);
  }

  /** The block of the chain that has a transaction; of blocks that were taken back the newest, if no other has it. */
  #mined(txId: string): Mined | undefined {
    const all = this.#blocks.flatMap((block) =>
      block.included.flatMap(({ submission, outcome }) =>
        submission.transaction.id === txId ? [{ block, outcome }] : [],
      ),
    );
    return all.findLast(({ block }) => !this.#undone.has(block)) ?? all.at(-1);
  }

  #reasonOfRemoval({ included }: L1Block): EndReason {
    const done = included.filter(({ outcome }) => outcome.status === "success");
    const kinds = done.map(({ submission }) => submission.transaction.action.kind);
    if (kinds.includes("invalidate")) return "invalidated";
    // A proposal prunes as well when an epoch has not been proven in time.
    return kinds.length > 0 ? "pruned" : "reorganised";
  }

  #find(isIt: (event: ActorEvent) => boolean, fromMs = 0): { readonly ms: number } | undefined {
    return this.#events.find(({ ms, event }) => ms >= fromMs && isIt(event));
  }
}

function fateOf(id: CheckpointId, slot: number, { landed, softReorgs }: RunFacts): Fate {
  const own = landed.find((fact) => fact.id === id);
  if (own !== undefined) return own.late === undefined ? "on time" : "late";
  if (softReorgs.some(({ checkpoint, isDisplaced }) => checkpoint === id && isDisplaced)) return "displaced";
  return landed.some((fact) => fact.slot === slot) ? "rebuilt" : "lost";
}

function slotsOf(
  { cast, slots }: StageSetup,
  calendar: Calendar,
  { begins }: RunFacts,
  toMs: number,
): readonly TimelineSlot[] {
  const { letters } = parseCast(cast);
  const all: TimelineSlot[] = [];
  for (let slot = 0; slotStartMs(calendar, slot) <= toMs; slot++) {
    const letter = letters[slot - 1];
    const known = letter === "." ? undefined : letter;
    const proposer = slot > slots ? undefined : (known ?? begins.find((begin) => begin.slot === slot)?.node);
    all.push({ slot, ms: slotStartMs(calendar, slot), epoch: epochOf(calendar, slot), proposer });
  }
  return all;
}

function floorToBlock(ms: number): number {
  return Math.max(Math.floor(ms / L1_BLOCK_MS) * L1_BLOCK_MS, 0);
}
