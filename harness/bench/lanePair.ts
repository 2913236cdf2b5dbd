import type { Address, Hex, LocalAccount, TransactionReceipt } from "viem";

import {
  makeBundledProposeTransaction,
  makeProposeTransaction,
  type TransactionOverrides,
} from "../consensus/proposeTransaction.ts";
import { governanceSignalCall, slashingVoteCall, type BundledCall } from "../consensus/bundledCalls.ts";
import { attestCheckpoint, withAttestations, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { buildCheckpoint, type BuildCheckpointOptions } from "../consensus/checkpoint.ts";
import { readTip } from "../consensus/checkpointTip.ts";
import { readSlotCommittee, type SlotCommittee } from "../consensus/slotCommittee.ts";
import { deriveAccount } from "../l1/deriveAccount.ts";
import { PREVIEW_HARDFORKS } from "../l1/embeddedChain.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import { slotStart } from "../protocol/time.ts";
import { advanceToEpoch } from "../network/advance.ts";
import { encodeSlashVotes } from "../protocol/slashVotes.ts";
import { BenchContradictionError } from "./benchErrors.ts";
import { deployBenchContract } from "./deployBenchContract.ts";
import { forkLane } from "./forkLane.ts";
import { openLane, type Lane, type LaneKind, type LaneOptions } from "./openLane.ts";

/** How a transaction is sent on a lane. */
export interface SendOptions {
  /** Unix seconds of its L1 block. */
  readonly timestamp: bigint;
  /** Whether the block may share its second with its parent: one L1 block told as several. */
  readonly sameTimestamp?: boolean;
}

export type LaneRequest = L1TransactionRequest | L1BlobTransactionRequest;

/** Under which a lane is deployed when it cannot be under the fork that is measured. */
const LATEST_HARDFORK = "osaka";

/** Everything in mainnet's order of events: the second L1 block of a slot. */
const ON_TIME_DELAY = 12n;

/**
 * Upstream's rollup and the extended one on chains of their own, in the same state as far as upstream's storage goes. What is built
 * here is valid on both, byte for byte.
 */
export class LanePair {
  readonly upstream: Lane;
  readonly buildAhead: Lane;
  readonly committeeSize: number;
  /** Sends what a proposer does not send itself. */
  readonly rescuer: LocalAccount;
  readonly prover: LocalAccount;
  /** At the same address on both lanes; only the extended one has the guard that it asks. */
  readonly guardedBundler: Address;
  readonly #committees = new Map<bigint, SlotCommittee>();

  private constructor(upstream: Lane, buildAhead: Lane, committeeSize: number, guardedBundler: Address) {
    this.upstream = upstream;
    this.buildAhead = buildAhead;
    this.committeeSize = committeeSize;
    this.guardedBundler = guardedBundler;
    this.rescuer = deriveAccount("gas evidence", "rescuer").account;
    this.prover = deriveAccount("gas evidence", "prover").account;
  }

  /** @throws BenchContradictionError when the lanes do not mirror each other. */
  static async open(options: Omit<LaneOptions, "kind">): Promise<LanePair> {
    const isPreview = (PREVIEW_HARDFORKS as readonly string[]).includes(options.hardfork);
    const deployed = isPreview ? { ...options, hardfork: LATEST_HARDFORK } : options;
    const open = async (kind: LaneKind) => {
      const lane = await openLane({ ...deployed, kind });
      // On both, so that they stay in step.
      const guardedBundler = await deployBenchContract(lane, "GuardedBundler");
      return { lane: isPreview ? await forkLane(lane, options.hardfork) : lane, guardedBundler };
    };
    const { lane: upstream } = await open("upstream");
    const { lane: buildAhead, guardedBundler } = await open("build-ahead");
    const pair = new LanePair(upstream, buildAhead, options.committee, guardedBundler);
    const shape = ({ rollup, contracts, firstEpoch }: Lane) =>
      JSON.stringify([rollup.address, String(rollup.genesisTime), contracts, String(firstEpoch)]);
    if (shape(upstream) !== shape(buildAhead)) {
      throw new BenchContradictionError("The two lanes differ in more than their code", {
        fields: { upstream: shape(upstream), buildAhead: shape(buildAhead) },
      });
    }
    for (const { chain, rollup } of pair.lanes) {
      await chain.setBalance(pair.rescuer.address, 10n ** 22n);
      await chain.setBalance(pair.prover.address, 10n ** 22n);
      await advanceToEpoch(chain, rollup, pair.firstEpoch);
    }
    return pair;
  }

  get lanes(): readonly [Lane, Lane] {
    return [this.upstream, this.buildAhead];
  }

  /** The first epoch to measure in, untouched so far and with slashing votes open; the clock stands at its first second. */
  get firstEpoch(): bigint {
    const { slashingOffsetInRounds, slashingRoundSize, aztecEpochDuration } = this.upstream.rollup.config;
    const votesOpen = (slashingOffsetInRounds * slashingRoundSize) / aztecEpochDuration;
    const staked = this.upstream.firstEpoch + 1n;
    return staked > votesOpen ? staked : votesOpen;
  }

  async close(): Promise<void> {
    for (const { chain } of this.lanes) await chain.close();
  }

  /** Remembers both chains' state; the returned function goes back to it. */
  async snapshot(): Promise<() => Promise<void>> {
    const restores = [await this.upstream.chain.snapshot(), await this.buildAhead.chain.snapshot()];
    return async () => {
      for (const restore of restores) await restore();
    };
  }

  /** First second of a slot, the same on both lanes. */
  slotStart(slot: bigint): bigint {
    return slotStart(this.upstream.rollup.timing, slot);
  }

  onTime(slot: bigint): bigint {
    return this.slotStart(slot) + ON_TIME_DELAY;
  }

  async committee(slot: bigint): Promise<SlotCommittee> {
    const known = this.#committees.get(slot);
    if (known !== undefined) return known;
    const committee = await readSlotCommittee(this.buildAhead, this.buildAhead.validators, slot);
    this.#committees.set(slot, committee);
    return committee;
  }

  /** Who sends on time: the proposer; with a committee of 0 anyone, here the first validator. */
  async proposerOf(slot: bigint): Promise<LocalAccount> {
    if (this.committeeSize > 0) return (await this.committee(slot)).proposer.account;
    const [anyone] = this.buildAhead.validators;
    if (anyone === undefined) throw new BenchContradictionError("A network without validators cannot be measured");
    return anyone.account;
  }

  /** Builds and attests the checkpoint of a slot for both lanes; by default on the extended lane's tip. */
  async build(slot: bigint, options: Partial<BuildCheckpointOptions> = {}): Promise<AttestedCheckpoint> {
    const now = await this.buildAhead.chain.now();
    const at = this.slotStart(slot) > now ? this.slotStart(slot) : now;
    const checkpoint = await buildCheckpoint(this.buildAhead, {
      seed: "gas evidence",
      parent: options.parent ?? (await readTip(this.buildAhead, at)),
      coinbase: (await this.proposerOf(slot)).address,
      ...options,
      slot,
    });
    if (this.committeeSize > 0) return attestCheckpoint(checkpoint, await this.committee(slot));
    return withAttestations(checkpoint, {
      attestations: { signatureIndices: "0x", signaturesOrAddresses: "0x" },
      signers: [],
    });
  }

  /** The transaction that calls `propose` itself, with or without its blobs. */
  proposeRequest(lane: Lane, checkpoint: AttestedCheckpoint, from: LocalAccount, withBlobs = true): LaneRequest {
    const request = makeProposeTransaction(lane, checkpoint, from);
    return withBlobs ? request : withoutSidecars(request);
  }

  /** The same through Multicall3, with the calls that a publisher sends along. */
  bundleRequest(
    lane: Lane,
    checkpoint: AttestedCheckpoint,
    from: LocalAccount,
    calls: { readonly before?: readonly BundledCall[]; readonly after?: readonly BundledCall[] },
    withBlobs = true,
    overrides: TransactionOverrides = {},
  ): LaneRequest {
    const bundle = { multicall3: lane.contracts.multicall3, ...calls };
    const request = makeBundledProposeTransaction(lane, checkpoint, from, bundle, overrides);
    return withBlobs ? request : withoutSidecars(request);
  }

  /** A governance signal and a slashing vote by the proposer of the slot in which the bundle lands. */
  async companions(lane: Lane, slot: bigint): Promise<readonly BundledCall[]> {
    const { proposer, members } = await this.committee(slot);
    const { aztecEpochDuration, slashingRoundSize } = lane.rollup.config;
    const round = { committeeSize: members.length, roundSlots: slashingRoundSize, epochSlots: aztecEpochDuration };
    // Nobody is guilty but the fourth member: a vote as quiet times see it.
    const votes = encodeSlashVotes(round, [0, 0, 0, 1]);
    return [
      await governanceSignalCall(lane, proposer, slot, lane.contracts.dateGatedRelayer),
      await slashingVoteCall(lane, proposer, slot, votes),
    ];
  }

  async send(lane: Lane, request: LaneRequest, options: SendOptions): Promise<TransactionReceipt> {
    return lane.chain.execute(request, { ...options, allowRevert: true });
  }

  /** Lands a checkpoint on time on both lanes, by its proposer, and returns the receipts. @throws when one refuses. */
  async landOnTime(
    checkpoint: AttestedCheckpoint,
  ): Promise<{ readonly upstream: TransactionReceipt; readonly buildAhead: TransactionReceipt }> {
    const from = await this.proposerOf(checkpoint.slot);
    const land = async (lane: Lane) => {
      const request = this.proposeRequest(lane, checkpoint, from);
      return lane.chain.execute(request, { timestamp: this.onTime(checkpoint.slot) });
    };
    return { upstream: await land(this.upstream), buildAhead: await land(this.buildAhead) };
  }

  /** Switches the comparison of commitments with blobs off or on, as upstream's own benchmark does. */
  async setBlobCheck(lane: Lane, isOn: boolean): Promise<void> {
    await lane.chain.setStorageAt(lane.rollup.address, CHECK_BLOB_WORD, `0x${(isOn ? "1" : "0").padStart(64, "0")}`);
  }
}

/** Where `RollupCore.checkBlob` lives; `setBlobCheck` is verified through its getter by a test. */
const CHECK_BLOB_WORD: Hex = `0x${"4".padStart(64, "0")}`;

function withoutSidecars({ from, to, data, gas }: L1BlobTransactionRequest): L1TransactionRequest {
  return { from, to, data, gas };
}
