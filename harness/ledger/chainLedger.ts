import {
  decodeFunctionResult,
  isAddressEqual,
  multicall3Abi,
  parseEventLogs,
  zeroAddress,
  type Address,
  type Hex,
  type TransactionReceipt,
} from "viem";

import { assertConserved, auditProof } from "../accounting/auditProof.ts";
import { decodeRecorded } from "../accounting/lateSubmissionEvents.ts";
import { makeBlobs, type CheckpointBlobs } from "../consensus/blobs.ts";
import { executeSynthetically } from "../consensus/syntheticExecution.ts";
import { L1RevertError } from "../l1/l1Errors.ts";
import type { EmbeddedNetwork } from "../network/openEmbeddedNetwork.ts";
import { packTips, TIPS_WORD, toWord } from "../protocol/storageMap.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { epochOfSlot, epochStart, slotStart } from "../protocol/time.ts";
import { epochOf, type Calendar } from "../sim/calendar.ts";
import {
  EMPTY_ROLLUP,
  hasGrownFrom,
  type CheckpointDraft,
  type CheckpointId,
  type EpochCommittee,
  type ExecutedBlock,
  type GasClass,
  type LandedCheckpoint,
  type LateRecord,
  type Ledger,
  type LedgerBlock,
  type LedgerProposal,
  type LedgerSetup,
  type LedgerTransaction,
  type Outcome,
  type RollupState,
  type Settlement,
  type ValidatorId,
} from "../sim/ledger.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { RollupContract } from "../upstream/contracts.ts";
import type { World } from "../world/world.ts";
import { BuiltCheckpoints } from "./builtCheckpoints.ts";
import { ChainAccounts } from "./chainAccounts.ts";
import { makeRequest } from "./chainRequests.ts";
import { readEpochCommittee, type AddressedCommittee } from "./epochCommittee.ts";
import { InvalidLedgerCallError, LedgerMismatchError } from "./ledgerErrors.ts";
import { prevRandaoOf } from "./prevRandao.ts";
import { setUpEpoch } from "./setUpEpoch.ts";

export interface ChainLedgerOptions {
  readonly network: EmbeddedNetwork;
  readonly world: World;
  readonly setup: LedgerSetup;
  /** The run's slot 0, as the chain counts. */
  readonly firstSlot: bigint;
  /** Whether L1 has sampled the committee of that slot's epoch. */
  readonly isSetUp: boolean;
  /** What follows the run. */
  readonly close: () => Promise<void>;
}

/** The rollup as the logs told it. */
interface ChainState extends RollupState {
  /** The newest epoch, of the run, in which something has landed: the first landing samples its committee. */
  readonly setUpEpoch: number;
}

/** The real contracts on an embedded chain. */
export class ChainLedger implements Ledger {
  readonly name = "chain";
  readonly calendar: Calendar;
  readonly terms: LateSubmissionTerms;
  readonly #network: EmbeddedNetwork;
  readonly #world: World;
  readonly #setup: LedgerSetup;
  readonly #firstSlot: bigint;
  readonly #firstEpoch: bigint;
  readonly #close: () => Promise<void>;
  readonly #built: BuiltCheckpoints;
  readonly #accounts: ChainAccounts;
  readonly #committees = new Map<number, AddressedCommittee>();
  /** With which attestations a checkpoint landed, the last time that it did. */
  readonly #attesters = new Map<CheckpointId, readonly ValidatorId[]>();
  #state: ChainState;
  /** The newest epoch that had to be set up although nothing had landed in it. */
  #forcedEpoch = -1;
  #snapshots: { readonly restore: () => Promise<void>; readonly state: ChainState }[] = [];
  #sharedBlobs: CheckpointBlobs | undefined;

  constructor({ network, world, setup, firstSlot, isSetUp, close }: ChainLedgerOptions) {
    const { timing } = network.rollup;
    this.#network = network;
    this.#world = world;
    this.#setup = setup;
    this.#firstSlot = firstSlot;
    this.#firstEpoch = epochOfSlot(timing, firstSlot);
    this.#close = close;
    this.#state = { ...EMPTY_ROLLUP, setUpEpoch: isSetUp ? 0 : -1 };
    this.#built = new BuiltCheckpoints(world);
    this.#accounts = new ChainAccounts(world, network.validators);
    this.terms = setup.terms;
    this.calendar = {
      slotMs: Number(timing.slotSeconds) * 1000,
      epochSlots: Number(timing.epochSlots),
      slotsBefore: Number(firstSlot % timing.epochSlots),
      proofSubmissionEpochs: Number(timing.proofSubmissionEpochs),
    };
  }

  async committeeOf(epoch: number): Promise<EpochCommittee> {
    const { members, proposers, quorum } = await this.#committeeOf(epoch);
    return { epoch, members, proposers, quorum };
  }

  async build(draft: CheckpointDraft): Promise<void> {
    if (this.#built.has(draft.id)) return;
    const { epochSlots, proofSubmissionEpochs } = this.calendar;
    this.#built.forgetBefore(draft.slot, epochSlots * (proofSubmissionEpochs + 1));
    const committee = await this.#committeeOf(epochOf(this.calendar, draft.slot));
    const blobs = this.#setup.ownBlobs ? undefined : await this.#shareBlobs();
    await this.#built.build(draft, this.#slot(draft.slot), committee, blobs);
  }

  async execute(block: LedgerBlock): Promise<ExecutedBlock> {
    if (this.#setup.reorgBlocks > 0) {
      this.#snapshots.push({ restore: await this.#network.chain.snapshot(), state: this.#state });
      this.#snapshots = this.#snapshots.slice(-this.#setup.reorgBlocks);
    }
    const outcomes: Outcome[] = [];
    for (const transaction of block.transactions) outcomes.push(await this.#executeOne(block, transaction));
    await this.#assertAgreement();
    return { outcomes, rollup: this.#state };
  }

  async foresee(
    { ms, baseFee }: Omit<LedgerBlock, "transactions">,
    proposal: LedgerProposal,
    seen: RollupState,
  ): Promise<string | undefined> {
    if (!hasGrownFrom(this.#state, seen)) return undefined;
    const { chain, rollup } = this.#network;
    const { from, to, data = "0x", gas = 0n } = await this.#request(proposal, baseFee);
    const [asked, now] = [this.#second(ms), await chain.now()];
    const tips = packTips(BigInt(seen.tip?.number ?? 0), BigInt(seen.proven));
    const stateDiff = [
      { slot: toWord(TIPS_WORD), value: toWord(tips) },
      // What is only simulated has no blobs.
      { slot: toWord(RollupContract.checkBlobStorageSlot), value: toWord(0n) },
    ];
    try {
      const returned = await chain.call({
        from: from.address,
        to: to ?? rollup.address,
        data,
        gas,
        // A block that the node has not seen may have that second already; none is so long that the slot would change with the next.
        timestamp: asked > now ? asked : now + 1n,
        stateOverride: [{ address: rollup.address, stateDiff }],
      });
      if (proposal.action.recipient === undefined) return undefined;
      const results = decodeFunctionResult({ abi: multicall3Abi, functionName: "aggregate3", data: returned });
      const last = results.at(-1);
      return last?.success === true ? undefined : nameOf(await chain.explain(last?.returnData ?? "0x"));
    } catch (error) {
      if (error instanceof L1RevertError) return nameOf(error);
      throw error;
    }
  }

  async rollBack(blocks: number): Promise<void> {
    const snapshot = this.#snapshots.at(-blocks);
    if (blocks < 1 || snapshot === undefined) {
      throw new InvalidLedgerCallError("No snapshot goes back so far", {
        fields: { blocks, snapshots: this.#snapshots.length },
      });
    }
    await snapshot.restore();
    this.#state = snapshot.state;
    this.#snapshots = this.#snapshots.slice(0, -blocks);
    // Everybody has gone by that committee since.
    if (this.#forcedEpoch > this.#state.setUpEpoch) await this.#ensureSetUp(this.#forcedEpoch);
  }

  async close(): Promise<void> {
    await this.#close();
  }

  // ---- inside ----

  /** A slot as the chain counts. */
  #slot(slot: number): bigint {
    return this.#firstSlot + BigInt(slot);
  }

  async #committeeOf(epoch: number): Promise<AddressedCommittee> {
    const known = this.#committees.get(epoch);
    if (known !== undefined) return known;
    await this.#ensureSetUp(epoch - 1);
    const committee = await readEpochCommittee(this.#network, this.#firstEpoch + BigInt(epoch));
    this.#committees.set(epoch, committee);
    return committee;
  }

  /** Sees to it that the committee after this epoch's is determined. Empty L1 blocks are not mined, so the clock may be behind. */
  async #ensureSetUp(epoch: number): Promise<void> {
    if (epoch <= this.#state.setUpEpoch) return;
    const begins = epochStart(this.#network.rollup.timing, this.#firstEpoch + BigInt(epoch));
    const now = await this.#network.chain.now();
    await setUpEpoch(this.#world, now > begins ? now : begins, prevRandaoOf(this.#setup.seed, Number(begins)));
    this.#forcedEpoch = epoch;
    this.#state = { ...this.#state, setUpEpoch: epoch };
  }

  async #shareBlobs(): Promise<CheckpointBlobs> {
    this.#sharedBlobs ??= await makeSharedBlobs();
    return this.#sharedBlobs;
  }

  /** One L1 block is told as several of one second, one for each transaction: so EDR wants it for blobs, and audits for proofs. */
  async #executeOne({ ms, baseFee }: LedgerBlock, transaction: LedgerTransaction): Promise<Outcome> {
    const request = await this.#request(transaction, baseFee);
    const receipt = await this.#network.chain.execute(request, {
      timestamp: this.#second(ms),
      baseFeePerGas: BigInt(baseFee),
      prevRandao: prevRandaoOf(this.#setup.seed, ms),
      sameTimestamp: true,
      allowRevert: true,
    });
    const late = this.#lateRecord(receipt);
    const isFirst = epochOf(this.calendar, Math.floor(ms / this.calendar.slotMs)) > this.#state.setUpEpoch;
    const hasLanded = this.#follow(receipt, transaction, ms, late !== undefined);
    const end = await this.#endOf(receipt, transaction, hasLanded);
    const settlement =
      transaction.action.kind === "prove" && end.status === "success" ? await this.#audit(receipt) : undefined;
    return {
      id: transaction.id,
      ...end,
      gasUsed: Number(receipt.gasUsed),
      gasClass: classify(transaction, end.status, { isFirst, isLate: late !== undefined, settlement }),
      ...(late === undefined ? {} : { late }),
      ...(settlement === undefined ? {} : { settlement }),
    };
  }

  #request(transaction: LedgerTransaction, baseFee: number) {
    const sources = {
      world: this.#world,
      built: this.#built,
      accounts: this.#accounts,
      attestersOf: (id: CheckpointId) => this.#attesters.get(id),
    };
    return makeRequest(sources, transaction, baseFee);
  }

  /** A moment of the run in the chain's seconds. */
  #second(ms: number): bigint {
    return slotStart(this.#network.rollup.timing, this.#firstSlot) + BigInt(Math.floor(ms / 1000));
  }

  async #endOf(
    receipt: TransactionReceipt,
    { action }: LedgerTransaction,
    hasLanded: boolean,
  ): Promise<Pick<Outcome, "status" | "error">> {
    const { chain, rollup } = this.#network;
    if (receipt.status === "reverted") {
      return { status: "reverted", error: nameOf(await chain.getRevert(receipt.transactionHash)) };
    }
    if (action.kind !== "propose" || hasLanded) return { status: "success" };
    const inner = await chain.getInnerRevert(receipt.transactionHash, rollup.address);
    return { status: "skipped", error: nameOf(inner) };
  }

  /** Takes over what the rollup says of itself. @returns Whether a checkpoint landed. */
  #follow(receipt: TransactionReceipt, transaction: LedgerTransaction, ms: number, isLate: boolean): boolean {
    const { rollup } = this.#network;
    const logs = parseEventLogs({
      abi: RollupAbi,
      eventName: ["CheckpointProposed", "PrunedPending", "CheckpointInvalidated", "L2ProofVerified"],
      logs: receipt.logs.filter(({ address }) => isAddressEqual(address, rollup.address)),
    });
    let { tip, proven, setUpEpoch } = this.#state;
    let hasLanded = false;
    for (const log of logs) {
      switch (log.eventName) {
        case "CheckpointProposed": {
          if (transaction.action.kind !== "propose") throw new LedgerMismatchError("A checkpoint landed unasked");
          const { checkpoint, attesters } = transaction.action;
          const { slot } = this.#built.get(checkpoint).draft;
          const number = Number(log.args.checkpointNumber);
          tip = { id: checkpoint, number, slot, parent: tip, isLate, txId: transaction.id, attesters };
          setUpEpoch = Math.max(setUpEpoch, epochOf(this.calendar, slot));
          this.#attesters.set(checkpoint, attesters);
          hasLanded = true;
          break;
        }
        case "PrunedPending":
          tip = cutAbove(tip, Number(log.args.provenCheckpointNumber));
          break;
        case "CheckpointInvalidated":
          tip = cutAbove(tip, Number(log.args.checkpointNumber) - 1);
          break;
        case "L2ProofVerified":
          proven = Math.max(proven, Number(log.args.checkpointNumber));
          break;
      }
    }
    this.#state = { tip, proven, setUpEpoch };
    return hasLanded;
  }

  #lateRecord(receipt: TransactionReceipt): LateRecord | undefined {
    const [recorded] = decodeRecorded(receipt, this.#network.rollup.address);
    if (recorded === undefined) return undefined;
    const { slot, submitter, delay } = recorded;
    return {
      slot: Number(slot - this.#firstSlot),
      submitter: isAddressEqual(submitter, zeroAddress) ? undefined : this.#accounts.nameOf(submitter),
      delay: Number(delay),
    };
  }

  async #audit(receipt: TransactionReceipt): Promise<Settlement> {
    const audit = await auditProof(this.#world.view, receipt);
    assertConserved(audit);
    const { sources, uses, credits, forfeited, settled } = audit;
    const total = (side: Readonly<Record<string, bigint>>) => Object.values(side).reduce((sum, part) => sum + part, 0n);
    return {
      sources: total(sources),
      uses: total(uses),
      credits: Object.fromEntries(
        Object.entries(credits).map(([address, amount]) => [this.#accounts.nameOf(address as Address), amount]),
      ),
      proverRewards: uses.proverRewards,
      burned: uses.burned,
      forfeited,
      settledSlots: settled.map(({ slot }) => Number(slot - this.#firstSlot)),
    };
  }

  /** What the logs told has to be what the contracts say. */
  async #assertAgreement(): Promise<void> {
    const { rollup, chain } = this.#network;
    const { pending, proven } = await chain.publicClient.readContract({
      address: rollup.address,
      abi: RollupAbi,
      functionName: "getTips",
    });
    const { tip, proven: told } = this.#state;
    if (Number(pending) !== (tip?.number ?? 0) || Number(proven) !== told) {
      throw new LedgerMismatchError("The logs tell another chain than the rollup", {
        fields: { pending, told: tip?.number ?? 0, proven, toldProven: told },
      });
    }
  }
}

/** `""` without a known one. */
function nameOf(revert: L1RevertError | undefined): string {
  return revert?.errorName ?? "";
}

function cutAbove(tip: LandedCheckpoint | undefined, number: number): LandedCheckpoint | undefined {
  let left = tip;
  while (left !== undefined && left.number > number) left = left.parent;
  return left;
}

function classify(
  { action }: LedgerTransaction,
  status: Outcome["status"],
  facts: { readonly isFirst: boolean; readonly isLate: boolean; readonly settlement: Settlement | undefined },
): GasClass {
  switch (action.kind) {
    case "propose":
      if (status !== "success") return "propose.refused";
      if (facts.isLate) return "propose.late";
      return facts.isFirst ? "propose.firstOfEpoch" : "propose.onTime";
    case "prove":
      if (status !== "success") return "refused";
      return facts.settlement?.settledSlots.length === 0 ? "prove" : "prove.late";
    default:
      return status === "success" ? "other" : "refused";
  }
}

/** Content for everybody: the commitments are computed once. What a checkpoint's header says of its blobs is true all the same. */
function makeSharedBlobs(): Promise<CheckpointBlobs> {
  const zero: Hex = `0x${"00".repeat(32)}`;
  const { blobFields } = executeSynthetically({
    seed: "shared",
    number: 1n,
    slot: 1n,
    timestamp: 1n,
    parentArchive: zero,
    manaUsed: 0n,
    blobCount: 1,
  });
  return makeBlobs(blobFields);
}
