import { readFile } from "node:fs/promises";

import { CsvError, parse } from "csv-parse/sync";

import { BuildAheadError } from "../errors.ts";
import type { BlockDemand } from "./demand.ts";

/** What a block of a trace says, in the order of its columns. */
const COLUMNS = ["base_fee_wei", "gas_used", "blob_base_fee_wei", "blobs_used"] as const;
type Column = (typeof COLUMNS)[number];

/** A trace of L1's demand cannot be used. The message is one line with file and row; the header is row 1. */
export class DemandTraceError extends BuildAheadError {
  constructor(file: string, row: number | undefined, what: string, cause?: unknown) {
    super(`${file}${row === undefined ? "" : `, row ${row}`}: ${what}`, { cause });
  }
}

/**
 * Reads what others wanted of L1, block by block, from a CSV file: a row with the names of the columns, then one row a block with base fee and
 * blob base fee (wei), and gas and blobs that others used. It says nothing of tips: in a full block whoever pays any gets in.
 * @param file Its path, which errors repeat
 * @throws DemandTraceError
 */
export async function readDemandTrace(file: string): Promise<readonly BlockDemand[]> {
  return parseDemandTrace(await read(file), file);
}

/** @param file What errors call it @throws DemandTraceError on the first row that says nothing usable */
export function parseDemandTrace(text: string, file: string): readonly BlockDemand[] {
  const [header, ...rows] = split(text, file);
  if (header?.join() !== COLUMNS.join()) {
    throw new DemandTraceError(
      file,
      1,
      `the columns are ${header?.join(",") ?? "missing"}: expected ${COLUMNS.join(",")}`,
    );
  }
  if (rows.length === 0) throw new DemandTraceError(file, undefined, "there is no block in it");
  return rows.map((cells, index) => {
    const of = (column: Column) => readNumber(cells[COLUMNS.indexOf(column)] ?? "", column, file, index + 2);
    return {
      baseFee: of("base_fee_wei"),
      gasUsed: of("gas_used"),
      blobBaseFee: of("blob_base_fee_wei"),
      blobsUsed: of("blobs_used"),
      marginalTip: 0,
    };
  });
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const { code = "unknown" } = cause as NodeJS.ErrnoException;
    throw new DemandTraceError(file, undefined, `it cannot be read (${code})`, cause);
  }
}

function split(text: string, file: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, trim: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as { readonly lines?: number };
    throw new DemandTraceError(file, lines, `it is no CSV with ${COLUMNS.length} columns`, cause);
  }
}

function readNumber(text: string, column: Column, file: string, row: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new DemandTraceError(file, row, `${column} is "${text}": expected a whole number from 0 to 2^53 - 1`);
}
