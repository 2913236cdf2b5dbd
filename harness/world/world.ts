import type { Address, LocalAccount, PrivateKeyAccount, TransactionReceipt } from "viem";

import { asRescued, attestCheckpoint, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { proveBlobs } from "../consensus/blobs.ts";
import { ChainFollower } from "../consensus/chainFollower.ts";
import { buildCheckpoint, type BuildCheckpointOptions } from "../consensus/checkpoint.ts";
import { readTip, type CheckpointTip } from "../consensus/checkpointTip.ts";
import { ContentStore } from "../consensus/contentStore.ts";
import type { EpochProofOptions } from "../consensus/epochProof.ts";
import { makeEpochProofTransaction } from "../consensus/epochProofTransaction.ts";
import { KeyRing, type HeldKey } from "../consensus/keyRing.ts";
import {
  makeBundledProposeTransaction,
  makeProposeTransaction,
  type Bundle,
  type TransactionOverrides,
} from "../consensus/proposeTransaction.ts";
import type { RollupView } from "../consensus/rollupView.ts";
import { readSlotCommittee, type SlotCommittee } from "../consensus/slotCommittee.ts";
import { BuildAheadError } from "../errors.ts";
import { deriveAccount } from "../l1/deriveAccount.ts";
import type { L1Chain } from "../l1/l1Chain.ts";
import type { L1RevertError } from "../l1/l1Errors.ts";
import type { L1BlobTransactionRequest } from "../l1/l1Transaction.ts";
import type { AztecContracts, AztecNetwork } from "../network/contracts.ts";
import type { Rollup } from "../network/rollup.ts";
import { epochOfSlot, firstSlotOfEpoch, slotAt, slotStart } from "../protocol/time.ts";
import type { WorldStep } from "./worldStep.ts";

export interface WorldOptions {
  readonly network: Pick<AztecNetwork, "chain" | "contracts">;
  /** The version that is driven. */
  readonly rollup: Rollup;
  /** Keys of validators, as far as they are known. */
  readonly keys: Iterable<HeldKey>;
  /** Decides the content of every checkpoint, and the accounts of {@link World.account}. */
  readonly seed: string;
  /** Who may attest in a slot; default what the rollup says. */
  readonly committeeOf?: (slot: bigint) => Promise<SlotCommittee>;
  /** The first L1 block that is read for logs; default 0. */
  readonly fromBlock?: bigint;
}

export interface BuildOptions extends Partial<Omit<BuildCheckpointOptions, "slot" | "seed">> {
  /** Who attests; default the smallest landable quorum. */
  readonly signers?: (committee: SlotCommittee) => readonly Address[];
  /** Makes the content differ from what would otherwise be built for the slot. */
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
  /**
   * The gas limit, given the gas that the transaction uses on time, as whoever sends it simulates it beforehand. Left out: the harness's
   * own, which is no publisher's. Where it is given, an {@link L1RevertError} says what would not even land on time.
   */
  readonly gasLimit?: (onTimeGas: bigint) => bigint;
}

export interface LandLateOptions extends Omit<LandOptions, "timestamp"> {
  /** Seconds into the slot after the checkpoint's own; default 12, that slot's second L1 block. */
  readonly delay?: bigint;
  /** Sends the checkpoint as it is, as a proposer's slipped transaction does. Default false: as a rescuer, see `asRescued`. */
  readonly isAsGiven?: boolean;
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

/** Hears of what is done in a world, as it happens. */
export interface WorldListener {
  readonly onLanding?: (landing: Landing) => void;
  readonly onProof?: (receipt: TransactionReceipt) => void;
  /** Something that somebody found worth telling; see {@link World.tell}. */
  readonly onStep?: (step: WorldStep) => void;
}

/** Seconds into its slot at which a punctual proposer's transaction is mined: the second L1 block. */
const ON_TIME_DELAY = 12n;
/** Wei that an account of {@link World.account} has at least. */
const GAS_MONEY = 10n ** 20n;

/** Somebody's key is needed here and is not held. */
export class MissingKeyError extends BuildAheadError {
  constructor(address: Address, purpose: string) {
    super(`There is no key to ${purpose} with`, { fields: { address } });
  }
}

/**
 * A rollup with somebody to drive it: all of its proposers and provers in one hand. What is late, who sends it and what goes wrong
 * is the caller's decision. Each verb submits and has the chain's producer mine: for whoever writes a sequence of slots by hand.
 */
export class World {
  readonly chain: L1Chain;
  readonly contracts: AztecContracts;
  readonly rollup: Rollup;
  readonly keys: KeyRing;
  /** What L1 says of the rollup. */
  readonly follower: ChainFollower;
  /** Everything that was built here. */
  readonly content = new ContentStore();
  readonly #seed: string;
  readonly #committeeOf: (slot: bigint) => Promise<SlotCommittee>;
  readonly #listeners = new Set<WorldListener>();

  constructor({ network, rollup, keys, seed, committeeOf, fromBlock }: WorldOptions) {
    this.chain = network.chain;
    this.contracts = network.contracts;
    this.rollup = rollup;
    this.keys = new KeyRing(keys);
    this.#seed = seed;
    this.follower = new ChainFollower(this.view, fromBlock);
    this.#committeeOf = committeeOf ?? ((slot) => readSlotCommittee(this.view, slot));
  }

  get view(): RollupView & { readonly chain: L1Chain } {
    return { chain: this.chain, rollup: this.rollup };
  }

  /** Lets somebody listen; the returned function ends it. */
  listen(listener: WorldListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells whoever listens what was tried here and how it ended. */
  tell(step: WorldStep): void {
    for (const { onStep } of this.#listeners) onStep?.(step);
  }

  // ---- time ----

  /** Unix seconds: so many after the start of a slot; negative before it. */
  at(slot: bigint, seconds = 0n): bigint {
    return slotStart(this.rollup.timing, slot) + seconds;
  }

  epochOf(slot: bigint): bigint {
    return epochOfSlot(this.rollup.timing, slot);
  }

  firstSlotOf(epoch: bigint): bigint {
    return firstSlotOfEpoch(this.rollup.timing, epoch);
  }

  /** The first slot whose {@link ON_TIME_DELAY} is still ahead of the chain's clock. */
  async nextSlot(): Promise<bigint> {
    const now = await this.chain.now();
    const current = slotAt(this.rollup.timing, now);
    return this.at(current, ON_TIME_DELAY) > now ? current : current + 1n;
  }

  // ---- people ----

  /** An account of that role, with ether to pay for gas. The same world gives a role the same account in every run. */
  async account(role: string): Promise<PrivateKeyAccount> {
    const { account } = deriveAccount(this.#seed, role);
    await this.chain.ensureBalance(account.address, GAS_MONEY);
    return account;
  }

  committee(slot: bigint): Promise<SlotCommittee> {
    return this.#committeeOf(slot);
  }

  /** Who sends a slot's proposal on time. @throws MissingKeyError */
  async proposerOf(slot: bigint): Promise<PrivateKeyAccount> {
    return this.#accountOf((await this.committee(slot)).proposer);
  }

  // ---- checkpoints ----

  /** The tip as it will be when a slot begins, or as it is if that has passed. */
  async tipFor(slot: bigint): Promise<CheckpointTip> {
    const [now, begin] = [await this.chain.now(), this.at(slot)];
    return readTip(this.view, now > begin ? now : begin);
  }

  /** Builds and attests the checkpoint of a slot; by default on the tip that L1 will have when the slot begins. */
  async build(slot: bigint, options: BuildOptions = {}): Promise<AttestedCheckpoint> {
    const { signers, salt = "", parent, coinbase, ...rest } = options;
    const committee = await this.committee(slot);
    const checkpoint = await buildCheckpoint(this.view, {
      slot,
      seed: `${this.#seed}${salt}`,
      parent: parent ?? (await this.tipFor(slot)),
      coinbase: coinbase ?? committee.proposer,
      ...rest,
    });
    return attestCheckpoint(checkpoint, committee, this.keys, signers?.(committee));
  }

  /** Sends a checkpoint alone in an L1 block. A revert is an outcome, not an error. */
  async land(checkpoint: AttestedCheckpoint, options: LandOptions = {}): Promise<Landing> {
    const { bundle, overrides = {}, gasLimit } = options;
    const timestamp = options.timestamp ?? this.at(checkpoint.slot, ON_TIME_DELAY);
    const from =
      options.from ?? this.#accountOf(checkpoint.proposer ?? (await this.committee(checkpoint.slot)).proposer);
    await proveBlobs(checkpoint.blobs);
    const request =
      bundle === undefined
        ? makeProposeTransaction(this.view, checkpoint, from, overrides)
        : makeBundledProposeTransaction(
            this.view,
            checkpoint,
            from,
            { ...bundle, multicall3: this.contracts.multicall3 },
            overrides,
          );
    this.content.add(checkpoint);
    const gas = gasLimit && { gas: gasLimit(await this.#simulateOnTime(request, checkpoint.slot, timestamp)) };
    const receipt = await this.chain.execute({ ...request, ...gas }, { timestamp, allowRevert: true });
    const landing = {
      checkpoint,
      receipt,
      timestamp,
      ...(receipt.status === "reverted" ? { revert: await this.chain.getRevert(receipt.transactionHash) } : {}),
    };
    for (const { onLanding } of this.#listeners) onLanding?.(landing);
    return landing;
  }

  /** Builds and lands the checkpoint of a slot on time. @throws L1RevertError when it does not land. */
  async landOnTime(slot: bigint, options: BuildOptions = {}): Promise<Landing> {
    return requireLanded(await this.land(await this.build(slot, options)));
  }

  /** Lands a checkpoint in the slot after its own. @throws L1RevertError when it does not land. */
  async landLate(checkpoint: AttestedCheckpoint, options: LandLateOptions = {}): Promise<Landing> {
    const { delay = ON_TIME_DELAY, isAsGiven = false, ...rest } = options;
    const timestamp = this.at(checkpoint.slot + 1n, delay);
    return requireLanded(await this.land(isAsGiven ? checkpoint : asRescued(checkpoint), { ...rest, timestamp }));
  }

  // ---- what has landed ----

  /** The checkpoints of an epoch that are in the chain, in order. @throws UnknownContentError */
  async landedIn(epoch: bigint): Promise<readonly AttestedCheckpoint[]> {
    await this.follower.sync();
    return this.follower.chain.filter(({ slot }) => this.epochOf(slot) === epoch).map((key) => this.content.get(key));
  }

  /**
   * Proves a run of checkpoints of one epoch in the next L1 block.
   * @throws L1RevertError when L1 refuses the proof.
   */
  async prove(
    checkpoints: readonly AttestedCheckpoint[],
    prover: LocalAccount,
    options: Omit<EpochProofOptions, "checkpoints" | "prover"> = {},
  ): Promise<TransactionReceipt> {
    const request = await makeEpochProofTransaction(this.view, prover, { ...options, checkpoints });
    const receipt = await this.chain.execute(request);
    for (const { onProof } of this.#listeners) onProof?.(receipt);
    return receipt;
  }

  /**
   * Gas that a transaction uses in a slot: at the second for which it is meant, or, if that is another slot's, where it should have been
   * mined. It is mined and taken back, because neither node simulates a blob transaction at a second of choice.
   * @throws L1RevertError
   */
  async #simulateOnTime(request: L1BlobTransactionRequest, slot: bigint, timestamp: bigint): Promise<bigint> {
    const isOnTime = slotAt(this.rollup.timing, timestamp) === slot;
    const restore = await this.chain.snapshot();
    try {
      const at = isOnTime ? timestamp : this.at(slot, ON_TIME_DELAY);
      return (await this.chain.execute(request, { timestamp: at })).gasUsed;
    } finally {
      await restore();
    }
  }

  #accountOf(address: Address): PrivateKeyAccount {
    const account = this.keys.accountOf(address);
    if (account === undefined) throw new MissingKeyError(address, "send");
    return account;
  }
}

/** @throws L1RevertError when it did not land. */
export function requireLanded(landing: Landing): Landing {
  if (landing.revert !== undefined) throw landing.revert;
  return landing;
}
