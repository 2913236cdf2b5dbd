import { expect } from "chai";

import { PROPOSER_TABLE, type ProposerState } from "../../../harness/actors/proposerTable.ts";
import { RESCUE_TABLE } from "../../../harness/actors/rescueTable.ts";
import { StateMachine, type Row } from "../../../harness/actors/stateTable.ts";

/** States that can be reached from the first one, whatever guards say. */
function reachable<State extends string>(table: readonly Row<State, string, string, string>[], first: State) {
  const seen = new Set([first]);
  for (let before = 0; before !== seen.size;) {
    before = seen.size;
    for (const { from, to } of table) if (from.some((state) => seen.has(state))) seen.add(to);
  }
  return seen;
}

describe("Tables of actors", () => {
  it("lead to every state, and out of every one", () => {
    for (const [table, first] of [
      [PROPOSER_TABLE, "idle"],
      [RESCUE_TABLE, "waiting"],
    ] as const) {
      const rows: readonly Row<string, string, string, string>[] = table;
      const states = new Set(rows.flatMap(({ from, to }) => [...from, to]));
      expect([...reachable(rows, first)].sort()).to.deep.equal([...states].sort());
      for (const state of states)
        expect(
          rows.some(({ from }) => from.includes(state)),
          state,
        ).to.equal(true);
    }
  });

  it("have no row that an earlier one hides", () => {
    for (const table of [PROPOSER_TABLE, RESCUE_TABLE] as readonly (readonly Row<string, string, string, string>[])[]) {
      for (const [index, row] of table.entries()) {
        for (const state of row.from) {
          const hides = table
            .slice(0, index)
            .find(
              ({ from, on, when = [] }) =>
                on === row.on && from.includes(state) && when.every((guard) => row.when?.includes(guard) ?? false),
            );
          expect(hides, `${state} on ${row.on}, row ${index}`).to.equal(undefined);
        }
      }
    }
  });

  it("never let a proposer exchange what its committee was asked to attest", () => {
    const asked: readonly ProposerState[] = ["gathering", "attested", "sent", "handed-over", "landed", "lost"];
    for (const { from, to } of PROPOSER_TABLE) {
      if (from.some((state) => asked.includes(state))) expect(asked).to.include(to);
    }
  });
});

describe("State machine", () => {
  it("takes the first row that fits, says so, and then acts", () => {
    const told: string[] = [];
    let isOpen = false;
    const machine = new StateMachine<"out" | "in", "knock", "is open", "greet">({
      table: [
        { from: ["out"], on: "knock", when: ["is open"], to: "in", then: ["greet"] },
        { from: ["out"], on: "knock", when: ["!is open"], to: "out" },
      ],
      initial: "out",
      behaviour: { guards: { "is open": () => isOpen }, actions: { greet: () => void told.push("greets") } },
      onTransition: (from, on, to) => void told.push(`${from} ${on} ${to}`),
    });
    expect(machine.fire("knock")).to.equal(true);
    isOpen = true;
    expect(machine.fire("knock")).to.equal(true);
    expect(machine.fire("knock"), "no row for somebody inside").to.equal(false);
    expect(told).to.deep.equal(["out knock out", "out knock in", "greets"]);
    expect(machine.state).to.equal("in");
  });
});
