import { readFileSync } from "node:fs";
import path from "node:path";

import solc from "solc";

import type { SmtLib2Solver } from "./smtLib2Solver.ts";

/** One thing that was to be proved: an assertion, or an operation that must not overflow or divide by zero. */
export interface SmtTarget {
  /** `Contract.function`, of a harness or of the library that it calls. */
  readonly functionName: string;
  /** `file:line:column`. */
  readonly location: string;
  /** The compiler's words, such as "Assertion violation check is safe!". */
  readonly message: string;
}

/** What the model checker made of one harness contract. */
export interface SmtReport {
  readonly contractName: string;
  readonly proved: readonly SmtTarget[];
  /** Whatever stands between the harness and a proof: targets without one, vacuous or missing assertions, loops. */
  readonly problems: readonly SmtTarget[];
}

/** A harness contract, its file named as the compiler should see it. */
export interface SmtHarness {
  readonly sourceName: string;
  readonly contractName: string;
  readonly content: string;
}

interface AstNode {
  readonly nodeType: string;
  readonly id: number;
  readonly src: string;
  readonly [key: string]: unknown;
}

interface SourceLocation {
  readonly file: string;
  readonly start: number;
}

interface CompilerOutput {
  readonly errors?: readonly {
    readonly errorCode?: string;
    readonly severity: "error" | "warning" | "info";
    readonly message: string;
    readonly formattedMessage: string;
    readonly sourceLocation?: SourceLocation;
  }[];
  readonly sources?: Readonly<Record<string, { readonly id: number; readonly ast: AstNode }>>;
}

/** solc's code for "check is safe!", said once per proved target of the bounded model checker. */
const PROVED_SAFE = "2961";

/** Syntax that the bounded model checker explores only in part, or not at all. */
const BEYOND_BOUNDED_CHECKING = new Set([
  "ForStatement",
  "WhileStatement",
  "DoWhileStatement",
  "InlineAssembly",
  "TryStatement",
]);

/**
 * Proves the assertions of a harness contract, and that no operation on their way overflows or divides by zero, for
 * every input, with solc's bounded model checker. Bounded checking is a proof only without loops, so loops are refused.
 *
 * @param harness A contract whose external functions `require` their preconditions and `assert` a property at the end
 * @param projectRoot Where imports are looked up, by way of the project's `remappings.txt`
 * @throws Error if the harness does not compile
 */
export function smtCheck(harness: SmtHarness, projectRoot: string, solver: SmtLib2Solver): SmtReport {
  const output = modelCheck(harness, projectRoot, solver);
  const sources = new SourceMap(harness, projectRoot, output);

  const proved: SmtTarget[] = [];
  const problems: SmtTarget[] = [];
  const judged = new Set<string>();
  for (const { errorCode, message, sourceLocation } of output.errors ?? []) {
    const target = sources.target(message, sourceLocation);
    (errorCode === PROVED_SAFE ? proved : problems).push(target);
    judged.add(target.location);
  }

  const functions = sources.functionsOf(harness.contractName);
  for (const definition of sources.reachableFrom(functions)) {
    for (const node of walk(definition)) {
      if (BEYOND_BOUNDED_CHECKING.has(node.nodeType)) {
        problems.push(sources.target(`${node.nodeType} is beyond bounded model checking.`, sources.locate(node)));
      }
    }
  }
  for (const definition of functions) {
    const assertions = [...walk(definition)].filter(isAssertion).map((node) => sources.locate(node));
    if (assertions.length === 0) problems.push(sources.target("Nothing is asserted.", sources.locate(definition)));
    for (const location of assertions) {
      const target = sources.target("No verdict on an assertion.", location);
      if (!judged.has(target.location)) problems.push(target);
    }
  }

  problems.push(...findVacuous(harness, projectRoot, solver, functions));
  return { contractName: harness.contractName, proved, problems };
}

/** A property proved from contradictory preconditions is worth nothing: then even `assert(false)` would be proved. */
function findVacuous(
  harness: SmtHarness,
  projectRoot: string,
  solver: SmtLib2Solver,
  functions: readonly AstNode[],
): SmtTarget[] {
  const bytes = Buffer.from(harness.content);
  const ends = functions.map(({ src }) => parseSrc(src).end - 1).sort((a, b) => a - b);
  const parts = [0, ...ends].map((start, index) => bytes.subarray(start, ends[index]).toString());
  const probe = { ...harness, content: parts.join("assert(false);") };
  const output = modelCheck(probe, projectRoot, solver);
  const sources = new SourceMap(probe, projectRoot, output);
  const inserted = new Set(
    sources
      .functionsOf(harness.contractName)
      .map((definition) => [...walk(definition)].filter(isAssertion).at(-1))
      .map((node) => node && sources.target("", sources.locate(node)).location),
  );
  return (output.errors ?? [])
    .filter(({ errorCode }) => errorCode === PROVED_SAFE)
    .map(({ sourceLocation }) => sources.target("The end cannot be reached, so nothing is proved.", sourceLocation))
    .filter(({ location }) => inserted.has(location));
}

function modelCheck(harness: SmtHarness, projectRoot: string, solver: SmtLib2Solver): CompilerOutput {
  const input = {
    language: "Solidity",
    sources: { [harness.sourceName]: { content: harness.content } },
    settings: {
      remappings: readFileSync(path.join(projectRoot, "remappings.txt"), "utf8").trim().split("\n"),
      outputSelection: { "*": { "": ["ast"] } },
      modelChecker: {
        contracts: { [harness.sourceName]: [harness.contractName] },
        engine: "bmc",
        showProvedSafe: true,
        showUnproved: true,
        showUnsupported: true,
        solvers: ["smtlib2"],
        targets: ["assert", "underflow", "overflow", "divByZero"],
      },
    },
  };
  const compile = solc.compile as (input: string, callbacks: object) => string;
  const output = JSON.parse(
    compile(JSON.stringify(input), {
      import: (name: string) => ({ contents: readFileSync(path.join(projectRoot, name), "utf8") }),
      smtSolver: (script: string) => ({ contents: solver.solve(script) }),
    }),
  ) as CompilerOutput;
  const fatal = output.errors?.find(({ severity }) => severity === "error");
  if (fatal !== undefined) throw new Error(fatal.formattedMessage);
  return output;
}

/** Finds names and lines for the compiler's byte offsets. */
class SourceMap {
  readonly #files: readonly { readonly name: string; readonly ast: AstNode; readonly bytes: Buffer }[];

  constructor(harness: SmtHarness, projectRoot: string, output: CompilerOutput) {
    this.#files = Object.entries(output.sources ?? {})
      .sort(([, a], [, b]) => a.id - b.id)
      .map(([name, { ast }]) => ({
        name,
        ast,
        bytes: name === harness.sourceName ? Buffer.from(harness.content) : readFileSync(path.join(projectRoot, name)),
      }));
  }

  functionsOf(contractName: string): AstNode[] {
    return this.#definitions()
      .filter(({ name }) => name.startsWith(`${contractName}.`))
      .map(({ node }) => node);
  }

  /** The given functions and every function, modifier or operator that they use, however indirectly. */
  reachableFrom(functions: readonly AstNode[]): Set<AstNode> {
    const byId = new Map(this.#definitions().map(({ node }) => [node.id, node]));
    const reached = new Set(functions);
    for (const definition of reached) {
      for (const { referencedDeclaration, function: operator } of walk(definition)) {
        for (const id of [referencedDeclaration, operator]) {
          const used = typeof id === "number" ? byId.get(id) : undefined;
          if (used !== undefined) reached.add(used);
        }
      }
    }
    return reached;
  }

  locate(node: AstNode): SourceLocation {
    const { start, fileIndex } = parseSrc(node.src);
    return { file: this.#files[fileIndex]?.name ?? "", start };
  }

  target(message: string, location: SourceLocation | undefined): SmtTarget {
    const file = this.#files.find(({ name }) => name === location?.file);
    if (location === undefined || file === undefined) return { functionName: "", location: "", message };
    const lines = file.bytes.subarray(0, location.start).toString().split("\n");
    const enclosing = this.#definitions().find(({ node, file: name }) => {
      const { start, end } = parseSrc(node.src);
      return name === file.name && start <= location.start && location.start < end;
    });
    const column = (lines.at(-1)?.length ?? 0) + 1;
    return { functionName: enclosing?.name ?? "", location: `${file.name}:${lines.length}:${column}`, message };
  }

  #definitions(): { name: string; file: string; node: AstNode }[] {
    const isDefinition = ({ nodeType }: AstNode): boolean => /^(Function|Modifier)Definition$/.test(nodeType);
    return this.#files.flatMap(({ name: file, ast }) =>
      [...children(ast)].flatMap((unit) =>
        (isDefinition(unit) ? [unit] : [...children(unit)].filter(isDefinition)).map((node) => ({
          name: node === unit ? String(node.name) : `${String(unit.name)}.${String(node.name)}`,
          file,
          node,
        })),
      ),
    );
  }
}

function isAssertion(node: AstNode): boolean {
  return node.nodeType === "FunctionCall" && (node.expression as AstNode).name === "assert";
}

function parseSrc(src: string): { start: number; end: number; fileIndex: number } {
  const [start = 0, length = 0, fileIndex = 0] = src.split(":").map(Number);
  return { start, end: start + length, fileIndex };
}

function* walk(node: AstNode): Generator<AstNode> {
  yield node;
  for (const child of children(node)) yield* walk(child);
}

function* children(node: AstNode): Generator<AstNode> {
  for (const value of Object.values(node).flat()) {
    if (typeof value === "object" && value !== null && "nodeType" in value) yield value as AstNode;
  }
}
