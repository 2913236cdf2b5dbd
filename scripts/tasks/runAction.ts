import { BuildAheadError } from "../../harness/errors.ts";

/** Runs a task: what went wrong on purpose is one line and an exit code, everything else keeps its trace. */
export async function runAction(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
