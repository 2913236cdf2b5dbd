import { getAddress, type Address } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { L1Chain } from "../l1/l1Chain.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { GovernanceAbi, GovernanceProposerAbi, RegistryAbi, RollupAbi } from "../upstream/abis.ts";
import { MULTI_CALL_3_ADDRESS } from "../upstream/contracts.ts";
import { readRollup, type Rollup } from "./rollup.ts";

/** The contracts that outlive a rollup version, as far as a Registry address leads to them. */
export interface AztecContracts {
  readonly registry: Address;
  readonly governance: Address;
  readonly governanceProposer: Address;
  readonly rewardDistributor: Address;
  readonly gse: Address;
  readonly feeAsset: Address;
  readonly stakingAsset: Address;
  readonly multicall3: Address;
}

/** An Aztec L1 deployment: the chain, the shared contracts, and one rollup version. Holds no key. */
export interface AztecNetwork {
  readonly chain: L1Chain;
  readonly contracts: AztecContracts;
  /** The version that was canonical when the network was opened. */
  readonly rollup: Rollup;
}

/** There is no Aztec deployment behind an address. */
export class NotARegistryError extends BuildAheadError {
  constructor(address: Address, cause: unknown) {
    super("The contract at this address does not answer as Aztec's registry", { fields: { address }, cause });
  }
}

/** Finds a deployment from its Registry alone. @throws NotARegistryError, NoRollupError */
export async function attachNetwork(chain: L1Chain, registry: Address): Promise<AztecNetwork> {
  return { chain, ...(await readNetwork(chain, registry)) };
}

/** The contracts of a deployment and its canonical rollup, for who only reads. @throws NotARegistryError, NoRollupError */
export async function readNetwork(node: L1Node, registry: Address): Promise<Omit<AztecNetwork, "chain">> {
  const { canonical, ...lasting } = await readRegistry(node, registry);
  const rollup = await readRollup(node, canonical);
  return { contracts: { ...lasting, ...(await readAssets(node, rollup)) }, rollup };
}

async function readRegistry({ publicClient }: L1Node, address: Address) {
  const registry = { address, abi: RegistryAbi } as const;
  try {
    const governance = await publicClient.readContract({ ...registry, functionName: "getGovernance" });
    return {
      registry: getAddress(address),
      governance,
      governanceProposer: await publicClient.readContract({
        address: governance,
        abi: GovernanceAbi,
        functionName: "governanceProposer",
      }),
      rewardDistributor: await publicClient.readContract({ ...registry, functionName: "getRewardDistributor" }),
      canonical: await publicClient.readContract({ ...registry, functionName: "getCanonicalRollup" }),
      multicall3: MULTI_CALL_3_ADDRESS,
    };
  } catch (cause) {
    throw new NotARegistryError(address, cause);
  }
}

/** What every rollup version shares and only a rollup tells. */
async function readAssets({ publicClient }: L1Node, { address }: Rollup) {
  const rollup = { address, abi: RollupAbi } as const;
  return {
    gse: await publicClient.readContract({ ...rollup, functionName: "getGSE" }),
    feeAsset: await publicClient.readContract({ ...rollup, functionName: "getFeeAsset" }),
    stakingAsset: await publicClient.readContract({ ...rollup, functionName: "getStakingAsset" }),
  };
}

/** How many slots of a signalling round must signal one payload. */
export async function readSignalling(
  { publicClient }: L1Node,
  { governanceProposer }: AztecContracts,
): Promise<{ readonly quorum: bigint; readonly roundSize: bigint }> {
  const contract = { address: governanceProposer, abi: GovernanceProposerAbi } as const;
  return {
    quorum: await publicClient.readContract({ ...contract, functionName: "QUORUM_SIZE" }),
    roundSize: await publicClient.readContract({ ...contract, functionName: "ROUND_SIZE" }),
  };
}
