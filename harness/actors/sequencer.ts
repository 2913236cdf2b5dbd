import type { LocalAccount, TransactionReceipt } from "viem";

import { attestCheckpoint, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { buildCheckpoint, type BuildCheckpointOptions } from "../consensus/checkpoint.ts";
import { readTip, type CheckpointTip } from "../consensus/checkpointTip.ts";
import { readSlotCommittee, type SlotCommittee } from "../consensus/slotCommittee.ts";
import { BuildAheadError } from "../errors.ts";
import type { L1RevertError } from "../l1/l1Errors.ts";
import type { AztecDeployment, RollupDeployment } from "../network/deployment.ts";
import { epochOfSlot, slotAt, slotStart } from "../network/rollupReads.ts";
import type { Validator } from "../network/validator.ts";
import { makeEpochProofTransaction } from "./prover.ts";
import {
  makeBundledProposeTransaction,
  makeProposeTransaction,
  type Bundle,
  type TransactionOverrides,
} from "./publisher.ts";

export interface SequencerOptions {
  readonly deployment: Pick<AztecDeployment, "chain" | "contracts">;
  readonly rollup: RollupDeployment;
  /** Keys of everybody that can be on a committee. */
  readonly validators: readonly Validator[];
  /** Decides the content of every checkpoint. */
  readonly seed: string;
}

export interface BuildOptions extends Partial<Omit<BuildCheckpointOptions, "slot" | "seed">> {
  /** Who attests; default the smallest landable quorum. */
  readonly signers?: (committee: SlotCommittee) => readonly Validator[];
  /** Makes the content differ from what the sequencer would otherwise build for the slot. */
  readonly salt?: string;
}

export interface LandOptions {
  /** Unix seconds of the L1 block; default {@link ON_TIME_DELAY} after the header slot began. */
  readonly timestamp?: bigint;
  /** Who sends; default the slot's proposer. */
  readonly from?: LocalAccount;
  /** Sends through Multicall3. */
  readonly bundle?: Omit<Bundle, "multicall3">;
  readonly overrides?: TransactionOverrides;
}

/** What became of one `propose` transaction. */
export interface Landing {
  readonly checkpoint: AttestedCheckpoint;
  readonly receipt: TransactionReceipt;
  /** Unix seconds. */
  readonly timestamp: bigint;
  /** Why the transaction failed; undefined when it was included successfully. */
  readonly revert?: L1RevertError;
}

/** Seconds into its slot at which a punctual proposer's transaction is mined: the second L1 block. */
export const ON_TIME_DELAY = 12n;

/** Asked to prove checkpoints that it has not landed. */
export class UnknownCheckpointError extends BuildAheadError {
  constructor(number: bigint) {
    super("The sequencer has not landed this checkpoint", { fields: { number } });
  }
}

/**
 * All proposers of one rollup in one hand: builds, attests, lands and proves checkpoints of chosen slots, and remembers what
 * has landed. What is late, who sends it and what goes wrong is the caller's decision.
 */
export class Sequencer {
  readonly rollup: RollupDeployment;
  readonly validators: readonly Validator[];
  readonly #deployment: SequencerOptions["deployment"];
  readonly #seed: string;
  readonly #landed = new Map<bigint, AttestedCheckpoint>();

  constructor(options: SequencerOptions) {
    this.rollup = options.rollup;
    this.validators = options.validators;
    this.#deployment = options.deployment;
    this.#seed = options.seed;
  }

  get chain() {
    return this.#deployment.chain;
  }

  get view() {
    return { chain: this.chain, rollup: this.rollup };
  }

  /** The first slot whose {@link ON_TIME_DELAY} is still ahead of the chain's clock. */
  async nextSlot(): Promise<bigint> {
    const now = await this.chain.now();
    const current = slotAt(this.rollup, now);
    return slotStart(this.rollup, current) + ON_TIME_DELAY > now ? current : current + 1n;
  }

  committee(slot: bigint): Promise<SlotCommittee> {
    return readSlotCommittee(this.view, this.validators, slot);
  }

  /** Builds and attests the checkpoint of a slot; by default on the tip that L1 will have when the slot begins. */
  async build(slot: bigint, options: BuildOptions = {}): Promise<AttestedCheckpoint> {
    const { signers, salt = "", parent, coinbase, ...rest } = options;
    const committee = await this.committee(slot);
    const checkpoint = await buildCheckpoint(this.view, {
      slot,
      seed: `${this.#seed}${salt}`,
      parent: parent ?? (await this.tipFor(slot)),
      coinbase: coinbase ?? committee.proposer.address,
      ...rest,
    });
    return attestCheckpoint(checkpoint, committee, signers?.(committee));
  }

  /** Sends a checkpoint alone in an L1 block. A revert is an outcome, not an error. */
  async land(checkpoint: AttestedCheckpoint, options: LandOptions = {}): Promise<Landing> {
    const { bundle, overrides = {} } = options;
    const timestamp = options.timestamp ?? slotStart(this.rollup, checkpoint.slot) + ON_TIME_DELAY;
    const from = options.from ?? (await this.committee(checkpoint.slot)).proposer.account;
    const request =
      bundle === undefined
        ? makeProposeTransaction(this.view, checkpoint, from, overrides)
        : makeBundledProposeTransaction(
            this.view,
            checkpoint,
            from,
            { ...bundle, multicall3: this.#deployment.contracts.multicall3 },
            overrides,
          );
    const receipt = await this.chain.execute(request, { timestamp, allowRevert: true });
    if (receipt.status === "reverted") {
      return { checkpoint, receipt, timestamp, revert: await this.chain.getRevert(receipt.transactionHash) };
    }
    if (await this.#isTip(checkpoint)) this.#landed.set(checkpoint.number, checkpoint);
    return { checkpoint, receipt, timestamp };
  }

  /** Builds and lands the checkpoint of a slot on time. @throws L1RevertError when it does not land. */
  async landOnTime(slot: bigint, options: BuildOptions = {}): Promise<Landing> {
    return expectLanded(await this.land(await this.build(slot, options)));
  }

  /**
   * Lands a checkpoint in the slot after its own.
   * @param delay Seconds into that slot; default 12, the slot's second L1 block
   * @throws L1RevertError when it does not land.
   */
  async landLate(
    checkpoint: AttestedCheckpoint,
    options: Omit<LandOptions, "timestamp"> & { readonly delay?: bigint } = {},
  ): Promise<Landing> {
    const { delay = ON_TIME_DELAY, ...rest } = options;
    const timestamp = slotStart(this.rollup, checkpoint.slot + 1n) + delay;
    return expectLanded(await this.land(checkpoint, { ...rest, timestamp }));
  }

  /** The landed checkpoint of a number. @throws UnknownCheckpointError */
  landed(number: bigint): AttestedCheckpoint {
    const checkpoint = this.#landed.get(number);
    if (checkpoint === undefined) throw new UnknownCheckpointError(number);
    return checkpoint;
  }

  /**
   * Proves landed checkpoints of one epoch in the next L1 block.
   * @throws L1RevertError when L1 refuses the proof.
   */
  async prove(start: bigint, end: bigint, prover: LocalAccount): Promise<TransactionReceipt> {
    const checkpoints: AttestedCheckpoint[] = [];
    for (let number = start; number <= end; number++) checkpoints.push(this.landed(number));
    return this.chain.execute(await makeEpochProofTransaction(this.view, prover, { checkpoints }));
  }

  /** Numbers of the landed checkpoints of an epoch, first and last. @throws BuildAheadError when there is none. */
  rangeOfEpoch(epoch: bigint): { readonly start: bigint; readonly end: bigint } {
    const numbers = [...this.#landed.values()]
      .filter(({ slot }) => epochOfSlot(this.rollup, slot) === epoch)
      .map(({ number }) => number);
    const [first] = numbers;
    if (first === undefined) throw new BuildAheadError("No checkpoint of the epoch has landed", { fields: { epoch } });
    return numbers.reduce(
      ({ start, end }, number) => ({ start: number < start ? number : start, end: number > end ? number : end }),
      { start: first, end: first },
    );
  }

  /** The tip as it will be when a slot begins, or as it is if that has passed. */
  async tipFor(slot: bigint): Promise<CheckpointTip> {
    const [now, begin] = [await this.chain.now(), slotStart(this.rollup, slot)];
    return readTip(this.view, now > begin ? now : begin);
  }

  /** A bundle succeeds whether or not its proposal did, so the chain is asked. */
  async #isTip(checkpoint: AttestedCheckpoint): Promise<boolean> {
    const { archive } = await readTip(this.view);
    if (archive !== checkpoint.archive) return false;
    for (const number of this.#landed.keys()) if (number > checkpoint.number) this.#landed.delete(number);
    return true;
  }
}

function expectLanded(landing: Landing): Landing {
  if (landing.revert !== undefined) throw landing.revert;
  return landing;
}
