import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

import { BuildAheadError } from "../errors.ts";
import { DEFAULT_GENESIS_TIMESTAMP } from "./embeddedChain.ts";

const require = createRequire(import.meta.url);

export interface StartAnvilOptions {
  /** Default `osaka`. */
  readonly hardfork?: string;
  /** Unix seconds of the genesis block. */
  readonly genesisTimestamp?: bigint;
  /** 0 lets the system choose. */
  readonly port?: number;
  /** A file of anvil's own: the chain is read from it if it is there, and written to it when the process is stopped. */
  readonly stateFile?: string;
  /** The folder of the npm package that starts anvil; default where the pinned one is installed. */
  readonly home?: string;
}

export interface AnvilProcess {
  readonly url: string;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

/** Anvil ended before it listened: the port is taken, or an option is none. */
export class AnvilStartError extends BuildAheadError {}

/** There is no anvil on this machine. */
export class AnvilMissingError extends BuildAheadError {
  constructor(cause: unknown) {
    super(
      "There is no anvil here: `npm ci` installs it where its package @foundry-rs/anvil has a binary for the platform",
      {
        fields: { platform: process.platform, architecture: process.arch },
        cause,
      },
    );
  }
}

/** The script that starts the pinned anvil. @throws AnvilMissingError */
export function findAnvil(folder?: string): string {
  try {
    const home = folder ?? path.dirname(require.resolve("@foundry-rs/anvil/package.json"));
    const architecture = process.arch === "x64" ? "amd64" : process.arch;
    // The script is there on every platform; what it starts is a package of its own.
    require.resolve(`@foundry-rs/anvil-${process.platform}-${architecture}/package.json`, { paths: [home] });
    return path.join(home, "bin.mjs");
  } catch (cause) {
    throw new AnvilMissingError(cause);
  }
}

/**
 * Starts the pinned anvil as a child process, with auto-mining off and no accounts of its own.
 * @throws AnvilMissingError
 * @throws AnvilStartError with what anvil complained of
 */
export async function startAnvil(options: StartAnvilOptions = {}): Promise<AnvilProcess> {
  const { hardfork = "osaka", genesisTimestamp = DEFAULT_GENESIS_TIMESTAMP, port = 0, stateFile } = options;
  const bin = findAnvil(options.home);
  const args = ["--hardfork", hardfork, "--timestamp", `${genesisTimestamp}`, "--port", `${port}`, "--accounts", "1"];
  args.push("--no-mining", "--order", "fifo", "--gas-limit", "60000000");
  if (stateFile !== undefined) args.push("--state", stateFile);
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const complaints: string[] = [];
  createInterface(child.stderr).on("line", (line) => complaints.push(line));
  const stop = async () => {
    // Anvil writes its state when it is interrupted, not when it is terminated.
    child.kill("SIGINT");
    await exited;
  };
  for await (const line of createInterface(child.stdout)) {
    const address = /Listening on (\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    child.stdout.resume();
    return { url: `http://${address}`, stop };
  }
  await exited;
  throw new AnvilStartError("Anvil ended before it listened", {
    fields: { port, exitCode: child.exitCode, complaint: complaints.find((line) => line.trim() !== "") },
  });
}
