/** How a column is set. */
export type Alignment = "left" | "right";

/**
 * A Markdown table, padded so that it reads as well in a terminal.
 * @param columns Titles and alignments, in order
 * @param rows One string per column
 */
export function markdownTable(
  columns: readonly (readonly [title: string, alignment: Alignment])[],
  rows: readonly (readonly string[])[],
): string {
  const widths = columns.map(([title], index) =>
    Math.max(3, title.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${columns
      .map(([, alignment], index) => {
        const [cell, width] = [cells[index] ?? "", widths[index] ?? 0];
        return alignment === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(" | ")} |`;
  const rule = columns.map(([, alignment], index) => {
    const dashes = "-".repeat((widths[index] ?? 3) - 1);
    return alignment === "right" ? `${dashes}:` : `-${dashes}`;
  });
  return [line(columns.map(([title]) => title)), line(rule), ...rows.map(line)].join("\n");
}
