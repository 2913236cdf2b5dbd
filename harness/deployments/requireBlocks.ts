import { BuildAheadError } from "../errors.ts";
import type { L1Provider } from "../l1/l1Backend.ts";

/** The chain stands still: whoever waits for a transaction would wait for ever. */
export class NoNewBlockError extends BuildAheadError {
  constructor(block: bigint, seconds: number) {
    super(
      "The node has made no L1 block for too long, nothing is lost: look whether it mines or is in sync, and run the same command again",
      { fields: { block, seconds } },
    );
  }
}

/**
 * Watches the newest block that a provider is asked for, which Ignition does while it waits for a transaction.
 *
 * @param patience Seconds without a new block after which the next look at it throws
 * @param clock Milliseconds of real time, since whenever
 * @throws NoNewBlockError from the provider's `request`.
 */
export function requireBlocks(
  provider: L1Provider,
  patience: number,
  clock: () => number,
): L1Provider {
  let newest: { readonly number: bigint; readonly seenAt: number } | undefined;
  return {
    request: async (request) => {
      const answer = await provider.request(request);
      if (request.method !== "eth_getBlockByNumber" || request.params?.[0] !== "latest") return answer;
      const number = BigInt((answer as { readonly number: string }).number);
      if (newest?.number !== number) newest = { number, seenAt: clock() };
      const seconds = (clock() - newest.seenAt) / 1_000;
      if (seconds > patience) throw new NoNewBlockError(number, Math.round(seconds));
      return answer;
    },
  };
}
