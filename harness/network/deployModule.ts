import { HardhatArtifactResolver } from "@nomicfoundation/hardhat-ignition/helpers";
import {
  deploy,
  DeploymentResultType,
  type DeploymentParameters,
  type DeploymentResult,
  type IgnitionModule,
  type IgnitionModuleResult,
} from "@nomicfoundation/ignition-core";
import { getAddress, hexToBigInt, hexToNumber, toHex, type Address, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { L1Provider } from "../l1/l1Backend.ts";
import type { Deployer } from "./deployer.ts";

/**
 * An Ignition module did not run to its end.
 * @public for who catches it
 */
export class IgnitionDeploymentError extends BuildAheadError {
  constructor(moduleId: string, result: DeploymentResult) {
    super("An Ignition module was not deployed", {
      fields: {
        moduleId,
        result: result.type,
        detail: JSON.stringify(result, (_key, value: unknown) =>
          typeof value === "bigint" ? value.toString() : value,
        ),
      },
    });
  }
}

/**
 * Ignition hands every ABI to ethers, which warns about each function of an external library: their ABIs name Solidity
 * types. Nothing calls those functions from outside, so deployment does without them.
 */
class QuietArtifactResolver extends HardhatArtifactResolver {
  override async loadArtifact(contractName: string) {
    const artifact = await super.loadArtifact(contractName);
    if (!artifact.contractName.endsWith("ExtLib")) return artifact;
    return { ...artifact, abi: artifact.abi.filter(({ type }: { type: string }) => type !== "function") };
  }
}

interface SentTransaction {
  readonly to?: Address | null;
  readonly data?: Hex;
  readonly value?: Hex;
  readonly gas: Hex;
  readonly nonce: Hex;
}

/**
 * Deploys an Ignition module through the chain's own mempool and clock and returns the addresses of its results.
 *
 * Ignition gets a provider that signs with the deployer's key and mines each transaction in the next L1 block: deployments take
 * chain time only, and give the same addresses and gas in every run.
 *
 * @throws IgnitionDeploymentError when a future fails.
 */
export async function deployModule<
  ModuleId extends string,
  ContractName extends string,
  Results extends IgnitionModuleResult<ContractName>,
>(
  deployer: Deployer,
  ignitionModule: IgnitionModule<ModuleId, ContractName, Results>,
  parameters: DeploymentParameters = {},
): Promise<{ readonly [name in keyof Results]: Address }> {
  const result = await deploy({
    artifactResolver: new QuietArtifactResolver(deployer.artifacts),
    provider: pacedProvider(deployer),
    ignitionModule,
    deploymentParameters: parameters,
    accounts: [deployer.account.address],
    defaultSender: deployer.account.address,
    config: { blockPollingInterval: 1, requiredConfirmations: 1 },
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new IgnitionDeploymentError(ignitionModule.id, result);
  }
  const addressOf = (futureId: string) => {
    const contract = result.contracts[futureId];
    if (contract === undefined) throw new IgnitionDeploymentError(ignitionModule.id, result);
    return getAddress(contract.address);
  };
  return Object.fromEntries(
    Object.entries<{ id: string }>(ignitionModule.results).map(([name, future]) => [name, addressOf(future.id)]),
  ) as { [name in keyof Results]: Address };
}

function pacedProvider({ chain, account }: Deployer): L1Provider {
  return {
    request: async ({ method, params = [] }) => {
      switch (method) {
        case "eth_accounts":
          return [account.address];
        case "hardhat_getAutomine":
          return true;
        case "eth_sendTransaction": {
          const { to, data, value, gas, nonce } = params[0] as SentTransaction;
          const receipt = await chain.execute(
            {
              from: account,
              to: to ?? undefined,
              data,
              value: hexToBigInt(value ?? toHex(0n)),
              gas: hexToBigInt(gas),
              nonce: hexToNumber(nonce),
            },
            // Ignition reports failures itself.
            { allowRevert: true },
          );
          return receipt.transactionHash;
        }
        default:
          return chain.rpc(method, params);
      }
    },
  };
}
