import type { Abi, Hex } from "viem";

import type { Artifacts } from "../hardhatRuntime.ts";
import { MissingArtifactError } from "../missingArtifactError.ts";

/** Where the compiler left room for the addresses of libraries: source, then library, then places in bytes. */
export type LinkReferences = Readonly<
  Record<string, Readonly<Record<string, readonly { readonly start: number; readonly length: number }[]>>>
>;

/** What the harness reads of a compiled contract. */
export interface CompiledContract {
  readonly contractName: string;
  readonly sourceName: string;
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly deployedBytecode: Hex;
  readonly linkReferences: LinkReferences;
  readonly deployedLinkReferences: LinkReferences;
  /** Where deployment writes immutables, by their number in the syntax tree. */
  readonly immutableReferences?: LinkReferences[string];
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
