import { encodeDeployData, type Address } from "viem";

import type { Deployer } from "../network/deployer.ts";
import { readArtifact } from "../network/readArtifact.ts";
import { BenchContradictionError } from "./record/benchErrors.ts";

/** Deploys a contract that stands beside the rollup. */
export async function deployBenchContract(
  { chain, account, artifacts }: Deployer,
  name: string,
  args: readonly unknown[] = [],
): Promise<Address> {
  const { abi, bytecode } = await readArtifact(artifacts, name);
  const { contractAddress } = await chain.execute({ from: account, data: encodeDeployData({ abi, bytecode, args }) });
  if (contractAddress === null || contractAddress === undefined) {
    throw new BenchContradictionError("A contract was not deployed", { fields: { name } });
  }
  return contractAddress;
}
