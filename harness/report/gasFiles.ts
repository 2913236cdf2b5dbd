import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { EvidenceUnreadableError, GasDriftError } from "../bench/record/benchErrors.ts";
import type { GasEvidence } from "../bench/record/evidence.ts";
import { GAS_CHARTS, renderGasChart } from "./gasCharts.ts";
import { renderGasReport } from "./gasReport.ts";

/** The figures themselves, beside which everything else is derived. */
const GAS_JSON = "gas.json";

/** Every file of the evidence by its path in the evidence folder. */
async function renderGasFiles(evidence: GasEvidence): Promise<ReadonlyMap<string, string>> {
  const files = new Map([
    [GAS_JSON, `${JSON.stringify(evidence, undefined, 2)}\n`],
    ["gas.md", renderGasReport(evidence)],
  ]);
  for (const chart of GAS_CHARTS) files.set(path.join("charts", chart.file), await renderGasChart(chart, evidence));
  return files;
}

/** Writes all files, each aside and then renamed: a reader sees old evidence or new, never half a file. */
export async function writeGasFiles(folder: string, evidence: GasEvidence): Promise<readonly string[]> {
  const files = await renderGasFiles(evidence);
  for (const [name, content] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.draft`, content);
    await rename(`${file}.draft`, file);
  }
  return [...files.keys()];
}

/**
 * Checks that report and charts in a folder are those of its figures.
 * @throws GasDriftError when a file says something else.
 * @throws EvidenceUnreadableError when a file is missing.
 */
export async function assertGasFilesMatch(folder: string, evidence: GasEvidence): Promise<void> {
  for (const [name, content] of await renderGasFiles(evidence)) {
    let committed: string;
    try {
      committed = await readFile(path.join(folder, name), "utf8");
    } catch (cause) {
      throw new EvidenceUnreadableError("A file of the gas evidence is missing", { fields: { file: name }, cause });
    }
    if (committed !== content) {
      throw new GasDriftError("A file of the gas evidence is not what its figures give", { fields: { file: name } });
    }
  }
}
