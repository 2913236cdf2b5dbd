import { toFunctionSelector, type Abi, type AbiItem } from "viem";
import { formatAbiItem } from "viem/utils";

import type { Artifacts } from "../hardhatRuntime.ts";
import type { ErrorAbi } from "../l1/l1Node.ts";
import { ErrorsAbi } from "../upstream/abis.ts";

type AbiError = Extract<AbiItem, { type: "error" }>;

const isError = (item: AbiItem): item is AbiError => item.type === "error";

const cache = new WeakMap<Artifacts, Promise<readonly AbiError[]>>();

/**
 * Every custom error of every compiled contract, upstream's and ours, once per selector.
 * Read from the artifacts, so an error added to a contract is decoded without a second list to maintain.
 */
export function errorAbiOf(artifacts: Artifacts): ErrorAbi {
  return () => {
    const known = cache.get(artifacts) ?? collect(artifacts);
    cache.set(artifacts, known);
    return known;
  };
}

async function collect(artifacts: Artifacts): Promise<readonly AbiError[]> {
  const bySelector = new Map<string, AbiError>();
  const add = (abi: Abi) => {
    for (const item of abi.filter(isError)) bySelector.set(toFunctionSelector(formatAbiItem(item)), item);
  };
  add(ErrorsAbi);
  for (const name of await artifacts.getAllFullyQualifiedNames()) add((await artifacts.readArtifact(name)).abi as Abi);
  return [...bySelector.values()];
}
