import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rmdir } from "node:fs/promises";
import path from "node:path";

import { BuildAheadError } from "../../harness/errors.ts";

/** Committed: what is in it is checked by the tests. */
const COMMITTED = "evidence";
/** Ignored by git. */
const IGNORED = "tmp";

interface EvidenceRequest {
  /** What writes, `rehearsal` for example. */
  readonly task: string;
  /** The folder as it was named on the command line; empty if it was not. */
  readonly out: string;
  /** In what the run differs from the one whose evidence is committed, for people. */
  readonly variations: readonly string[];
}

/** Evidence has nowhere to go. The message is one line and says what helps. */
export class EvidenceFolderError extends BuildAheadError {
  constructor(folder: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
    super(`The evidence folder ${folder} cannot be written: name another one with --out`, { fields: { code }, cause });
  }
}

/**
 * Where a run writes, relative to the project: what is committed is written by the default run only, or by whoever names the
 * folder. Anything else goes where git does not look.
 */
export function chooseEvidenceFolder({ task, out, variations }: EvidenceRequest): string {
  if (out !== "") return out;
  if (variations.length === 0) return COMMITTED;
  return path.join(IGNORED, [task, ...variations].join("_").replaceAll(/[^\w.,-]/g, "-"));
}

/**
 * Makes sure of a folder before the work begins, so that a bad path costs nothing.
 * @param root Of the project
 * @returns Its absolute path.
 * @throws EvidenceFolderError when it cannot be written.
 */
export async function openEvidenceFolder(root: string, folder: string): Promise<string> {
  const absolute = path.resolve(root, folder);
  try {
    await makeFolder(absolute);
    // Permissions say little: whoever may do anything still cannot write into a kernel's folder.
    await rmdir(await mkdtemp(path.join(absolute, ".writable-")));
    return absolute;
  } catch (cause) {
    throw new EvidenceFolderError(folder, cause);
  }
}

/** Step by step: where no folder can be made (`/proc` answers ENOENT), Node's recursive `mkdir` tries again for ever. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (!existsSync(parent)) await makeFolder(parent);
  try {
    await mkdir(folder);
  } catch (cause) {
    // Another run may have made it meanwhile.
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  }
}
