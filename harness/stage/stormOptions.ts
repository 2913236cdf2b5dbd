import { BuildAheadError } from "../errors.ts";

/** What `npx hardhat storm` can be asked. */
export interface StormRequest {
  readonly seed: string;
  readonly runs: number;
  /** A whole seed; empty: all. */
  readonly only: string;
  readonly ledger: string;
  /** 0: one for each core. */
  readonly workers: number;
}

const MAX_RUNS = 1_000_000;
const MAX_WORKERS = 256;

/** A value on the command line cannot be used. The message is one line and says what can. */
export class InvalidStormError extends BuildAheadError {
  constructor(option: string, value: unknown, expected: string) {
    super(`--${option} ${value === "" ? '""' : String(value)}: expected ${expected}`);
  }
}

/** @throws InvalidStormError on the first value that cannot be used. */
export function parseStormRequest<Request extends StormRequest>(
  request: Request,
): Request & { readonly ledger: "chain" | "model" } {
  const { seed, runs, only, ledger, workers } = request;
  if (seed === "") throw new InvalidStormError("seed", seed, "at least one character");
  if (!Number.isSafeInteger(runs) || runs < 1 || runs > MAX_RUNS) {
    throw new InvalidStormError("runs", runs, `a whole number from 1 to ${MAX_RUNS}`);
  }
  if (only !== "" && !/^.+\/\d+$/.test(only)) {
    throw new InvalidStormError("only", only, "a storm's whole seed, such as storm/7");
  }
  if (ledger !== "chain" && ledger !== "model") throw new InvalidStormError("ledger", ledger, "chain or model");
  if (!Number.isSafeInteger(workers) || workers < 0 || workers > MAX_WORKERS) {
    throw new InvalidStormError("workers", workers, `a whole number from 0 to ${MAX_WORKERS}`);
  }
  return { ...request, ledger };
}
