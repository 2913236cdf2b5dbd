import { readFile } from "node:fs/promises";

import { getAddress, isAddress, type Address } from "viem";

import { BuildAheadError } from "../../harness/errors.ts";
import { InvalidOptionError } from "../../harness/rehearsal/rehearsalOptions.ts";

/** A file that cannot be read as JSON. */
class UnreadableFileError extends BuildAheadError {
  constructor(file: string, cause: unknown) {
    super(`The file ${file} cannot be read as JSON`, {
      fields: { reason: (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] },
      cause,
    });
  }
}

/** @throws InvalidOptionError */
export function parseAddress(option: string, text: string): Address {
  if (!isAddress(text)) throw new InvalidOptionError(option, text, "an address, with a right checksum if it has one");
  return getAddress(text);
}

/** @throws UnreadableFileError */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new UnreadableFileError(file, cause);
  }
}
