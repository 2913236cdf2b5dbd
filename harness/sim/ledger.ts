import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { Calendar } from "./calendar.ts";

/**
 * The seam between a simulation and what executes its transactions. Everything above it (gossip, actors, the L1's blocks, fees and
 * weather) is simulated; what is below it decides what becomes of a transaction. Two stand below: the real contracts on an embedded
 * chain (`harness/ledger/chainLedger.ts`), and the rules of `harness/protocol` alone (`harness/ledger/modelLedger.ts`). Given the
 * same calls in the same order both must give the same answers, field by field.
 *
 * Times are milliseconds of the run, slots and epochs count from its beginning (see `Calendar`). L1 time is virtual time rounded
 * down to the second. A run's ledger is used by one caller, one call at a time; any method may answer at once or by a promise.
 */
export interface Ledger {
  readonly name: "chain" | "model";
  readonly calendar: Calendar;
  readonly terms: LateSubmissionTerms;
  /**
   * Who may attest to the checkpoints of an epoch, and who proposes them. Known for the first epoch and the next one
   * when the run begins, and for any other in the last slot of the epoch before; whoever asks has seen that begin.
   */
  committeeOf(epoch: number): Awaitable<EpochCommittee>;
  /**
   * Builds a checkpoint on the state that L1 has now: fixes everything that its header takes from L1 (message root, minimum fee). The
   * parent need not have landed. Building again what was built gives nothing new.
   * @throws UnknownCheckpointError when the parent was never built.
   */
  build(draft: CheckpointDraft): Awaitable<void>;
  /**
   * Executes one L1 block. Transactions are executed in order; none is left out.
   * @returns One outcome for each transaction, in order, and the rollup as the block leaves it.
   */
  execute(block: LedgerBlock): Awaitable<ExecutedBlock>;
  /**
   * What would become of a proposal if a block took it: what a node is told that simulates it before it sends. The rollup is taken as the
   * node has seen it, whatever has landed since.
   * @param seen The rollup of the newest block that the node has
   * @returns Name of the custom error; undefined when it would land, and when nobody can tell because L1 has taken that block back.
   */
  foresee(
    block: Omit<LedgerBlock, "transactions">,
    proposal: LedgerProposal,
    seen: RollupState,
  ): Awaitable<string | undefined>;
  /**
   * Takes back the newest blocks that were executed, as if they had never been. What was built stays built.
   * @param blocks At most `LedgerSetup.reorgBlocks`
   */
  rollBack(blocks: number): Awaitable<void>;
  /** Ends the run. */
  close(): Awaitable<void>;
}

export type Awaitable<T> = T | Promise<T>;

/** What a run asks of a ledger when it opens one. */
export interface LedgerSetup {
  /** Decides keys, committees and contents. */
  readonly seed: string;
  readonly slotSeconds: number;
  readonly epochSlots: number;
  readonly committeeSize: number;
  /** At least `committeeSize`; ids run from 0. */
  readonly validators: number;
  readonly proofSubmissionEpochs: number;
  /** Checkpoints by which a message to L2 has to precede the one that consumes it: 1 or 2. */
  readonly inboxLag: number;
  readonly terms: LateSubmissionTerms;
  /**
   * Who proposes from slot 1 on: a letter is a slot, equal letters are one validator and different letters different ones, and a bar is the
   * boundary of an epoch. `"ABA|C"`: slot 3 is its proposer's second and the last of the first epoch. The ledger begins where its
   * committees make it true.
   */
  readonly cast: string;
  /** How many blocks can be rolled back; 0 spares the snapshots. */
  readonly reorgBlocks: number;
  /** Whether every checkpoint carries blobs of its own (40 ms each on the chain) or all carry the same ones. */
  readonly ownBlobs: boolean;
}

/** A validator by its place in the set. */
export type ValidatorId = number;

/** Somebody with an L1 account: a validator's own (`validatorAccount`), or any other name. Equal names are equal accounts. */
export type AccountName = string;

/** The account of a validator: what its node sends from, and the coinbase of its checkpoints. */
export function validatorAccount(validator: ValidatorId): AccountName {
  return `v${validator}`;
}

export interface EpochCommittee {
  readonly epoch: number;
  /** In committee order. */
  readonly members: readonly ValidatorId[];
  /** One for each slot of the epoch, its first one first. */
  readonly proposers: readonly ValidatorId[];
  /** Attestations that make a checkpoint landable: more than two thirds. */
  readonly quorum: number;
}

/** Names a checkpoint in a run. Two drafts with one id are one content; whatever differs has another id. */
export type CheckpointId = string;

/** What the first checkpoint builds on. */
export const GENESIS: CheckpointId = "genesis";

/** What a proposer decides about a checkpoint; the ledger adds what follows from L1. */
export interface CheckpointDraft {
  readonly id: CheckpointId;
  readonly slot: number;
  readonly parent: CheckpointId;
  readonly proposer: ValidatorId;
  /** 0 to 1: mana used, as a part of the target. */
  readonly fill: number;
}

/** What is sent to L1. Fees and order are the simulated L1's business, apart from `LedgerBlock`. */
export type LedgerAction =
  | ProposeAction
  | ProveAction
  /** Removes a checkpoint that landed without a quorum of attestations, and all on top of it. */
  | { readonly kind: "invalidate"; readonly checkpoint: CheckpointId }
  /** Drops what was not proven in time. */
  | { readonly kind: "prune" }
  /** A message to L2. */
  | { readonly kind: "message" };

/** Lands a checkpoint, on time or late: L1 has one entry for both. */
export interface ProposeAction {
  readonly kind: "propose";
  readonly checkpoint: CheckpointId;
  /** Whose attestations are packed, in any order. */
  readonly attesters: readonly ValidatorId[];
  /**
   * What vouches for the proposer: `own` is its signature over the packed attestations, which only its node has; `proposal` its
   * signature over the gossiped proposal; `none` neither. On time L1 wants `own` and the proposer's attestation.
   */
  readonly authorisation: "own" | "proposal" | "none";
  /** Whom a late landing credits: sent in a bundle that names the recipient first. Left out: sent alone, which credits the sender. */
  readonly recipient?: AccountName;
}

/** Proves a run of checkpoints of one epoch, from its first one on. */
export interface ProveAction {
  readonly kind: "prove";
  readonly checkpoints: readonly CheckpointId[];
}

/** A transaction as the ledger sees it. */
export interface LedgerTransaction {
  /** Unique in a run. */
  readonly id: string;
  readonly sender: AccountName;
  readonly action: LedgerAction;
  readonly gasLimit: number;
  /** Wei per gas above the base fee. */
  readonly priorityFee: number;
}

/** A transaction that lands a checkpoint. */
export interface LedgerProposal extends LedgerTransaction {
  readonly action: ProposeAction;
}

export function isProposal(transaction: LedgerTransaction): transaction is LedgerProposal {
  return transaction.action.kind === "propose";
}

export interface LedgerBlock {
  /** A whole number of seconds, after the block before. */
  readonly ms: number;
  /** Wei per gas. The rollup's fee oracle reads it. The blob base fee is 1 wei on every ledger: EDR takes no other. */
  readonly baseFee: number;
  readonly transactions: readonly LedgerTransaction[];
}

export interface ExecutedBlock {
  readonly outcomes: readonly Outcome[];
  readonly rollup: RollupState;
}

/** What became of a transaction. */
export interface Outcome {
  readonly id: string;
  /** `skipped`: a bundle that went through while the proposal in it reverted. */
  readonly status: "success" | "reverted" | "skipped";
  /** Name of the custom error, as L1 declares it; `""` without a known one (out of gas). */
  readonly error?: string;
  /** From the receipt. A model gives the middle of the class. */
  readonly gasUsed: number;
  readonly gasClass: GasClass;
  /** Of a proposal that landed late. */
  readonly late?: LateRecord;
  /** Of a proof that was accepted. */
  readonly settlement?: Settlement;
}

/** What kind of work a transaction was to L1: transactions of one class cost about the same. */
export type GasClass =
  | "propose.onTime"
  | "propose.late"
  /** The first of its epoch also samples the committee. */
  | "propose.firstOfEpoch"
  | "propose.refused"
  | "prove"
  | "prove.late"
  | "other"
  | "refused";

/** Source: `LateSubmissionRecorded`, and the split of section 3.5. */
export interface LateRecord {
  readonly slot: number;
  /** Undefined: nobody. */
  readonly submitter: AccountName | undefined;
  /** Seconds since the submission slot began. */
  readonly delay: number;
}

/** The money of one proof, in fee token units (1e18). */
export interface Settlement {
  readonly sources: bigint;
  /** Equal to `sources`, or money was created or lost. */
  readonly uses: bigint;
  /** By account, coinbases and submitters together. */
  readonly credits: Readonly<Record<AccountName, bigint>>;
  readonly proverRewards: bigint;
  /** Congestion burn and what late submissions forfeited. */
  readonly burned: bigint;
  readonly forfeited: bigint;
  /** Slots whose late landing was split. */
  readonly settledSlots: readonly number[];
}

/** The rollup after a block. */
export interface RollupState {
  /** The newest checkpoint; what it stands on hangs from it. */
  readonly tip: LandedCheckpoint | undefined;
  /** Number of the newest proven checkpoint; 0 before the first. */
  readonly proven: number;
}

/** A checkpoint in L1's chain. Never changed: a block that removes it leaves another tip. */
export interface LandedCheckpoint {
  readonly id: CheckpointId;
  /** Counted from 1. */
  readonly number: number;
  readonly slot: number;
  readonly parent: LandedCheckpoint | undefined;
  readonly isLate: boolean;
  readonly txId: string;
  /** How many attestations it landed with. */
  readonly attesters: readonly ValidatorId[];
}

/** Whether a chain has grown out of another one: that other one's tip is in it. */
export function hasGrownFrom(now: RollupState, before: RollupState): boolean {
  if (before.tip === undefined) return true;
  const { number, txId } = before.tip;
  let at = now.tip;
  while (at !== undefined && at.number > number) at = at.parent;
  return at?.number === number && at.txId === txId;
}

/** An empty rollup. */
export const EMPTY_ROLLUP: RollupState = { tip: undefined, proven: 0 };
