import { getAddress, isAddress, type Address } from "viem";

import { BuildAheadError } from "../errors.ts";
import { CLOSED_TERMS } from "../network/deployBuildAhead.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";

/** A field of the parameters' file that will not do. The message is one line and names it. */
export class InvalidParametersError extends BuildAheadError {
  constructor(field: string, expected: string, found: unknown) {
    super(`The parameter ${field} must be ${expected}`, { fields: { found: JSON.stringify(found) } });
  }
}

/** Solidity's `SlashPath`, in order. */
export const SLASH_PATHS = ["governance", "empireRound"] as const;

/** The penalties of the new rollup, if it is to have any from the start. See `ignition/modules/penalties.ts`. */
export interface PenaltyParameters {
  /** Slots that the ledger looks back. */
  readonly windowSlots: bigint;
  readonly strikeWeights: { readonly late: number; readonly missed: number };
  /** Who has to choose a slash payload. */
  readonly slashPath: (typeof SLASH_PATHS)[number];
  readonly slashTerms: {
    readonly threshold: number;
    readonly lifetimeSlots: number;
    /** Staking token units (1e18) for each unit of weight. */
    readonly amountPerWeight: bigint;
  };
}

/** What is decided by people, in a file that others review. Everything else is read from the canonical rollup. */
export interface UpgradeParameters {
  readonly terms: LateSubmissionTerms;
  /** Checkpoints. */
  readonly inboxLag: bigint;
  /** `canonical`: the verifier of the canonical rollup. `mock`: local chains only. */
  readonly verifier: "canonical" | "mock" | Address;
  /** `recreate`: a hatch with the canonical one's parameters, where it has one. */
  readonly escapeHatch: "recreate" | "none";
  readonly penalties?: PenaltyParameters;
}

/** Without a file: the window closed, everything as on the canonical rollup but for the inbox lag. */
export const DEFAULT_PARAMETERS: UpgradeParameters = {
  terms: CLOSED_TERMS,
  inboxLag: 2n,
  verifier: "canonical",
  escapeHatch: "recreate",
};

const BPS = 10_000;
const MAX_UINT16 = 2 ** 16 - 1;
const MAX_UINT32 = 2 ** 32 - 1;
const MAX_INBOX_LAG = 64;

/**
 * Reads parameters from a parsed JSON file; what is left out has its default. Amounts beyond JSON's whole numbers are decimal strings.
 * @throws InvalidParametersError naming the first field that will not do.
 */
export function parseUpgradeParameters(json: unknown): UpgradeParameters {
  const fields = objectAt("file", json, ["terms", "inboxLag", "verifier", "escapeHatch", "penalties"]);
  return {
    terms: fields["terms"] === undefined ? DEFAULT_PARAMETERS.terms : parseTerms(fields["terms"]),
    inboxLag:
      fields["inboxLag"] === undefined
        ? DEFAULT_PARAMETERS.inboxLag
        : BigInt(integerAt("inboxLag", fields["inboxLag"], 2, MAX_INBOX_LAG)),
    verifier: parseVerifier(fields["verifier"] ?? DEFAULT_PARAMETERS.verifier),
    escapeHatch: parseHatch(fields["escapeHatch"] ?? DEFAULT_PARAMETERS.escapeHatch),
    ...(fields["penalties"] === undefined ? {} : { penalties: parsePenalties(fields["penalties"]) }),
  };
}

function parseTerms(json: unknown): LateSubmissionTerms {
  const names = ["firstBps", "submitterBps", "burnBps", "windowSeconds", "crossEpoch"];
  const fields = objectAt("terms", json, names);
  const [firstBps, submitterBps, burnBps] = ["firstBps", "submitterBps", "burnBps"].map((name) =>
    integerAt(`terms.${name}`, fields[name], 0, BPS),
  ) as [number, number, number];
  if (firstBps > submitterBps) {
    throw new InvalidParametersError("terms.firstBps", `at most terms.submitterBps, ${submitterBps}`, firstBps);
  }
  if (submitterBps + burnBps > BPS) {
    throw new InvalidParametersError("terms.burnBps", `at most ${BPS - submitterBps} beside terms.submitterBps`, burnBps);
  }
  const { crossEpoch } = fields;
  if (typeof crossEpoch !== "boolean") throw new InvalidParametersError("terms.crossEpoch", "true or false", crossEpoch);
  const windowSeconds = integerAt("terms.windowSeconds", fields["windowSeconds"], 0, MAX_UINT32);
  return { firstBps, submitterBps, burnBps, windowSeconds, crossEpoch };
}

function parseVerifier(json: unknown): UpgradeParameters["verifier"] {
  if (json === "canonical" || json === "mock") return json;
  if (typeof json === "string" && isAddress(json)) return getAddress(json);
  throw new InvalidParametersError("verifier", '"canonical", "mock" or an address with a right checksum', json);
}

function parseHatch(json: unknown): UpgradeParameters["escapeHatch"] {
  if (json === "recreate" || json === "none") return json;
  throw new InvalidParametersError("escapeHatch", '"recreate" or "none"', json);
}

function parsePenalties(json: unknown): PenaltyParameters {
  const fields = objectAt("penalties", json, ["windowSlots", "strikeWeights", "slashPath", "slashTerms"]);
  const weights = objectAt("penalties.strikeWeights", fields["strikeWeights"], ["late", "missed"]);
  const terms = objectAt("penalties.slashTerms", fields["slashTerms"], [
    "threshold",
    "lifetimeSlots",
    "amountPerWeight",
  ]);
  const weight = (name: string) => integerAt(`penalties.strikeWeights.${name}`, weights[name], 0, MAX_UINT16);
  const term = (name: string) => integerAt(`penalties.slashTerms.${name}`, terms[name], 1, MAX_UINT32);
  const windowSlots = integerAt("penalties.windowSlots", fields["windowSlots"], 1, MAX_UINT32);
  if (term("lifetimeSlots") < windowSlots) {
    const expected = `at least penalties.windowSlots, ${windowSlots}`;
    throw new InvalidParametersError("penalties.slashTerms.lifetimeSlots", expected, terms["lifetimeSlots"]);
  }
  return {
    windowSlots: BigInt(windowSlots),
    strikeWeights: { late: weight("late"), missed: weight("missed") },
    slashPath: parseSlashPath(fields["slashPath"]),
    slashTerms: {
      threshold: term("threshold"),
      lifetimeSlots: term("lifetimeSlots"),
      amountPerWeight: amountAt("penalties.slashTerms.amountPerWeight", terms["amountPerWeight"]),
    },
  };
}

function parseSlashPath(json: unknown): PenaltyParameters["slashPath"] {
  const path = SLASH_PATHS.find((known) => known === json);
  if (path === undefined) throw new InvalidParametersError("penalties.slashPath", SLASH_PATHS.join(" or "), json);
  return path;
}

/** An object with no other fields than these: a misspelt one must not be passed over. */
function objectAt(field: string, json: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new InvalidParametersError(field, "an object", json);
  }
  const unknown = Object.keys(json).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InvalidParametersError(unknown, `one of ${names.join(", ")}`, unknown);
  return json as Readonly<Record<string, unknown>>;
}

function integerAt(field: string, json: unknown, least: number, most: number): number {
  if (typeof json !== "number" || !Number.isInteger(json) || json < least || json > most) {
    throw new InvalidParametersError(field, `a whole number from ${least} to ${most}`, json);
  }
  return json;
}

function amountAt(field: string, json: unknown): bigint {
  if (typeof json !== "string" || !/^\d+$/.test(json)) {
    throw new InvalidParametersError(field, "a whole number in quotes, in the token's smallest units", json);
  }
  return BigInt(json);
}
