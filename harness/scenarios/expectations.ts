import type { TransactionReceipt } from "viem";

import type { L1RevertError } from "../l1/l1Errors.ts";
import type { Landing, World } from "../world/world.ts";
import type { WorldStep } from "../world/worldStep.ts";
import { ScenarioFailedError } from "./scenario.ts";

/** What a step is called, by programs and by people. */
export type StepLabel = Pick<WorldStep, "id" | "name" | "note">;

const SUCCESS = "success";

/** A landing must succeed. @throws ScenarioFailedError */
export function expectLanded(world: World, label: StepLabel, landing: Landing): void {
  expectEnd(world, label, landing, SUCCESS);
}

/** A landing must be refused with `error`. @throws ScenarioFailedError */
export function expectRefused(world: World, label: StepLabel, landing: Landing, error: string): void {
  expectEnd(world, label, landing, error);
}

/** A bundle must succeed while the proposal in it reverts with `error`. @throws ScenarioFailedError */
export async function expectSkipped(world: World, label: StepLabel, landing: Landing, error: string): Promise<void> {
  const { checkpoint, receipt } = landing;
  if (landing.revert !== undefined) throw new ScenarioFailedError(label.id, SUCCESS, nameOf(landing.revert));
  const inner = await world.chain.getInnerRevert(receipt.transactionHash, world.rollup.address);
  if (inner === undefined) throw new ScenarioFailedError(label.id, error, SUCCESS);
  world.tell({
    ...label,
    ...describeReceipt(receipt),
    slot: checkpoint.slot,
    outcome: "skipped-in-bundle",
    revert: inner,
  });
  if (nameOf(inner) !== error) throw new ScenarioFailedError(label.id, error, nameOf(inner));
}

/** Tells of a transaction that has nothing to do with a slot and that succeeded. */
export function tellReceipt(world: World, label: StepLabel, receipt: TransactionReceipt): void {
  world.tell({ ...label, ...describeReceipt(receipt), outcome: SUCCESS });
}

function expectEnd(world: World, label: StepLabel, { checkpoint, receipt, revert }: Landing, expected: string): void {
  const step = { ...label, ...describeReceipt(receipt), slot: checkpoint.slot };
  world.tell(revert === undefined ? { ...step, outcome: SUCCESS } : { ...step, outcome: "reverted", revert });
  const actual = revert === undefined ? SUCCESS : nameOf(revert);
  if (actual !== expected) throw new ScenarioFailedError(label.id, expected, actual);
}

function describeReceipt({ transactionHash, gasUsed }: TransactionReceipt) {
  return { txHash: transactionHash, gasUsed, transactions: 1 };
}

const nameOf = ({ errorName, data }: L1RevertError): string => errorName ?? data;
