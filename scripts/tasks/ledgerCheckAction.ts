import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import {
  ENOUGH_TO_JUDGE,
  findVariations,
  LEAST_SEEN,
  parseRequest,
  type LedgerCheckRequest,
} from "../../harness/differential/ledger/ledgerCheckOptions.ts";
import { BuildAheadError } from "../../harness/errors.ts";
import { chooseEvidenceFolder, openEvidenceFolder } from "./evidenceFolder.ts";

interface LedgerCheckArguments extends LedgerCheckRequest {
  readonly bench: boolean;
  readonly out: string;
}

/** After how many slots the model's speed is looked at. */
const BENCH_MARKS = [1_000, 10_000, 100_000];
/** Lines of progress where there is no terminal. */
const PROGRESS_LINES = 20;

const now = () => performance.now();

export default async function ledgerCheckAction(
  { bench, out, ...raw }: LedgerCheckArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  try {
    const request = parseRequest(raw);
    const { benchModel } = await import("../../harness/differential/ledger/benchModel.ts");
    const { outcomeTable, renderLedgerCheck, speedTable } = await import("../../harness/report/renderLedgerCheck.ts");
    if (bench) {
      console.log(speedTable(benchModel(BENCH_MARKS, now)));
      return;
    }
    const name = chooseEvidenceFolder({ task: "ledger", out, variations: findVariations(request) });
    const folder = await openEvidenceFolder(hre.config.paths.root, name);
    const commit = execFileSync("git", ["log", "-1", "--format=%H", "--", "contracts", "harness"], {
      cwd: hre.config.paths.root,
    });
    console.log(`Evidence goes to ${name}. Compiling (about a minute the first time) ...`);
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    // Before the chain takes its memory.
    const speed = benchModel(BENCH_MARKS, now);
    // After the build: whatever takes an ABI from it while it loads has to find this one.
    const { checkLedgers } = await import("../../harness/differential/ledger/checkLedgers.ts");
    const { assertNothingRare } = await import("../../harness/differential/ledger/expectedOutcomes.ts");
    const { ChainLedgers } = await import("../../harness/ledger/chainLedgers.ts");
    const chains = new ChainLedgers(hre);
    const started = performance.now();
    try {
      const check = await checkLedgers(chains, { ...request, onProgress: makeProgress(request.slots) });
      console.log(`\n${outcomeTable(check)}\n`);
      if (check.slots >= ENOUGH_TO_JUDGE) assertNothingRare(check.outcomes, LEAST_SEEN);
      const evidence = { ...check, commit: commit.toString().trim(), speed };
      await writeFile(path.join(folder, "ledger.json"), `${JSON.stringify(evidence, undefined, 2)}\n`);
      await writeFile(path.join(folder, "ledger.md"), renderLedgerCheck(evidence));
      const seconds = Math.round((performance.now() - started) / 1000);
      console.log(`${check.transactions} transactions, no difference (${seconds} s).`);
      console.log(`Wrote ${path.join(name, "ledger.json")} and ${path.join(name, "ledger.md")}.`);
    } finally {
      await chains.close();
    }
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Overwrites one line on a terminal; elsewhere it writes now and then. */
function makeProgress(all: number): (slots: number, transactions: number) => void {
  const step = Math.ceil(all / PROGRESS_LINES);
  return (slots, transactions) => {
    const words = `  slot ${slots} of ${all}, ${transactions} transactions`;
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${words}`);
    else if (slots % step === 0) console.log(words);
  };
}
