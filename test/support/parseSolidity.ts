import solc from "solc";

import type { AstNode } from "../../scripts/checks/mutation/solidityAst.ts";

/**
 * The syntax tree of a source, and whether the compiler takes it.
 * @throws Error with the compiler's words when it does not
 */
export function parseSolidity(content: string): AstNode {
  const compile = solc.compile as (input: string) => string;
  const input = {
    language: "Solidity",
    sources: { "Sample.sol": { content } },
    settings: { outputSelection: { "*": { "": ["ast"], "*": ["evm.bytecode.object"] } } },
  };
  const output = JSON.parse(compile(JSON.stringify(input))) as {
    errors?: readonly { severity: string; formattedMessage: string }[];
    sources: Record<string, { ast: AstNode }>;
  };
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage);
  const unit = output.sources["Sample.sol"]?.ast;
  if (unit === undefined) throw new Error("The compiler gave no syntax tree.");
  return unit;
}
