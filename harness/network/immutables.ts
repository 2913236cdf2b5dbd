import { readFile } from "node:fs/promises";

import { hexToBigInt, slice, type Address } from "viem";

import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { WrongCodeError } from "./compiledCode.ts";
import { readArtifact } from "./readArtifact.ts";

/** What deployment wrote into a contract's code, by the names of the variables, as words. */
export type Immutables = Readonly<Record<string, bigint>>;

/** The part of the compiler's syntax tree that is looked at. */
interface Declaration {
  readonly nodeType?: string;
  readonly id?: number;
  readonly name?: string;
  readonly mutability?: string;
}

/** Names of immutables by their number in the syntax tree, for every compilation that was asked about. */
const namesByBuild = new Map<string, Promise<ReadonlyMap<string, string>>>();

/**
 * Reads a contract's immutables from its code. Whether the rest of the code is right is `assertCompiledCode`'s question.
 *
 * @throws WrongCodeError when the code is too short, or two places of one immutable differ.
 */
export async function readImmutables(
  artifacts: Artifacts,
  { publicClient }: L1Node,
  contract: string,
  address: Address,
): Promise<Immutables> {
  const { immutableReferences = {}, buildInfoId } = await readArtifact(artifacts, contract);
  const wrong = (reason: string) => new WrongCodeError(reason, { fields: { contract, address } });
  const file = buildInfoId === undefined ? undefined : await artifacts.getBuildInfoOutputPath(buildInfoId);
  if (file === undefined) throw wrong("There is no build information for a contract");
  const names = namesByBuild.get(file) ?? readNames(file);
  namesByBuild.set(file, names);

  const code = (await publicClient.getCode({ address })) ?? "0x";
  const values: Record<string, bigint> = {};
  for (const [id, places] of Object.entries(immutableReferences)) {
    const name = (await names).get(id);
    if (name === undefined || name in values) throw wrong("An immutable has no name of its own");
    const found = places.map(({ start, length }) => {
      if ((code.length - 2) / 2 < start + length) throw wrong("The code is not that of the contract that it should be");
      return hexToBigInt(slice(code, start, start + length));
    });
    const [value] = found;
    if (value === undefined || found.some((other) => other !== value)) throw wrong("An immutable has two values");
    values[name] = value;
  }
  return values;
}

async function readNames(file: string): Promise<ReadonlyMap<string, string>> {
  const { output } = JSON.parse(await readFile(file, "utf8")) as {
    output: { sources: Record<string, { ast?: { nodes?: { nodes?: Declaration[] }[] } }> };
  };
  // State variables stand in contracts, contracts in files.
  const declarations = Object.values(output.sources)
    .flatMap(({ ast }) => ast?.nodes ?? [])
    .flatMap(({ nodes = [] }) => nodes);
  return new Map(
    declarations
      .filter(({ nodeType, mutability }) => nodeType === "VariableDeclaration" && mutability === "immutable")
      .map(({ id, name }) => [String(id), name ?? ""]),
  );
}
