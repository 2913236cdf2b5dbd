import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { defaultL1TxUtilsConfig } from "@aztec/ethereum/l1-tx-utils/config";

import { BuildAheadError } from "../errors.ts";

const require = createRequire(import.meta.url);
// The package's `exports` map hides this file, so it is found relative to the entry point.
const file = path.join(path.dirname(require.resolve("@aztec/l1-artifacts")), "../l1-contracts/generated/default.json");

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
// Amounts go beyond 2^53: read the digits themselves, not the double they were parsed into.
const exact: Reviver = (_key, value, { source }) => (typeof value === "number" ? BigInt(source ?? value) : value);

const defaults = JSON.parse(readFileSync(file, "utf8"), exact as (key: string, value: unknown) => unknown) as Record<
  string,
  unknown
>;

/** Upstream's default for a deployment variable (`l1-contracts/generated/default.json` of the pinned package). */
export function upstreamDefault(name: string): bigint {
  const value = defaults[name];
  if (typeof value !== "bigint")
    throw new BuildAheadError("Upstream has no such numeric default", { fields: { name } });
  return value;
}

/** Percent that upstream's publishers add to the gas that a simulation has used (`gasLimitBufferPercentage` of `L1TxUtils`). */
export const GAS_LIMIT_BUFFER_PERCENT = BigInt(defaultL1TxUtilsConfig.gasLimitBufferPercentage);
