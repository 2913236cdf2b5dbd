import { mainnetLikeConfig, type NetworkConfig } from "../network/networkConfig.ts";
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
import { isAcceptingProofs, type RollupTiming } from "../protocol/time.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { WHOLE_BPS } from "../protocol/units.ts";
import { judgeOpening } from "../protocol/window.ts";
import { assertValidCalendar, epochOf, firstSlotOf, slotAtMs, type Calendar } from "../sim/calendar.ts";
import {
  GENESIS,
  type AccountName,
  type CheckpointDraft,
  type CheckpointId,
  type EpochCommittee,
  type ExecutedBlock,
  type GasClass,
  type Ledger,
  type LedgerBlock,
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
import { cutAbove, forgetBelow, landingAt, type LateLanding, type Landing } from "./modelChain.ts";
import { ModelCheckpoints, type ModelCheckpoint, type ModelParent } from "./modelCheckpoints.ts";
import { drawCommittee, findStart } from "./modelCommittees.ts";
import { consumeMessages, forgetTrees, insertMessage, openInbox, rootOf } from "./modelInbox.ts";
import { rewardProof, type ProvenEpoch } from "./modelRewards.ts";
import type { Change, ModelRollup, RefusalName, Step } from "./modelRollup.ts";

/** What a model takes from elsewhere instead of drawing it, so that it can stand beside another ledger. */
export interface ModelSurroundings {
  readonly committeeOf: (epoch: number) => EpochCommittee;
  /** See `Calendar`. */
  readonly slotsBefore: number;
}

/** Epochs between the deployment and the run. On the chain it is about as many; nothing but the fee oracle's first update depends on it. */
const EPOCHS_BEFORE = 8n;
/** Wei per gas: the block that deploys the rollup, and the blob base fee of every ledger. */
const BASE_FEE_AT_DEPLOYMENT = 10n ** 9n;
const BLOB_BASE_FEE = 1n;
/** Fee token units (1e18) that somebody brings to L2 before the run, as on the chain. */
const BRIDGED = 10n ** 24n;
/** Before the first checkpoint no slot is in the chain. */
const NO_SLOT = Number.NEGATIVE_INFINITY;

/**
 * Opens a ledger that is nothing but the rules of `harness/protocol`. What it says counts because it is held against the contracts, call by
 * call (`npx hardhat ledger-check`).
 * @param surroundings Left out: committees are drawn from the seed, and the run begins where they fit the cast.
 * @throws InvalidCastError, CastNotFoundError, InvalidCalendarError, InvalidLedgerCallError, GasEvidenceError
 */
export function openModelLedger(setup: LedgerSetup, surroundings?: ModelSurroundings): ModelLedger {
  assertPossible(setup);
  if (surroundings !== undefined) return new ModelLedger(setup, surroundings);
  const { epoch: first, slotsBefore } = findStart(setup);
  return new ModelLedger(setup, {
    committeeOf: (epoch) => ({ epoch, ...drawCommittee(setup, first + epoch) }),
    slotsBefore,
  });
}

interface PackedAttestations {
  readonly built: ModelCheckpoint;
  readonly attesters: readonly ValidatorId[];
}

/** The contracts' rules without contracts. Answers at once. */
export class ModelLedger implements Ledger {
  readonly name = "model";
  readonly calendar: Calendar;
  readonly terms: LateSubmissionTerms;
  readonly #setup: LedgerSetup;
  readonly #committeeOf: (epoch: number) => EpochCommittee;
  readonly #committees = new Map<number, EpochCommittee>();
  readonly #timing: RollupTiming;
  readonly #firstSlot: bigint;
  readonly #config: NetworkConfig;
  readonly #feeConfig: ManaFeeConfig;
  readonly #genesis: ModelParent;
  readonly #gas: GasOfClass;
  readonly #built: ModelCheckpoints;
  readonly #logRing: number;
  /** With which attestations a checkpoint landed, the last time that it did; as the chain's ledger remembers it, reorg or not. */
  readonly #attesters = new Map<CheckpointId, readonly ValidatorId[]>();
  #rollup: ModelRollup;
  /** What the rollup was before the newest blocks, the newest last. */
  #before: ModelRollup[] = [];

  constructor(setup: LedgerSetup, { committeeOf, slotsBefore }: ModelSurroundings) {
    const config = mainnetLikeConfig();
    const { slotSeconds, epochSlots, proofSubmissionEpochs } = setup;
    this.#setup = setup;
    this.terms = setup.terms;
    this.calendar = { slotMs: slotSeconds * 1000, epochSlots, slotsBefore, proofSubmissionEpochs };
    assertValidCalendar(this.calendar);
    this.#committeeOf = committeeOf;
    this.#firstSlot = EPOCHS_BEFORE * BigInt(epochSlots) + BigInt(slotsBefore);
    this.#timing = {
      // The run's first second is 0.
      genesisTime: -this.#firstSlot * BigInt(slotSeconds),
      slotSeconds: BigInt(slotSeconds),
      epochSlots: BigInt(epochSlots),
      proofSubmissionEpochs: BigInt(proofSubmissionEpochs),
      validatorSetLagEpochs: config.rollup.lagInEpochsForValidatorSet,
    };
    this.#logRing = Number(logRingSize(this.#timing));
    this.#config = config;
    const { manaTarget, provingCostPerMana, initialEthPerFeeAsset } = config.rollup;
    this.#feeConfig = { manaTarget, provingCostPerMana, epochSlots: BigInt(epochSlots) };
    this.#genesis = {
      slot: NO_SLOT,
      number: 0,
      feeHeader: {
        excessMana: 0n,
        manaUsed: 0n,
        ethPerFeeAsset: initialEthPerFeeAsset,
        congestionCost: 0n,
        proverCost: 0n,
      },
    };
    this.#gas = readGasOfClass(setup.committeeSize);
    this.#built = new ModelCheckpoints(this.#feeConfig, this.#genesis);
    this.#rollup = {
      tip: undefined,
      proven: 0,
      oracle: openFeeOracle({ baseFee: BASE_FEE_AT_DEPLOYMENT, blobFee: BLOB_BASE_FEE }),
      inbox: openInbox(setup.inboxLag),
      provenEpochs: [],
      purse: { distributor: config.rewardDistributorFunding, portal: config.feeJuicePortalFunding + BRIDGED },
      sampledEpoch: -1,
    };
  }

  committeeOf(epoch: number): EpochCommittee {
    const known = this.#committees.get(epoch);
    if (known !== undefined) return known;
    const committee = this.#committeeOf(epoch);
    this.#committees.set(epoch, committee);
    // Of epochs that can no longer be proven nobody asks.
    this.#committees.delete(epoch - this.#setup.proofSubmissionEpochs - 2);
    return committee;
  }

  build(draft: CheckpointDraft): void {
    if (this.#built.has(draft.id)) return;
    const { epochSlots, proofSubmissionEpochs } = this.calendar;
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

  rollBack(blocks: number): void {
    const before = this.#before.at(-blocks);
    if (blocks < 1 || before === undefined) {
      throw new InvalidLedgerCallError("No snapshot goes back so far", {
        fields: { blocks, snapshots: this.#before.length },
      });
    }
    this.#rollup = before;
    this.#before = this.#before.slice(0, -blocks);
  }

  close(): void {
    this.#before = [];
  }

  // ---- inside ----

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

  /** Checkpoints below the tip that a proof, a prune or a reorg can ask for; each block may have landed two. */
  #kept(): number {
    return this.#logRing + 2 * this.#setup.reorgBlocks;
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
      { timing: this.#timing, terms: this.terms, hasCommittees: true, isHatchOpen: false },
      this.#absolute(slot),
      timestamp,
    );
    if (opening.kind === "refused") return opening.errorName;
    if (parent !== (tip?.landed.id ?? GENESIS)) return "Rollup__InvalidArchive";

    const oracle = updateFeeOracle(pruned.oracle, this.#absolute(currentSlot), {
      baseFee: BigInt(baseFee),
      blobFee: BLOB_BASE_FEE,
    });
    const parentHeader = tip?.feeHeader ?? this.#genesis.feeHeader;
    const costs = this.#costsAt({ oracle }, slot, parentHeader);
    if (sumManaCosts(costs) !== built.feePerMana) return "Rollup__InvalidManaMinFee";

    const isLate = opening.kind === "late";
    const refusal = isLate ? this.#refuseLate(built, action) : this.#refuseOnTime(built, action);
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
      attestations: this.#attestationsOf(built, action),
      late,
      parent: tip,
    };
    const epoch = epochOf(this.calendar, slot);
    return {
      rollup: {
        ...pruned,
        tip: landing,
        oracle,
        inbox: consumeMessages(pruned.inbox, this.#setup.inboxLag, number),
        sampledEpoch: Math.max(pruned.sampledEpoch, epoch),
      },
      isFirstOfEpoch: epoch > pruned.sampledEpoch,
      ...(late === undefined ? {} : { late: { slot, submitter: late.submitter, delay: Number(delay) } }),
    };
  }

  /** Source: `ProposerLib.verifyProposer`. Without the proposer's second signature nobody names the signers. */
  #refuseOnTime(built: ModelCheckpoint, action: ProposeAction): RefusalName | undefined {
    const { draft } = built;
    const proposer = this.#proposerOf(draft.slot);
    if (action.authorisation !== "own" && this.#attestationsOf(built, action) > 0) return "Panic";
    if (!action.attesters.includes(proposer)) return "ValidatorSelection__MissingProposerSignature";
    return draft.proposer === proposer ? undefined : "SignatureLib__InvalidSignature";
  }

  /** Source: `LateAuthorisationLib.authorise`. */
  #refuseLate(built: ModelCheckpoint, action: ProposeAction): RefusalName | undefined {
    const { draft } = built;
    const { quorum } = this.committeeOf(epochOf(this.calendar, draft.slot));
    const proposer = this.#proposerOf(draft.slot);
    if (this.#attestationsOf(built, action) < quorum) return "ValidatorSelection__InsufficientAttestations";
    if (action.attesters.includes(proposer)) return undefined;
    if (action.authorisation === "none") return "ValidatorSelection__MissingProposerSignature";
    const isProposals = action.authorisation === "proposal" && draft.proposer === proposer;
    return isProposals ? undefined : "SignatureLib__InvalidSignature";
  }

  /** Source: `EpochProofLib.submitEpochRootProof`, in its order. It asks by number; what stands there may be another checkpoint. */
  #prove({ ms }: LedgerBlock, { checkpoints }: ProveAction, sender: AccountName): Step {
    const asked = this.#built.getRun(checkpoints, (slot) => epochOf(this.calendar, slot));
    const [first, last] = [asked[0] as ModelCheckpoint, asked.at(-1) as ModelCheckpoint];
    const packed = { built: last, attesters: this.#attestersOf(last.draft.id) };
    const [start, end] = [first.number, last.number];

    const rollup = this.#pruneIfDue(this.#rollup, ms);
    const pending = rollup.tip?.landed.number ?? 0;
    const run: Landing[] = [];
    for (let number = start; number <= end; number++) {
      const landing = landingAt(rollup.tip, number);
      if (landing !== undefined) run.push(landing);
    }
    const [bottom, top] = [run[0], run.at(-1)];
    if (end > pending) return "Rollup__InvalidCheckpointNumber";
    // The log below the first is read as well.
    if (pending >= start - 1 + this.#logRing || bottom === undefined || top === undefined) {
      return "Rollup__UnavailableTempCheckpointLog";
    }
    const epoch = epochOf(this.calendar, bottom.landed.slot);
    if (epoch !== epochOf(this.calendar, top.landed.slot)) return "Rollup__StartAndEndNotSameEpoch";
    if (!this.#isAccepting(epoch, ms)) return "Rollup__PastDeadline";
    const below = landingAt(rollup.tip, start - 1);
    if (below !== undefined && epochOf(this.calendar, below.landed.slot) === epoch) {
      return "Rollup__StartIsNotFirstCheckpointOfEpoch";
    }
    if (start - 1 > rollup.proven) return "Rollup__StartIsNotBuildingOnProven";
    if (!this.#isPackedAs(packed, top)) return "Rollup__InvalidAttestations";
    if (top.attestations < this.committeeOf(epoch).quorum) return "ValidatorSelection__InsufficientAttestations";
    if (first.draft.parent !== (below?.landed.id ?? GENESIS)) return "Rollup__InvalidPreviousArchive";
    if (last.draft.id !== top.landed.id) return "Rollup__InvalidArchive";

    const known = rollup.provenEpochs.find((proven) => proven.epoch === epoch);
    const { provenLength, submissions }: ProvenEpoch = known ?? { epoch, provenLength: 0, submissions: [] };
    const submission = `${run.length} by ${sender}`;
    if (submissions.includes(submission)) return "Rollup__ProverHaveAlreadySubmitted";
    const rewarded = rewardProof(run, provenLength, this.#config.rollup.rewardConfig, rollup.purse);
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
    const packed = { built, attesters: this.#attestersOf(id) };
    const rollup = this.#rollup;
    if (built.number > (rollup.tip?.landed.number ?? 0)) return "Rollup__CheckpointNotInPendingChain";
    if (built.number <= rollup.proven) return "Rollup__CheckpointAlreadyProven";
    const landing = landingAt(rollup.tip, built.number) as Landing;
    if (!this.#isPackedAs(packed, landing)) return "Rollup__InvalidAttestations";
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
    return isAcceptingProofs(this.#timing, BigInt(epoch), BigInt(current));
  }

  /** With which attestations a checkpoint landed: whoever speaks of it to L1 has to repeat them. */
  #attestersOf(id: CheckpointId): readonly ValidatorId[] {
    const attesters = this.#attesters.get(id);
    if (attesters === undefined) throw new InvalidLedgerCallError("This checkpoint never landed", { fields: { id } });
    return attesters;
  }

  /** Whether attestations have the bytes that a checkpoint landed with: the committee's addresses, and signatures of one content. */
  #isPackedAs({ built, attesters }: PackedAttestations, landing: Landing): boolean {
    const membersOf = ({ draft }: ModelCheckpoint) => this.committeeOf(epochOf(this.calendar, draft.slot)).members;
    const [members, others] = [membersOf(built), membersOf(landing.built)];
    const [signed, stored] = [new Set(attesters), new Set(landing.landed.attesters)];
    const isSameContent = built.draft.id === landing.landed.id;
    return members.every((member, place) => {
      const isAlike = member === others[place] && signed.has(member) === stored.has(member);
      return isAlike && (isSameContent || !signed.has(member));
    });
  }

  #attestationsOf({ draft }: ModelCheckpoint, { attesters }: ProposeAction): number {
    const { members } = this.committeeOf(epochOf(this.calendar, draft.slot));
    const signed = new Set(attesters);
    return members.reduce((count, member) => (signed.has(member) ? count + 1 : count), 0);
  }

  #proposerOf(slot: number): ValidatorId {
    const epoch = epochOf(this.calendar, slot);
    return this.committeeOf(epoch).proposers[slot - firstSlotOf(this.calendar, epoch)] as ValidatorId;
  }

  /** A slot as the contracts count, from the deployment on. */
  #absolute(slot: number): bigint {
    return this.#firstSlot + BigInt(slot);
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
    return landingAt(tip, proven)?.feeHeader ?? this.#genesis.feeHeader;
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

/** What the contracts would refuse when they are deployed. */
function assertPossible({ committeeSize, validators, slotSeconds, terms }: LedgerSetup): void {
  const { firstBps, submitterBps, burnBps, windowSeconds } = terms;
  const require = (holds: boolean, message: string) => {
    if (!holds) throw new InvalidLedgerCallError(message, { fields: { committeeSize, validators, ...terms } });
  };
  require(committeeSize > 0 && committeeSize <= validators, "A committee is drawn from the validators");
  require(windowSeconds >= 0 && windowSeconds <= slotSeconds, "A window is no longer than a slot");
  require(0 <= firstBps && firstBps <= submitterBps, "What a submitter gets first is a part of what it gets at last");
  require(burnBps >= 0 && submitterBps + burnBps <= WHOLE_BPS, "Nobody forfeits more than the whole");
}
