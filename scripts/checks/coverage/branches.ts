import { childOf, childrenOf, isCallOf, lineOf, rangeOf, type AstNode } from "../mutation/solidityAst.ts";

/** Something in the source that goes one of two ways. */
export interface Branch {
  readonly kind: "if" | "require" | "ternary" | "loop" | "operand" | "try";
  readonly line: number;
  /** The function around it, or the contract when there is none. */
  readonly scope: string;
  /** The condition; of a `try`, the call. */
  readonly source: string;
}

/** A source whose conditions tell which way they went, line by line of coverage. */
export interface InstrumentedSource {
  readonly content: string;
  /** The last line of the original; what lies behind is generated. */
  readonly lastLine: number;
  /** Each branch with the generated lines that run when it goes either way. */
  readonly branches: readonly (Branch & { readonly lineIfTrue: number; readonly lineIfFalse: number })[];
}

/**
 * Makes branch coverage out of statement coverage: each condition `c` becomes `branchN(c)`, a generated function at the end
 * of the file with one statement for either outcome. Conditions are those of `if`, `require`, ternary and loop, and both
 * operands of `&&` and `||`, each of which must come out both ways; a `try` must succeed and fail.
 *
 * @param source The file's bytes, as the compiler saw them
 * @param unit The file's syntax tree
 */
export function instrumentBranches(source: Buffer, unit: AstNode): InstrumentedSource {
  const branches: Branch[] = [];
  const insertions: { readonly at: number; readonly text: string; readonly order: number }[] = [];

  const insert = (at: number, text: string, order: number): number => insertions.push({ at, text, order });
  const addBranch = (kind: Branch["kind"], node: AstNode, scope: string): string => {
    const { start, end } = rangeOf(node);
    branches.push({ kind, line: lineOf(source, start), scope, source: source.subarray(start, end).toString() });
    return `branch${branches.length}`;
  };
  const wrap = (kind: Branch["kind"], condition: AstNode | undefined, scope: string): void => {
    if (condition === undefined) return;
    const { start, end } = rangeOf(condition);
    // Of two conditions that begin or end in one place, the longer one goes around the other.
    insert(start, `${addBranch(kind, condition, scope)}(`, -(end - start));
    insert(end, ")", end - start - source.length);
  };

  const visit = (node: AstNode, scope: string): void => {
    switch (node.nodeType) {
      case "IfStatement":
        wrap("if", childOf(node, "condition"), scope);
        break;
      case "Conditional":
        wrap("ternary", childOf(node, "condition"), scope);
        break;
      case "ForStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        wrap("loop", childOf(node, "condition"), scope);
        break;
      case "FunctionCall":
        if (isCallOf(node, "require")) wrap("require", (node.arguments as readonly AstNode[])[0], scope);
        break;
      case "BinaryOperation":
        if (isLogical(node)) {
          for (const side of ["leftExpression", "rightExpression"]) {
            const operand = childOf(node, side);
            // Of a chain, only what is no chain itself.
            if (operand !== undefined && !isLogical(operand)) wrap("operand", operand, scope);
          }
        }
        break;
      case "TryStatement": {
        const name = addBranch("try", childOf(node, "externalCall") ?? node, scope);
        for (const [index, clause] of (node.clauses as readonly AstNode[]).entries()) {
          const block = childOf(clause, "block");
          if (block !== undefined) insert(rangeOf(block).start + 1, ` ${name}(${String(index === 0)});`, 0);
        }
        break;
      }
      default:
    }
    const inner = node.nodeType === "FunctionDefinition" ? `${scope}.${String(node.name || node.kind)}` : scope;
    for (const child of childrenOf(node)) {
      visit(child, child.nodeType === "ContractDefinition" ? String(child.name) : inner);
    }
  };
  visit(unit, "");

  const parts: string[] = [];
  let position = 0;
  // In one place, what ends comes before what begins.
  for (const { at, text } of insertions.sort((a, b) => a.at - b.at || a.order - b.order)) {
    parts.push(source.subarray(position, at).toString(), text);
    position = at;
  }
  parts.push(source.subarray(position).toString().trimEnd());

  const lastLine = lineOf(source, source.toString().trimEnd().length);
  const generated: string[] = [];
  const located = branches.map((branch, index) => {
    const line = lastLine + generated.length;
    generated.push(
      `function branch${index + 1}(bool _is) pure returns (bool) {`,
      "if (_is) {",
      "_is;",
      "} else {",
      "_is;",
      "}",
      "return _is;",
      "}",
    );
    return { ...branch, lineIfTrue: line + 3, lineIfFalse: line + 5 };
  });
  return { content: `${[parts.join(""), ...generated].join("\n")}\n`, lastLine, branches: located };
}

const isLogical = ({ nodeType, operator }: AstNode): boolean =>
  nodeType === "BinaryOperation" && (operator === "&&" || operator === "||");
