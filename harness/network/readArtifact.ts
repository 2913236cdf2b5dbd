import { readFile } from "node:fs/promises";

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

/** What the compiler says of the code of one contract. */
interface CompiledCode {
  readonly object: string;
  readonly linkReferences: LinkReferences;
  readonly immutableReferences?: LinkReferences[string];
}

interface BuildOutput {
  readonly contracts: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { readonly evm: { readonly bytecode: CompiledCode; readonly deployedBytecode: CompiledCode } }>
      >
    >
  >;
}

/**
 * Reads a contract as another one, which deploys it, carries it. A contract's code ends with a hash over what was compiled together
 * with it: of two that were compiled at different times, as happens when only one of them has changed, the artifact of the one is not
 * what the other deploys.
 *
 * @throws MissingArtifactError
 */
export async function readArtifactOf(
  creator: string,
  artifacts: Artifacts,
  contractName: string,
): Promise<CompiledContract> {
  const contract = await readArtifact(artifacts, contractName);
  const { buildInfoId } = await readArtifact(artifacts, creator);
  if (buildInfoId === undefined || buildInfoId === contract.buildInfoId) return contract;
  const file = await artifacts.getBuildInfoOutputPath(buildInfoId);
  if (file === undefined) throw new MissingArtifactError(contractName, undefined);
  const { output } = JSON.parse(await readFile(file, "utf8")) as { output: BuildOutput };
  const carried = output.contracts[contract.inputSourceName ?? ""]?.[contractName]?.evm;
  if (carried === undefined) throw new MissingArtifactError(contractName, undefined);
  return {
    ...contract,
    bytecode: `0x${carried.bytecode.object}`,
    deployedBytecode: `0x${carried.deployedBytecode.object}`,
    linkReferences: carried.bytecode.linkReferences,
    deployedLinkReferences: carried.deployedBytecode.linkReferences,
    immutableReferences: carried.deployedBytecode.immutableReferences ?? {},
    buildInfoId,
  };
}
