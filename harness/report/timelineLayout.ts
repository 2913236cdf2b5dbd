import type { EndReason, Timeline, TimelineCheckpoint, TimelineEntry } from "../stage/timeline.ts";

// Where everything stands in a run's picture. Across it is time, in seconds; down it is pixels.

export const PIXELS_PER_SECOND = 3;
export const FONT_SIZE = 12;
/** Of an average character of the font, in pixels; rather too much than too little. */
const CHARACTER_WIDTH = 6.8;
const LINE_HEIGHT = 15;
/** Names of slots and of windows, two lines. */
const HEADER = 38;
const BELOW_L1 = 34;
/** A lane's own line, on which messages arrive. */
const LANE_LINE = 10;
const LANE_GAP = 14;
const TRACK = 32;
const BAR_MIDDLE = 24;

/** A checkpoint's bar: `y` is its middle. */
export interface Bar {
  readonly checkpoint: TimelineCheckpoint;
  readonly label: string;
  readonly y: number;
}

export interface Lane {
  readonly name: string;
  /** Its line, in pixels. */
  readonly y: number;
}

/** What stands beside an L1 block. */
export interface L1Label {
  readonly ms: number;
  readonly y: number;
  readonly text: string;
}

export interface TimelineLayout {
  readonly width: number;
  readonly height: number;
  readonly l1Y: number;
  readonly takenBackY: number;
  readonly lanes: readonly Lane[];
  readonly bars: readonly Bar[];
  readonly l1Labels: readonly L1Label[];
}

export function layOutTimeline(timeline: Timeline): TimelineLayout {
  const xOf = (ms: number) => ((ms - timeline.fromMs) / 1000) * PIXELS_PER_SECOND;
  const toMs = (pixels: number) => (pixels / PIXELS_PER_SECOND) * 1000;
  const widthOf = (text: string) => text.length * CHARACTER_WIDTH;

  const labelled = (state: "in the chain" | "taken back", end = "") =>
    timeline.l1Blocks
      .filter((block) => block.state === state && block.entries.length > 0)
      .map(({ ms, entries }) => ({ ms, text: `${entries.map(describeEntry).join(", ")}${end}` }));
  const above = stack(labelled("in the chain"), ({ ms, text }) => [ms, ms + toMs(widthOf(text))]);
  const l1Y = HEADER + LINE_HEIGHT * Math.max(above.rows, 1) + 6;
  const takenBackY = l1Y + 14;
  const undone = labelled("taken back", " taken back");
  const below = stack(undone, ({ ms, text }) => [ms, ms + toMs(widthOf(text) + 12)]);

  let y = l1Y + BELOW_L1 + LINE_HEIGHT * Math.max(below.rows - 1, 0);
  const lanes: Lane[] = [];
  const bars: Bar[] = [];
  for (const name of timeline.lanes) {
    const own = timeline.checkpoints
      .filter(({ node }) => node === name)
      .map((checkpoint) => ({ checkpoint, label: describeBar(checkpoint) }));
    const tracks = stack(own, ({ checkpoint: { begunMs, endMs }, label }) => [
      begunMs,
      Math.max(endMs, begunMs + toMs(widthOf(label))),
    ]);
    lanes.push({ name, y: y + LANE_LINE });
    bars.push(...tracks.placed.map(({ item, row }) => ({ ...item, y: y + LANE_LINE + row * TRACK + BAR_MIDDLE })));
    y += LANE_LINE + tracks.rows * TRACK + LANE_GAP;
  }

  const ends = [
    xOf(timeline.toMs),
    ...bars.map(({ checkpoint, label }) => xOf(checkpoint.begunMs) + widthOf(label)),
    ...[...labelled("in the chain"), ...undone].map(({ ms, text }) => xOf(ms) + widthOf(text) + 12),
  ];
  return {
    width: Math.ceil(Math.max(...ends)),
    height: y,
    l1Y,
    takenBackY,
    lanes,
    bars,
    l1Labels: [
      ...above.placed.map(({ item, row }) => ({ ...item, y: l1Y - 14 - row * LINE_HEIGHT })),
      ...below.placed.map(({ item, row }) => ({ ...item, y: takenBackY + row * LINE_HEIGHT })),
    ],
  };
}

/** Puts each item into the first row where nothing is in its way. */
function stack<Item>(
  items: readonly Item[],
  extentOf: (item: Item) => readonly [from: number, to: number],
): { readonly placed: readonly { readonly item: Item; readonly row: number }[]; readonly rows: number } {
  const ends: number[] = [];
  const placed = items.map((item) => {
    const [from, to] = extentOf(item);
    const free = ends.findIndex((end) => end <= from);
    const row = free === -1 ? ends.length : free;
    ends[row] = to;
    return { item, row };
  });
  return { placed, rows: ends.length };
}

const REASONS: Readonly<Record<EndReason, string>> = {
  "no-quorum": "no quorum for its parent",
  hopeless: "it can no longer land",
  "slot-over": "its slot is over",
  refused: "L1 refused it",
  invalidated: "removed by an invalidation",
  pruned: "pruned",
  reorganised: "L1 reorganised",
};

/** `late, 12 s into the next slot, sent by B`; `lost: its slot is over` */
export function describeFate({ fate, delay, sender, node, reason }: TimelineCheckpoint): string {
  if (fate === "late") return `late, ${delay} s into the next slot, sent by ${sender}`;
  const why = reason === undefined ? "" : `: ${REASONS[reason]}`;
  const other = sender === undefined || sender === node ? "" : `, sent by ${sender}`;
  return `${fate === "rebuilt" ? "given up and built anew" : fate}${other}${why}`;
}

function describeBar(checkpoint: TimelineCheckpoint): string {
  const { id, parent, fate, delay, sender, reason } = checkpoint;
  const why = reason === "invalidated" || reason === "pruned" || reason === "reorganised" ? `, ${reason}` : "";
  const end = fate === "late" ? `late +${delay} s by ${sender}` : fate === "rebuilt" ? "given up" : `${fate}${why}`;
  return `${id}${parent === "genesis" ? "" : ` on ${parent}`}: ${end}`;
}

function describeEntry({ what, checkpoint, isLate, error }: TimelineEntry): string {
  const names = { propose: "", prove: "proof", invalidate: "invalidates", prune: "prune", message: "message" };
  const subject = [names[what], checkpoint].filter((word) => word !== undefined && word !== "").join(" ");
  return `${subject}${isLate ? " late" : ""}${error === undefined ? "" : " refused"}`;
}
