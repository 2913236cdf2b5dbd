import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

import solc from "solc";

import { childrenOf, type AstNode } from "./solidityAst.ts";

/** One contract as the compiler gives it. */
export interface CompiledContract {
  readonly sourceName: string;
  readonly contractName: string;
  readonly abi: readonly unknown[];
  readonly bytecode: string;
  readonly deployedBytecode: string;
  readonly linkReferences: object;
  readonly deployedLinkReferences: object;
  readonly immutableReferences: object;
}

interface Bytecode {
  readonly object: string;
  readonly linkReferences: object;
  readonly immutableReferences?: object;
}

interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly abi: readonly unknown[];
            readonly evm: { readonly bytecode: Bytecode; readonly deployedBytecode: Bytecode };
          }
        >
      >
    >
  >;
}

interface BuildInfo {
  readonly userSourceNameMap: Readonly<Record<string, string>>;
  readonly input: {
    readonly sources: Readonly<Record<string, { readonly content: string }>>;
    readonly settings: Readonly<Record<string, unknown>>;
  };
}

interface LoadedBuild extends BuildInfo {
  readonly asts: Readonly<Record<string, { readonly ast: AstNode }>>;
}

/** The mutated program is no program. */
export class NotViableError extends Error {}

/** Files that are not project sources are `npm/...`; ours are `project/...`. */
const PROJECT = "project/";

const OUTPUTS = [
  "abi",
  "evm.bytecode.object",
  "evm.bytecode.linkReferences",
  "evm.deployedBytecode.object",
  "evm.deployedBytecode.linkReferences",
  "evm.deployedBytecode.immutableReferences",
];

/**
 * Compiles single contracts of a project that was built before, with changes, in this process.
 *
 * It takes sources and settings from Hardhat's build infos and asks for nothing but the contracts that are needed, which
 * is what makes a mutant cost seconds.
 */
export class TreeCompiler {
  readonly #builds: readonly LoadedBuild[];

  /** @param buildInfoFolders Folders with Hardhat's build infos; a source is taken from the newest of the first that has it */
  constructor(buildInfoFolders: readonly string[]) {
    this.#builds = buildInfoFolders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".output.json"))
        .map((name) => ({ name, writtenAt: statSync(path.join(folder, name)).mtimeMs }))
        .sort((a, b) => b.writtenAt - a.writtenAt)
        .map(({ name }) => name)
        .map((name) => {
          const info = JSON.parse(readFileSync(path.join(folder, name.replace(".output", "")), "utf8")) as BuildInfo;
          const { output } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as {
            output: { sources: LoadedBuild["asts"] };
          };
          return { userSourceNameMap: info.userSourceNameMap, input: info.input, asts: output.sources };
        }),
    );
  }

  /** A project file as it was compiled. */
  source(file: string): { readonly content: Buffer; readonly ast: AstNode } {
    const name = PROJECT + file;
    for (const { input, asts } of this.#builds) {
      const [content, ast] = [input.sources[name]?.content, asts[name]?.ast];
      if (content !== undefined && ast !== undefined) return { content: Buffer.from(content), ast };
    }
    throw new Error(`${file} is in no build info: build first.`);
  }

  /**
   * Compiles the contracts of one project file, other files changed or not.
   * @param root The project file whose contracts are wanted
   * @param changes New contents by project file
   * @throws NotViableError when the compiler refuses
   */
  compile(root: string, changes: Readonly<Record<string, string>>, { optimize }: { optimize: boolean }) {
    const name = PROJECT + root;
    const build = this.#builds.find(({ userSourceNameMap }) => userSourceNameMap[root] !== undefined);
    if (build === undefined) throw new Error(`${root} is the root of no build: build first.`);
    const sources = Object.fromEntries(
      [...importsOf(build, name)].map((file) => {
        const changed = file.startsWith(PROJECT) ? changes[file.slice(PROJECT.length)] : undefined;
        return [file, changed === undefined ? build.input.sources[file] : { content: changed }];
      }),
    );
    const settings = {
      ...build.input.settings,
      ...(optimize ? {} : { optimizer: { enabled: false } }),
      outputSelection: { [name]: { "*": OUTPUTS } },
    };
    const compile = solc.compile as (input: string) => string;
    const output = JSON.parse(compile(JSON.stringify({ language: "Solidity", sources, settings }))) as CompilerOutput;
    const error = output.errors?.find(({ severity }) => severity === "error");
    if (error !== undefined) throw new NotViableError(error.formattedMessage);
    return Object.entries(output.contracts?.[name] ?? {}).map(([contractName, { abi, evm }]): CompiledContract => ({
      sourceName: root,
      contractName,
      abi,
      bytecode: `0x${evm.bytecode.object}`,
      deployedBytecode: `0x${evm.deployedBytecode.object}`,
      linkReferences: evm.bytecode.linkReferences,
      deployedLinkReferences: evm.deployedBytecode.linkReferences,
      immutableReferences: evm.deployedBytecode.immutableReferences ?? {},
    }));
  }
}

/** A source and everything it imports, however indirectly. */
function importsOf(build: LoadedBuild, root: string): Set<string> {
  const found = new Set([root]);
  for (const name of found) {
    const unit = build.asts[name]?.ast;
    if (unit === undefined) throw new Error(`${name} is not in the build of ${root}.`);
    for (const node of childrenOf(unit)) {
      if (node.nodeType === "ImportDirective") found.add(String(node.absolutePath));
    }
  }
  return found;
}
