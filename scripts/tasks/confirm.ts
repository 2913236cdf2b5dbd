import { createInterface } from "node:readline/promises";

import { BuildAheadError } from "../../harness/errors.ts";

/** Nobody agreed. */
class NotConfirmedError extends BuildAheadError {}

/**
 * Asks before something that cannot be taken back.
 * @throws NotConfirmedError when the answer is not yes, or there is nobody to ask.
 */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new NotConfirmedError("There is nobody to ask: look at the differences above and say --yes");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new NotConfirmedError("Not confirmed: nothing was sent");
  } finally {
    terminal.close();
  }
}
