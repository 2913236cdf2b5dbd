import { readFileSync } from "node:fs";

import { countTests } from "./countTests.ts";

const [, , logFile] = process.argv;
if (logFile === undefined) throw new Error("Usage: printTestCounts.ts <log of hardhat test>");

const { passed, failed, skipped } = countTests(readFileSync(logFile, "utf8"));
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
if (failed > 0 || passed === 0) process.exitCode = 1;
