import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";

import { BuildAheadError } from "../errors.ts";

/** A folder into which evidence cannot be written. */
export class EvidenceUnwritableError extends BuildAheadError {
  constructor(folder: string, cause: unknown) {
    const { code } = cause as NodeJS.ErrnoException;
    super("The folder for evidence cannot be written", { fields: { folder, code }, cause });
  }
}

/** Makes a folder if there is none. To be called before the work, so that a bad path costs nothing. @throws EvidenceUnwritableError */
export async function openEvidenceFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new EvidenceUnwritableError(folder, cause);
  }
}
