import { encodeFunctionData, type Address, type Hex, type LocalAccount, type TransactionReceipt } from "viem";

import { encodeSlashVotes } from "../protocol/slashVotes.ts";
import { encodeSetTerms } from "../protocol/terms.ts";
import { RollupAbi } from "../upstream/abis.ts";
import fixedActionsPayloadModule from "../../ignition/modules/fixedActionsPayload.ts";
import { assertConserved, auditProof, type ProofAudit } from "../accounting/auditProof.ts";
import { decimalStrings } from "../accounting/decimalStrings.ts";
import { decodeRecorded, type RecordedLateSubmission } from "../accounting/lateSubmissionEvents.ts";
import { governanceSignalCall, nameLateRecipientCall, slashingVoteCall } from "../consensus/bundledCalls.ts";
import { Sequencer, type Landing } from "../world/world.ts";
import { withAttestations, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { selectQuorum } from "../consensus/slotCommittee.ts";
import { BuildAheadError } from "../errors.ts";
import { deployModule } from "../network/deployModule.ts";
import { deriveAccount } from "../l1/deriveAccount.ts";
import { bridgeFeeJuice } from "../network/bridgeFeeJuice.ts";
import type { DeployedRollup } from "../network/deployment.ts";
import { deployBuildAhead } from "../network/deployBuildAhead.ts";
import { executePayload, registerRollup, type GovernanceStep } from "../network/governance.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../network/networkConfig.ts";
import { openEmbeddedNetwork, type EmbeddedNetwork } from "../network/openEmbeddedNetwork.ts";
import {
  epochOfSlot,
  epochStart,
  firstEpochSampledAfter,
  firstSlotOfEpoch,
  slotAt,
  slotStart,
} from "../protocol/time.ts";
import { advanceToEpoch } from "../network/advance.ts";
import { measureCodeSizes } from "./codeSizes.ts";
import { VALIDATORS, type RehearsalOptions } from "./rehearsalOptions.ts";
import type { ClaimReport, ConservationReport, LateKind, LateSlotReport, RehearsalReport } from "./rehearsalReport.ts";
import { StepRecorder, type RehearsalListener } from "./stepRecorder.ts";

/** A step did not end as the design says it must. */
export class RehearsalFailedError extends BuildAheadError {
  constructor(step: string, expected: string, actual: string) {
    super(`The rehearsal failed at "${step}"`, { fields: { expected, actual } });
  }
}

/** What a rehearsal leaves behind: the report, and the network for whoever wants to look further. */
export interface Rehearsal {
  readonly report: RehearsalReport;
  readonly network: EmbeddedNetwork;
  readonly buildAhead: DeployedRollup;
  /** Every transaction that landed a checkpoint, by rollup. */
  readonly landed: readonly { readonly rollup: DeployedRollup; readonly txHash: Hex }[];
  readonly audits: readonly ProofAudit[];
}

const GAS_MONEY = 10n ** 20n;
/** L1's error for a slot that is neither current nor open. */
const FOREIGN_SLOT = "HeaderLib__InvalidSlotNumber";

/**
 * Rehearses the upgrade from the published v4 stack to the extended rollup, end to end on an embedded chain: deployment,
 * governance, checkpoints on time and late in every way, everything that must be refused, proof, settlement, claims.
 *
 * Every step has an expected outcome; money is audited to the wei.
 *
 * @throws RehearsalFailedError at the first step that ends otherwise.
 * @throws ConservationError when a proof created or lost money.
 */
export async function rehearse(options: RehearsalOptions, listener: RehearsalListener = {}): Promise<Rehearsal> {
  const recorder = new StepRecorder(listener);

  recorder.phase("The v4 stack");
  const network = await openEmbeddedNetwork({
    seed: options.seed,
    validatorCount: VALIDATORS,
    config: withCommittee(mainnetLikeConfig(), options.committee),
    ...(listener.onKeyProgress === undefined ? {} : { onKeyProgress: listener.onKeyProgress }),
  });
  const { chain } = network;
  await recorder.blocks(`deploy the v4 stack, stake ${VALIDATORS} validators`, chain, 0n);
  const run = new Run(options, network, recorder);
  const v4 = run.sequencer(network.rollup);
  const onTimeUpstream = await run.landOnTime(v4);
  await run.refuseLate(v4, "a checkpoint one block late", FOREIGN_SLOT);

  recorder.phase("Upgrade through governance");
  const buildAhead = await recorder.group("deploy BuildAheadRollup and its libraries", chain, () =>
    deployBuildAhead(network, { terms: options.terms }),
  );
  const proposedAt = await chain.now();
  const walk = await registerRollup(network, { rollup: buildAhead, path: "signal", validators: network.validators });
  recordGovernance(recorder, walk.steps);
  const days = Number((walk.registeredAt - proposedAt) / 86_400n);
  const firstEpoch = firstEpochSampledAfter(buildAhead.timing, walk.registeredAt);
  await advanceToEpoch(chain, buildAhead, firstEpoch);

  const ours = run.sequencer(buildAhead);
  recorder.phase("On time");
  recorder.receipt("bridge fee juice", await bridgeFeeJuice(network, buildAhead, network.config.feeJuicePortalFunding));
  const onTime = await run.landOnTime(ours);
  recorder.phase("Late");
  await run.landLateInEveryWay(ours);
  recorder.phase("Refused");
  await run.refuseDuplicates(ours);
  await run.refuseWhatCannotLand(ours);
  recorder.phase("Last slot of the epoch");
  await run.landLastSlot(ours, firstEpoch, options.terms.crossEpoch);
  recorder.phase("Proof and settlement");
  await run.prove(ours, firstEpoch);

  recorder.phase("Governance turns crossEpoch around and opens rewards");
  const crossEpoch = !options.terms.crossEpoch;
  await run.govern(buildAhead, { ...options.terms, crossEpoch });
  const secondEpoch = epochOfSlot(buildAhead.timing, slotAt(buildAhead.timing, await chain.now())) + 1n;
  await advanceToEpoch(chain, buildAhead, secondEpoch);
  recorder.phase("Last slot of the epoch, again");
  await run.landFirstOfEpoch(ours);
  await run.landLastSlot(ours, secondEpoch, crossEpoch);
  await run.prove(ours, secondEpoch);

  recorder.phase("Claims");
  const claims = await run.claim(ours, [firstEpoch, secondEpoch]);

  const late = run.lateReceipts.map(({ gasUsed }) => gasUsed);
  return {
    network,
    buildAhead,
    landed: run.landed,
    audits: run.audits,
    report: {
      seed: options.seed,
      slots: options.slots,
      committee: options.committee,
      validators: VALIDATORS,
      hardfork: chain.hardfork,
      terms: options.terms,
      upgrade: {
        rollup: buildAhead.address,
        previous: network.rollup.address,
        followers: Number(walk.followers),
        days,
      },
      steps: recorder.steps,
      lateSlots: run.lateSlots(),
      conservation: run.audits.map(describeConservation),
      claims,
      codeSizes: await measureCodeSizes(network, { v4: network.rollup, "build-ahead": buildAhead }),
      gas: {
        onTimeUpstream: mean(onTimeUpstream),
        onTime: mean(onTime),
        late: mean(late),
        lateRatio: Math.round((mean(late) / mean(onTime)) * 1000) / 1000,
      },
    },
  };
}

/** The steps of one rehearsal and what they leave behind. */
class Run {
  readonly landed: { rollup: DeployedRollup; txHash: Hex }[] = [];
  readonly lateReceipts: TransactionReceipt[] = [];
  readonly audits: ProofAudit[] = [];
  readonly #options: RehearsalOptions;
  readonly #network: EmbeddedNetwork;
  readonly #recorder: StepRecorder;
  readonly #kinds = new Map<bigint, LateKind>();
  readonly #records = new Map<bigint, RecordedLateSubmission>();

  constructor(options: RehearsalOptions, network: EmbeddedNetwork, recorder: StepRecorder) {
    this.#options = options;
    this.#network = network;
    this.#recorder = recorder;
  }

  sequencer(rollup: DeployedRollup): Sequencer {
    const { validators } = this.#network;
    return new Sequencer({ deployment: this.#network, rollup, validators, seed: this.#options.seed });
  }

  /** The first checkpoint of an epoch, then the punctual ones whose gas is compared. */
  async landOnTime(sequencer: Sequencer): Promise<bigint[]> {
    await this.landFirstOfEpoch(sequencer);
    const gas: bigint[] = [];
    for (let index = 0; index < this.#options.slots; index++) {
      const landing = await sequencer.land(await sequencer.build(await sequencer.nextSlot()));
      this.#expect(`slot ${landing.checkpoint.slot} on time`, sequencer, landing);
      gas.push(landing.receipt.gasUsed);
    }
    return gas;
  }

  async landFirstOfEpoch(sequencer: Sequencer): Promise<void> {
    const landing = await sequencer.land(await sequencer.build(await sequencer.nextSlot()));
    const note = "sets up the epoch: samples the committee";
    this.#expect(`slot ${landing.checkpoint.slot} on time, first of its epoch`, sequencer, landing, undefined, note);
  }

  async refuseLate(sequencer: Sequencer, name: string, error: string): Promise<void> {
    const checkpoint = await sequencer.build(await sequencer.nextSlot());
    const timestamp = slotStart(sequencer.rollup.timing, checkpoint.slot + 1n);
    this.#expect(`slot ${checkpoint.slot}: ${name}`, sequencer, await sequencer.land(checkpoint, { timestamp }), error);
  }

  async landLateInEveryWay(sequencer: Sequencer): Promise<void> {
    const { rollup } = sequencer;

    // The next proposer has built on a checkpoint that never came, lands it first, then its own on top.
    const missed = await sequencer.build(await sequencer.nextSlot());
    const child = await sequencer.build(missed.slot + 1n, { parent: missed });
    const next = (await sequencer.committee(child.slot)).proposer;
    await this.#landLate(sequencer, "next-proposer", missed, {
      timestamp: slotStart(rollup.timing, child.slot),
      from: next.account,
      bundle: { before: [nameLateRecipientCall(sequencer.view, next.address)], allowFailure: false },
    });
    const onTop = await sequencer.land(child);
    this.#expect(`slot ${child.slot} on time, built before its parent had landed`, sequencer, onTop);

    const thirdParty = await this.#fundedAccount("third party");
    await this.#landLateAndGoOn(sequencer, "third-party", () => thirdParty);

    const secondAddress = await this.#fundedAccount("the proposer's second address");
    await this.#landLateAndGoOn(sequencer, "original-proposer", () => secondAddress);

    await this.#landLateAndGoOn(sequencer, "boundary-slip", async ({ slot }) => {
      return (await sequencer.committee(slot)).proposer.account;
    });
  }

  async refuseDuplicates(sequencer: Sequencer): Promise<void> {
    const { rollup } = sequencer;
    const landing = await sequencer.landOnTime(await sequencer.nextSlot());
    const { checkpoint } = landing;
    const { slot } = checkpoint;
    this.#expect(`slot ${slot} on time`, sequencer, landing);
    const taken = "Rollup__SlotAlreadyInChain";

    const rival = await this.#fundedAccount("rival");
    const alone = await sequencer.land(checkpoint, { timestamp: slotStart(rollup.timing, slot) + 24n, from: rival });
    this.#expect(
      `slot ${slot}: the same again, alone`,
      sequencer,
      alone,
      taken,
      "costs the calldata floor of EIP-7623",
    );

    const { proposer } = await sequencer.committee(slot);
    const deployment = { ...this.#network, rollup };
    const { aztecEpochDuration, slashingRoundSize, targetCommitteeSize } = rollup.config;
    // Nobody is to be slashed.
    const noVotes = encodeSlashVotes({
      committeeSize: targetCommitteeSize,
      roundSlots: slashingRoundSize,
      epochSlots: aztecEpochDuration,
    });
    const bundled = await sequencer.land(checkpoint, {
      timestamp: slotStart(rollup.timing, slot) + 36n,
      from: proposer.account,
      bundle: {
        after: [
          await governanceSignalCall(deployment, proposer, slot, rollup.verifier, false),
          await slashingVoteCall(deployment, proposer, slot, noVotes, false),
        ],
      },
    });
    await this.#expectSkipped(`slot ${slot}: the same again, bundled with signal and vote`, sequencer, bundled, taken);
  }

  async refuseWhatCannotLand(sequencer: Sequencer): Promise<void> {
    const { rollup, chain } = sequencer;
    const { windowSeconds } = this.#options.terms;

    const expired = await sequencer.build(await sequencer.nextSlot());
    const closedAt = slotStart(rollup.timing, expired.slot + 1n) + BigInt(windowSeconds);
    // A window as long as the slot closes when the slot is two slots old, which is no longer the window's business.
    const tooOld = slotAt(rollup.timing, closedAt) > expired.slot + 1n;
    const tooLate = await sequencer.land(withoutSecondSignature(expired), { timestamp: closedAt });
    const closed = tooOld ? FOREIGN_SLOT : "LateSubmission__WindowClosed";
    this.#expect(`slot ${expired.slot}: ${windowSeconds} s into the next slot`, sequencer, tooLate, closed);

    const slot = await sequencer.nextSlot();
    const tip = await sequencer.tipFor(slot);
    const orphan = await sequencer.build(slot, { parent: sequencer.landed(tip.number).parent });
    const unattested = await sequencer.build(slot, {
      signers: (committee) => selectQuorum(committee, committee.quorum - 1),
    });
    const withheld = await sequencer.build(slot, {
      signers: ({ members, proposer, quorum }) => members.filter((member) => member !== proposer).slice(0, quorum),
    });
    const sender = await this.#fundedAccount("third party");
    const attempts: [string, AttestedCheckpoint, string][] = [
      ["late, on a parent that is not the tip", orphan, "Rollup__InvalidArchive"],
      ["late, one attestation short of a quorum", unattested, "ValidatorSelection__InsufficientAttestations"],
      ["late, without its proposer's attestation", withheld, "ValidatorSelection__MissingProposerSignature"],
    ];
    await chain.mineAt(slotStart(rollup.timing, slot + 1n));
    for (const [name, checkpoint, error] of attempts) {
      const timestamp = (await chain.now()) + 1n;
      const landing = await sequencer.land(withoutSecondSignature(checkpoint), { timestamp, from: sender });
      this.#expect(`slot ${slot}: ${name}`, sequencer, landing, error);
    }
    const after = await sequencer.land(await sequencer.build(slot + 2n));
    this.#expect(`slot ${after.checkpoint.slot} on time`, sequencer, after);
  }

  /** Lands the last slot of an epoch in the first L1 block of the next one, or sees it refused. */
  async landLastSlot(sequencer: Sequencer, epoch: bigint, isAccepted: boolean): Promise<void> {
    const { rollup, chain } = sequencer;
    const slot = firstSlotOfEpoch(rollup.timing, epoch + 1n) - 1n;
    await chain.mineAt(slotStart(rollup.timing, slot));
    const checkpoint = await sequencer.build(slot);
    const timestamp = slotStart(rollup.timing, slot + 1n);
    const from = await this.#fundedAccount("third party");
    if (isAccepted) {
      await this.#landLate(sequencer, "cross-epoch", withoutSecondSignature(checkpoint), { timestamp, from });
      return;
    }
    const landing = await sequencer.land(withoutSecondSignature(checkpoint), { timestamp, from });
    const name = `slot ${slot}: late in the next epoch, crossEpoch off`;
    this.#expect(name, sequencer, landing, "LateSubmission__CrossEpochClosed");
  }

  async prove(sequencer: Sequencer, epoch: bigint): Promise<void> {
    const { start, end } = sequencer.rangeOfEpoch(epoch);
    const prover = await this.#fundedAccount("prover");
    const receipt = await sequencer.prove(start, end, prover);
    const audit = await auditProof(sequencer.view, receipt);
    assertConserved(audit);
    this.audits.push(audit);
    const settled = audit.settled.length;
    this.#recorder.receipt(
      `prove epoch ${epoch}: checkpoints ${start} to ${end}`,
      receipt,
      `settles ${settled} late slots`,
    );
  }

  /** New terms and claimable rewards, by a payload that the new rollup's own proposers signal. */
  async govern(rollup: DeployedRollup, terms: RehearsalOptions["terms"]): Promise<void> {
    const { chain, deployer, validators } = this.#network;
    const openRewards = encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] });
    const actions = [encodeSetTerms(terms), openRewards].map((data) => ({ target: rollup.address, data }));
    const { payload } = await this.#recorder.group("deploy the payload", chain, () =>
      deployModule(chain, deployer, fixedActionsPayloadModule, {
        FixedActionsPayload: { actions, uri: `crossEpoch ${terms.crossEpoch}, rewards claimable` },
      }),
    );
    const walk = await executePayload(this.#network, { payload, path: "signal", canonical: rollup, validators });
    recordGovernance(this.#recorder, walk.steps);
  }

  /** Claims for everybody that has been credited, once the epochs no longer accept proofs. */
  async claim(sequencer: Sequencer, epochs: readonly bigint[]): Promise<ClaimReport[]> {
    const { chain, rollup } = sequencer;
    const last = epochs.reduce((a, b) => (a > b ? a : b));
    await chain.mineAt(epochStart(rollup.timing, last + rollup.timing.proofSubmissionEpochs + 1n));
    const sender = await this.#fundedAccount("third party");
    const claims: ClaimReport[] = [];
    const credited = new Set(this.audits.flatMap(({ credits }) => Object.keys(credits) as Address[]));
    for (const address of credited) {
      const amount = await chain.publicClient.readContract({
        address: rollup.address,
        abi: RollupAbi,
        functionName: "getSequencerRewards",
        args: [address],
      });
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [address] });
      const receipt = await chain.execute({ from: sender, to: rollup.address, data });
      const who = this.#roleOf(address);
      this.#recorder.receipt(`claim for ${who}`, receipt);
      claims.push({ who, address, amount: amount.toString() });
    }
    for (const prover of new Set(this.audits.map((audit) => audit.prover))) {
      const data = encodeFunctionData({
        abi: RollupAbi,
        functionName: "claimProverRewards",
        args: [prover, [...epochs]],
      });
      const amount = BigInt(await chain.call({ to: rollup.address, data }));
      this.#recorder.receipt("claim for the prover", await chain.execute({ from: sender, to: rollup.address, data }));
      claims.push({ who: "prover", address: prover, amount: amount.toString() });
    }
    return claims;
  }

  lateSlots(): LateSlotReport[] {
    return this.audits
      .flatMap(({ settled }) => settled)
      .map(({ slot, submitter, coinbase, share, submitterCut, forfeited }) => {
        const [kind, record] = [this.#kinds.get(slot), this.#records.get(slot)];
        if (kind === undefined || record === undefined) {
          throw new RehearsalFailedError("settlement", "only slots that landed late", `slot ${slot}`);
        }
        return {
          slot: Number(slot),
          kind,
          checkpointNumber: Number(record.checkpointNumber),
          originalProposer: record.originalProposer,
          submitter,
          coinbase,
          delaySeconds: Number(record.delay),
          share: share.toString(),
          submitterCut: submitterCut.toString(),
          forfeited: forfeited.toString(),
          coinbaseKept: (share - submitterCut - forfeited).toString(),
        };
      });
  }

  /** A late landing by `sender` in the slot's second L1 block, then the next slot's own checkpoint on top of it. */
  async #landLateAndGoOn(
    sequencer: Sequencer,
    kind: LateKind,
    sender: (checkpoint: AttestedCheckpoint) => LocalAccount | Promise<LocalAccount>,
  ): Promise<void> {
    const { rollup } = sequencer;
    const checkpoint = await sequencer.build(await sequencer.nextSlot());
    const boundary = slotStart(rollup.timing, checkpoint.slot + 1n);
    const isOwn = kind === "boundary-slip";
    await this.#landLate(sequencer, kind, isOwn ? checkpoint : withoutSecondSignature(checkpoint), {
      timestamp: isOwn ? boundary : boundary + 12n,
      from: await sender(checkpoint),
    });
    const next = await sequencer.build(checkpoint.slot + 1n);
    const landing = await sequencer.land(next, { timestamp: boundary + 36n });
    this.#expect(`slot ${next.slot} on time, on top of it`, sequencer, landing);
  }

  async #landLate(
    sequencer: Sequencer,
    kind: LateKind,
    checkpoint: AttestedCheckpoint,
    options: Parameters<Sequencer["land"]>[1],
  ): Promise<void> {
    const landing = await sequencer.land(checkpoint, options);
    this.#expect(`slot ${checkpoint.slot} late: ${kind}`, sequencer, landing);
    const [record] = decodeRecorded(landing.receipt, sequencer.rollup.address);
    if (record === undefined) throw new RehearsalFailedError(kind, "a record", "none");
    this.#kinds.set(checkpoint.slot, kind);
    this.#records.set(checkpoint.slot, record);
    this.lateReceipts.push(landing.receipt);
  }

  #expect(name: string, { rollup }: Sequencer, landing: Landing, error?: string, note?: string): void {
    this.#recorder.landing(name, landing, note);
    const actual = landing.revert === undefined ? undefined : (landing.revert.errorName ?? landing.revert.data);
    if (actual !== error) throw new RehearsalFailedError(name, error ?? "success", actual ?? "success");
    if (error === undefined) this.landed.push({ rollup, txHash: landing.receipt.transactionHash });
  }

  /** A bundle that succeeds while the proposal in it reverts. */
  async #expectSkipped(name: string, sequencer: Sequencer, landing: Landing, error: string): Promise<void> {
    const { receipt } = landing;
    if (landing.revert !== undefined) throw landing.revert;
    const inner = await sequencer.chain.getInnerRevert(receipt.transactionHash, sequencer.rollup.address);
    if (inner === undefined) throw new RehearsalFailedError(name, error, "success");
    this.#recorder.failure(name, receipt, inner, "skipped-in-bundle", "signal and vote count all the same");
    if (inner.errorName !== error) throw new RehearsalFailedError(name, error, inner.errorName ?? inner.data);
  }

  async #fundedAccount(role: string): Promise<LocalAccount> {
    const { account } = deriveAccount(this.#options.seed, role);
    await this.#network.chain.setBalance(account.address, GAS_MONEY);
    return account;
  }

  #roleOf(address: Address): string {
    const isValidator = this.#network.validators.some((validator) => validator.address === address);
    if (isValidator) return `validator ${address.slice(0, 8)}`;
    const roles = ["third party", "the proposer's second address"];
    return roles.find((role) => deriveAccount(this.#options.seed, role).account.address === address) ?? address;
  }
}

/** What a rescuer holds: everything that was gossiped, which the proposer's second signature is not. */
function withoutSecondSignature(checkpoint: AttestedCheckpoint): AttestedCheckpoint {
  return withAttestations(checkpoint, checkpoint);
}

function withCommittee(config: NetworkConfig, committee: number): NetworkConfig {
  return { ...config, rollup: { ...config.rollup, targetCommitteeSize: BigInt(committee) } };
}

/** One step per name: 151 signals say no more than their sum. */
function recordGovernance(recorder: StepRecorder, steps: readonly GovernanceStep[]): void {
  for (const name of new Set(steps.map((step) => step.name))) {
    recorder.sum(
      `governance: ${name}`,
      steps.filter((step) => step.name === name),
    );
  }
}

function describeConservation({ epoch, sources, uses, imbalance, unowed }: ProofAudit): ConservationReport {
  const total = (side: Readonly<Record<string, bigint>>) => Object.values(side).reduce((sum, part) => sum + part, 0n);
  return {
    epoch: Number(epoch),
    sources: decimalStrings(sources),
    uses: decimalStrings(uses),
    sumOfSources: total(sources).toString(),
    sumOfUses: total(uses).toString(),
    holds: imbalance === 0n && unowed === 0n,
  };
}

function mean(values: readonly bigint[]): number {
  return Math.round(Number(values.reduce((sum, value) => sum + value, 0n)) / values.length);
}
