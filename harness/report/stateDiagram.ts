import type { Row } from "../actors/stateTable.ts";
import { markdownTable } from "./markdownTable.ts";

type AnyRow = Row<string, string, string, string>;

/** A state machine as a Mermaid diagram: one arrow from a state to another, with the events that lead along it. */
function renderStateDiagram(table: readonly AnyRow[], initial: string): string {
  const nameOf = (state: string) => state.replaceAll(/\W/g, "_");
  const states = [...new Set(table.flatMap(({ from, to }) => [...from, to]))];
  const events = new Map<string, Set<string>>();
  for (const { from, on, to } of table) {
    for (const state of from) {
      const arrow = `${nameOf(state)} --> ${nameOf(to)}`;
      events.set(arrow, (events.get(arrow) ?? new Set()).add(on));
    }
  }
  return [
    "```mermaid",
    "stateDiagram-v2",
    ...states.filter((state) => nameOf(state) !== state).map((state) => `  state "${state}" as ${nameOf(state)}`),
    `  [*] --> ${nameOf(initial)}`,
    ...[...events].map(([arrow, on]) => `  ${arrow}: ${[...on].join(" or ")}`),
    "```",
  ].join("\n");
}

/** A state machine's rows, in the order in which they are tried. */
function renderStateTable(table: readonly AnyRow[]): string {
  const columns = ["in", "on", "if", "goes to", "and does"].map((title) => [title, "left"] as const);
  const rows = table.map(({ from, on, when = [], to, then = [] }) => [
    from.join(", "),
    on,
    when.map((guard) => (guard.startsWith("!") ? `not: ${guard.slice(1)}` : guard)).join("; "),
    to,
    then.join("; "),
  ]);
  return markdownTable(columns, rows);
}

/** What the documentation has of a state machine, between its marks. */
export function renderStateMachine(name: string, table: readonly AnyRow[], initial: string): string {
  const parts = [renderStateDiagram(table, initial), renderStateTable(table)];
  return [`<!-- ${name} -->`, ...parts, `<!-- /${name} -->`].join("\n\n");
}
