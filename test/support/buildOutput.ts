import { readFile } from "node:fs/promises";

import { artifacts } from "hardhat";

/** What the compiler said about one contract. */
export interface CompiledContract {
  readonly sourceName: string;
  readonly methodIdentifiers: Readonly<Record<string, string>>;
  /** Bytes of the deployed code. */
  readonly deployedSize: number;
}

async function readBuildInfo(contractName: string) {
  const { buildInfoId, inputSourceName } = await artifacts.readArtifact(contractName);
  if (buildInfoId === undefined || inputSourceName === undefined) throw new Error(`${contractName} was not built here`);
  const [input, output] = await Promise.all([
    artifacts.getBuildInfoPath(buildInfoId),
    artifacts.getBuildInfoOutputPath(buildInfoId),
  ]);
  if (input === undefined || output === undefined) throw new Error(`There is no build information of ${contractName}`);
  return { input, output, sourceName: inputSourceName };
}

/** Reads a contract's part of the compiler's output. */
export async function readCompiled(contractName: string): Promise<CompiledContract> {
  const { output, sourceName } = await readBuildInfo(contractName);
  const { output: parsed } = JSON.parse(await readFile(output, "utf8")) as {
    output: {
      contracts: Record<
        string,
        Record<string, { evm: { methodIdentifiers: Record<string, string>; deployedBytecode: { object: string } } }>
      >;
    };
  };
  const compiled = parsed.contracts[sourceName]?.[contractName];
  if (compiled === undefined) throw new Error(`The compiler said nothing about ${contractName}`);
  const { methodIdentifiers, deployedBytecode } = compiled.evm;
  return { sourceName, methodIdentifiers, deployedSize: deployedBytecode.object.length / 2 };
}

/** The compiler's standard JSON input of the build that a contract was part of. */
export async function readCompilerInput(contractName: string): Promise<{ readonly settings: object }> {
  const { input } = await readBuildInfo(contractName);
  const parsed = JSON.parse(await readFile(input, "utf8")) as { input: { settings: object } };
  return parsed.input;
}
