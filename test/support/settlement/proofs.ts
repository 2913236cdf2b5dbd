import { expect } from "chai";
import type { Address, Hex, LocalAccount, TransactionReceipt } from "viem";

import { accountsOfProof, assertConserved, auditProof } from "../../../harness/accounting/auditProof.ts";
import { decodeEpochProof } from "../../../harness/accounting/decodeEpochProof.ts";
import { readMoney, type MoneySnapshot } from "../../../harness/accounting/moneySnapshot.ts";
import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { computeFee } from "../../../harness/consensus/epochProof.ts";
import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import type { L1TransactionRequest } from "../../../harness/l1/l1Transaction.ts";
import type { CheckpointFee } from "../../../harness/upstream/epochProofArgs.ts";
import { runAsUpstream } from "../runAsUpstream.ts";
import { compareWithChain } from "./compareWithChain.ts";
import { forecastProof, type ProofForecast } from "./forecastProof.ts";
import type { Amounts } from "./modelBooks.ts";
import { splitAfter } from "../../../harness/protocol/split.ts";
import type { ModelCheckpoint, ModelRecord } from "./modelChain.ts";
import type { Action, FeeLevel } from "./plan.ts";
import type { SettlementRun } from "./settlementRun.ts";

type Proof = Extract<Action, { kind: "prove" }>;

/** A proof that may be submitted now. */
interface Submission {
  readonly epoch: bigint;
  /** From the epoch's first checkpoint on. */
  readonly run: readonly ModelCheckpoint[];
  readonly prover: LocalAccount;
  readonly request: L1TransactionRequest;
  /** Unix seconds of its L1 block. */
  readonly timestamp: bigint;
  /** For messages. */
  readonly name: string;
}

export interface ProofOptions {
  /** Whether it also runs as upstream would. */
  readonly comparesWithUpstream: boolean;
}

/** Proves what the action chooses, if anything can be proven, and compares every token with the forecast. */
export async function prove(run: SettlementRun, action: Proof, options: ProofOptions): Promise<void> {
  const submission = await choose(run, action);
  if (submission === undefined) return;
  const { epoch, prover, request, timestamp } = submission;
  const { length } = submission.run;
  if (submission.run.at(-1)?.isUnattested === true || run.chain.isSubmitted(epoch, length, prover.address)) {
    const receipt = await run.world.chain.execute(request, { timestamp, allowRevert: true });
    expect(receipt.status, "a proof by the same prover, or of an unattested tip").to.equal("reverted");
    run.tally.count("refusedProofs");
  } else {
    await settle(run, submission, options);
  }
  await compareWithChain(run);
}

async function choose(run: SettlementRun, action: Proof): Promise<Submission | undefined> {
  const { chain, world, accounts, provers, blobs } = run;
  const timestamp = await run.soon();
  if (chain.isPrunable(timestamp)) return undefined;
  // The last epoch that can be proven comes up more often than an older one.
  const epoch = chain.provableEpochs(timestamp).at(action.epochChoice % 4 === 0 ? 0 : -1);
  if (epoch === undefined) return undefined;
  const ofEpoch = chain.ofEpoch(epoch);
  const length = 1 + (action.lengthChoice % ofEpoch.length);
  const proven = ofEpoch.slice(0, length);
  const checkpoints = proven.map(({ checkpoint }) => checkpoint);
  const prover = provers[action.proverChoice % provers.length] as LocalAccount;
  const diverted = accounts[action.epochChoice % accounts.length] as Address;
  const request = await makeEpochProofTransaction(world.view, prover, {
    checkpoints,
    blobInputs: await blobs.open(checkpoints),
    fee: (checkpoint) => {
      const position = checkpoints.indexOf(checkpoint);
      const fee = feeOf(checkpoint, action.fees[position % action.fees.length] ?? "minimum");
      return action.divertFees && position === 0 ? { ...fee, recipient: diverted } : fee;
    },
  });
  const name = `proof of checkpoints 1 to ${length} of epoch ${epoch}`;
  return { epoch, run: proven, prover, request, timestamp, name };
}

/** From what only covers the burn to what leaves the sequencer a tip. */
function feeOf(checkpoint: AttestedCheckpoint, level: FeeLevel): CheckpointFee {
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

async function settle(run: SettlementRun, submission: Submission, options: ProofOptions): Promise<void> {
  const { world, accounts } = run;
  const { epoch, request, timestamp, name } = submission;
  const forecast = await foretell(run, submission);
  const { fees } = decodeEpochProof(request.data as Hex);
  const scope = { accounts: [...accounts, ...accountsOfProof({ fees }, forecast.settled)], epochs: [epoch] };
  const before = await readMoney(world.view, scope);
  const readAfter = ({ status }: TransactionReceipt) => {
    expect(status, name).to.equal("success");
    return readMoney(world.view, scope);
  };
  if (options.comparesWithUpstream) {
    const after = await runAsUpstream(world.network, world.rollup, request, timestamp, readAfter);
    expectFlows(`${name}, upstream`, before, after, {
      ...forecast,
      epoch,
      credits: forecast.upstreamCredits,
      forfeited: 0n,
    });
  }
  const receipt = await world.chain.execute(request, { timestamp });
  const after = await readAfter(receipt);
  expectFlows(`${name}, with the split`, before, after, { ...forecast, epoch });
  const audit = await auditProof(world.view, receipt, { before, after });
  assertConserved(audit);
  expect(audit.settled, `${name}: settlements`).to.deep.equal(forecast.settled);
  expect(audit.congestionBurned, `${name}: congestion burn`).to.equal(forecast.shares.congestionBurn);
  addToModel(run, submission, forecast);
}

/** What the facts say will happen, before it does. */
async function foretell(run: SettlementRun, submission: Submission): Promise<ProofForecast> {
  const { settings, chain } = run;
  const facts = {
    fees: decodeEpochProof(submission.request.data as Hex).fees,
    feeHeaders: submission.run.map(({ checkpoint }) => checkpoint.feeHeader),
    provenLength: chain.provenLength(submission.epoch),
    checkpointReward: settings.checkpointReward,
    sequencerBps: settings.sequencerBps,
    isCanonical: settings.isCanonical,
    distributorBalance: await run.distributorBalance(),
    isTxsEnabled: settings.manaTarget > 0n,
  };
  const forecast = forecastProof(
    facts,
    submission.run.map(({ record }) => record),
  );
  for (const { slot, isSettled } of forecast.records) {
    expect(isSettled, `the record of slot ${slot} is settled once`).to.equal(false);
  }
  return forecast;
}

interface ExpectedFlows extends Pick<ProofForecast, "shares" | "forfeited"> {
  readonly epoch: bigint;
  readonly credits: Amounts<Address>;
}

function expectFlows(name: string, before: MoneySnapshot, after: MoneySnapshot, expected: ExpectedFlows): void {
  const { shares, credits, forfeited } = expected;
  for (const account of Object.keys(after.sequencerRewards) as Address[]) {
    const credited = (after.sequencerRewards[account] ?? 0n) - (before.sequencerRewards[account] ?? 0n);
    expect(credited, `${name}: credit of ${account}`).to.equal(credits.get(account) ?? 0n);
  }
  const epoch = expected.epoch.toString();
  const proverRewards = (after.proverRewards[epoch] ?? 0n) - (before.proverRewards[epoch] ?? 0n);
  expect(proverRewards, `${name}: prover rewards`).to.equal(shares.proverRewards);
  const flow = (of: keyof typeof before.balances) => after.balances[of] - before.balances[of];
  expect(flow("distributor"), `${name}: distributor`).to.equal(-shares.distributorOutflow);
  expect(flow("feeJuicePortal"), `${name}: fees`).to.equal(-shares.feesIn);
  expect(flow("burnAddress"), `${name}: burned`).to.equal(shares.congestionBurn + forfeited);
}

function addToModel(run: SettlementRun, submission: Submission, forecast: ProofForecast): void {
  const { chain, books } = run;
  countWhatHappened(run, submission, forecast);
  for (const record of forecast.records) record.isSettled = true;
  books.credit(submission.epoch, forecast.credits, forecast.shares.proverRewards);
  chain.prove(submission.epoch, submission.run, submission.prover.address);
}

function countWhatHappened(run: SettlementRun, submission: Submission, forecast: ProofForecast) {
  const { tally, chain, settings, world } = run;
  const { shares, settled, records } = forecast;
  tally.count("proofs");
  const provenLength = chain.provenLength(submission.epoch);
  if (provenLength > 0) tally.count(submission.run.length > provenLength ? "proofsThatGrow" : "shorterProofs");
  if (settled.length === 0) return;
  tally.count("settled", settled.length);
  tally.count("settledForNobody", settled.filter(({ submitter }) => BigInt(submitter) === 0n).length);
  tally.count("settledSelf", settled.filter(({ submitter, coinbase }) => submitter === coinbase).length);
  const isProposers = ({ submitter, originalProposer }: ModelRecord) => submitter === originalProposer;
  tally.count("settledForProposer", records.filter(isProposers).length);
  const { rollup, contracts } = world;
  const ours: readonly Address[] = [rollup.address, contracts.rewardDistributor, contracts.feeAsset];
  tally.count("settledForContract", settled.filter(({ submitter }) => ours.includes(submitter)).length);
  const { terms, checkpointReward, isCanonical, manaTarget } = settings;
  const isUnderOtherTerms = ({ delay, submitterBps }: ModelRecord) =>
    delay >= BigInt(terms.windowSeconds) || BigInt(splitAfter(terms, delay).submitterBps) !== submitterBps;
  tally.count("termsChangedBetween", records.filter(isUnderOtherTerms).length);
  const desired = BigInt(shares.checkpoints.length) * checkpointReward;
  if (shares.congestionBurn > 0n) tally.count("withCongestion");
  if (manaTarget === 0n) tally.count("transactionsDisabled");
  if (!isCanonical) tally.count("nonCanonical");
  if (isCanonical && desired === 0n) tally.count("withoutRewards");
  if (isCanonical && shares.distributorOutflow < desired) tally.count("shortOfRewards");
}
