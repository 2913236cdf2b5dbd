/** A node of the compiler's syntax tree. */
export interface AstNode {
  readonly nodeType: string;
  readonly src: string;
  readonly [key: string]: unknown;
}

/** A range of bytes in a source, the end excluded. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** Where a node stands in its source. */
export function rangeOf(node: AstNode): SourceRange {
  const [start = 0, length = 0] = node.src.split(":").map(Number);
  return { start, end: start + length };
}

/** The nodes directly below a node, in the compiler's order. */
export function* childrenOf(node: AstNode): Generator<AstNode> {
  for (const value of Object.values(node).flat()) {
    if (isAstNode(value)) yield value;
  }
}

function isAstNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
}

/** A child by its name; undefined if the node has none. */
export function childOf(node: AstNode, name: string): AstNode | undefined {
  const child = node[name];
  return isAstNode(child) ? child : undefined;
}

/** Whether a node is a call of one of the given built-in functions, such as `require`. */
export function isCallOf(node: AstNode | undefined, ...names: readonly string[]): boolean {
  if (node?.nodeType !== "FunctionCall") return false;
  const callee = childOf(node, "expression");
  return callee?.nodeType === "Identifier" && names.includes(String(callee.name));
}

/** One-based line of a byte offset. */
export function lineOf(source: Buffer, offset: number): number {
  return source.subarray(0, offset).toString().split("\n").length;
}
