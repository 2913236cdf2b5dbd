import { epochOf, firstSlotOf, L1_BLOCK_MS, slotStartMs, type Calendar } from "../../sim/calendar.ts";
import {
  GENESIS,
  validatorAccount,
  type AccountName,
  type CheckpointDraft,
  type CheckpointId,
  type EpochCommittee,
  type ExecutedBlock,
  type LedgerAction,
  type LedgerBlock,
  type LedgerTransaction,
  type ProposeAction,
  type RollupState,
  type ValidatorId,
} from "../../sim/ledger.ts";
import { RandomSource, type RandomStream } from "../../sim/random.ts";

/** What a storm sends to the ledgers, in order. */
export type StormEvent =
  | { readonly kind: "build"; readonly draft: CheckpointDraft }
  | { readonly kind: "block"; readonly block: LedgerBlock }
  | { readonly kind: "rollBack"; readonly blocks: number };

/** What a storm is drawn for. */
export interface StormOptions {
  readonly seed: string;
  readonly calendar: Calendar;
  readonly validators: number;
  /** See `LedgerSetup`. */
  readonly reorgBlocks: number;
  /** Of an epoch that has begun, or whose predecessor is set up. */
  readonly committeeOf: (epoch: number) => EpochCommittee;
}

interface Drafted extends CheckpointDraft {
  readonly number: number;
}

/** How attesters are chosen. Weights make what can land the rule. */
const ATTESTERS = ["all", "all", "all", "quorum", "quorum", "withoutProposer", "oneShort", "none", "some"] as const;
const AUTHORISATIONS = ["own", "own", "own", "own", "proposal", "none"] as const;
/** Twice the target is the most that L1 takes. */
const FILLS = [0, 0, 0.5, 1, 2];
const STRANGERS: readonly AccountName[] = ["rescuer", "stranger"];
/** Slots back to which what was drafted is still spoken of; ledgers remember a little more. */
const SPOKEN_OF = 13;
/** Checkpoints above the pending tip that a builder hopes for. */
const MAX_HOPE = 3;
const GAS_LIMIT = 8_000_000;
const GWEI = 1e9;

/**
 * Draws blocks in which everything happens that the ledgers have a rule for: landings on time, late and too late, on every kind of parent, with
 * every kind of attestations; proofs, prunes, invalidations, messages, missed blocks and reorgs. What is drawn next depends on what has
 * become of what was drawn before, so that most of it has a chance to succeed.
 */
export class LedgerStorm {
  readonly #options: StormOptions;
  readonly #random: RandomStream;
  readonly #drafts = new Map<CheckpointId, Drafted>();
  /** Everything that landed once. */
  readonly #landed = new Set<CheckpointId>();
  readonly #states: RollupState[] = [];
  /** After how many blocks each epoch had a landing of its own, which decides the committee of the next one. */
  readonly #setUpAt = new Map<number, number>();
  #rollup: RollupState = { tip: undefined, proven: 0 };
  #blocks = 0;
  #count = 0;
  #baseFee = GWEI;
  /** In a calm run most of it is as it should be, so that chains grow long. */
  readonly #isCalm: boolean;
  #isPunctual = true;
  #isProving = true;

  constructor(options: StormOptions) {
    this.#options = options;
    this.#random = new RandomSource(options.seed).stream("storm");
    this.#isCalm = this.#random.chance(0.4);
  }

  /** A message from everybody who may send something. */
  get greetings(): readonly LedgerTransaction[] {
    const { validators } = this.#options;
    const names = [...Array.from({ length: validators }, (_, id) => validatorAccount(id)), ...STRANGERS];
    return names.map((sender) => ({
      id: `hello from ${sender}`,
      sender,
      action: { kind: "message" },
      gasLimit: GAS_LIMIT,
      priorityFee: 0,
    }));
  }

  /** Whether a ledger knows an epoch's committee for good, in a slot and whatever is rolled back. */
  isCommitteeKnown(epoch: number, slot: number): boolean {
    const { calendar, reorgBlocks } = this.#options;
    if (epoch <= epochOf(calendar, slot)) return true;
    const setUpAt = this.#setUpAt.get(epoch - 1);
    return epoch === epochOf(calendar, slot) + 1 && setUpAt !== undefined && this.#blocks - setUpAt > reorgBlocks;
  }

  /** What happens in a slot. Each event has to be executed, and a block's outcome told, before the next one is drawn. */
  *slot(slot: number): Generator<StormEvent, void, undefined> {
    const { calendar } = this.#options;
    this.#isPunctual = this.#random.chance(this.#isCalm ? 0.85 : 0.6);
    if (slot === firstSlotOf(calendar, epochOf(calendar, slot))) this.#isProving = this.#random.chance(0.75);
    this.#forget(slot);
    for (let ms = slotStartMs(calendar, slot); ms < slotStartMs(calendar, slot + 1); ms += L1_BLOCK_MS) {
      if (this.#random.chance(0.12)) continue;
      if (this.#random.chance(0.05)) yield* this.#rollBack(slot);
      for (const draft of this.#draft(slot)) yield { kind: "build", draft };
      // Windows end between blocks as well.
      const late = this.#random.chance(0.15) ? 1 + this.#random.below(L1_BLOCK_MS / 1000 - 1) : 0;
      const transactions = this.#transactions(slot);
      if (transactions.length === 0) continue;
      this.#baseFee = this.#drawBaseFee();
      yield { kind: "block", block: { ms: ms + late * 1000, baseFee: this.#baseFee, transactions } };
    }
  }

  /** Tells what has become of the newest block. */
  tell({ transactions }: LedgerBlock, { outcomes, rollup }: ExecutedBlock): void {
    this.#states.push(this.#rollup);
    if (this.#states.length > this.#options.reorgBlocks) this.#states.shift();
    this.#rollup = rollup;
    this.#blocks++;
    for (const [index, { action }] of transactions.entries()) {
      if (action.kind !== "propose" || outcomes[index]?.status !== "success") continue;
      this.#landed.add(action.checkpoint);
      const epoch = epochOf(this.#options.calendar, (this.#drafts.get(action.checkpoint) as Drafted).slot);
      if (!this.#setUpAt.has(epoch)) this.#setUpAt.set(epoch, this.#blocks);
    }
  }

  /** A walk that stays between a tenth of a gwei and forty. */
  #drawBaseFee(): number {
    const next = this.#baseFee * (0.7 + 0.65 * this.#random.next());
    return Math.round(Math.min(40 * GWEI, Math.max(0.1 * GWEI, next)));
  }

  *#rollBack(slot: number): Generator<StormEvent, void, undefined> {
    const { calendar } = this.#options;
    // What decided a committee that is in use stays.
    const fixed = this.#setUpAt.get(epochOf(calendar, slot) - 1) ?? 0;
    const deepest = Math.min(this.#states.length, this.#blocks - fixed);
    if (deepest < 1) return;
    const blocks = 1 + this.#random.below(deepest);
    this.#rollup = this.#states.at(-blocks) as RollupState;
    this.#states.splice(-blocks);
    this.#blocks -= blocks;
    for (const [epoch, at] of this.#setUpAt) if (at > this.#blocks) this.#setUpAt.delete(epoch);
    yield { kind: "rollBack", blocks };
  }

  // ---- drafts ----

  #draft(slot: number): readonly CheckpointDraft[] {
    const drafted: CheckpointDraft[] = [];
    const add = (draft: CheckpointDraft | undefined) => {
      if (draft !== undefined) drafted.push(draft);
    };
    const { tip } = this.#rollup;
    const onTip = tip?.id ?? GENESIS;
    const ofSlot = this.#draftsOf(slot);
    if (!ofSlot.some(({ parent }) => parent === onTip) && this.#random.chance(0.7)) add(this.#draftOn(slot, onTip));
    if (this.#random.chance(0.05)) add(this.#draftOn(slot, tip?.parent?.id ?? GENESIS));
    if (this.#random.chance(0.04)) add(this.#draftOn(slot, this.#random.pick([GENESIS, ...this.#drafts.keys()])));
    const ahead = [slot - 1, slot, slot, slot + 1].flatMap((parent) => this.#draftsOf(parent));
    if (ahead.length > 0 && this.#random.chance(0.25)) {
      const hoped = this.#random.pick(ahead);
      const next = hoped.slot + 1;
      if (this.isCommitteeKnown(epochOf(this.#options.calendar, next), slot)) add(this.#draftOn(next, hoped.id));
    }
    return drafted;
  }

  /** A draft of a slot, mostly its proposer's own, if somebody could build it. */
  #draftOn(slot: number, parent: CheckpointId): CheckpointDraft | undefined {
    const { tip, proven } = this.#rollup;
    const below = parent === GENESIS ? { number: 0, slot: -1 } : this.#drafts.get(parent);
    if (below === undefined || below.slot >= slot) return undefined;
    // L1 quotes no fee for a child of what is proven already, or of what stands so high that L1 has forgotten the proven tip.
    const { epochSlots, proofSubmissionEpochs } = this.#options.calendar;
    const isQuoted = below.number >= proven && below.number - proven <= epochSlots * (proofSubmissionEpochs + 1);
    if (!isQuoted || below.number > (tip?.number ?? 0) + MAX_HOPE) return undefined;
    const owner = this.#proposerOf(slot);
    const proposer = this.#random.chance(0.04) ? this.#random.below(this.#options.validators) : owner;
    const fill = this.#random.chance(0.1) ? this.#random.next() : this.#random.pick(FILLS);
    const draft: Drafted = { id: `c${++this.#count}`, slot, parent, proposer, fill, number: below.number + 1 };
    this.#drafts.set(draft.id, draft);
    return { id: draft.id, slot, parent, proposer, fill };
  }

  #draftsOf(slot: number): readonly Drafted[] {
    return [...this.#drafts.values()].filter((draft) => draft.slot === slot);
  }

  #forget(slot: number): void {
    for (const [id, draft] of this.#drafts) {
      if (draft.slot >= slot - SPOKEN_OF) continue;
      this.#drafts.delete(id);
      this.#landed.delete(id);
    }
  }

  // ---- transactions ----

  #transactions(slot: number): readonly LedgerTransaction[] {
    const actions: LedgerAction[] = [];
    const sometimes = (probability: number, make: () => LedgerAction | undefined) => {
      const action = this.#random.chance(probability) ? make() : undefined;
      if (action !== undefined) actions.push(action);
    };
    sometimes(0.15, () => ({ kind: "message" }));
    sometimes(0.35, () => this.#propose(this.#draftsOf(slot - 1)));
    sometimes(this.#isPunctual ? 0.5 : 0.05, () => this.#propose(this.#draftsOf(slot)));
    sometimes(0.06, () => this.#propose([...this.#drafts.values()]));
    sometimes(this.#isProving ? 0.25 : 0.02, () => this.#prove());
    sometimes(0.08, () => this.#invalidate());
    sometimes(0.04, () => ({ kind: "prune" }));
    return actions.map((action) => this.#send(action));
  }

  #send(action: LedgerAction): LedgerTransaction {
    const validator = validatorAccount(this.#random.below(this.#options.validators));
    const isStrangers = this.#random.chance(action.kind === "prove" ? 0.9 : 0.5);
    const sender = isStrangers ? this.#random.pick(STRANGERS) : validator;
    const priorityFee = this.#random.below(3) * GWEI;
    return { id: `t${++this.#count}`, sender, action, gasLimit: GAS_LIMIT, priorityFee };
  }

  #propose(candidates: readonly Drafted[]): ProposeAction | undefined {
    const onTip = candidates.filter(({ parent }) => parent === (this.#rollup.tip?.id ?? GENESIS));
    const chosen = onTip.length > 0 && this.#random.chance(0.75) ? onTip : candidates;
    if (chosen.length === 0) return undefined;
    const { id, slot } = this.#random.pick(chosen);
    const isRight = this.#isCalm && this.#random.chance(0.9);
    const authorisation = isRight ? "own" : this.#random.pick(AUTHORISATIONS);
    const named = this.#random.pick([...STRANGERS, validatorAccount(this.#random.below(this.#options.validators))]);
    return {
      kind: "propose",
      checkpoint: id,
      attesters: isRight ? this.#committeeAt(slot).members : this.#attesters(slot),
      authorisation,
      ...(this.#random.chance(0.35) ? { recipient: named } : {}),
    };
  }

  #attesters(slot: number): readonly ValidatorId[] {
    const { members, quorum } = this.#committeeAt(slot);
    const proposer = this.#proposerOf(slot);
    const others = members.filter((member) => member !== proposer);
    const signed = (() => {
      switch (this.#random.pick(ATTESTERS)) {
        case "all":
          return members;
        case "quorum":
          return [...others.slice(0, quorum - 1), proposer];
        case "withoutProposer":
          return others.slice(0, quorum);
        case "oneShort":
          return [proposer, ...others.slice(0, quorum - 2)];
        case "none":
          return [];
        case "some":
          return members.filter(() => this.#random.chance(0.6));
      }
    })();
    // Whoever is no member, or is named twice, counts for nothing.
    if (!this.#random.chance(0.05)) return signed;
    return [...signed, ...signed.slice(0, 1), this.#random.below(this.#options.validators)];
  }

  /** A run of one epoch: mostly from its first checkpoint on, and mostly one that waits for it. */
  #prove(): LedgerAction | undefined {
    const last = this.#random.chance(0.75) ? this.#lastToProve() : this.#pickLanded();
    if (last === undefined) return undefined;
    const { calendar } = this.#options;
    const epoch = epochOf(calendar, last.slot);
    const run: CheckpointId[] = [];
    let at: Drafted | undefined = last;
    while (at !== undefined && epochOf(calendar, at.slot) === epoch && this.#landed.has(at.id)) {
      run.unshift(at.id);
      at = this.#drafts.get(at.parent);
    }
    const skipped = run.length > 1 && this.#random.chance(0.08) ? 1 : 0;
    return { kind: "prove", checkpoints: run.slice(skipped) };
  }

  /** Of the oldest epoch that is not proven: its last checkpoint, or one before. */
  #lastToProve(): Drafted | undefined {
    const unproven: Drafted[] = [];
    for (let at = this.#rollup.tip; at !== undefined && at.number > this.#rollup.proven; at = at.parent) {
      const draft = this.#drafts.get(at.id);
      if (draft !== undefined) unproven.unshift(draft);
    }
    const [oldest] = unproven;
    if (oldest === undefined) return undefined;
    const { calendar } = this.#options;
    const ofEpoch = unproven.filter(({ slot }) => epochOf(calendar, slot) === epochOf(calendar, oldest.slot));
    return this.#random.chance(0.6) ? ofEpoch.at(-1) : this.#random.pick(ofEpoch);
  }

  #pickLanded(): Drafted | undefined {
    const landed = [...this.#landed].flatMap((id) => this.#drafts.get(id) ?? []);
    return landed.length === 0 ? undefined : this.#random.pick(landed);
  }

  #invalidate(): LedgerAction | undefined {
    const landed: CheckpointId[] = [];
    for (let at = this.#rollup.tip; at !== undefined && at.number > this.#rollup.proven; at = at.parent) {
      const draft = this.#drafts.get(at.id);
      if (draft === undefined) break;
      const { members, quorum } = this.#committeeAt(draft.slot);
      if (members.filter((member) => at.attesters.includes(member)).length < quorum) landed.push(at.id);
    }
    const checkpoint =
      landed.length > 0 && this.#random.chance(0.8) ? this.#random.pick(landed) : this.#pickLanded()?.id;
    return checkpoint === undefined ? undefined : { kind: "invalidate", checkpoint };
  }

  #committeeAt(slot: number): EpochCommittee {
    return this.#options.committeeOf(epochOf(this.#options.calendar, slot));
  }

  #proposerOf(slot: number): ValidatorId {
    const { calendar } = this.#options;
    return this.#committeeAt(slot).proposers[slot - firstSlotOf(calendar, epochOf(calendar, slot))] as ValidatorId;
  }
}
