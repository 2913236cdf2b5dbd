import {
  computeManaCosts,
  l1FeesAt,
  makeFeeHeader,
  openFeeOracle,
  sumManaCosts,
  updateFeeOracle,
  type ManaCosts,
  type ManaFeeConfig,
} from "../protocol/manaFee.ts";
import { logRingSize } from "../protocol/rings.ts";
import { splitAfter } from "../protocol/split.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { isAcceptingProofs } from "../protocol/time.ts";
import { judgeOpening } from "../protocol/window.ts";
import { assertValidCalendar, epochOf, firstSlotOf, slotAtMs, type Calendar } from "../sim/calendar.ts";
import {
  GENESIS,
  hasGrownFrom,
  type AccountName,
  type CheckpointDraft,
  type CheckpointId,
  type EpochCommittee,
  type ExecutedBlock,
  type GasClass,
  type Ledger,
  type LedgerBlock,
  type LedgerProposal,
  type LedgerSetup,
  type LedgerTransaction,
  type Outcome,
  type ProposeAction,
  type ProveAction,
  type RollupState,
  type ValidatorId,
} from "../sim/ledger.ts";
import { readGasOfClass, type GasOfClass } from "./gasClasses.ts";
import { InvalidLedgerCallError } from "./ledgerErrors.ts";
import {
  arePackedAlike,
  countAttestations,
  refuseLate,
  refuseOnTime,
  type Authorities,
  type PackedAttestations,
} from "./modelAuthorisation.ts";
import { cutAbove, forgetBelow, landingAt, type LateLanding, type Landing } from "./modelChain.ts";
import { ModelCheckpoints, type ModelCheckpoint, type ModelParent } from "./modelCheckpoints.ts";
import { drawCommittee, findStart } from "./modelCommittees.ts";
import { consumeMessages, forgetTrees, insertMessage, openInbox, rootOf } from "./modelInbox.ts";
import { rewardProof, type ProvenEpoch } from "./modelRewards.ts";
import type { Change, ModelRollup, Step } from "./modelRollup.ts";
import { BASE_FEE_AT_DEPLOYMENT, BLOB_BASE_FEE, deployModel, NO_SLOT, type ModelDeployment } from "./modelSetup.ts";

/** What a model takes from elsewhere instead of drawing it, so that it can stand beside another ledger. */
export interface ModelSurroundings {
  readonly committeeOf: (epoch: number) => EpochCommittee;
  /** See `Calendar`. */
  readonly slotsBefore: number;
}

/**
 * Opens a ledger that is nothing but the rules of `harness/protocol`. What it says counts because it is held against the contracts, call by
 * call (`npx hardhat ledger-check`).
 * @param surroundings Left out: committees are drawn from the seed, and the run begins where they fit the cast.
 * @throws InvalidCastError, CastNotFoundError, InvalidCalendarError, InvalidLedgerCallError, GasEvidenceError
 */
export function openModelLedger(setup: LedgerSetup, surroundings?: ModelSurroundings): ModelLedger {
  if (surroundings !== undefined) return new ModelLedger(setup, surroundings);
  const { epoch: first, slotsBefore } = findStart(setup);
  return new ModelLedger(setup, {
    committeeOf: (epoch) => ({ epoch, ...drawCommittee(setup, first + epoch) }),
    slotsBefore,
  });
}

/** The contracts' rules without contracts. Answers at once. */
export class ModelLedger implements Ledger {
  readonly name = "model";
  readonly calendar: Calendar;
  readonly terms: LateSubmissionTerms;
  readonly #setup: LedgerSetup;
  readonly #committeeOf: (epoch: number) => EpochCommittee;
  readonly #committees = new Map<number, EpochCommittee>();
  readonly #deployment: ModelDeployment;
  readonly #feeConfig: ManaFeeConfig;
  readonly #gas: GasOfClass;
  readonly #built: ModelCheckpoints;
  readonly #logRing: number;
  /** With which attestations a checkpoint landed, the last time that it did; as the chain's ledger remembers it, reorg or not. */
  readonly #attesters = new Map<CheckpointId, readonly ValidatorId[]>();
  /** The newest epoch that had to be sampled although nothing had landed in it. */
  #forcedEpoch = -1;
  #rollup: ModelRollup;
  /** What the rollup was before the newest blocks, the newest last. */
  #before: ModelRollup[] = [];

  constructor(setup: LedgerSetup, { committeeOf, slotsBefore }: ModelSurroundings) {
    const { slotSeconds, epochSlots, proofSubmissionEpochs } = setup;
    this.#setup = setup;
    this.terms = setup.terms;
    this.calendar = { slotMs: slotSeconds * 1000, epochSlots, slotsBefore, proofSubmissionEpochs };
    assertValidCalendar(this.calendar);
    this.#committeeOf = committeeOf;
    this.#deployment = deployModel(setup, slotsBefore);
    const { config, timing, genesis, purse } = this.#deployment;
    this.#logRing = Number(logRingSize(timing));
    const { manaTarget, provingCostPerMana } = config;
    this.#feeConfig = { manaTarget, provingCostPerMana, epochSlots: BigInt(epochSlots) };
    this.#gas = readGasOfClass(setup.committeeSize);
    this.#built = new ModelCheckpoints(this.#feeConfig, genesis);
    this.#rollup = {
      tip: undefined,
      logs: new Array<Landing | undefined>(this.#logRing).fill(undefined),
      proven: 0,
      oracle: openFeeOracle({ baseFee: BASE_FEE_AT_DEPLOYMENT, blobFee: BLOB_BASE_FEE }),
      inbox: openInbox(setup.inboxLag),
      provenEpochs: [],
      purse,
      // Whoever finds the place for a run has done that.
      sampledEpoch: 0,
    };
  }

  committeeOf(epoch: number): EpochCommittee {
    const known = this.#committees.get(epoch);
    if (known !== undefined) return known;
    this.#ensureSampled(epoch - 1);
    const committee = this.#committeeOf(epoch);
    this.#committees.set(epoch, committee);
    // Of epochs that can no longer be proven nobody asks.
    this.#committees.delete(epoch - this.#setup.proofSubmissionEpochs - 2);
    return committee;
  }

  build(draft: CheckpointDraft): void {
    if (this.#built.has(draft.id)) return;
    const { epochSlots, proofSubmissionEpochs } = this.calendar;
    this.committeeOf(epochOf(this.calendar, draft.slot));
    const forgotten = this.#built.forgetBefore(draft.slot, epochSlots * (proofSubmissionEpochs + 1));
    for (const id of forgotten) this.#attesters.delete(id);
    this.#built.build(draft, {
      messagesOf: (number) => rootOf(this.#rollup.inbox, number),
      costsOn: (parent) => this.#costsAt(this.#rollup, draft.slot, this.#pricingParent(parent, draft.slot)),
    });
  }

  execute(block: LedgerBlock): ExecutedBlock {
    const { reorgBlocks } = this.#setup;
    if (reorgBlocks > 0) {
      this.#before.push(this.#rollup);
      if (this.#before.length > reorgBlocks) this.#before.shift();
    }
    const outcomes = block.transactions.map((transaction) => this.#executeOne(block, transaction));
    return { outcomes, rollup: this.#state() };
  }

  foresee(block: Omit<LedgerBlock, "transactions">, proposal: LedgerProposal, seen: RollupState): string | undefined {
    const rollup = this.#rollup;
    if (!hasGrownFrom(this.#state(), seen)) return undefined;
    this.#rollup = { ...rollup, tip: cutAbove(rollup.tip, seen.tip?.number ?? 0), proven: seen.proven };
    try {
      const step = this.#propose({ ...block, transactions: [] }, proposal, proposal.action);
      return typeof step === "string" ? step : undefined;
    } finally {
      this.#rollup = rollup;
    }
  }

  rollBack(blocks: number): void {
    const before = this.#before.at(-blocks);
    if (blocks < 1 || before === undefined) {
      throw new InvalidLedgerCallError("No snapshot goes back so far", {
        fields: { blocks, snapshots: this.#before.length },
      });
    }
    this.#rollup = before;
    this.#before = this.#before.slice(0, -blocks);
    // Everybody has gone by the committee after it since.
    this.#ensureSampled(this.#forcedEpoch);
  }

  close(): void {
    this.#before = [];
  }

  // ---- inside ----

  /** A committee is determined once the epoch before has sampled its own: as on the chain, asking for one sees to that. */
  #ensureSampled(epoch: number): void {
    if (epoch <= this.#rollup.sampledEpoch) return;
    this.#forcedEpoch = epoch;
    this.#rollup = { ...this.#rollup, sampledEpoch: epoch };
  }

  #state(): RollupState {
    return { tip: this.#rollup.tip?.landed, proven: this.#rollup.proven };
  }

  #executeOne(block: LedgerBlock, transaction: LedgerTransaction): Outcome {
    const { id, action } = transaction;
    const step = this.#step(block, transaction);
    if (typeof step === "string") {
      const isBundled = action.kind === "propose" && action.recipient !== undefined;
      const gasClass = action.kind === "propose" ? "propose.refused" : "refused";
      const status = isBundled ? "skipped" : "reverted";
      return { id, status, error: step, gasUsed: this.#gas[gasClass], gasClass };
    }
    this.#rollup = step.rollup;
    const { tip } = this.#rollup;
    if (action.kind === "propose" && tip !== undefined) {
      this.#attesters.set(action.checkpoint, action.attesters);
      forgetBelow(tip, this.#kept());
    }
    const gasClass = classify(action.kind, step);
    const { late, settlement } = step;
    return {
      id,
      status: "success",
      gasUsed: this.#gas[gasClass],
      gasClass,
      ...(late === undefined ? {} : { late }),
      ...(settlement === undefined ? {} : { settlement }),
    };
  }

  /** Checkpoints below the tip that a call can ask for: a ring of them below what a prune leaves, and each block of a reorg had two. */
  #kept(): number {
    return 2 * this.#logRing + 2 * this.#setup.reorgBlocks;
  }

  #step(block: LedgerBlock, transaction: LedgerTransaction): Step {
    const { action, sender } = transaction;
    switch (action.kind) {
      case "propose":
        return this.#propose(block, transaction, action);
      case "prove":
        return this.#prove(block, action, sender);
      case "invalidate":
        return this.#invalidate(action.checkpoint);
      case "prune": {
        const pruned = this.#pruneIfDue(this.#rollup, block.ms);
        return pruned === this.#rollup ? "Rollup__NothingToPrune" : { rollup: pruned };
      }
      case "message":
        return { rollup: { ...this.#rollup, inbox: insertMessage(this.#rollup.inbox, sender) } };
    }
  }

  /** Source: `ProposeLib.propose`, in its order. What cannot be wrong in a run (blobs, lengths, timestamps) is left out. */
  #propose({ ms, baseFee }: LedgerBlock, { id: txId, sender }: LedgerTransaction, action: ProposeAction): Step {
    const built = this.#built.get(action.checkpoint);
    const { slot, parent } = built.draft;
    const currentSlot = slotAtMs(this.calendar, ms);
    const pruned = this.#pruneIfDue(this.#rollup, ms);
    const { tip } = pruned;
    const tipSlot = tip?.landed.slot ?? NO_SLOT;
    if (slot <= tipSlot) return "Rollup__SlotAlreadyInChain";

    const timestamp = BigInt(Math.floor(ms / 1000));
    const opening = judgeOpening(
      { timing: this.#deployment.timing, terms: this.terms, hasCommittees: true, isHatchOpen: false },
      this.#absolute(slot),
      timestamp,
    );
    if (opening.kind === "refused") return opening.errorName;
    if (parent !== (tip?.landed.id ?? GENESIS)) return "Rollup__InvalidArchive";

    const oracle = updateFeeOracle(pruned.oracle, this.#absolute(currentSlot), {
      baseFee: BigInt(baseFee),
      blobFee: BLOB_BASE_FEE,
    });
    const parentHeader = tip?.feeHeader ?? this.#deployment.genesis.feeHeader;
    const costs = this.#costsAt({ oracle }, slot, parentHeader);
    if (sumManaCosts(costs) !== built.feePerMana) return "Rollup__InvalidManaMinFee";

    const isLate = opening.kind === "late";
    const authorities = this.#authoritiesOf(built);
    const refusal = isLate ? refuseLate(authorities, action) : refuseOnTime(authorities, action);
    if (refusal !== undefined) return refusal;

    const number = (tip?.landed.number ?? 0) + 1;
    if (rootOf(pruned.inbox, number) !== built.messages) return "Rollup__InvalidInHash";

    const delay = isLate ? timestamp - BigInt((slot + 1) * this.#setup.slotSeconds) : 0n;
    const late: LateLanding | undefined = isLate
      ? { submitter: action.recipient ?? sender, split: splitAfter(this.terms, delay) }
      : undefined;
    const landing: Landing = {
      landed: {
        id: action.checkpoint,
        number,
        slot,
        parent: tip?.landed,
        isLate,
        txId,
        attesters: action.attesters,
      },
      built,
      feeHeader: makeFeeHeader(this.#feeConfig, parentHeader, costs, built.manaUsed),
      attestations: countAttestations(authorities.members, action.attesters),
      late,
      parent: tip,
    };
    const epoch = epochOf(this.calendar, slot);
    return {
      rollup: {
        ...pruned,
        tip: landing,
        logs: pruned.logs.with(number % this.#logRing, landing),
        oracle,
        inbox: consumeMessages(pruned.inbox, this.#setup.inboxLag, number),
        sampledEpoch: Math.max(pruned.sampledEpoch, epoch),
      },
      isFirstOfEpoch: epoch > pruned.sampledEpoch,
      ...(late === undefined ? {} : { late: { slot, submitter: late.submitter, delay: Number(delay) } }),
    };
  }

  /** Source: `EpochProofLib.submitEpochRootProof`, in its order. It asks by number; what stands there may be another checkpoint. */
  #prove({ ms }: LedgerBlock, { checkpoints }: ProveAction, sender: AccountName): Step {
    const asked = this.#built.getRun(checkpoints, (slot) => epochOf(this.calendar, slot));
    const last = asked.at(-1) as ModelCheckpoint;
    const packed = this.#pack(last, this.#attestersOf(last.draft.id));
    const [start, end] = [last.number - asked.length + 1, last.number];

    const rollup = this.#pruneIfDue(this.#rollup, ms);
    const pending = rollup.tip?.landed.number ?? 0;
    if (end > pending) return "Rollup__InvalidCheckpointNumber";
    if (pending >= start + this.#logRing) return "Rollup__UnavailableTempCheckpointLog";
    // What stands in the ring of logs: below what a prune has left it may be a checkpoint that was pruned.
    const [bottom, below, top] = [start, start - 1, end].map((number) => rollup.logs[number % this.#logRing]);
    if (bottom === undefined || top === undefined) throw new InvalidLedgerCallError("A landed checkpoint has no log");
    const epoch = epochOf(this.calendar, bottom.landed.slot);
    if (epoch !== epochOf(this.calendar, top.landed.slot)) return "Rollup__StartAndEndNotSameEpoch";
    if (!this.#isAccepting(epoch, ms)) return "Rollup__PastDeadline";
    // The log below the first is read as well.
    if (pending >= start - 1 + this.#logRing) return "Rollup__UnavailableTempCheckpointLog";
    const isFirst = start === 1 || below === undefined || epochOf(this.calendar, below.landed.slot) < epoch;
    if (!isFirst) return "Rollup__StartIsNotFirstCheckpointOfEpoch";
    if (start - 1 > rollup.proven) return "Rollup__StartIsNotBuildingOnProven";
    if (!arePackedAlike(packed, this.#pack(top.built, top.landed.attesters))) return "Rollup__InvalidAttestations";
    if (top.attestations < this.committeeOf(epoch).quorum) return "ValidatorSelection__InsufficientAttestations";
    // What has a quorum and the bytes of the top is the top, and what it stands on is what it was built on: the archives agree.
    const run = asked.map(({ number }) => landingAt(rollup.tip, number) as Landing);

    const known = rollup.provenEpochs.find((proven) => proven.epoch === epoch);
    const { provenLength, submissions }: ProvenEpoch = known ?? { epoch, provenLength: 0, submissions: [] };
    const submission = `${run.length} by ${sender}`;
    if (submissions.includes(submission)) return "Rollup__ProverHaveAlreadySubmitted";
    const rewarded = rewardProof(run, provenLength, this.#deployment.config.rewardConfig, rollup.purse);
    if (rewarded === undefined) return "ERC20InsufficientBalance";

    const others = rollup.provenEpochs.filter((proven) => proven !== known && this.#isAccepting(proven.epoch, ms));
    const now: ProvenEpoch = {
      epoch,
      provenLength: Math.max(provenLength, run.length),
      submissions: [...submissions, submission],
    };
    const proven = Math.max(rollup.proven, end);
    return {
      rollup: {
        ...rollup,
        proven,
        inbox: forgetTrees(rollup.inbox, proven),
        provenEpochs: [...others, now],
        purse: rewarded.purse,
      },
      settlement: rewarded.settlement,
    };
  }

  /** Source: `InvalidateLib.invalidateInsufficientAttestations`, in its order. */
  #invalidate(id: CheckpointId): Step {
    const built = this.#built.get(id);
    const packed = this.#pack(built, this.#attestersOf(id));
    const rollup = this.#rollup;
    if (built.number > (rollup.tip?.landed.number ?? 0)) return "Rollup__CheckpointNotInPendingChain";
    if (built.number <= rollup.proven) return "Rollup__CheckpointAlreadyProven";
    const landing = landingAt(rollup.tip, built.number) as Landing;
    if (!arePackedAlike(packed, this.#pack(landing.built, landing.landed.attesters)))
      return "Rollup__InvalidAttestations";
    const { quorum } = this.committeeOf(epochOf(this.calendar, landing.landed.slot));
    if (landing.attestations >= quorum) return "ValidatorSelection__InsufficientAttestations";
    return { rollup: { ...rollup, tip: cutAbove(rollup.tip, built.number - 1) } };
  }

  /** Source: `STFLib.canPruneAtTime` and `prune`. @returns The same rollup if nothing is due. */
  #pruneIfDue(rollup: ModelRollup, ms: number): ModelRollup {
    const oldest = landingAt(rollup.tip, rollup.proven + 1);
    if (oldest === undefined || this.#isAccepting(epochOf(this.calendar, oldest.landed.slot), ms)) return rollup;
    return { ...rollup, tip: cutAbove(rollup.tip, rollup.proven) };
  }

  #isAccepting(epoch: number, ms: number): boolean {
    const current = epochOf(this.calendar, slotAtMs(this.calendar, ms));
    return isAcceptingProofs(this.#deployment.timing, BigInt(epoch), BigInt(current));
  }

  /** With which attestations a checkpoint landed: whoever speaks of it to L1 has to repeat them. */
  #attestersOf(id: CheckpointId): readonly ValidatorId[] {
    const attesters = this.#attesters.get(id);
    if (attesters === undefined) throw new InvalidLedgerCallError("This checkpoint never landed", { fields: { id } });
    return attesters;
  }

  #pack({ draft }: ModelCheckpoint, attesters: readonly ValidatorId[]): PackedAttestations {
    const { members } = this.committeeOf(epochOf(this.calendar, draft.slot));
    return { content: draft.id, members, attesters };
  }

  #authoritiesOf({ draft }: ModelCheckpoint): Authorities {
    const epoch = epochOf(this.calendar, draft.slot);
    const { members, quorum, proposers } = this.committeeOf(epoch);
    const proposer = proposers[draft.slot - firstSlotOf(this.calendar, epoch)] as ValidatorId;
    return { members, quorum, proposer, builder: draft.proposer };
  }

  /** A slot as the contracts count, from the deployment on. */
  #absolute(slot: number): bigint {
    return this.#deployment.firstSlot + BigInt(slot);
  }

  #costsAt({ oracle }: Pick<ModelRollup, "oracle">, slot: number, parent: ModelParent["feeHeader"]): ManaCosts {
    return computeManaCosts(this.#feeConfig, l1FeesAt(oracle, this.#absolute(slot)), parent);
  }

  /** L1 prices a header by its parent, or by the proven tip if all above that can be pruned in the header's slot. */
  #pricingParent(parent: ModelParent, slot: number): ModelParent["feeHeader"] {
    const { tip, proven } = this.#rollup;
    if (parent.number <= proven) return parent.feeHeader;
    const oldest = parent.number === proven + 1 ? parent.slot : landingAt(tip, proven + 1)?.landed.slot;
    if (oldest === undefined || this.#isAccepting(epochOf(this.calendar, oldest), slot * this.calendar.slotMs)) {
      return parent.feeHeader;
    }
    return landingAt(tip, proven)?.feeHeader ?? this.#deployment.genesis.feeHeader;
  }
}

function classify(kind: LedgerTransaction["action"]["kind"], { isFirstOfEpoch, late, settlement }: Change): GasClass {
  switch (kind) {
    case "propose":
      if (late !== undefined) return "propose.late";
      return isFirstOfEpoch === true ? "propose.firstOfEpoch" : "propose.onTime";
    case "prove":
      return settlement?.settledSlots.length === 0 ? "prove" : "prove.late";
    default:
      return "other";
  }
}
