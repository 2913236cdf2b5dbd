import { isAddressEqual, toFunctionSelector, type Hex, type TransactionReceipt } from "viem";
import { formatAbiItem } from "viem/utils";

import type { BundledCall } from "../consensus/bundledCalls.ts";
import type { RollupView } from "../consensus/rollupView.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { BenchContradictionError } from "./record/benchErrors.ts";
import type { Measurement } from "./measurement.ts";

const proposeAbi = RollupAbi.find((item) => item.type === "function" && item.name === "propose");

/** The call of a bundle that a proposer sent it for. */
export function proposeOf({ rollup }: Pick<RollupView, "rollup">): { readonly to: Hex; readonly selector: Hex } {
  if (proposeAbi === undefined) throw new BenchContradictionError("Upstream's rollup has no propose");
  return { to: rollup.address, selector: toFunctionSelector(formatAbiItem(proposeAbi)) };
}

/** @throws BenchContradictionError when what should have failed did not. */
export function expectLoss(measured: Measurement, who: string): Measurement {
  if (measured.outcome !== "success") return measured;
  throw new BenchContradictionError("A submission that cannot succeed did", { fields: { who } });
}

/** @throws BenchContradictionError when what should have succeeded did not. */
export function expectSuccess(measured: Measurement, who: string): Measurement {
  if (measured.outcome === "success") return measured;
  throw new BenchContradictionError("A transaction that should succeed failed", {
    fields: { who, outcome: measured.outcome },
  });
}

/** Signal and vote each leave an event of their contract. @throws BenchContradictionError when one is missing. */
export function expectCompanions(receipt: TransactionReceipt, companions: readonly BundledCall[], who: string): void {
  for (const { target } of companions) {
    if (receipt.logs.some(({ address }) => isAddressEqual(address, target))) continue;
    throw new BenchContradictionError("A bundle's other call did not succeed", { fields: { who, target } });
  }
}
