import { markdownTable } from "./markdownTable.ts";

/** A number is grouped by thousands and its column set to the right; undefined shows a dash. */
export type Cell = string | number | undefined;

/** A Markdown table of figures. */
export function gasTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const columns = head.map((title, column) => {
    const isNumeric = rows.some((row) => typeof row[column] === "number");
    return [title, isNumeric ? "right" : "left"] as const;
  });
  return markdownTable(
    columns,
    rows.map((row) => row.map(formatCell)),
  );
}

function formatCell(cell: Cell): string {
  if (cell === undefined) return "–";
  return typeof cell === "number" ? formatGas(cell) : cell;
}

/** 1234567 -> 1,234,567, the same in every locale. */
export function formatGas(value: number): string {
  const digits = String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  return value < 0 ? `−${digits}` : digits;
}
