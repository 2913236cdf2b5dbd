import { expect } from "chai";
import {
  encodeFunctionData,
  getAddress,
  toHex,
  zeroAddress,
  type Address,
  type Hex,
  type LocalAccount,
  type TransactionReceipt,
} from "viem";

import { accountsOfProof, assertConserved, auditProof } from "../../harness/accounting/auditProof.ts";
import { decodeEpochProof } from "../../harness/accounting/decodeEpochProof.ts";
import { decodeRecorded, type SettledLateSubmission } from "../../harness/accounting/lateSubmissionEvents.ts";
import { mintFeeAsset } from "../../harness/accounting/mintFeeAsset.ts";
import { readMoney } from "../../harness/accounting/moneySnapshot.ts";
import { makeEpochProofTransaction } from "../../harness/consensus/epochProofTransaction.ts";
import { nameLateRecipientCall } from "../../harness/consensus/bundledCalls.ts";
import { lateSubmissionAbi } from "../../harness/protocol/abis.ts";
import { logPlace, recordPlace } from "../../harness/protocol/rings.ts";
import { deriveShares } from "../../harness/protocol/shares.ts";
import { splitShare } from "../../harness/protocol/split.ts";
import type { LateSubmissionTerms } from "../../harness/protocol/terms.ts";
import { encodeSetTerms } from "../../harness/protocol/terms.ts";
import { slotAt, slotStart } from "../../harness/protocol/time.ts";
import { epochAt, isAcceptingProofs } from "../../harness/protocol/time.ts";
import { judgeOpening } from "../../harness/protocol/window.ts";
import { Sequencer } from "../../harness/world/world.ts";
import type { AttestedCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { readTip } from "../../harness/consensus/checkpointTip.ts";
import { computeFee, proveBlobsOfEpoch } from "../../harness/consensus/epochProof.ts";
import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import type { UpgradedNetwork } from "../../harness/network/upgradeToBuildAhead.ts";
import { RegistryAbi, RewardDistributorAbi, RollupAbi, TestERC20Abi } from "../../harness/upstream/abis.ts";
import type { CheckpointFee } from "../../harness/upstream/epochProofArgs.ts";
import type { Action, FeeLevel, RecipientKind, SlotPlan } from "./plan.ts";
import { runAsUpstream } from "./runAsUpstream.ts";

const TOKEN = 10n ** 18n;
/** Seconds into its slot at which a checkpoint of these sequences lands on time: after any late one and its company. */
const PUNCTUAL = 40n;
/** `Registry`'s storage: owner, versions by number, then the list of versions, whose length stands here. */
const REGISTRY_VERSIONS: Hex = toHex(2n, { size: 32 });

/** A late landing as the model remembers it. */
interface ModelRecord {
  readonly slot: bigint;
  readonly checkpointNumber: bigint;
  readonly submitter: Address;
  readonly originalProposer: Address;
  readonly submitterBps: bigint;
  readonly burnBps: bigint;
  readonly delay: bigint;
  isSettled: boolean;
}

interface ModelCheckpoint {
  readonly checkpoint: AttestedCheckpoint;
  readonly isUnattested: boolean;
  readonly record?: ModelRecord;
}

/** How often a run did what it is there for; a sequence that never does it proves nothing. */
export const COUNTERS = [
  "onTime",
  "late",
  "refusedLate",
  "unattested",
  "invalidated",
  "invalidatedBelowLate",
  "resubmitted",
  "duplicates",
  "pruned",
  "prunedLate",
  "proofs",
  "proofsThatGrow",
  "shorterProofs",
  "refusedProofs",
  "settled",
  "settledForNobody",
  "settledSelf",
  "withCongestion",
  "withoutRewards",
  "shortOfRewards",
  "nonCanonical",
  "termsChangedBetween",
  "claims",
  "proverClaims",
  "overwrittenRecords",
  "transactionsDisabled",
] as const;
export type Counter = (typeof COUNTERS)[number];

export interface WorldOptions {
  /** Decides the content of checkpoints. */
  readonly seed: string;
  /** Whether each proof also runs as upstream would; default true. */
  readonly comparesWithUpstream?: boolean;
}

/**
 * Takes the steps of a plan on the real stack, keeps the books a second time from the design's formulas, and compares after
 * every step. Nothing in the model is read from what is being tested: it knows only what was sent, what balances the
 * distributor had, and which rules the specification gives.
 */
export class SettlementWorld {
  readonly counters = new Map<Counter, number>();
  readonly #network: UpgradedNetwork;
  readonly #sequencer: Sequencer;
  readonly #comparesWithUpstream: boolean;
  readonly #provers: readonly LocalAccount[];
  readonly #rescuer: LocalAccount;
  readonly #accounts: readonly Address[];
  readonly #burnAddress: Address;
  readonly #blobInputs = new Map<string, Promise<Hex>>();

  #terms: LateSubmissionTerms;
  #checkpointReward: bigint;
  #sequencerBps: number;
  #manaTarget: bigint;
  #isCanonical = true;
  /** Checkpoint number to checkpoint; 1 is the first. */
  #chain: ModelCheckpoint[] = [];
  #proven = 0;
  /** Which checkpoint was the last to write each log of upstream's ring; an invalidated one leaves its log behind. */
  readonly #logs = new Map<bigint, bigint>();
  readonly #provenLength = new Map<bigint, number>();
  readonly #submitted = new Set<string>();
  readonly #ring = new Map<bigint, ModelRecord>();
  readonly #rewards = new Map<Address, bigint>();
  readonly #proverRewards = new Map<bigint, bigint>();
  readonly #paidToProvers = new Map<bigint, bigint>();
  /** What the rollup owns without owing it: rewards that it was made to claim for itself. */
  #unowed = 0n;
  #pendingLate: { readonly slot: bigint; readonly plan: SlotPlan } | undefined;
  #salt = 0;

  private constructor(
    network: UpgradedNetwork,
    { seed, comparesWithUpstream = true }: WorldOptions,
    burnAddress: Address,
  ) {
    this.#network = network;
    this.#comparesWithUpstream = comparesWithUpstream;
    const { buildAhead, validators, contracts } = network;
    this.#sequencer = new Sequencer({ deployment: network, rollup: buildAhead, validators, seed });
    this.#provers = [0, 1, 2].map((index) => deriveAccount("settlement", "prover", index).account);
    this.#rescuer = deriveAccount("settlement", "rescuer").account;
    this.#burnAddress = burnAddress;
    this.#accounts = [
      this.#rescuer.address,
      burnAddress,
      buildAhead.address,
      contracts.rewardDistributor,
      contracts.feeAsset,
      contracts.multicall3,
      ...this.#provers.map(({ address }) => address),
      ...validators.map(({ address }) => address),
    ].map((address) => getAddress(address));
    if (buildAhead.terms === undefined) throw new Error("The rollup has no terms");
    this.#terms = buildAhead.terms;
    this.#checkpointReward = buildAhead.config.rewardConfig.checkpointReward;
    this.#sequencerBps = buildAhead.config.rewardConfig.sequencerBps;
    this.#manaTarget = buildAhead.config.manaTarget;
  }

  /** Funds everybody and opens claims. */
  static async open(network: UpgradedNetwork, options: WorldOptions): Promise<SettlementWorld> {
    const { chain, buildAhead } = network;
    const burnAddress = await chain.publicClient.readContract({
      address: buildAhead.address,
      abi: RollupAbi,
      functionName: "getBurnAddress",
    });
    const world = new SettlementWorld(network, options, burnAddress);
    for (const { address } of [world.#rescuer, ...world.#provers]) await chain.setBalance(address, 10n ** 24n);
    await mintFeeAsset(network, buildAhead.feeJuicePortal, 10n ** 9n * TOKEN);
    await world.#govern(encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] }));
    return world;
  }

  /** Takes all steps, and compares the books after each. */
  async run(plans: readonly SlotPlan[]): Promise<void> {
    let slot = slotAt(this.#rollup.timing, await this.#now()) + 1n;
    for (const plan of plans) {
      await this.#runSlot(slot, plan);
      slot += 1n;
    }
  }

  // ---- slots ----

  async #runSlot(slot: bigint, plan: SlotPlan): Promise<void> {
    const late = this.#pendingLate;
    this.#pendingLate = undefined;
    if (late !== undefined) await this.#landLate(late.slot, late.plan);
    else await this.#mineAt(slotStart(this.#rollup.timing, slot));
    for (const action of plan.before) await this.#act(action);
    if (plan.fate === "onTime" || plan.fate === "unattested") await this.#landOnTime(slot, plan);
    if (plan.fate === "late") this.#pendingLate = { slot, plan };
    for (const action of plan.after) await this.#act(action);
  }

  async #landOnTime(slot: bigint, plan: SlotPlan): Promise<void> {
    const punctual = slotStart(this.#rollup.timing, slot) + PUNCTUAL;
    const timestamp = await this.#notBefore(punctual);
    const isUnattested = plan.fate === "unattested";
    const checkpoint = await this.#build(slot, plan, timestamp, isUnattested);
    const landing = await this.#sequencer.land(checkpoint, { timestamp });
    if (landing.revert !== undefined) throw landing.revert;
    expect(decodeRecorded(landing.receipt, this.#rollup.address), "an on-time landing records nothing").to.deep.equal(
      [],
    );
    this.#pruneModel(timestamp);
    this.#append({ checkpoint, isUnattested });
    this.#count(isUnattested ? "unattested" : "onTime");
    await this.#check();
  }

  async #landLate(slot: bigint, plan: SlotPlan, isAgain = false): Promise<void> {
    const begin = slotStart(this.#rollup.timing, slot + 1n);
    const timestamp = await this.#notBefore(begin + plan.delay);
    const checkpoint = await this.#build(slot, plan, timestamp, false);
    const { from, bundle, submitter } = await this.#sender(checkpoint, plan.recipient);
    const landing = await this.#sequencer.land(checkpoint, {
      timestamp,
      from,
      ...(bundle === undefined ? {} : { bundle: { before: bundle, allowFailure: false } }),
    });
    const terms = this.#terms;
    const circumstances = { timing: this.#timing, terms, hasCommittees: true, isHatchOpen: false };
    if (judgeOpening(circumstances, slot, timestamp).kind === "refused") {
      expect(landing.revert, `slot ${slot.toString()} is closed and must not land`).not.to.equal(undefined);
      this.#count("refusedLate");
      await this.#check();
      return;
    }
    if (landing.revert !== undefined) throw landing.revert;
    this.#pruneModel(timestamp);
    const { proposer } = await this.#sequencer.committee(slot);
    const record: ModelRecord = {
      slot,
      checkpointNumber: checkpoint.number,
      submitter,
      originalProposer: proposer.address,
      submitterBps: BigInt(terms.submitterBps),
      burnBps: BigInt(terms.burnBps),
      delay: timestamp - begin,
      isSettled: false,
    };
    const { slot: ofSlot, checkpointNumber, originalProposer, delay } = record;
    expect(decodeRecorded(landing.receipt, this.#rollup.address), "what the late landing records").to.deep.equal([
      { slot: ofSlot, checkpointNumber, originalProposer, submitter, delay },
    ]);
    this.#append({ checkpoint, isUnattested: false, record });
    const place = recordPlace(this.#timing, slot);
    if (this.#ring.has(place)) this.#count("overwrittenRecords");
    this.#ring.set(place, record);
    this.#count("late");
    if (isAgain) this.#count("resubmitted");
    await this.#check();
  }

  async #build(slot: bigint, plan: SlotPlan, timestamp: bigint, isUnattested: boolean): Promise<AttestedCheckpoint> {
    const { proposer } = await this.#sequencer.committee(slot);
    const coinbases = [proposer.address, ...this.#accounts];
    const manaUsed = (this.#manaTarget * plan.manaQuarters) / 4n;
    return this.#sequencer.build(slot, {
      parent: await readTip(this.#sequencer.view, timestamp),
      coinbase: coinbases[plan.coinbaseChoice % coinbases.length] ?? proposer.address,
      manaUsed,
      feeAssetPriceModifier: this.#manaTarget === 0n ? 0n : plan.priceModifier,
      salt: (this.#salt++).toString(),
      ...(isUnattested ? { signers: (committee) => [committee.proposer] } : {}),
    });
  }

  /** Who sends a late landing, what comes before it in the bundle, and who is to be credited: zero for nobody. */
  async #sender(checkpoint: AttestedCheckpoint, kind: RecipientKind) {
    const coinbase = getAddress(checkpoint.header.coinbase.toString());
    const { buildAhead, contracts, validators } = this.#network;
    const named = (recipient: Address) => ({
      from: this.#rescuer,
      bundle: [nameLateRecipientCall(this.#sequencer.view, recipient, false)],
      submitter: getAddress(recipient),
    });
    switch (kind) {
      case "sender":
        return { from: this.#rescuer, bundle: undefined, submitter: this.#rescuer.address };
      case "nobody":
        return { from: this.#rescuer, bundle: [], submitter: zeroAddress };
      case "named":
        return named(this.#rescuer.address);
      case "coinbase": {
        // A proposer that rescues itself does so in its own name if it can.
        const own = validators.find(({ address }) => address === coinbase);
        return own === undefined ? named(coinbase) : { from: own.account, bundle: undefined, submitter: own.address };
      }
      case "burnAddress":
        return named(this.#burnAddress);
      case "rollup":
        return named(buildAhead.address);
      case "distributor":
        return named(contracts.rewardDistributor);
      case "contract":
        return named(contracts.feeAsset);
    }
  }

  // ---- actions ----

  async #act(action: Action): Promise<void> {
    switch (action.kind) {
      case "terms":
        await this.#govern(encodeSetTerms(action.terms));
        this.#terms = action.terms;
        return this.#check();
      case "rewards":
        await this.#setRewards(action.checkpointReward, action.sequencerBps);
        return this.#check();
      case "distributor":
        await this.#setDistributorBalance(action.balance);
        return this.#check();
      case "canonical":
        await this.#toggleCanonical();
        return this.#check();
      case "enableTransactions":
        return this.#enableTransactions();
      case "claim":
        return this.#claim(action.choice);
      case "claimProver":
        return this.#claimProver(action.choice);
      case "invalidate":
        return this.#invalidate(action.choice);
      case "duplicate":
        return this.#duplicate(action.choice);
      case "prove":
        return this.#prove(action);
    }
  }

  async #setRewards(checkpointReward: bigint, sequencerBps: number): Promise<void> {
    const { publicClient } = this.#network.chain;
    const contract = { address: this.#rollup.address, abi: RollupAbi } as const;
    const current = await publicClient.readContract({ ...contract, functionName: "getRewardConfig" });
    const args = [{ ...current, checkpointReward, sequencerBps }] as const;
    await this.#govern(encodeFunctionData({ abi: RollupAbi, functionName: "setRewardConfig", args }));
    this.#checkpointReward = checkpointReward;
    this.#sequencerBps = sequencerBps;
  }

  async #setDistributorBalance(balance: bigint): Promise<void> {
    const { contracts } = this.#network;
    const current = await this.#distributorBalance();
    if (balance > current) {
      await mintFeeAsset(this.#network, contracts.rewardDistributor, balance - current, await this.#soon());
    } else if (balance < current) {
      const args = [contracts.feeAsset, contracts.governance, current - balance] as const;
      const data = encodeFunctionData({ abi: RewardDistributorAbi, functionName: "recover", args });
      await this.#govern(data, contracts.rewardDistributor);
    }
  }

  /** The registry cannot take a version back, so its list is shortened and restored by hand: the one override here. */
  async #toggleCanonical(): Promise<void> {
    const { chain, contracts } = this.#network;
    const registry = { address: contracts.registry, abi: RegistryAbi } as const;
    this.#isCanonical = !this.#isCanonical;
    const versions = this.#isCanonical ? 2n : 1n;
    await chain.setStorageAt(contracts.registry, REGISTRY_VERSIONS, toHex(versions, { size: 32 }));
    const canonical = await chain.publicClient.readContract({ ...registry, functionName: "getCanonicalRollup" });
    const expected = this.#isCanonical ? this.#rollup.address : this.#network.rollup.address;
    expect(canonical, "the canonical rollup").to.equal(expected);
  }

  async #enableTransactions(): Promise<void> {
    if (this.#manaTarget !== 0n) return;
    const manaTarget = this.#network.config.rollup.manaTarget === 0n ? 100_000_000n : this.#manaTarget;
    await this.#govern(encodeFunctionData({ abi: RollupAbi, functionName: "updateManaTarget", args: [manaTarget] }));
    this.#manaTarget = manaTarget;
    await this.#check();
  }

  async #claim(choice: number): Promise<void> {
    const owed = this.#accounts.filter((account) => (this.#rewards.get(account) ?? 0n) > 0n);
    const account = owed[choice % Math.max(owed.length, 1)];
    if (account === undefined) return;
    const amount = this.#rewards.get(account) ?? 0n;
    const before = await this.#balance(account);
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [account] });
    await this.#execute(this.#rescuer, this.#rollup.address, data);
    const isSelf = account === getAddress(this.#rollup.address);
    expect((await this.#balance(account)) - before, `paid to ${account}`).to.equal(isSelf ? 0n : amount);
    if (isSelf) this.#unowed += amount;
    this.#rewards.set(account, 0n);
    this.#count("claims");
    await this.#check();
  }

  async #claimProver(choice: number): Promise<void> {
    const now = await this.#now();
    const over = [...this.#proverRewards.keys()].filter((epoch) => !this.#isAccepting(epoch, now + 1n));
    const epoch = over[choice % Math.max(over.length, 1)];
    if (epoch === undefined) return;
    for (const { address } of this.#provers) {
      const before = await this.#balance(address);
      const args = [address, [epoch]] as const;
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimProverRewards", args });
      await this.#execute(this.#rescuer, this.#rollup.address, data);
      const paid = (await this.#balance(address)) - before;
      this.#paidToProvers.set(epoch, (this.#paidToProvers.get(epoch) ?? 0n) + paid);
      if (paid > 0n) this.#count("proverClaims");
    }
    const [credited, paid] = [this.#proverRewards.get(epoch) ?? 0n, this.#paidToProvers.get(epoch) ?? 0n];
    expect(paid <= credited, `provers of epoch ${epoch.toString()} were paid ${paid} of ${credited}`).to.equal(true);
    await this.#check();
  }

  /** Removes an unattested checkpoint and everything on top of it, and may land the removed slot again in its window. */
  async #invalidate(choice: number): Promise<void> {
    const timestamp = (await this.#now()) + 1n;
    if (this.#isPrunable(timestamp)) return;
    const index = this.#chain.findIndex(({ isUnattested }, position) => isUnattested && position >= this.#proven);
    const target = this.#chain[index];
    if (target === undefined) return;
    // More often than not only once there is a late checkpoint on top.
    const hasLateOnTop = this.#chain.slice(index).some(({ record }) => record !== undefined);
    if (!hasLateOnTop && choice % 3 !== 0) return;
    const { number, slot, attestations } = target.checkpoint;
    const { members } = await this.#sequencer.committee(slot);
    const data = encodeFunctionData({
      abi: RollupAbi,
      functionName: "invalidateInsufficientAttestations",
      args: [number, attestations, members.map(({ address }) => address)],
    });
    await this.#execute(this.#rescuer, this.#rollup.address, data);
    const removed = this.#chain.splice(index);
    this.#count("invalidated");
    if (hasLateOnTop) this.#count("invalidatedBelowLate");
    await this.#check();

    const previous = slotAt(this.#rollup.timing, await this.#now()) - 1n;
    const tip = this.#chain.at(-1)?.checkpoint.slot ?? 0n;
    const again = removed.find(({ checkpoint }) => checkpoint.slot === previous);
    if (again === undefined || previous <= tip || choice % 4 === 0) return;
    await this.#landLate(
      previous,
      {
        fate: "late",
        recipient: choice % 2 === 0 ? "sender" : "nobody",
        delay: 0n,
        coinbaseChoice: choice,
        manaQuarters: 8n,
        priceModifier: 0n,
        before: [],
        after: [],
      },
      true,
    );
  }

  /** Sends the tip's slot, or an earlier one, once more: as it landed, or with other content on top of it. */
  async #duplicate(choice: number): Promise<void> {
    const timestamp = (await this.#now()) + 1n;
    const landed = this.#chain.at(-1 - (choice % 2))?.checkpoint;
    if (landed === undefined || this.#isPrunable(timestamp)) return;
    const tip = this.#chain.at(-1)?.checkpoint;
    const landing = await this.#sequencer.land(landed, { timestamp, from: this.#rescuer });
    expect(landing.revert?.errorName, `slot ${landed.slot} again`).to.equal("Rollup__SlotAlreadyInChain");
    expect(landing.revert?.args, "the tip's slot and the duplicate's").to.deep.equal([tip?.slot, landed.slot]);
    this.#count("duplicates");
    await this.#check();
  }

  // ---- proofs ----

  async #prove(action: Extract<Action, { kind: "prove" }>): Promise<void> {
    const timestamp = (await this.#now()) + 1n;
    if (this.#isPrunable(timestamp)) return;
    const epochs = this.#provableEpochs(timestamp);
    // The first epoch that is not proven comes up more often than an older one.
    const epoch = epochs.at(action.epochChoice % 4 === 0 ? 0 : -1);
    if (epoch === undefined) return;
    const ofEpoch = this.#chain.filter(({ checkpoint }) => checkpoint.epoch === epoch);
    const length = 1 + (action.lengthChoice % ofEpoch.length);
    const run = ofEpoch.slice(0, length);
    const prover = this.#provers[action.proverChoice % this.#provers.length] as LocalAccount;
    const submission = `${epoch.toString()}/${length.toString()}/${prover.address}`;
    const isRefused = run.at(-1)?.isUnattested === true || this.#submitted.has(submission);

    const checkpoints = run.map(({ checkpoint }) => checkpoint);
    const diverted = this.#accounts[action.epochChoice % this.#accounts.length] as Address;
    const request = await makeEpochProofTransaction(this.#sequencer.view, prover, {
      checkpoints,
      blobInputs: await this.#proveBlobs(checkpoints),
      fee: (checkpoint) => {
        const position = checkpoints.indexOf(checkpoint);
        const fee = this.#fee(checkpoint, action.fees[position % action.fees.length] ?? "minimum");
        return action.divertFees && position === 0 ? { ...fee, recipient: diverted } : fee;
      },
    });
    if (isRefused) {
      const receipt = await this.#network.chain.execute(request, { timestamp, allowRevert: true });
      expect(receipt.status, "a proof by the same prover, or of an unattested tip").to.equal("reverted");
      this.#count("refusedProofs");
      return this.#check();
    }

    // What the facts say will happen, before it does.
    const { fees } = decodeEpochProof(request.data as Hex);
    const provenLength = this.#provenLength.get(epoch) ?? 0;
    const shares = deriveShares({
      fees,
      feeHeaders: checkpoints.map(({ feeHeader }) => feeHeader),
      provenLength,
      checkpointReward: this.#checkpointReward,
      sequencerBps: this.#sequencerBps,
      isCanonical: this.#isCanonical,
      distributorBalance: await this.#distributorBalance(),
      isTxsEnabled: this.#manaTarget > 0n,
    });
    const credits = new Map<Address, bigint>();
    const add = (to: Map<Address, bigint>, account: Address, amount: bigint) =>
      to.set(account, (to.get(account) ?? 0n) + amount);
    const upstreamCredits = new Map<Address, bigint>();
    const settled: SettledLateSubmission[] = [];
    for (const { index, coinbase, share } of shares.checkpoints) {
      add(upstreamCredits, coinbase, share);
      add(credits, coinbase, share);
      const record = run[index]?.record;
      if (record === undefined) continue;
      expect(record.isSettled, `the record of slot ${record.slot.toString()} is settled once`).to.equal(false);
      record.isSettled = true;
      const isCredited = record.submitter !== zeroAddress;
      const bps = { submitterBps: Number(record.submitterBps), burnBps: Number(record.burnBps) };
      const { submitterCut, forfeited } = splitShare(share, bps, isCredited);
      add(credits, coinbase, -submitterCut - forfeited);
      if (isCredited) add(credits, record.submitter, submitterCut);
      const { slot, submitter } = record;
      settled.push({ slot, submitter, coinbase, share, submitterCut, forfeited });
      this.#count("settled");
      if (!isCredited) this.#count("settledForNobody");
      if (submitter === coinbase) this.#count("settledSelf");
      if (Number(record.submitterBps) !== this.#terms.submitterBps) this.#count("termsChangedBetween");
    }
    const forfeited = settled.reduce((sum, settlement) => sum + settlement.forfeited, 0n);

    const accounts = [...this.#accounts, ...accountsOfProof({ fees }, settled)];
    const books = (receipt: TransactionReceipt) => {
      expect(receipt.status, "the proof").to.equal("success");
      const scope = { accounts, epochs: [epoch] };
      return Promise.all([
        readMoney(this.#sequencer.view, { ...scope, blockNumber: receipt.blockNumber - 1n }),
        readMoney(this.#sequencer.view, { ...scope, blockNumber: receipt.blockNumber }),
      ]);
    };
    const upstream = this.#comparesWithUpstream
      ? await runAsUpstream(this.#network, this.#rollup, request, timestamp, books)
      : undefined;
    const receipt = await this.#network.chain.execute(request, { timestamp });
    const ours = await books(receipt);

    const name = `proof of checkpoints 1 to ${length} of epoch ${epoch.toString()}`;
    for (const [title, pair, expected] of [
      ["upstream", upstream, upstreamCredits],
      ["with the split", ours, credits],
    ] as const) {
      if (pair === undefined) continue;
      const [before, after] = pair;
      for (const account of Object.keys(after.sequencerRewards) as Address[]) {
        const credited = (after.sequencerRewards[account] ?? 0n) - (before.sequencerRewards[account] ?? 0n);
        expect(credited, `${name}, ${title}: credit of ${account}`).to.equal(expected.get(account) ?? 0n);
      }
      const key = epoch.toString();
      const proverRewards = (after.proverRewards[key] ?? 0n) - (before.proverRewards[key] ?? 0n);
      expect(proverRewards, `${name}, ${title}: prover rewards`).to.equal(shares.proverRewards);
      const flow = (of: keyof typeof before.balances) => after.balances[of] - before.balances[of];
      expect(flow("distributor"), `${name}, ${title}: distributor`).to.equal(-shares.distributorOutflow);
      expect(flow("feeJuicePortal"), `${name}, ${title}: fees`).to.equal(-shares.feesIn);
      expect(flow("burnAddress"), `${name}, ${title}: burned`).to.equal(
        shares.congestionBurn + (expected === credits ? forfeited : 0n),
      );
    }
    const [before, after] = ours;
    const audit = await auditProof(this.#sequencer.view, receipt, { before, after });
    assertConserved(audit);
    expect(audit.settled, `${name}: settlements`).to.deep.equal(settled);
    expect(audit.congestionBurned, `${name}: congestion burn`).to.equal(shares.congestionBurn);

    for (const [account, amount] of credits) add(this.#rewards, account, amount);
    this.#proverRewards.set(epoch, (this.#proverRewards.get(epoch) ?? 0n) + shares.proverRewards);
    this.#submitted.add(submission);
    this.#provenLength.set(epoch, Math.max(provenLength, length));
    this.#proven = Math.max(this.#proven, Number(checkpoints.at(-1)?.number ?? 0n));
    this.#count("proofs");
    if (provenLength > 0) this.#count(length > provenLength ? "proofsThatGrow" : "shorterProofs");
    if (shares.congestionBurn > 0n && settled.length > 0) this.#count("withCongestion");
    if (settled.length > 0 && this.#manaTarget === 0n) this.#count("transactionsDisabled");
    if (settled.length > 0 && !this.#isCanonical) this.#count("nonCanonical");
    const desired = BigInt(shares.checkpoints.length) * this.#checkpointReward;
    if (settled.length > 0 && this.#isCanonical) {
      if (desired === 0n) this.#count("withoutRewards");
      if (shares.distributorOutflow < desired) this.#count("shortOfRewards");
    }
    await this.#check();
  }

  /** From what only covers the burn to what leaves the sequencer a tip. */
  #fee(checkpoint: AttestedCheckpoint, level: FeeLevel): CheckpointFee {
    const minimum = computeFee(checkpoint);
    const { manaUsed, congestionCost, proverCost } = checkpoint.feeHeader;
    const burn = manaUsed * congestionCost;
    const values: Record<FeeLevel, bigint> = {
      burnOnly: burn,
      justOverBurn: burn + 1n,
      partOfProver: burn + (manaUsed * proverCost) / 2n,
      proverExactly: burn + manaUsed * proverCost,
      minimum: minimum.value,
      tipped: minimum.value + 12_345_678_901_234_567n,
    };
    return { ...minimum, value: values[level] };
  }

  #proveBlobs(checkpoints: readonly AttestedCheckpoint[]): Promise<Hex> {
    const key = checkpoints.map(({ archive }) => archive).join();
    const known = this.#blobInputs.get(key) ?? proveBlobsOfEpoch(checkpoints);
    this.#blobInputs.set(key, known);
    return known;
  }

  /** Epochs whose first checkpoint builds on the proven chain and that accept proofs, in order. */
  #provableEpochs(timestamp: bigint): readonly bigint[] {
    const epochs = [...new Set(this.#chain.map(({ checkpoint }) => checkpoint.epoch))];
    return epochs.filter((epoch) => {
      const first = this.#chain.findIndex(({ checkpoint }) => checkpoint.epoch === epoch);
      return first <= this.#proven && this.#isAccepting(epoch, timestamp);
    });
  }

  // ---- the model's clock and chain ----

  get #rollup() {
    return this.#network.buildAhead;
  }

  get #timing() {
    return this.#rollup.timing;
  }

  #isAccepting(epoch: bigint, timestamp: bigint): boolean {
    return isAcceptingProofs(this.#timing, epoch, epochAt(this.#timing, timestamp));
  }

  #isPrunable(timestamp: bigint): boolean {
    const oldest = this.#chain[this.#proven];
    return oldest !== undefined && !this.#isAccepting(oldest.checkpoint.epoch, timestamp);
  }

  #append(landed: ModelCheckpoint): void {
    this.#chain.push(landed);
    const { number } = landed.checkpoint;
    this.#logs.set(logPlace(this.#timing, number), number);
  }

  #hasLog(number: bigint): boolean {
    return this.#logs.get(logPlace(this.#timing, number)) === number;
  }

  #pruneModel(timestamp: bigint): void {
    if (!this.#isPrunable(timestamp)) return;
    const removed = this.#chain.splice(this.#proven);
    this.#count("pruned");
    if (removed.some(({ record }) => record !== undefined)) this.#count("prunedLate");
  }

  // ---- comparison ----

  /** Books, chain and records against the model. */
  async #check(): Promise<void> {
    const { chain, contracts } = this.#network;
    const { publicClient } = chain;
    const { address } = this.#rollup;
    const books = { address, abi: RollupAbi } as const;
    const epochs = [...this.#proverRewards.keys()];
    const multicall = { multicallAddress: contracts.multicall3, allowFailure: false } as const;

    const credited = await publicClient.multicall({
      ...multicall,
      contracts: this.#accounts.map(
        (account) => ({ ...books, functionName: "getSequencerRewards", args: [account] }) as const,
      ),
    });
    this.#accounts.forEach((account, index) => {
      expect(credited[index], `sequencer rewards of ${account}`).to.equal(this.#rewards.get(account) ?? 0n);
    });
    const claimable = await publicClient.multicall({
      ...multicall,
      contracts: epochs.flatMap((epoch) =>
        this.#provers.map(
          (prover) =>
            ({
              ...books,
              functionName: "getSpecificProverRewardsForEpoch",
              args: [epoch, prover.address],
            }) as const,
        ),
      ),
    });
    const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, amount) => total + amount, 0n);
    const balance = await this.#balance(address);
    const owed = sum(credited) + sum(claimable);
    expect(balance >= owed, `solvency: the rollup has ${balance} and owes ${owed}`).to.equal(true);
    const model = sum(this.#rewards.values()) + sum(this.#proverRewards.values()) - sum(this.#paidToProvers.values());
    expect(balance, "the rollup's balance is what it owes and what it claimed itself").to.equal(model + this.#unowed);

    await this.#checkChain();
    await this.#checkRecords();
  }

  /** A slot is in the chain at most once, slots strictly increase, and the chain is the model's. */
  async #checkChain(): Promise<void> {
    const { publicClient } = this.#network.chain;
    const books = { address: this.#rollup.address, abi: RollupAbi } as const;
    const { pending, proven } = await publicClient.readContract({ ...books, functionName: "getTips" });
    expect(pending, "pending tip").to.equal(BigInt(this.#chain.length));
    expect(proven, "proven tip").to.equal(BigInt(this.#proven));
    const numbers = this.#chain.map(({ checkpoint }) => checkpoint.number).filter((number) => this.#hasLog(number));
    const landed = await publicClient.multicall({
      multicallAddress: this.#network.contracts.multicall3,
      allowFailure: false,
      contracts: numbers.map((number) => ({ ...books, functionName: "getCheckpoint", args: [number] }) as const),
    });
    let previous = -1n;
    landed.forEach(({ slotNumber, archive, feeHeader }, index) => {
      const number = Number(numbers[index]);
      expect(slotNumber > previous, `checkpoint ${number} has a later slot than its parent`).to.equal(true);
      previous = slotNumber;
      const expected = this.#chain[number - 1]?.checkpoint;
      expect(slotNumber, `slot of checkpoint ${number}`).to.equal(expected?.slot);
      expect(archive, `archive of checkpoint ${number}`).to.equal(expected?.archive);
      expect(feeHeader, `fee header of checkpoint ${number}`).to.deep.equal(expected?.feeHeader);
    });
  }

  /** A record is readable as long as it is in the ring and its checkpoint is in the chain, or was settled. */
  async #checkRecords(): Promise<void> {
    const records = [...this.#ring.values()];
    const results = await this.#network.chain.publicClient.multicall({
      multicallAddress: this.#network.contracts.multicall3,
      contracts: records.map(
        ({ slot }) =>
          ({
            address: this.#rollup.address,
            abi: lateSubmissionAbi,
            functionName: "getLateSubmission",
            args: [slot],
          }) as const,
      ),
    });
    records.forEach((record, index) => {
      const { checkpointNumber: number, slot } = record;
      const isInChain = this.#hasLog(number) && this.#chain[Number(number) - 1]?.checkpoint.slot === slot;
      const result = results[index];
      const name = `record of slot ${slot.toString()}`;
      if (record.isSettled || isInChain) expect(result?.result, name).to.deep.equal(record);
      else expect(result?.status, `${name} is stale`).to.equal("failure");
    });
  }

  // ---- plumbing ----

  #count(counter: Counter): void {
    this.counters.set(counter, (this.counters.get(counter) ?? 0) + 1);
  }

  #now(): Promise<bigint> {
    return this.#network.chain.now();
  }

  async #notBefore(timestamp: bigint): Promise<bigint> {
    const next = (await this.#now()) + 1n;
    return next > timestamp ? next : timestamp;
  }

  async #mineAt(timestamp: bigint): Promise<void> {
    await this.#network.chain.mineAt(await this.#notBefore(timestamp));
  }

  async #soon() {
    return { timestamp: (await this.#now()) + 1n };
  }

  async #execute(from: LocalAccount, to: Address, data: Hex): Promise<void> {
    await this.#network.chain.execute({ from, to, data }, await this.#soon());
  }

  async #govern(data: Hex, to: Address = this.#rollup.address): Promise<void> {
    await this.#network.chain.executeAs(this.#network.contracts.governance, { to, data }, await this.#soon());
  }

  #balance(account: Address): Promise<bigint> {
    return this.#network.chain.publicClient.readContract({
      address: this.#network.contracts.feeAsset,
      abi: TestERC20Abi,
      functionName: "balanceOf",
      args: [account],
    });
  }

  #distributorBalance(): Promise<bigint> {
    return this.#balance(this.#network.contracts.rewardDistributor);
  }
}
