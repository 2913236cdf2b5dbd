import type { Hex } from "viem";

import { auditHistory, readRecorded } from "../accounting/auditHistory.ts";
import type { ProofAudit } from "../accounting/auditProof.ts";
import { decimalStrings } from "../accounting/decimalStrings.ts";
import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../network/networkConfig.ts";
import { openEmbeddedNetwork, type EmbeddedNetwork } from "../network/openEmbeddedNetwork.ts";
import type { Rollup } from "../network/rollup.ts";
import { claims, type Claim } from "../scenarios/claims.ts";
import { sumBlocks } from "../scenarios/minedBlocks.ts";
import { runScenario, type DeployedContext } from "../scenarios/scenario.ts";
import { upgrade, type Upgraded } from "../scenarios/upgrade.ts";
import { World } from "../world/world.ts";
import { measureCodeSizes } from "./codeSizes.ts";
import { describeLateSlots, isLateLanding } from "./lateSlots.ts";
import { buildAheadPhases, upstreamScenarios, type Phase } from "./phases.ts";
import { VALIDATORS, type RehearsalOptions } from "./rehearsalOptions.ts";
import type { ConservationReport, RehearsalReport, RehearsalStep } from "./rehearsalReport.ts";
import { StepRecorder, type RehearsalListener } from "./stepRecorder.ts";

/** What a rehearsal leaves behind: the report, and the network for whoever wants to look further. */
export interface Rehearsal {
  readonly report: RehearsalReport;
  readonly network: EmbeddedNetwork;
  /** Every transaction that landed a checkpoint, by rollup. */
  readonly landed: readonly { readonly rollup: Rollup; readonly txHash: Hex }[];
  readonly audits: readonly ProofAudit[];
}

const DAY_SECONDS = 86_400n;

/**
 * Rehearses the upgrade from the published v4 stack to the extended rollup, end to end on an embedded chain: deployment,
 * governance, the window closed as on upstream's rollup, its opening by a second payload, checkpoints late in every way, everything
 * that must be refused, proof, settlement, claims.
 *
 * Every step has an expected outcome; money is audited to the wei.
 *
 * @throws ScenarioFailedError at the first step that ends otherwise.
 * @throws ConservationError when a proof created or lost money.
 */
export async function rehearse(
  hardhat: HardhatRuntime,
  options: RehearsalOptions,
  listener: RehearsalListener = {},
): Promise<Rehearsal> {
  const { seed, slots, terms } = options;
  const recorder = new StepRecorder(listener);
  recorder.phase("The v4 stack");
  const network = await openEmbeddedNetwork(hardhat, {
    seed,
    validatorCount: VALIDATORS,
    config: withCommittee(mainnetLikeConfig(), options.committee),
    ...(listener.onKeyProgress === undefined ? {} : { onKeyProgress: listener.onKeyProgress }),
  });
  const open = (rollup: Rollup): DeployedContext => {
    const world = new World({ network, rollup, keys: network.validators, seed });
    world.listen(recorder);
    return { world, network };
  };

  const v4 = open(network.rollup);
  const name = `deploy the v4 stack, stake ${VALIDATORS} validators`;
  v4.world.tell({ id: "upstream.deploy", name, outcome: "success", ...(await sumBlocks(network.chain, 0n)) });
  await runAll(upstreamScenarios(slots), v4);
  recorder.phase("Upgrade through governance");
  const upgraded = await runScenario(upgrade, v4);

  const ours = open(upgraded.rollup);
  for (const { title, scenarios } of buildAheadPhases(upgraded.rollup, terms, slots)) {
    recorder.phase(title);
    await runAll(scenarios, ours);
  }
  recorder.phase("Claims");
  const claimed = await runScenario(claims, ours);
  return conclude(options, network, upgraded, [v4.world, ours.world], recorder.steps, claimed);
}

async function runAll(scenarios: Phase["scenarios"], context: DeployedContext): Promise<void> {
  for (const scenario of scenarios) await runScenario(scenario, context);
}

/** Everything that the report says beside the steps is asked from the chain. */
async function conclude(
  options: RehearsalOptions,
  network: EmbeddedNetwork,
  { rollup, followers, seconds }: Upgraded,
  [v4, ours]: readonly [World, World],
  steps: readonly RehearsalStep[],
  claimed: readonly Claim[],
): Promise<Rehearsal> {
  const audits = await auditHistory(ours.view, ours.follower.history);
  const recorded = await readRecorded(ours.view, ours.follower.chain);
  const [late, onTime] = [meanGas(steps.filter(isLateLanding)), meanGas(findLandings(steps, "onTime"))];
  await v4.follower.sync();
  const landed = [v4, ours].flatMap(({ follower, rollup: landedOn }) =>
    follower.history.filter(({ kind }) => kind === "checkpointed").map(({ txHash }) => ({ rollup: landedOn, txHash })),
  );
  const { seed, slots, committee, terms } = options;
  const report: RehearsalReport = {
    seed,
    slots,
    committee,
    validators: VALIDATORS,
    hardfork: network.chain.hardfork,
    terms,
    upgrade: {
      rollup: rollup.address,
      previous: network.rollup.address,
      followers: Number(followers),
      days: Number(seconds / DAY_SECONDS),
    },
    steps,
    lateSlots: describeLateSlots(steps, recorded, audits, terms),
    conservation: audits.map(describeConservation),
    claims: claimed.map((claim) => ({ ...claim, amount: claim.amount.toString() })),
    codeSizes: await measureCodeSizes(network, { v4: network.rollup, "build-ahead": rollup }),
    gas: {
      onTimeUpstream: meanGas(findLandings(steps, "upstream.onTime")),
      onTime,
      late,
      lateRatio: Math.round((late / onTime) * 1000) / 1000,
    },
  };
  return { network, landed, audits, report };
}

/** The landings of a series, without the first of its epoch. */
function findLandings(steps: readonly RehearsalStep[], series: string): readonly RehearsalStep[] {
  return steps.filter(({ id }) => id.startsWith(`${series}.landing`));
}

function withCommittee(config: NetworkConfig, committee: number): NetworkConfig {
  return { ...config, rollup: { ...config.rollup, targetCommitteeSize: BigInt(committee) } };
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

function meanGas(steps: readonly RehearsalStep[]): number {
  return Math.round(steps.reduce((sum, { gasUsed }) => sum + gasUsed, 0) / steps.length);
}
