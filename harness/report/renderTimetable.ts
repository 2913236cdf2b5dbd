import type { TimetableRecord } from "../scenarios/measureTimetable.ts";
import { markdownTable } from "./markdownTable.ts";

/** Seconds from submission to visibility that the design gives, and leaves unchecked. */
const DESIGN_LATENCY: Readonly<
  Partial<Record<TimetableRecord["mode"], { least: number; mean: number; most: number }>>
> = {
  current: { least: 8, mean: 24, most: 40 },
  "build-ahead": { least: 8, mean: 17, most: 26 },
};
/** Seconds that a figure may be off: the design gives whole ones. */
const TOLERANCE = 0.5;

const seconds = (value: number) => `${Number(value.toFixed(1))} s`;

/** `evidence/timetable.md` */
export function renderTimetable(records: readonly TimetableRecord[]): string {
  return `${[
    "# The timetable, measured",
    "Written by `npx hardhat scenarios`; the same figures are in `timetable.json`. A calm day of simulated slots in each mode, where every message takes all of its budget and every block has room for what waits. Slots of proposers that have two in a row, who need not wait for anybody, are left out with their neighbours.",
    "## Blocks and dead zone",
    "Computed is what `harness/protocol/timetable.ts` says, which follows the design's formulas; a dead zone lasts from the last moment at which a proposer builds to the first block of the next one.",
    slotTable(records),
    ...staggeredNote(records),
    "## Latency",
    "From a user's submission to any node to a block that another node has.",
    latencyTable(records),
    "## Verdict on the design's latencies",
    records.flatMap((record) => judge(record)).join("\n"),
    "A transaction has a way of its own to the proposer, by gossip. The design's longest latency counts it for upstream and not for Build Ahead; its shortest is that of a user of the proposer's own node. Its averages are the middles of its ranges, which they would be if nobody came while blocks are being built one after the other.",
  ].join("\n\n")}\n`;
}

function slotTable(records: readonly TimetableRecord[]): string {
  return markdownTable(
    [
      ["mode", "left"],
      ["blocks computed", "right"],
      ["measured", "right"],
      ["dead zone computed", "right"],
      ["measured", "right"],
      ["checkpoints", "right"],
    ],
    records.map(({ mode, computed, blocks, deadZone, checkpoints }) => [
      mode,
      String(computed.blocks),
      spread(blocks, String),
      seconds(computed.deadZone),
      spread(deadZone, seconds),
      String(checkpoints),
    ]),
  );
}

/** One value where there is only one. */
function spread({ least, mean, most }: TimetableRecord["blocks"], show: (value: number) => string): string {
  return least === most ? show(mean) : `${show(mean)} (${show(least)} to ${show(most)})`;
}

function staggeredNote(records: readonly TimetableRecord[]): readonly string[] {
  const staggered = records.find(({ mode }) => mode === "staggered");
  if (staggered === undefined) return [];
  const { computed, deadZone } = staggered;
  return [
    `Staggered, the design speaks of one block's re-execution. What separates two proposers is ${seconds(deadZone.mean)}: it begins on its predecessor's last block when it arrives and executes it again meanwhile. It is more than the ${seconds(computed.deadZone)} computed by the way of the proposal, for which there is time because blocks do not fill the slot.`,
  ];
}

function latencyTable(records: readonly TimetableRecord[]): string {
  return markdownTable(
    [
      ["mode", "left"],
      ["least", "right"],
      ["design", "right"],
      ["average", "right"],
      ["design", "right"],
      ["most", "right"],
      ["design", "right"],
      ["transactions", "right"],
    ],
    records.map(({ mode, latency }) => {
      const design = DESIGN_LATENCY[mode];
      const told = (value: number | undefined) => (value === undefined ? "" : seconds(value));
      return [
        mode,
        ...(["least", "mean", "most"] as const).flatMap((which) => [seconds(latency[which]), told(design?.[which])]),
        latency.transactions.toLocaleString("en-US"),
      ];
    }),
  );
}

/** What holds of the design's figures of a mode, and what does not. */
export function judge({ mode, latency }: TimetableRecord): readonly string[] {
  const design = DESIGN_LATENCY[mode];
  if (design === undefined) return [];
  const words = (
    [
      ["least", "least"],
      ["mean", "average"],
      ["most", "most"],
    ] as const
  ).map(([which, name]) => {
    const [measured, told] = [latency[which], design[which]];
    if (Math.abs(measured - told) <= TOLERANCE) return `the ${name} of ${seconds(told)} holds`;
    return `the ${name} is ${seconds(measured)} and not ${seconds(told)}`;
  });
  return [`- \`${mode}\`: ${words.join(", ")}.`];
}
