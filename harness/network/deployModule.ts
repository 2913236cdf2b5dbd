import type { DeploymentParameters, IgnitionModule, IgnitionModuleResult } from "@nomicfoundation/ignition-core";
import { hexToBigInt, hexToNumber, toHex, type Address, type Hex } from "viem";

import type { L1Provider } from "../l1/l1Backend.ts";
import type { Deployer } from "./deployer.ts";
import { runModule } from "./runModule.ts";

interface SentTransaction {
  readonly to?: Address | null;
  readonly data?: Hex;
  readonly value?: Hex;
  readonly gas: Hex;
  readonly nonce: Hex;
}

/**
 * Deploys an Ignition module through the chain's own mempool and clock and returns the addresses of its results. See
 * {@link pacedProvider}.
 *
 * @throws IgnitionDeploymentError when a future fails.
 */
export function deployModule<
  ModuleId extends string,
  ContractName extends string,
  Results extends IgnitionModuleResult<ContractName>,
>(
  deployer: Deployer,
  ignitionModule: IgnitionModule<ModuleId, ContractName, Results>,
  parameters: DeploymentParameters = {},
): Promise<{ readonly [name in keyof Results]: Address }> {
  const { artifacts, account } = deployer;
  const provider = pacedProvider(deployer);
  return runModule({ artifacts, provider, sender: account.address }, ignitionModule, parameters);
}

/**
 * A provider that signs with the deployer's key and mines each transaction in the next L1 block: deployments take chain time only, and
 * give the same addresses and gas in every run.
 */
export function pacedProvider({ chain, account }: Pick<Deployer, "chain" | "account">): L1Provider {
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
