import { formatUnits } from "viem";

import { openModelLedger } from "../ledger/modelLedger.ts";
import { runStage, type StageRun } from "../stage/runStage.ts";
import type { RunResult } from "./record/sweepResult.ts";
import type { SweepRun } from "./record/sweepPoint.ts";
import { setUpRun, upgradedNodes } from "./setUpRun.ts";

/** Runs a point once, on the model. @throws UnknownWeatherError, RunFailedError */
export async function runPoint(run: SweepRun): Promise<RunResult> {
  return measure(run, await runStage(async (setup) => openModelLedger(setup), setUpRun(run)));
}

function measure(run: SweepRun, { metrics, totals }: Pick<StageRun, "metrics" | "totals">): RunResult {
  const { landing, money, slippedAfter, rescuedAfter, proposers } = totals;
  const upgraded = new Set(upgradedNodes(run));
  const sumOf = (isUpgraded: boolean, what: "slots" | "landed") =>
    Object.entries(proposers).reduce(
      (sum, [node, counts]) => sum + (upgraded.has(node) === isUpgraded ? counts[what] : 0),
      0,
    );
  return {
    run,
    measures: {
      onTime: metrics.onTime,
      late: metrics.late,
      lost: metrics.lost,
      displaced: metrics.displaced,
      softReorgedBlocks: metrics.softReorgedBlocks,
      landedByProposer: metrics.landedBy.own,
      landedByNext: metrics.landedBy.next,
      landedByOther: metrics.landedBy.other,
      slotsOfUpgraded: sumOf(true, "slots"),
      landedOfUpgraded: sumOf(true, "landed"),
      slotsOfOld: sumOf(false, "slots"),
      landedOfOld: sumOf(false, "landed"),
      refused: metrics.refused,
      gasUsed: metrics.gasUsed,
      gasWasted: metrics.gasWasted,
      txsSubmitted: metrics.txs.submitted,
      txsIncluded: metrics.txs.included,
      landingMean: landing.mean,
      landingP50: landing.p50,
      landingP95: landing.p95,
      landingP99: landing.p99,
      blocksPerSlot: metrics.blocksPerSlot,
      proofs: money.proofs,
      settledLate: money.settledLate,
      credited: tokens(money.credited),
      burned: tokens(money.burned),
      forfeited: tokens(money.forfeited),
      cutsToOthers: tokens(money.cutsToOthers),
      cutsToThemselves: tokens(money.cutsToThemselves),
    },
    slippedAfter,
    rescuedAfter,
  };
}

/** To a thousandth of a fee token. */
function tokens(amount: bigint): number {
  return Math.round(Number(formatUnits(amount, 18)) * 1000) / 1000;
}
