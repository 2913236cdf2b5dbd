import type { ActorEvent } from "../actors/actorEvents.ts";
import { makeActorTiming } from "../actors/actorTiming.ts";
import type { CheckpointContent } from "../actors/content.ts";
import { Node, type NodeOptions } from "../actors/node.ts";
import type { NodePorts } from "../actors/nodePorts.ts";
import { Prover } from "../actors/prover.ts";
import type { RescuePolicy } from "../actors/rescuer.ts";
import { BuildAheadError } from "../errors.ts";
import { assertValidCalendar, epochOf, firstSlotOf, slotStartMs } from "../sim/calendar.ts";
import { parseCast } from "../sim/cast.ts";
import { generateDemand, type BlockDemand, type DemandSource } from "../sim/demand.ts";
import { Gossip } from "../sim/gossip.ts";
import { L1_COLUMN, SimulatedL1, type L1Block } from "../sim/l1.ts";
import {
  validatorAccount,
  type CheckpointId,
  type EpochCommittee,
  type Ledger,
  type LedgerAction,
  type LedgerSetup,
  type ValidatorId,
} from "../sim/ledger.ts";
import { RandomSource } from "../sim/random.ts";
import { Scheduler } from "../sim/scheduler.ts";
import { Trace } from "../sim/trace.ts";
import { assertValidSetup, InvalidStageError } from "./assertValidSetup.ts";
import { Invariants } from "./invariants.ts";
import type { RunFacts } from "./runFacts.ts";
import type { NodeTraits, StageSetup } from "./stageSetup.ts";
import { Tally } from "./tally.ts";
import { TimelineRecorder, type Timeline } from "./timeline.ts";

/** Opens what executes a run's transactions. */
export type OpenLedger = (setup: LedgerSetup) => Promise<Ledger>;

/** Somebody more who takes part: plugged in like a node, known to nobody else. */
export type ExtraActor = (ports: NodePorts) => void;

/** Somebody who looks on from outside, and hears of everything as it happens. */
export interface StageWatcher {
  /** @param ms Of the run */
  readonly onActor?: (event: ActorEvent, ms: number) => void;
  readonly onBlock?: (block: L1Block, undone: readonly L1Block[]) => void;
}

/** What became of a run. */
export interface StageRun extends RunFacts {
  readonly setup: StageSetup;
  /** When it ended, in milliseconds of the run. */
  readonly endMs: number;
  /** First slots of the epochs that began during it. */
  readonly epochStarts: readonly number[];
  readonly trace: Trace;
  /** Who stands behind each name of a node. */
  readonly people: ReadonlyMap<string, ValidatorId>;
  /** For a picture; undefined when the trace is not kept whole either. */
  readonly timeline: Timeline | undefined;
}

/**
 * A run ended before its time. The trace says how it came to that.
 * @public for who catches it
 */
export class RunFailedError extends BuildAheadError {
  readonly trace: Trace;
  /** Where in the trace. */
  readonly place: number;

  constructor(trace: Trace, seed: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${why}\n${trace.around(trace.length)}`, { fields: { seed }, cause });
    this.trace = trace;
    this.place = trace.length;
  }
}

/** How long after the last slot's window a run goes on: until whoever waits has given up. */
const TAIL_MS = 30_000;

/**
 * Runs a simulation from beginning to end: a pure function of its setup and of what the ledger answers.
 * @param actors Who takes part beside the nodes that the setup names
 * @param watchers Who looks on
 * @throws InvalidStageError and what else `assertValidSetup` throws, before anything is opened
 * @throws RunFailedError when an invariant breaks, or the ledger is asked for what cannot be.
 */
export async function runStage(
  openLedger: OpenLedger,
  setup: StageSetup,
  actors: readonly ExtraActor[] = [],
  watchers: readonly StageWatcher[] = [],
): Promise<StageRun> {
  assertValidSetup(setup);
  const ledger = await openLedger(setup);
  try {
    assertValidCalendar(ledger.calendar);
    const stage = new Stage(ledger, setup);
    return await stage.run(actors, watchers);
  } finally {
    await ledger.close();
  }
}

/** One run while it lasts. */
class Stage {
  readonly #ledger: Ledger;
  readonly #setup: StageSetup;
  readonly #scheduler = new Scheduler();
  readonly #random: RandomSource;
  readonly #committees = new Map<number, EpochCommittee>();
  readonly #contents = new Map<CheckpointId, CheckpointContent>();
  readonly #nodes: Node[] = [];

  constructor(ledger: Ledger, setup: StageSetup) {
    this.#ledger = ledger;
    this.#setup = setup;
    this.#random = new RandomSource(setup.seed);
  }

  async run(actors: readonly ExtraActor[], watchers: readonly StageWatcher[]): Promise<StageRun> {
    const { calendar } = this.#ledger;
    const { slots, mode, durations, provers, traceLimit, seed } = this.#setup;
    // Without a bar in it a cast may still lie in the second epoch as a whole.
    for (let epoch = 0; epoch <= epochOf(calendar, parseCast(this.#setup.cast).letters.length); epoch++) {
      this.#committees.set(epoch, await this.#ledger.committeeOf(epoch));
    }
    const people = this.#castPeople();
    const names = [...people.keys()];
    const strangers = Object.keys(this.#setup.nodes).filter((name) => !people.has(name));
    const trace = new Trace([L1_COLUMN, ...names, ...strangers, ...Object.keys(provers)], traceLimit);
    const nameOf = (validator: ValidatorId) => names.find((name) => people.get(name) === validator) ?? "";

    const scheduler = this.#scheduler;
    const accountOf = (name: string) => {
      const validator = people.get(name);
      return validator === undefined ? name : validatorAccount(validator);
    };
    const ownerOf = (account: string) => names.find((name) => accountOf(name) === account) ?? account;
    const l1 = this.#openL1(trace, accountOf);
    const tally = new Tally({
      place: () => trace.length,
      now: () => scheduler.now,
      contents: this.#contents,
      lastBlockMs: makeActorTiming(mode, durations).lastBlockMs,
      slotMs: durations.slot * 1000,
      slots,
      terms: this.#setup.terms,
      nameOf,
      ownerOf,
    });
    const invariants = new Invariants({
      setup: this.#setup,
      calendar,
      committee: (epoch) => this.#committee(epoch),
      nodes: this.#nodes,
      contents: this.#contents,
    });
    const timeline = Number.isFinite(traceLimit) ? undefined : new TimelineRecorder(() => scheduler.now);
    const ports = this.#makePorts(l1, trace, (event) => {
      if (event.kind === "proposed") this.#contents.set(event.content.id, event.content);
      invariants.onActor(event);
      tally.onActor(event);
      timeline?.onActor(event);
      for (const watcher of watchers) watcher.onActor?.(event, scheduler.now);
    });
    l1.onBlock = (block, undone) => {
      tally.onBlock(block);
      timeline?.onBlock(block, undone);
      invariants.onBlock(block);
      for (const watcher of watchers) watcher.onBlock?.(block, undone);
    };
    for (const name of [...names, ...strangers]) this.#nodes.push(new Node(this.#optionsOf(name, people), ports));
    for (const [name, { provingMs }] of Object.entries(provers)) new Prover(name, provingMs, ports);
    for (const join of actors) join(ports);

    this.#scheduleSlots(tally, nameOf);
    this.#scheduleUsers(tally);
    this.#scheduleInjected(l1, accountOf);
    l1.start(0);
    const end = slotStartMs(calendar, slots + 2) + TAIL_MS;
    try {
      await scheduler.runUntil(end, () => {
        invariants.afterEvent();
      });
    } catch (cause) {
      throw new RunFailedError(trace, seed, cause);
    }
    const facts = tally.conclude();
    const picture = timeline?.conclude(this.#setup, calendar, names, facts);
    const lastEpoch = epochOf(calendar, slots + 2);
    const epochStarts = Array.from({ length: lastEpoch }, (_, epoch) => firstSlotOf(calendar, epoch + 1));
    return { setup: this.#setup, endMs: end, epochStarts, trace, people, timeline: picture, ...facts };
  }

  // ---- who ----

  /** Letters of the cast first, then everybody else by number. */
  #castPeople(): ReadonlyMap<string, ValidatorId> {
    const people = new Map<string, ValidatorId>();
    for (const [place, letter] of parseCast(this.#setup.cast).letters.entries()) {
      if (letter !== ".") people.set(letter, this.#proposerOf(place + 1));
    }
    const known = new Set(people.values());
    for (let validator = 0; validator < this.#setup.validators; validator++) {
      if (!known.has(validator)) people.set(validatorAccount(validator), validator);
    }
    return people;
  }

  #optionsOf(name: string, people: ReadonlyMap<string, ValidatorId>): NodeOptions {
    const { mode, durations, nodes } = this.#setup;
    const validator = people.get(name);
    const traits: NodeTraits = { ...this.#setup.traits, ...nodes[name] };
    const { buildsAhead, livenessTimeoutMs, txsPerBlock, maxDepth, packsAtMost, fill, takesBackAtBoundary } = traits;
    const rescues = traits.rescues?.map((rescue) => {
      const holder = people.get(rescue.account);
      return holder === undefined ? rescue : { ...rescue, account: validatorAccount(holder) };
    });
    return {
      name,
      validator,
      proposer: {
        timing: makeActorTiming(mode, durations),
        buildsAhead,
        livenessTimeoutMs,
        txsPerBlock,
        maxDepth,
        packsAtMost,
        fill,
        takesBackAtBoundary,
      },
      publisher: traits.publisher,
      rescues: rescues ?? (buildsAhead && validator !== undefined ? [successorRescue(validator)] : []),
      clockOffsetMs: traits.clockOffsetMs,
      downtimes: traits.downtimes,
    };
  }

  #committee(epoch: number): EpochCommittee {
    const committee = this.#committees.get(epoch);
    if (committee === undefined) throw new InvalidStageError("A committee is not known yet", { fields: { epoch } });
    return committee;
  }

  #proposerOf(slot: number): ValidatorId {
    const { calendar } = this.#ledger;
    const epoch = epochOf(calendar, slot);
    return this.#committee(epoch).proposers[slot - firstSlotOf(calendar, epoch)] as ValidatorId;
  }

  // ---- with what ----

  #openL1(trace: Trace, accountOf: (name: string) => string): SimulatedL1 {
    const { l1: weather } = this.#setup;
    const censorship = weather.censorship.map((rule) => ({
      ...rule,
      ...(rule.senders === undefined ? {} : { senders: rule.senders.map(accountOf) }),
    }));
    return new SimulatedL1({
      scheduler: this.#scheduler,
      ledger: this.#ledger,
      weather: { ...weather, censorship },
      demand: this.#demand(),
      random: {
        propagation: this.#random.stream("L1 propagation"),
        sight: this.#random.stream("L1 sight"),
        blocks: this.#random.stream("L1 blocks"),
      },
      trace,
    });
  }

  #demand(): DemandSource {
    const { demand, l1 } = this.#setup;
    if (isTrace(demand)) {
      // After its end a trace begins again.
      return (height) => demand[height % demand.length] as BlockDemand;
    }
    return generateDemand({ ...demand, gasLimit: l1.gasLimit }, this.#random.stream("demand"));
  }

  #makePorts(l1: SimulatedL1, trace: Trace, emit: (event: ActorEvent) => void): NodePorts {
    const scheduler = this.#scheduler;
    return {
      calendar: this.#ledger.calendar,
      terms: this.#ledger.terms,
      scheduler,
      gossip: new Gossip(scheduler, this.#setup.gossip, this.#random.stream("gossip")),
      l1,
      build: (draft) => this.#ledger.build(draft),
      foresee: (block, proposal, seen) => this.#ledger.foresee(block, proposal, seen),
      committee: (epoch) => this.#committee(epoch),
      readFromL1: (id) => this.#contents.get(id),
      emit,
      note: (actor, text) => {
        trace.note(scheduler.now, actor, text);
      },
    };
  }

  // ---- when ----

  #scheduleSlots(tally: Tally, nameOf: (validator: ValidatorId) => string): void {
    const { calendar } = this.#ledger;
    const { slots, traceLimit } = this.#setup;
    const begin = (slot: number) => {
      this.#scheduler.at(slotStartMs(calendar, slot), async () => {
        const next = epochOf(calendar, slot) + 1;
        // As late as can be: the first landing of an epoch decides over the next committee.
        if (firstSlotOf(calendar, next) === slot + 1 && !this.#committees.has(next)) {
          this.#committees.set(next, await this.#ledger.committeeOf(next));
          this.#committees.delete(next - calendar.proofSubmissionEpochs - KEPT_EPOCHS);
          if (Number.isFinite(traceLimit)) this.#forgetEpochs(tally, next);
        }
        if (slot < slots) {
          tally.onSlot(nameOf(this.#proposerOf(slot + 1)));
          for (const node of this.#nodes) node.prepare(slot + 1);
        } else for (const node of this.#nodes) node.watch(slot + 1);
        if (slot < slots) begin(slot + 1);
      });
    };
    begin(0);
  }

  /** Lets go of what is so old that L1 can neither take it back nor prune it: nobody asks for it any more. */
  #forgetEpochs(tally: Tally, next: number): void {
    const { calendar } = this.#ledger;
    const oldest = firstSlotOf(calendar, next - calendar.proofSubmissionEpochs - KEPT_EPOCHS);
    if (oldest <= 1) return;
    tally.forgetBefore(oldest);
    for (const [id, { slot }] of this.#contents) {
      // The tally still looks back on the slot before.
      if (slot >= oldest - 1) break;
      this.#contents.delete(id);
    }
  }

  #scheduleInjected(l1: SimulatedL1, accountOf: (name: string) => string): void {
    for (const [index, { ms, sender, action }] of this.#setup.injected.entries()) {
      this.#scheduler.at(ms, () => {
        const chosen =
          typeof action === "string" ? ({ kind: action } as const) : this.#invalidate(l1, action.invalidate);
        if (chosen === undefined) return;
        l1.submit({
          transaction: {
            id: `${sender}:${chosen.kind}#${index}`,
            sender: accountOf(sender),
            action: chosen,
            gasLimit: INJECTED_GAS,
            priorityFee: INJECTED_FEE,
          },
          maxFee: Number.MAX_SAFE_INTEGER,
          maxBlobFee: 0,
          blobs: 0,
        });
      });
    }
  }

  /** Against what L1 has of a slot, if it has something. */
  #invalidate(l1: SimulatedL1, slot: number): LedgerAction | undefined {
    let at = l1.head?.rollup.tip;
    while (at !== undefined && at.slot > slot) at = at.parent;
    return at?.slot === slot ? { kind: "invalidate", checkpoint: at.id } : undefined;
  }

  #scheduleUsers(tally: Tally): void {
    const { userEveryMs, slots } = this.#setup;
    if (userEveryMs === 0) return;
    const random = this.#random.stream("users");
    const end = slotStartMs(this.#ledger.calendar, slots + 1);
    let count = 0;
    const arrive = () => {
      const id = ++count;
      tally.onSubmitted(id);
      random.pick(this.#nodes).submit(id);
      if (this.#scheduler.now + userEveryMs < end) this.#scheduler.after(userEveryMs, arrive);
    };
    this.#scheduler.at(0, arrive);
  }
}

/** Epochs that are remembered behind those that can still be proven. */
const KEPT_EPOCHS = 4;
/** What somebody outside the run pays: enough to be taken. */
const INJECTED_FEE = 1_000_000_000;
const INJECTED_GAS = 3_000_000;

function isTrace(demand: StageSetup["demand"]): demand is readonly BlockDemand[] {
  return Array.isArray(demand);
}

/** A proposer that builds ahead lands what it has built on, from the moment at which its slot's first L1 block has passed it over. */
function successorRescue(validator: ValidatorId): RescuePolicy {
  return { whose: "successor", afterMs: RESCUE_AFTER_MS, account: validatorAccount(validator), isBundled: true };
}

/** By then every node has seen the slot's first L1 block: who waits for it sends nothing that the proposer's own has made needless. */
const RESCUE_AFTER_MS = 3_000;
