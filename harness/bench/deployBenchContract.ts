import { artifacts } from "hardhat";
import { encodeDeployData, type Abi, type Address, type Hex } from "viem";

import { BenchContradictionError } from "./benchErrors.ts";
import type { Lane } from "./openLane.ts";

/** Deploys a contract of `contracts/bench`. */
export async function deployBenchContract(lane: Lane, name: string, args: readonly unknown[] = []): Promise<Address> {
  const { abi, bytecode } = await artifacts.readArtifact(name);
  const data = encodeDeployData({ abi: abi as Abi, bytecode: bytecode as Hex, args });
  const { contractAddress } = await lane.chain.execute({ from: lane.deployer, data });
  if (contractAddress === null || contractAddress === undefined) {
    throw new BenchContradictionError("A contract was not deployed", { fields: { name } });
  }
  return contractAddress;
}
