import type { Abi, Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { Artifacts } from "../hardhatRuntime.ts";

/** A contract has not been compiled. */
export class MissingArtifactError extends BuildAheadError {
  constructor(contractName: string, cause: unknown) {
    super("There is no artifact of a contract: run `npx hardhat build` first", { fields: { contractName }, cause });
  }
}

/** Where the compiler left room for the addresses of libraries: source, then library, then places in bytes. */
export type LinkReferences = Readonly<
  Record<string, Readonly<Record<string, readonly { readonly start: number; readonly length: number }[]>>>
>;

/** What the harness reads of a compiled contract. */
export interface CompiledContract {
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly deployedBytecode: Hex;
  readonly linkReferences: LinkReferences;
  readonly deployedLinkReferences: LinkReferences;
  readonly buildInfoId?: string | undefined;
  readonly inputSourceName?: string | undefined;
}

/** @throws MissingArtifactError */
export async function readArtifact(artifacts: Artifacts, contractName: string): Promise<CompiledContract> {
  try {
    return (await artifacts.readArtifact(contractName)) as unknown as CompiledContract;
  } catch (cause) {
    throw new MissingArtifactError(contractName, cause);
  }
}
