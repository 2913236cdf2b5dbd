import type { Address } from "viem";

import type { DeploymentRecord } from "./deploymentRecord.ts";

/** What a block explorer is sent for one contract. */
export interface SourceToVerify {
  readonly contract: string;
  readonly address: Address;
  readonly constructorArgs: readonly unknown[];
  readonly libraries: Readonly<Record<string, Address>>;
}

/** The contracts that a deployment's own transactions made, as they are verified. What those made in turn has no record of its own. */
export function listSources({ steps }: Pick<DeploymentRecord, "steps">): readonly SourceToVerify[] {
  return steps
    .filter(({ functionName }) => functionName === undefined)
    .map(({ contract, address, arguments: constructorArgs, libraries }) => ({
      contract,
      address,
      constructorArgs,
      libraries,
    }));
}
