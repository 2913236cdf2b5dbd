import { fork, spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

import { replaceArtifacts } from "./artifactFiles.ts";
import type { Changes, WorkerAnswer, WorkerRequest } from "./solidityTestWorker.ts";
import type { TestPlan } from "./testPlan.ts";
import { MUTATION_CONFIG } from "./tree.ts";

/** What became of a mutant. */
export type Verdict =
  | { readonly status: "killed"; readonly by: string }
  | { readonly status: "timed-out"; readonly by: string }
  | { readonly status: "survived" }
  | { readonly status: "not-viable"; readonly reason: string };

type TestOutcome = { readonly outcome: "green" | "timed-out" } | { readonly outcome: "red"; readonly by: string };

const WORKER = path.join(import.meta.dirname, "solidityTestWorker.ts");

/** A private copy of the tree and what runs in it: a warm compiler with Solidity tests, and tests against a chain. */
export class Lane {
  readonly #tree: string;
  readonly #timeoutMs: number;
  readonly #greens: Map<string, Promise<void>>;
  #worker: Promise<ChildProcess> | undefined;

  /**
   * @param tree The copy's root
   * @param timeoutSeconds For one file of Solidity tests, or all tests against a chain
   * @param greens Test files that a lane has found green, or is about to; all lanes share it
   */
  constructor(tree: string, timeoutSeconds: number, greens: Map<string, Promise<void>>) {
    this.#tree = tree;
    this.#greens = greens;
    this.#timeoutMs = timeoutSeconds * 1000;
  }

  /**
   * Runs a plan's tests against changed sources and stops at the first red one.
   * @param original The unchanged file, put back at the end
   */
  async judge(plan: TestPlan, mutated: string, original: Buffer): Promise<Verdict> {
    const changes = { [plan.file]: mutated };
    for (const testFile of plan.solidity) {
      await this.#requireGreen(testFile);
      const answer = await this.#ask({ kind: "test", testFile, changes });
      if (answer.outcome === "not-viable") return { status: "not-viable", reason: answer.reason };
      if (answer.outcome === "timed-out") return { status: "timed-out", by: testFile };
      if (answer.outcome === "red") return { status: "killed", by: `${testFile}: ${answer.by}` };
    }
    if (plan.mocha.length === 0) return { status: "survived" };

    const compiled = await this.#ask({ kind: "compile", roots: plan.deployed, changes });
    if (compiled.outcome === "not-viable") return { status: "not-viable", reason: compiled.reason };
    if (compiled.outcome !== "compiled") throw new Error(`The compiler ended with ${compiled.outcome}.`);
    const source = path.join(this.#tree, plan.file);
    await this.#requireGreen(...plan.mocha);
    const restore = replaceArtifacts(path.join(this.#tree, "artifacts"), compiled.contracts);
    writeFileSync(source, mutated);
    const run = await this.#runMocha(plan.mocha).finally(() => {
      restore();
      writeFileSync(source, original);
    });
    if (run.outcome === "timed-out") return { status: "timed-out", by: plan.mocha.join(", ") };
    if (run.outcome === "red") return { status: "killed", by: run.by };
    return { status: "survived" };
  }

  /** @throws Error unless the tests are green on unchanged sources, without which nothing can be said of a mutant. */
  async #requireGreen(...testFiles: readonly string[]): Promise<void> {
    const name = testFiles.join(", ");
    const known = this.#greens.get(name) ?? this.#checkGreen(testFiles);
    this.#greens.set(name, known);
    await known;
  }

  async #checkGreen(testFiles: readonly string[]): Promise<void> {
    const [first = ""] = testFiles;
    const run = first.endsWith(".sol")
      ? await this.#ask({ kind: "test", testFile: first, changes: {} satisfies Changes })
      : await this.#runMocha(testFiles);
    if (run.outcome !== "green") throw new Error(`${testFiles.join(", ")} is not green: ${JSON.stringify(run)}`);
  }

  async close(): Promise<void> {
    (await this.#worker)?.kill();
    this.#worker = undefined;
  }

  /** A worker that was killed from outside is asked once more: twice is the mutant's doing, which eats all memory. */
  async #ask(request: WorkerRequest, isRetry = false): Promise<WorkerAnswer | { readonly outcome: "timed-out" }> {
    this.#worker ??= this.#startWorker();
    const worker = await this.#worker;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        worker.removeAllListeners();
      };
      const timer = setTimeout(() => {
        settle();
        worker.kill("SIGKILL");
        this.#worker = undefined;
        resolve({ outcome: "timed-out" });
      }, this.#timeoutMs);
      worker.once("message", (answer) => {
        settle();
        resolve(answer as WorkerAnswer);
      });
      worker.once("exit", (code) => {
        settle();
        this.#worker = undefined;
        if (code !== null) reject(new Error(`The worker ended with ${code}.`));
        else resolve(isRetry ? { outcome: "timed-out" } : this.#ask(request, true));
      });
      worker.send(request);
    });
  }

  #startWorker(): Promise<ChildProcess> {
    const worker = fork(WORKER, [this.#tree, path.join(this.#tree, "cache/mutation-artifacts")], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    return new Promise((resolve, reject) => {
      worker.once("message", () => {
        worker.removeAllListeners();
        resolve(worker);
      });
      worker.once("exit", (code) => reject(new Error(`The worker did not start: ${String(code)}.`)));
    });
  }

  /** All files in one process, up to the first failure: they share what takes longest, the networks that they open. */
  #runMocha(testFiles: readonly string[]): Promise<TestOutcome> {
    const hardhat = path.join(this.#tree, "node_modules/.bin/hardhat");
    const options = ["--config", MUTATION_CONFIG, "--no-typechain"];
    const child = spawn(
      process.execPath,
      [hardhat, ...options, "test", "mocha", "--no-compile", "--bail", ...testFiles],
      {
        cwd: this.#tree,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve, reject) => {
      let isTimedOut = false;
      const timer = setTimeout(() => {
        isTimedOut = true;
        child.kill("SIGKILL");
      }, this.#timeoutMs);
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(timer);
        if (isTimedOut) resolve({ outcome: "timed-out" });
        else if (code === 0 && /\d+ passing/.test(output)) resolve({ outcome: "green" });
        else if (/\d+ failing/.test(output)) resolve({ outcome: "red", by: firstFailure(output) });
        else reject(new Error(`${testFiles.join(", ")} did not run: ${output.slice(-2000)}`));
      });
    });
  }
}

/** The first failed test: its suite and its title, as mocha tells them below its list. */
function firstFailure(output: string): string {
  const [, suite, title] = /^ {2}1\) (.+)\n(?: {7,}.+\n)*? {7,}(.+):$/m.exec(output) ?? [];
  return suite === undefined || title === undefined ? "set-up" : `${suite.trim()}: ${title.trim()}`;
}
