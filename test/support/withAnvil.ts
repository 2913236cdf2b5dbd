import { AnvilMissingError, findAnvil } from "../../harness/l1/startAnvil.ts";

/** A suite that needs anvil. Where there is none it is a pending test that says so, and how to get it. */
export function describeWithAnvil(title: string, tests: () => void): void {
  const reason = whyNoAnvil();
  describe(title, reason === undefined ? tests : () => void it(`did not run: ${reason}`));
}

function whyNoAnvil(): string | undefined {
  try {
    findAnvil();
    return undefined;
  } catch (error) {
    if (error instanceof AnvilMissingError) return error.message;
    throw error;
  }
}
