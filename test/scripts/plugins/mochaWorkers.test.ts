import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";

import { expect } from "chai";

const ROOT = path.resolve(import.meta.dirname, "../../..");
/** Milliseconds after which a run counts as hanging. */
const TIMEOUT = 120_000;

/** A project with the plugin. @param jobs Worker processes; 1 for none, where files run in their order */
const configOf = (jobs: number) => `
  import hardhatMocha from "@nomicfoundation/hardhat-mocha";
  import { defineConfig } from "hardhat/config";
  import { mochaWorkers } from ${JSON.stringify(path.join(ROOT, "scripts/plugins/mochaWorkers.ts"))};

  export default defineConfig({
    plugins: [hardhatMocha, mochaWorkers],
    solidity: "0.8.30",
    test: { mocha: { parallel: ${String(jobs > 1)}, jobs: ${jobs} } },
  });
`;

describe("Mocha's workers", () => {
  let project: string;

  beforeEach(async () => {
    // Inside this project, for its packages.
    await mkdir(path.join(ROOT, "tmp"), { recursive: true });
    project = await mkdtemp(path.join(ROOT, "tmp", "mocha-workers-"));
    await mkdir(path.join(project, "test"));
    await writeFile(path.join(project, "package.json"), '{ "type": "module" }');
  });
  afterEach(() => rm(project, { recursive: true }));

  /** Runs test files, given by name and content, as `npm test` runs this project's. */
  const run = async (jobs: number, files: Readonly<Record<string, string>>) => {
    await writeFile(path.join(project, "hardhat.config.ts"), configOf(jobs));
    for (const [name, content] of Object.entries(files)) {
      await writeFile(path.join(project, "test", `${name}.test.ts`), content);
    }
    const hardhat = path.join(ROOT, "node_modules/hardhat/dist/src/cli.js");
    const child = spawn(process.execPath, [hardhat, "test", "--no-compile"], {
      cwd: project,
      // Nothing of the run that this test is part of.
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: TIMEOUT,
    });
    const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
    return { output, exitCode: child.exitCode };
  };

  it("add up what all of them have run, and fail if one of them fails", async () => {
    const { output, exitCode } = await run(2, {
      a: 'it("passes", () => {}); it("passes again", () => {}); it("waits to be written");',
      b: 'it("passes", () => {}); it("fails", () => { throw new Error("on purpose"); });',
    });
    expect(exitCode).to.equal(1);
    expect(output).to.include("on purpose");
    expect(output).to.match(/^3 passing \(3 mocha\)\n1 failing \(1 mocha\)\n1 skipped \(1 mocha\)$/m);
  });

  it("succeed if all of them do", async () => {
    const { output, exitCode } = await run(2, { a: 'it("passes", () => {});', b: 'it("passes", () => {});' });
    expect(exitCode).to.equal(0);
    expect(output).to.match(/^2 passing \(2 mocha\)$/m);
  });

  it("fail a test that leaves a rejection to nobody", async () => {
    const { output, exitCode } = await run(2, {
      a: `it("rejects", async () => {
        void Promise.reject(new Error("nobody waits"));
        await new Promise((resolve) => setTimeout(resolve, 100));
      });`,
      b: 'it("passes", () => {});',
    });
    // A worker that dies of it before mocha has heard takes the whole run down, with a code of Node's.
    expect(exitCode, output).to.be.oneOf([1, 13]);
    expect(output).not.to.match(/^2 passing/m);
  });

  it("begin with the files that take longest, then go by name", async () => {
    const names = ["a", "anvil", "b", "conservation", "neutralityFuzz"];
    const files = Object.fromEntries(names.map((name) => [name, `it("is of ${name}.", () => {});`]));
    const { output, exitCode } = await run(1, files);
    expect(exitCode).to.equal(0);
    const order = [...output.matchAll(/is of (\w+)\./g)].map(([, name]) => name);
    expect(order).to.deep.equal(["neutralityFuzz", "conservation", "anvil", "a", "b"]);
  });
});
