import type { Address } from "viem";

import { auditHistory } from "../../accounting/auditHistory.ts";
import { BuildAheadError } from "../../errors.ts";
import type { HardhatRuntime } from "../../hardhatRuntime.ts";
import { advanceToEpoch } from "../../network/advance.ts";
import { CLOSED_TERMS } from "../../network/deployBuildAhead.ts";
import type { DeployedRollup } from "../../network/deployment.ts";
import { readEscapeHatch } from "../../network/escapeHatch.ts";
import { readRollupConfig } from "../../network/readRollupConfig.ts";
import { encodeSetTerms, type LateSubmissionTerms } from "../../protocol/terms.ts";
import { firstEpochSampledAfter } from "../../protocol/time.ts";
import { boundarySlip } from "../../scenarios/boundarySlip.ts";
import { claims } from "../../scenarios/claims.ts";
import { lateByNextProposer } from "../../scenarios/lateByNextProposer.ts";
import { lateByOriginalProposer } from "../../scenarios/lateByOriginalProposer.ts";
import { lateByThirdParty } from "../../scenarios/lateByThirdParty.ts";
import { makeOnTimeSeries } from "../../scenarios/onTimeSeries.ts";
import { makeRefusedLate } from "../../scenarios/refusedLate.ts";
import { runScenario, type Scenario } from "../../scenarios/scenario.ts";
import { settlement } from "../../scenarios/settlement.ts";
import { sumBlocks } from "../../scenarios/minedBlocks.ts";
import type { World } from "../../world/world.ts";
import type { RehearsalStep } from "../rehearsalReport.ts";
import type { RehearsalListener } from "../stepRecorder.ts";
import { attachFork, type AttachForkOptions } from "./attachFork.ts";
import { compareRollups } from "./compareRollups.ts";
import { expectTerms } from "./expectedWords.ts";
import type { ComparedStep, ComparisonRow, ForkCheck, ForkReport, PayloadReport } from "./forkReport.ts";
import { ForkStage } from "./forkStage.ts";
import { checkOtherSide, readMembership, type Membership } from "./otherSide.ts";
import { requireMeant, requirePassed } from "./rehearsalFindings.ts";
import { GAS_CAP, readTransactionKinds } from "./transactionKinds.ts";
import { makeUpgradePayload } from "./upgradePayload.ts";
import { walkPayload } from "./walkPayload.ts";

export interface ForkRehearsalOptions extends AttachForkOptions {
  /** What the network is called in the report. */
  readonly network: string;
  /** On-time slots after an epoch's first one. */
  readonly slots: number;
  /** What the window is opened with. */
  readonly terms: LateSubmissionTerms;
}

/**
 * Rehearses the upgrade on a fork of a network: attaches to what the Registry leads to, drives the old rollup, puts the new one beside
 * it, walks real governance in the middle of an epoch, looks at the other side, drives the new rollup with the window closed in the very
 * same way, opens it by a second payload, and lands late in every way that needs no key of others.
 *
 * @throws RehearsalFindingError, ScenarioFailedError, UnexplainedWordError when something is otherwise than it must be.
 * @throws RpcSourceError, CannotUpgradeError, NotARegistryError, NoRollupError when there is nothing to rehearse with.
 */
export async function rehearseFork(
  hardhat: HardhatRuntime,
  options: ForkRehearsalOptions,
  listener: RehearsalListener = {},
): Promise<ForkReport> {
  const fork = await attachFork(hardhat, options);
  try {
    const run = new ForkRun(new ForkStage(fork, hardhat.artifacts, options.seed, listener), options);
    return await run.rehearse(listener);
  } catch (error) {
    throw options.source.failure ?? error;
  } finally {
    await fork.close();
  }
}

/** The same on the old rollup and on the new one while its window is closed. */
function sameOnBoth(slots: number): readonly Scenario[] {
  return [makeOnTimeSeries({ id: "onTime", count: slots }), makeRefusedLate("late"), settlement];
}

const LATE: readonly Scenario[] = [
  makeOnTimeSeries({ id: "opened", count: 0 }),
  lateByNextProposer,
  lateByThirdParty,
  lateByOriginalProposer,
  boundarySlip,
  settlement,
];

class ForkRun {
  readonly #stage: ForkStage;
  readonly #options: ForkRehearsalOptions;
  readonly #questions: string[] = [];
  readonly #checks: ForkCheck[] = [];
  readonly #payloads: PayloadReport[] = [];

  constructor(stage: ForkStage, options: ForkRehearsalOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  async rehearse({ onKeyProgress, onDifference }: RehearsalListener): Promise<ForkReport> {
    const stage = this.#stage;
    const { rollup: previous } = stage.fork.network;
    stage.phase("own", "Own validators");
    const active = await stage.bringValidators(onKeyProgress);
    const old = stage.open(previous);
    await this.#tellBlocks(old, "stake", `stake ${stage.validators.length} own validators; ${active} are let in`);
    const verifier = await stage.installVerifier();

    stage.phase("before", "The old rollup, before");
    await stage.nextEpoch(previous);
    await this.#runAll(sameOnBoth(this.#options.slots), old);

    stage.phase("upgrade", "The upgrade, in the middle of an epoch of the old rollup");
    const next = await this.#deploy(old, verifier);
    const comparison = await this.#compare(next);
    for (const { subject, before, after, same } of comparison) if (!same) onDifference?.(subject, before, after);
    const registeredAt = await this.#register(old, next);

    stage.phase("left", "What the old rollup has left behind");
    await this.#finishOld(old);

    stage.phase("after", "The new rollup, window closed");
    await stage.bridgeFees(next);
    const ours = stage.open(next);
    await advanceToEpoch(stage.chain, next, firstEpochSampledAfter(next.timing, registeredAt));
    await stage.nextEpoch(next);
    await this.#runAll(sameOnBoth(this.#options.slots), ours);

    stage.phase("open", "Governance opens the window");
    await this.#openWindow(ours, next);
    stage.phase("late", "The new rollup, window open");
    await stage.nextEpoch(next);
    await this.#runAll(LATE, ours);
    await runScenario(claims, { world: ours });
    return this.#conclude(next, comparison);
  }

  async #runAll(scenarios: readonly Scenario[], world: World): Promise<void> {
    for (const scenario of scenarios) await runScenario(scenario, { world });
  }

  async #deploy(old: World, verifier: Address): Promise<DeployedRollup> {
    const { chain } = this.#stage;
    const from = (await chain.publicClient.getBlockNumber()) + 1n;
    const next = await this.#stage.deployNext(verifier);
    const name = "deploy the new rollup and its libraries, window closed";
    old.tell({ id: "deploy", name, outcome: "success", ...(await sumBlocks(chain, from)) });
    return next;
  }

  async #compare(next: DeployedRollup): Promise<readonly ComparisonRow[]> {
    const { chain, artifacts, fork } = this.#stage;
    const rows = await compareRollups(
      artifacts,
      chain,
      { address: fork.network.rollup.address, config: fork.config },
      { address: next.address, config: await readRollupConfig(chain, next.address) },
    );
    requireMeant(rows);
    return rows;
  }

  /** @returns Unix seconds at which the new rollup became canonical. */
  async #register(old: World, next: DeployedRollup): Promise<bigint> {
    const stage = this.#stage;
    const { chain, contracts } = stage;
    let before: Membership | undefined;
    const signerOf = await stage.findSigners();
    const walked = await walkPayload(stage, old, {
      ...(await makeUpgradePayload(stage, next)),
      ...(signerOf === undefined ? {} : { signerOf }),
      onExecutable: async () => {
        await stage.nextEpoch(old.rollup);
        await runScenario(makeOnTimeSeries({ id: "unproven", count: 1 }), { world: old });
        before = await readMembership(chain, contracts, old.rollup, await chain.now());
      },
    });
    this.#payloads.push(walked.report);
    const [follower] = stage.validators;
    if (before === undefined || follower === undefined) return never();
    this.#checks.push(...(await checkOtherSide(chain, contracts, { old: old.rollup, next }, before, follower.address)));
    if ((await readEscapeHatch(chain, next.address)) === undefined) {
      this.#questions.push("The old rollup has no escape hatch, and so the new one has none.");
    }
    this.#questions.push(
      "A payload does not say which rollup it replaces. Executed after another upgrade, it would put this rollup in the place of that one: " +
        "let no two of them be open at once.",
    );
    return walked.executedAt;
  }

  /** The epoch in whose middle the old rollup was replaced is proven, and everybody is paid. */
  async #finishOld(old: World): Promise<void> {
    await runScenario(settlement, { world: old });
    await old.follower.sync();
    const audits = await auditHistory(old.view, old.follower.history);
    const last = audits.at(-1);
    const drawn = last?.sources.distributorOutflow ?? 0n;
    this.#checks.push({
      id: "left.rewards",
      what: "checkpoint rewards that a proof on the old rollup still draws, in wei",
      expected: "0",
      found: drawn.toString(),
      passed: drawn === 0n,
    });
    this.#questions.push(
      "Checkpoints of the old rollup that are proven after the upgrade earn their fees and no checkpoint rewards: only the canonical " +
        "rollup may take those. So it is with every upgrade; proving everything before the execution avoids it.",
    );
    if (this.#stage.fork.config.rewardsClaimable) await runScenario(claims, { world: old });
    else
      this.#questions.push(
        "Rewards of the old rollup cannot be claimed yet: nobody could show here that they are paid.",
      );
  }

  async #openWindow(ours: World, next: DeployedRollup): Promise<void> {
    const { terms } = this.#options;
    const { report } = await walkPayload(this.#stage, ours, {
      name: `late submissions: ${terms.windowSeconds} s`,
      actions: [{ target: next.address, data: encodeSetTerms(terms) }],
      expect: () => expectTerms(next),
    });
    this.#payloads.push(report);
  }

  async #tellBlocks(world: World, id: string, name: string): Promise<void> {
    const { chain, fork } = this.#stage;
    world.tell({ id, name, outcome: "success", ...(await sumBlocks(chain, fork.firstBlock)) });
  }

  async #conclude(next: DeployedRollup, comparison: readonly ComparisonRow[]): Promise<ForkReport> {
    const { chain, contracts, fork, recorder } = this.#stage;
    const { source, network, seed, terms } = this.#options;
    const { rollup: previous } = fork.network;
    requirePassed(this.#checks);
    const names = new Map<Address, string>([
      ...Object.entries(contracts).map(([name, address]) => [address, name] as const),
      [previous.address, "old rollup"],
      [next.address, "new rollup"],
      ...Object.entries(next.libraries).map(([name, address]) => [address, name] as const),
      ...this.#payloads.map(({ payload }) => [payload, "payload"] as const),
    ]);
    const { chainId, blockNumber, blockHash, timestamp } = source.pin;
    return {
      format: 1,
      network,
      seed,
      source: {
        chainId,
        blockNumber: blockNumber.toString(),
        blockHash,
        timestamp: Number(timestamp),
        answers: source.used,
      },
      hardfork: chain.hardfork,
      contracts: { ...contracts },
      previous: { rollup: previous.address, version: previous.version.toString() },
      next: { rollup: next.address, version: next.version.toString(), terms: next.terms ?? CLOSED_TERMS },
      warnings: fork.warnings,
      comparison,
      payloads: this.#payloads,
      checks: this.#checks,
      steps: recorder.steps,
      compared: compareSteps(recorder.steps),
      transactions: await readTransactionKinds(chain, fork.firstBlock, names),
      gasCap: GAS_CAP,
      overrides: fork.book.overrides,
      openQuestions: [
        ...this.#questions,
        `The window was opened with ${terms.windowSeconds} s; with what, governance decides.`,
      ],
    };
  }
}

/** Sets the steps on the old rollup beside those on the new one. */
function compareSteps(steps: readonly RehearsalStep[]): readonly ComparedStep[] {
  const end = ({ outcome, revert }: RehearsalStep) => revert?.error ?? outcome;
  return steps.flatMap((before) => {
    const id = /^before\.(.+)$/.exec(before.id)?.[1];
    const after = steps.find((step) => step.id === `after.${id ?? ""}`);
    if (id === undefined || after === undefined) return [];
    return [
      {
        id,
        name: before.name,
        before: end(before),
        after: end(after),
        gasBefore: before.gasUsed,
        gasAfter: after.gasUsed,
        same: end(before) === end(after),
      },
    ];
  });
}

function never(): never {
  throw new BuildAheadError("The rehearsal has come where it cannot be");
}
