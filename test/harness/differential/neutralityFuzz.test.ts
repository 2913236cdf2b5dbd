import { expect } from "chai";
import hardhat from "hardhat";
import { getAbiItem, toEventSelector, type Abi, type Hex } from "viem";

import { compactConfig } from "../../../harness/differential/compactConfig.ts";
import { fuzzNeutrality, type NeutralityReport } from "../../../harness/differential/neutralityFuzzer.ts";
import {
  EscapeHatchAbi,
  GovernanceAbi,
  GovernanceProposerAbi,
  InboxAbi,
  OutboxAbi,
  RollupAbi,
  TallySlashingProposerAbi,
} from "../../../harness/upstream/abis.ts";
import type { RollupConfig } from "../../../harness/upstream/rollupConfig.ts";

const DEFAULT_TRANSACTIONS = 2_200;
const DEFAULT_SEED = 20_251_009;
/** Below so many transactions, chance decides what a run covers; the rarest things come once in a thousand. */
const ENOUGH_FOR_EVERYTHING = 1_600;
const ENOUGH_TO_JUDGE = 800;
const ENOUGH_WITHOUT_COMMITTEES = 200;

/** Reads a whole number from the environment. */
function fromEnvironment(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) throw new RangeError(`${name} is no positive whole number: ${text}`);
  return value;
}

const seed = fromEnvironment("BUILD_AHEAD_FUZZ_SEED", DEFAULT_SEED);
const transactions = fromEnvironment("BUILD_AHEAD_FUZZ_TRANSACTIONS", DEFAULT_TRANSACTIONS);

const terms = { firstBps: 5_000, submitterBps: 5_000, burnBps: 2_500, crossEpoch: false };

const event = (abi: Abi, name: string): Hex => {
  const item = getAbiItem({ abi, name });
  if (item?.type !== "event") throw new RangeError(`There is no event ${name}`);
  return toEventSelector(item);
};

/** What a run has seen. */
type Seen = Pick<NeutralityReport, "transactions" | "outcomes" | "topics">;

/** Several runs as one. */
function together(runs: readonly Seen[]): Seen {
  const outcomes = new Map<string, number>();
  const topics = new Map<Hex, number>();
  for (const run of runs) {
    for (const [description, count] of run.outcomes)
      outcomes.set(description, (outcomes.get(description) ?? 0) + count);
    for (const [topic, count] of run.topics) topics.set(topic, (topics.get(topic) ?? 0) + count);
  }
  return { transactions: runs.reduce((sum, run) => sum + run.transactions, 0), outcomes, topics };
}

/** Adds up the outcomes whose description matches. */
function countOutcomes({ outcomes }: Seen, pattern: RegExp): number {
  return [...outcomes].reduce((sum, [description, count]) => (pattern.test(description) ? sum + count : sum), 0);
}

/** A run that has not seen these has proven little: the least numbers per thousand transactions. */
function expectCovered(report: Seen): void {
  const events: readonly (readonly [name: string, topic: Hex, least: number])[] = [
    ["checkpoints landed", event(RollupAbi, "CheckpointProposed"), 120],
    ["proofs accepted", event(RollupAbi, "L2ProofVerified"), 20],
    ["prunes", event(RollupAbi, "PrunedPending"), 10],
    ["invalidations", event(RollupAbi, "CheckpointInvalidated"), 3],
    ["messages sent", event(InboxAbi, "MessageSent"), 8],
    ["epoch out hashes stored", event(OutboxAbi, "RootAdded"), 3],
    ["hatch proposals", event(EscapeHatchAbi, "ArchiveUpdated"), 2],
    ["hatch proposers selected", event(EscapeHatchAbi, "CandidateSelected"), 2],
    ["governance signals", event(GovernanceProposerAbi, "SignalCast"), 15],
    ["slashing votes", event(TallySlashingProposerAbi, "VoteCast"), 10],
    ["mana targets", event(RollupAbi, "ManaTargetUpdated"), 1],
    ["reward configurations", event(RollupAbi, "RewardConfigUpdated"), 2],
    ["hatch configurations", event(RollupAbi, "EscapeHatchUpdated"), 2],
    ["slashed stake", event(RollupAbi, "Slashed"), 1],
    ["stakes queued", event(RollupAbi, "ValidatorQueued"), 8],
    ["stakes accepted", event(RollupAbi, "Deposit"), 3],
    ["stakes sent back", event(RollupAbi, "FailedDeposit"), 1],
    ["withdrawals begun", event(RollupAbi, "WithdrawInitiated"), 2],
    ["withdrawals ended", event(RollupAbi, "WithdrawFinalized"), 1],
    ["payloads proposed to governance", event(GovernanceAbi, "Proposed"), 1],
    ["votes of the rollup's stake", event(GovernanceAbi, "VoteCast"), 1],
  ];
  const outcomes: readonly (readonly [name: string, pattern: RegExp, least: number])[] = [
    ["proposals with a fault", /propose with .*: (?!success)/, 100],
    ["duplicates", /^propose again/, 10],
    ["refused proofs", /^prove.*: (?!success)/, 30],
    ["proofs that the verifier refuses", /^prove.*: Rollup__InvalidProof/, 3],
    ["proofs that the verifier cannot read", /^prove.*: ProofLengthWrong/, 1],
    ["proofs accepted after a refused one", /^prove.* and a right one.*: success/, 1],
    ["rehearsals that pass", /^validate.*: success/, 8],
    ["rehearsals that do not", /^validate.*: (?!success)/, 8],
    ["invalidations for too few attestations", /^invalidate for too few.*: success/, 1],
    ["invalidations for a bad attestation", /^invalidate for a bad.*: success/, 1],
    ["sequencer claims", /^claim a sequencer's rewards: success/, 5],
    ["prover claims", /^claim a prover's rewards: success/, 5],
    ["oracle updates", /^update the fee oracle: success/, 10],
    ["seeds", /^(setupEpoch|checkpointRandao): success/, 15],
  ];
  const scaled = (least: number) => Math.floor((least * report.transactions) / 1_000);
  for (const [name, topic, least] of events) {
    expect(report.topics.get(topic) ?? 0, name).to.be.at.least(scaled(least));
  }
  for (const [name, pattern, least] of outcomes) {
    expect(countOutcomes(report, pattern), name).to.be.at.least(scaled(least));
  }
}

describe(`Neutrality: random transactions, seed ${seed} (BUILD_AHEAD_FUZZ_SEED, BUILD_AHEAD_FUZZ_TRANSACTIONS)`, function () {
  this.timeout(3_600_000);
  const share = (part: number) => Math.ceil(transactions * part);
  const withCommittees: NeutralityReport[] = [];

  async function run(windowSeconds: number, count: number, offset: number, rollup: Partial<RollupConfig> = {}) {
    const report = await fuzzNeutrality(hardhat, {
      config: compactConfig(rollup),
      validatorCount: 8,
      newcomerCount: 16,
      seed: seed + offset,
      transactions: count,
      terms: { ...terms, windowSeconds },
    });
    expect(report.transactions, "transactions compared").to.equal(count);
    return report;
  }

  it(`behaves like upstream's rollup with the window switched off, over ${share(0.47)} transactions`, async function () {
    const report = await run(0, share(0.47), 0);
    withCommittees.push(report);
    const ours = [...report.reordered.keys()].map((pair) => pair.split(" -> ")[1]);
    expect(
      ours.filter((name) => name?.startsWith("LateSubmission__")),
      "errors of a window that does not exist",
    ).to.be.empty;
    if (report.transactions < ENOUGH_TO_JUDGE) return;
    expect(ours, "errors that may come first").to.include.members([
      "Rollup__SlotAlreadyInChain",
      "HeaderLib__InvalidSlotNumber",
      "Rollup__NoBlobsInCheckpoint",
    ]);
  });

  it(`behaves like upstream's rollup with a window that nobody uses, over ${share(0.37)} transactions`, async function () {
    const report = await run(24, share(0.37), 1);
    withCommittees.push(report);
    if (report.transactions < ENOUGH_TO_JUDGE) return;
    expect([...report.reordered.keys()], "errors of the window, where upstream has one for all").to.include.members([
      "HeaderLib__InvalidSlotNumber -> LateSubmission__WindowClosed",
      "HeaderLib__InvalidSlotNumber -> LateSubmission__CrossEpochClosed",
    ]);
  });

  it("has seen enough of everything in these two runs", function () {
    const seen = together(withCommittees);
    if (seen.transactions < ENOUGH_FOR_EVERYTHING) this.skip();
    expectCovered(seen);
  });

  it(`behaves like upstream's rollup in ignition and on the way out of it, over ${share(0.06)} transactions`, async function () {
    const report = await run(24, share(0.06), 2, { manaTarget: 0n });
    expect(countOutcomes(report, /propose.*: success/), "checkpoints landed").to.be.at.least(
      Math.floor(report.transactions / 10),
    );
  });

  it(`behaves like upstream's rollup without committees, over ${share(0.1)} transactions`, async function () {
    const report = await run(24, share(0.1), 3, { targetCommitteeSize: 0n });
    expect(countOutcomes(report, /propose.*: success/), "checkpoints landed").to.be.at.least(
      Math.floor(report.transactions / 10),
    );
    const ours = [...report.reordered.keys()].map((pair) => pair.split(" -> ")[1]);
    if (report.transactions < ENOUGH_WITHOUT_COMMITTEES) return;
    expect(ours, "the window is closed to a rollup without committees").to.include("LateSubmission__NoCommittee");
    expect(countOutcomes(report, /^invalidate for too few.*: success/), "invalidations").to.be.at.least(1);
    expect(countOutcomes(report, /^prove.*: success/), "proofs accepted").to.be.at.least(1);
  });
});
