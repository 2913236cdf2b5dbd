import { readFileSync } from "node:fs";

import { BuildAheadError } from "../errors.ts";
import type { GasClass } from "../sim/ledger.ts";

/** Gas that a transaction of each class uses, in the middle of what was measured. */
export type GasOfClass = Readonly<Record<GasClass, number>>;

/** Thrown when the measurements are missing, or lack a row that a class is made of. */
export class GasEvidenceError extends BuildAheadError {}

interface MeasuredGas {
  readonly id: string;
  readonly gasUsed: number;
}

const EVIDENCE = new URL("../../evidence/gas.json", import.meta.url);
/** Of what was measured: the fork that the embedded chain runs, and storage as a rollup of some age has it. */
const HARDFORK = "osaka";
/** Committees that were measured. */
const MEASURED_COMMITTEES = [24, 48];

/**
 * Rows of `evidence/gas.json` that a class spans, without committee and hard fork. Two classes hold what was not measured: a message is taken
 * for the cheapest call there is, and a refused proof or invalidation as well.
 */
const ROWS: Readonly<Record<GasClass, readonly string[]>> = {
  "propose.onTime": ["propose.rest.epoch3.ringWarm"],
  "propose.firstOfEpoch": ["propose.first.epoch3.ringWarm"],
  "propose.late": ["late.alone.recordReused.ringWarm", "late.multicall.named.ringWarm"],
  "propose.refused": ["duplicateInSameBlock.alone.ringWarm", "badProposerSignature.alone.ringWarm"],
  prove: ["epochProof.checkpoints1", "epochProof.checkpoints32"],
  "prove.late": ["settlement.checkpoints8.late1", "settlement.checkpoints32.late31"],
  other: ["prune.checkpoints32"],
  refused: ["prune.checkpoints32"],
};

/**
 * Reads what a transaction of each class uses from the measurements: halfway between the cheapest and the dearest row of the class, for the
 * measured committee that is nearest in size.
 * @throws GasEvidenceError
 */
export function readGasOfClass(committeeSize: number, evidence: URL = EVIDENCE): GasOfClass {
  const [small = 0, large = 0] = MEASURED_COMMITTEES;
  const committee = committeeSize - small < large - committeeSize ? small : large;
  const gasOf = new Map(readRecords(evidence).map(({ id, gasUsed }) => [id, gasUsed]));
  const middleOf = (rows: readonly string[]) => {
    const gas = rows.map((row) => {
      const id = `${row}.c${committee}.${HARDFORK}`;
      const used = gasOf.get(id);
      if (used === undefined) throw new GasEvidenceError("The gas evidence lacks a row", { fields: { id } });
      return used;
    });
    return Math.round((Math.min(...gas) + Math.max(...gas)) / 2);
  };
  return Object.fromEntries(Object.entries(ROWS).map(([name, rows]) => [name, middleOf(rows)])) as Record<
    GasClass,
    number
  >;
}

function readRecords(evidence: URL): readonly MeasuredGas[] {
  try {
    const { records } = JSON.parse(readFileSync(evidence, "utf8")) as { readonly records: readonly MeasuredGas[] };
    return records;
  } catch (cause) {
    throw new GasEvidenceError("There is no gas evidence to read", {
      fields: { file: evidence.pathname.split("/").at(-1) },
      cause,
    });
  }
}
