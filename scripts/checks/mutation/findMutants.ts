import { childOf, childrenOf, isCallOf, lineOf, rangeOf, type AstNode } from "./solidityAst.ts";

export const MUTATION_OPERATORS = [
  "flip-comparison",
  "negate-condition",
  "drop-check",
  "swap-operands",
  "swap-logical",
  "change-constant",
  "remove-statement",
] as const;
export type MutationOperator = (typeof MUTATION_OPERATORS)[number];

/** One change to one source file. */
export interface Mutant {
  /** Unique and stable as long as the source is. */
  readonly id: string;
  /** Path from the project's root. */
  readonly file: string;
  readonly operator: MutationOperator;
  readonly line: number;
  /** The function around it, or the contract when there is none. */
  readonly scope: string;
  readonly original: string;
  readonly replacement: string;
  /** Bytes of the source that the replacement stands for, the end excluded. */
  readonly start: number;
  readonly end: number;
}

/** Of assembly, whose words know no "or equal": the comparison that includes what the given one leaves out. */
const FLIPPED_YUL: Readonly<Record<string, string>> = { lt: "gt", gt: "lt", slt: "sgt", sgt: "slt" };

const FLIPPED: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "==": "!=",
  "!=": "==",
};

/**
 * Lists the mutants of one source file in the order of the source.
 * @param file Path from the project's root
 * @param source The file's bytes, as the compiler saw them
 * @param unit The file's syntax tree
 */
export function findMutants(file: string, source: Buffer, unit: AstNode): Mutant[] {
  const mutants: Mutant[] = [];
  const text = (node: AstNode): string => {
    const { start, end } = rangeOf(node);
    return source.subarray(start, end).toString();
  };

  const visit = (node: AstNode, scope: string): void => {
    const add = (operator: MutationOperator, target: AstNode, replacement: string, endOffset = 0): void => {
      const { start, end: nodeEnd } = rangeOf(target);
      const end = nodeEnd + endOffset;
      const line = lineOf(source, start);
      const column = start - source.lastIndexOf("\n", start - 1);
      const name = `${file}:${line}:${column} ${operator}${operator === "change-constant" ? ` ${replacement}` : ""}`;
      const namesakes = mutants.filter(({ id }) => id === name || id.startsWith(`${name} #`)).length;
      mutants.push({
        id: namesakes === 0 ? name : `${name} #${namesakes + 1}`,
        file,
        operator,
        line,
        scope,
        original: source.subarray(start, end).toString(),
        replacement,
        start,
        end,
      });
    };
    const dropStatement = (operator: MutationOperator, statement: AstNode): void => {
      // The range of an expression statement lacks the semicolon.
      const hasSemicolon = source[rangeOf(statement).end] === ";".charCodeAt(0);
      add(operator, statement, "{}", hasSemicolon ? 1 : 0);
    };

    switch (node.nodeType) {
      case "BinaryOperation":
        mutateOperation(node);
        break;
      case "Literal":
        for (const changed of changedLiterals(node)) add("change-constant", node, changed);
        break;
      case "IfStatement":
        if (isGuard(node)) dropStatement("drop-check", node);
        negate(childOf(node, "condition"));
        break;
      case "Conditional":
        negate(childOf(node, "condition"));
        break;
      case "FunctionCall":
        if (isCallOf(node, "require")) negate((node.arguments as readonly AstNode[])[0]);
        break;
      case "EmitStatement":
        dropStatement("remove-statement", node);
        break;
      case "ExpressionStatement":
        if (isCallOf(childOf(node, "expression"), "require", "revert")) dropStatement("drop-check", node);
        else dropStatement("remove-statement", node);
        break;
      case "YulFunctionCall":
        mutateYulCall(node);
        break;
      case "YulLiteral":
        if (node.kind === "number") add("change-constant", node, `0x${(BigInt(String(node.value)) + 1n).toString(16)}`);
        break;
      case "YulIf":
        negateYul(childOf(node, "condition"));
        break;
      case "YulAssignment":
      case "YulExpressionStatement":
        add("remove-statement", node, "{}");
        break;
      default:
    }
    const inner = node.nodeType === "FunctionDefinition" ? `${scope}.${String(node.name || node.kind)}` : scope;
    for (const child of mutableChildrenOf(node)) {
      visit(child, child.nodeType === "ContractDefinition" ? String(child.name) : inner);
    }

    function mutateOperation(operation: AstNode): void {
      const left = childOf(operation, "leftExpression");
      const right = childOf(operation, "rightExpression");
      if (left === undefined || right === undefined) return;
      const operator = String(operation.operator);
      const flipped = FLIPPED[operator];
      if (flipped !== undefined) add("flip-comparison", operation, replaceOperator(operation, left, right, flipped));
      if (operator === "&&") add("swap-logical", operation, replaceOperator(operation, left, right, "||"));
      if (operator === "||") add("swap-logical", operation, replaceOperator(operation, left, right, "&&"));
      if (operator === "-" || operator === "/") {
        add("swap-operands", operation, `(${text(right)}) ${operator} (${text(left)})`);
      }
    }

    function mutateYulCall(call: AstNode): void {
      const [left, right] = (call.arguments as readonly AstNode[]).map(text);
      const name = String(childOf(call, "functionName")?.name);
      const opposite = FLIPPED_YUL[name];
      if (opposite !== undefined) add("flip-comparison", call, `iszero(${opposite}(${left}, ${right}))`);
      if (name === "eq") add("flip-comparison", call, `iszero(${text(call)})`);
      if (name === "sub") add("swap-operands", call, `sub(${right}, ${left})`);
    }

    function negateYul(condition: AstNode | undefined): void {
      // As above: the opposite of an equality is its flipped form already.
      if (condition === undefined || childOf(condition, "functionName")?.name === "eq") return;
      add("negate-condition", condition, `iszero(${text(condition)})`);
    }

    /** Parentheses around an operand lie outside of its own range, so only the operator is replaced. */
    function replaceOperator(operation: AstNode, left: AstNode, right: AstNode, by: string): string {
      const whole = rangeOf(operation);
      const between = source.subarray(rangeOf(left).end, rangeOf(right).start).toString();
      return [
        source.subarray(whole.start, rangeOf(left).end).toString(),
        between.replace(String(operation.operator), by),
        source.subarray(rangeOf(right).start, whole.end).toString(),
      ].join("");
    }

    function negate(condition: AstNode | undefined): void {
      if (condition === undefined) return;
      // A negated equality is the flipped one.
      if (condition.nodeType === "BinaryOperation" && ["==", "!="].includes(String(condition.operator))) return;
      add("negate-condition", condition, `!(${text(condition)})`);
    }
  };

  visit(unit, "");
  return mutants.sort((a, b) => a.start - b.start);
}

/** The source with the change made. */
export function applyMutant(source: Buffer, { start, end, replacement }: Mutant): string {
  return Buffer.concat([source.subarray(0, start), Buffer.from(replacement), source.subarray(end)]).toString();
}

/** An `if` without `else` whose body only leaves: reverts, returns, or goes on to the next round. */
function isGuard(node: AstNode): boolean {
  if (childOf(node, "falseBody") !== undefined) return false;
  const body = childOf(node, "trueBody");
  const statements = body?.nodeType === "Block" ? (body.statements as readonly AstNode[]) : [body];
  const [only] = statements;
  if (only === undefined || statements.length !== 1) return false;
  return (
    ["Return", "RevertStatement", "Continue", "Break"].includes(only.nodeType) ||
    isCallOf(childOf(only, "expression"), "revert")
  );
}

function changedLiterals(node: AstNode): string[] {
  if (node.kind === "bool") return [node.value === "true" ? "false" : "true"];
  if (node.kind !== "number" || childOf(node, "subdenomination") !== undefined) return [];
  const value = String(node.value).replaceAll("_", "");
  if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(value)) return [];
  const next = BigInt(value) + 1n;
  if (value.startsWith("0x")) {
    const digits = value.length - 2;
    // Forty hexadecimal digits would have to be an address with a checksum.
    return digits === 40 ? [] : [`0x${next.toString(16).padStart(digits, "0")}`];
  }
  return BigInt(value) === 0n ? ["1"] : [next.toString(), "0"];
}

/** What can be mutated below a node: no types, no imports, no loop steps (without them a loop never ends). */
function* mutableChildrenOf(node: AstNode): Generator<AstNode> {
  const left: readonly unknown[] = [
    node.typeName,
    node.typeDescriptions,
    node.loopExpression,
    node.nodeType === "YulForLoop" ? node.post : undefined,
    node.overrides,
    node.baseContracts,
    node.documentation,
  ].flat();
  if (["PragmaDirective", "ImportDirective", "StructDefinition"].includes(node.nodeType)) return;
  for (const child of childrenOf(node)) if (!left.includes(child)) yield child;
}
