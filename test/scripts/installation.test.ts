import { execFile } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { expect } from "chai";

/** The real publisher, which only tests load. */
const PUBLISHER = "@aztec/sequencer-client";
/** `stat` counts blocks of so many bytes. */
const STAT_BLOCK = 512;

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

describe("What v4.1.2's publisher adds to an installation", () => {
  it("is as many packages and megabytes as the list for node teams says, and nothing that is built", () => {
    const roots = Object.keys(packages[""]?.devDependencies ?? {});
    const without = reach(roots.filter((name) => name !== PUBLISHER));
    const added = [...reach(roots)].filter((folder) => !without.has(folder) && existsSync(folder));
    const snapshot = JSON.parse(readFileSync("test/snapshots/installation.json", "utf8")) as Record<string, string>;
    expect(`${added.length}`).to.equal(snapshot["publisherPackages"]);
    const megabytes = added.reduce((sum, folder) => sum + sizeOf(folder), 0) / 1e6;
    // File systems differ in what a small file takes.
    const stated = Number(snapshot["publisherMegabytes"]);
    expect(megabytes).to.be.within(0.75 * stated, 1.25 * stated);
    expect(added.filter((folder) => packages[folder]?.hasInstallScript === true)).to.deep.equal([]);
  });

  it("is not loaded by a run of the scenarios, as the linter says of every task", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "loaded-"));
    try {
      const hook = path.join(folder, "hook.mjs");
      const log = path.join(folder, "loaded.txt");
      await writeFile(hook, HOOK);
      await promisify(execFile)(
        process.execPath,
        ["node_modules/hardhat/dist/src/cli.js", "scenarios", "--only", "empty-slot", "--out", folder],
        { env: { ...process.env, LOADED: log, NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` } },
      );
      const loaded = readFileSync(log, "utf8").split("\n");
      expect(
        loaded.filter((url) => url.includes("@aztec/stdlib")),
        "the hook sees what is loaded",
      ).to.not.deep.equal([]);
      expect(loaded.filter((url) => url.includes(PUBLISHER) || url.includes("@aztec/archiver"))).to.deep.equal([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Writes down everything that a process loads. */
const HOOK = `
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    appendFileSync(process.env.LOADED, resolved.url + "\\n");
    return resolved;
  },
});
`;

/** The folders of packages and of all that they need, as npm has laid them out. */
function reach(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = names.map((name) => find("", name));
  for (let folder = waiting.pop(); waiting.length > 0 || folder !== undefined; folder = waiting.pop()) {
    if (folder === undefined || seen.has(folder)) continue;
    seen.add(folder);
    const { dependencies, optionalDependencies, peerDependencies } = packages[folder] ?? {};
    const needed = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    for (const name of needed) waiting.push(find(folder, name));
  }
  return seen;
}

/** Node's way: the nearest `node_modules` on the way up. */
function find(from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf("node_modules/") - 1, 0))) {
    const folder = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (folder in packages) return folder;
    if (at === "") return undefined;
  }
}

/** Bytes on disk, without packages inside. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? sum : sum + sizeOf(at);
    return sum + lstatSync(at).blocks * STAT_BLOCK;
  }, 0);
}
