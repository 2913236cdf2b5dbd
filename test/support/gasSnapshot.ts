import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "chai";

const FOLDER = path.resolve(import.meta.dirname, "../snapshots");

/**
 * Compares gas figures with the snapshot of that name, exactly: same code, same chain, same gas. A change of the contracts
 * changes them; `BUILD_AHEAD_UPDATE_SNAPSHOTS=1` then writes the new ones, for the commit that explains them.
 */
export async function expectGasSnapshot(name: string, figures: Readonly<Record<string, bigint>>): Promise<void> {
  const file = path.join(FOLDER, `${name}.json`);
  const actual = Object.fromEntries(Object.entries(figures).map(([figure, gas]) => [figure, gas.toString()]));
  if (process.env["BUILD_AHEAD_UPDATE_SNAPSHOTS"] === "1") {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, `${JSON.stringify(actual, undefined, 2)}\n`);
    return;
  }
  const expected: unknown = existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : {};
  expect(actual, `gas of ${name}; BUILD_AHEAD_UPDATE_SNAPSHOTS=1 rewrites it`).to.deep.equal(expected);
}
