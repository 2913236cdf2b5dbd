import { markdownTable, type Alignment } from "./markdownTable.ts";

/** One piece of a report that is read as Markdown and as a page. Text may hold `code` and **bold**. */
export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | {
      readonly kind: "table";
      readonly columns: readonly (readonly [title: string, alignment: Alignment])[];
      readonly rows: readonly (readonly string[])[];
    }
  /** A drawing: Markdown shows its file, a page the drawing itself. */
  | { readonly kind: "picture"; readonly file: string; readonly text: string; readonly svg: string };

export function renderMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(markdownOf).join("\n\n")}\n`;
}

function markdownOf(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${block.text}`;
    case "text":
      return block.text;
    case "warning":
      return `> **${block.text}**`;
    case "list":
      return block.items.map((item) => `- ${item}`).join("\n");
    case "table":
      return markdownTable(
        block.columns,
        block.rows.map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|"))),
      );
    case "picture":
      return `![${block.text}](${block.file})`;
  }
}

/**
 * One self-contained page: no script, no font, no picture from elsewhere. On a narrow screen each row of a table is a card of its own.
 */
export function renderPage(title: string, blocks: readonly Block[]): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}${blocks.some(({ kind }) => kind === "picture") ? PICTURE_STYLE : ""}</style>`,
    "</head>",
    "<body>",
    "<main>",
    ...blocks.map(htmlOf),
    "</main>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function htmlOf(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level}>${inline(block.text)}</h${block.level}>`;
    case "text":
      return `<p>${inline(block.text)}</p>`;
    case "warning":
      return `<p class="warning">${inline(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map((item) => `<li>${inline(item)}</li>`).join("")}</ul>`;
    case "picture":
      return `<div class="picture" role="img" aria-label="${escape(block.text)}" tabindex="0">${block.svg.trim()}</div>`;
    case "table": {
      const classOf = (index: number) => (block.columns[index]?.[1] === "right" ? ' class="number"' : "");
      const titleOf = (index: number) => escape(block.columns[index]?.[0] ?? "");
      const head = block.columns.map(([text], index) => `<th${classOf(index)}>${inline(text)}</th>`).join("");
      const body = block.rows.map((row) => {
        const cells = row.map((text, index) => `<td${classOf(index)} data-of="${titleOf(index)}">${inline(text)}</td>`);
        return `<tr>${cells.join("")}</tr>`;
      });
      return `<div class="table"><table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
    }
  }
}

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Long numbers may break every so many digits, and names after their dots; words never. */
const breakable = (text: string) =>
  text
    .replaceAll(/0x[0-9a-fA-F]{16,}/g, (digits) => (digits.match(/.{1,10}/g) ?? []).join("<wbr>"))
    .replaceAll(/(?<=[a-z])\.(?=[a-zA-Z])/g, ".<wbr>");

const inline = (text: string) =>
  breakable(escape(text))
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>");

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --alert: #c60; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); font-size: 1.25rem; }
h3 { font-size: 1.05rem; }
p, li { overflow-wrap: anywhere; }
code { font-size: 0.85em; overflow-wrap: anywhere; }
.warning { border-left: 0.3rem solid var(--alert); background: var(--soft); padding: 0.6rem 0.8rem; font-weight: 600; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; }
th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; max-width: 24rem; }
th { background: var(--soft); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
@media (max-width: 44rem) {
  table, tbody, tr, td { display: block; max-width: none; }
  thead { display: none; }
  tr { border-bottom: 1px solid var(--line); padding: 0.5rem 0; }
  td, td.number { display: flex; gap: 0.75rem; border: 0; padding: 0.1rem 0; text-align: left; white-space: normal; overflow-wrap: anywhere; }
  td::before { content: attr(data-of); flex: 0 0 5.5rem; opacity: 0.65; }
}
`;

const PICTURE_STYLE = `.picture { overflow-x: auto; border: 1px solid var(--line); background: white; }
.picture svg { display: block; }
`;
