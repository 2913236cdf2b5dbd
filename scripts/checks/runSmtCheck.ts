import { globSync, readFileSync } from "node:fs";
import path from "node:path";

import { smtCheck } from "./smtCheck.ts";
import { openSmtLib2Solver } from "./smtLib2Solver.ts";

const HARNESSES = "contracts/test/smt/*.sol";

const projectRoot = path.resolve(import.meta.dirname, "../..");
const solver = await openSmtLib2Solver();
const reports = globSync(HARNESSES, { cwd: projectRoot })
  .sort()
  .map((sourceName) => {
    const content = readFileSync(path.join(projectRoot, sourceName), "utf8");
    return smtCheck({ sourceName, contractName: path.basename(sourceName, ".sol"), content }, projectRoot, solver);
  });
await solver.close();

for (const { contractName, proved, problems } of reports) {
  console.log(contractName);
  const counts = new Map<string, number>();
  for (const { functionName } of proved) counts.set(functionName, (counts.get(functionName) ?? 0) + 1);
  for (const [name, count] of counts) console.log(`  ${name}: ${count} proved`);
  for (const { functionName, location, message } of problems) {
    console.error(`  ${functionName} at ${location}: ${message}`);
  }
}

const provedCount = reports.reduce((sum, { proved }) => sum + proved.length, 0);
const problemCount = reports.reduce((sum, { problems }) => sum + problems.length, 0);
console.log(`${provedCount} targets proved, ${problemCount} problems`);
if (problemCount > 0 || provedCount === 0) process.exitCode = 1;
