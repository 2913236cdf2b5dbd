import type { TopLevelSpec } from "vega-lite";

import type { Fate, Timeline } from "../stage/timeline.ts";
import { drawChart } from "./drawChart.ts";
import { FONT_SIZE, layOutTimeline, PIXELS_PER_SECOND, type TimelineLayout } from "./timelineLayout.ts";

/** How a fate is painted. */
const FATE_COLORS: Readonly<Record<Fate, string>> = {
  "on time": "#00798c",
  late: "#e09f1f",
  lost: "#c62f45",
  displaced: "#8046a8",
  rebuilt: "#8b97a3",
};

const INK = "#1d2733";
const FAINT = "#c9d0d7";
const WINDOW = "#fdf1d3";
const MESSAGE = "#6f8fb0";
const REFUSED = "#c62f45";
const FONT = "sans-serif";
const PADDING = { left: 76, right: 12, top: 6, bottom: 36 };
const SUBTITLE_LINE = 16;
/** Seconds that two words take. */
const TWO_WORDS = 22;
const BUILDING = 6;
const WAITING = 2;
/** What a transaction that no block takes reaches: almost L1. */
const SHORT_OF_L1 = 12;

interface Point {
  readonly s: number | null;
  readonly y: number | null;
}

/** What stands above a picture that is looked at by itself. */
export interface TimelineHeading {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Draws a run as SVG. The same run gives the same bytes. */
export function renderTimeline(timeline: Timeline, heading?: TimelineHeading): Promise<string> {
  return drawChart(specify(timeline, layOutTimeline(timeline), heading));
}

function specify(timeline: Timeline, layout: TimelineLayout, heading: TimelineHeading | undefined): TopLevelSpec {
  const { fromMs, slots } = timeline;
  const { width, height } = layout;
  const from = fromMs / 1000;
  const x = {
    field: "s",
    type: "quantitative",
    scale: { domain: [from, from + width / PIXELS_PER_SECOND], nice: false, zero: false, round: true },
    axis: {
      values: ticks(timeline),
      title: "seconds",
      grid: false,
      domainColor: FAINT,
      tickColor: FAINT,
    },
  };
  const y = { field: "y", type: "quantitative", scale: null, axis: null };

  const shade = (values: readonly object[], color: string, opacity = 1) =>
    values.length === 0
      ? []
      : [
          {
            data: { values },
            mark: { type: "rect", color, opacity },
            encoding: { x, x2: { field: "s2" }, y, y2: { field: "y2" } },
          },
        ];
  /** Any number of strokes as one path, which keeps the file small. */
  const strokes = (values: readonly (readonly [Point, Point])[], style: object) =>
    values.length === 0
      ? []
      : [
          {
            data: {
              values: values.flatMap(([one, other]) => [one, other, GAP]).map((point, order) => ({ ...point, order })),
            },
            mark: { type: "line", strokeWidth: 1, ...style },
            encoding: { x, y, order: { field: "order", type: "quantitative" } },
          },
        ];
  const dots = (values: readonly Point[], style: object) =>
    values.length === 0 ? [] : [{ data: { values }, mark: { type: "point", ...style }, encoding: { x, y } }];
  const texts = (values: readonly (Point & { readonly text: string })[], style: object = {}) =>
    values.length === 0
      ? []
      : [
          {
            data: { values },
            mark: { type: "text", align: "left", baseline: "middle", fontSize: FONT_SIZE, color: INK, ...style },
            encoding: { x, y, text: { field: "text" } },
          },
        ];

  return {
    width,
    height,
    autosize: "none",
    padding: { ...PADDING, top: PADDING.top + (heading === undefined ? 0 : 28 + SUBTITLE_LINE * heading.lines.length) },
    ...(heading === undefined
      ? {}
      : {
          title: {
            text: heading.name,
            subtitle: [...heading.lines],
            anchor: "start",
            aria: false,
            frame: "bounds",
            offset: 12,
            subtitleFontSize: FONT_SIZE,
            subtitleLineHeight: SUBTITLE_LINE,
          },
        }),
    background: "white",
    config: {
      font: FONT,
      aria: false,
      view: { stroke: null },
      axis: { labelFontSize: FONT_SIZE, titleFontSize: FONT_SIZE, titleFontWeight: "normal" },
    },
    layer: [
      ...shade(
        windowsOf(timeline).map(({ s, s2 }) => ({ s, s2, y: 20, y2: height })),
        WINDOW,
      ),
      ...texts(
        windowsOf(timeline)
          .filter(({ s, s2 }) => s2 - s >= TWO_WORDS)
          .map(({ s, slot }) => ({ s, y: 29, text: `window ${slot}` })),
        { dx: 3 },
      ),
      ...slotLines(timeline, height, strokes),
      ...texts(
        slots
          .filter(({ ms }) => ms >= fromMs)
          .map(({ slot, ms, proposer, epoch }) => ({
            s: ms / 1000,
            y: 10,
            text: [
              slots.some((other) => other.slot === slot - 1 && other.epoch !== epoch) ? `epoch ${epoch + 1}, ` : "",
              `slot ${slot}`,
              proposer === undefined ? "" : `: ${proposer} proposes`,
            ].join(""),
          })),
        { dx: 3, fontWeight: "bold" },
      ),
      ...drawL1(timeline, layout, { strokes, dots, texts }),
      ...texts(
        [{ name: "L1", y: layout.l1Y }, ...layout.lanes].map(({ name, y: top }) => ({ s: from, y: top, text: name })),
        { dx: -8, align: "right", fontWeight: "bold" },
      ),
      ...strokes(
        layout.lanes.map(({ y: top }) => [
          { s: from, y: top },
          { s: from + width / PIXELS_PER_SECOND, y: top },
        ]),
        { color: FAINT },
      ),
      ...drawMessages(timeline, layout, { strokes, dots }),
      ...drawSubmissions(timeline, layout, { strokes, texts }),
      ...drawBars(layout, { shade, dots, texts }),
    ] as never,
  };
}

const GAP: Point = { s: null, y: null };

interface Pens {
  readonly shade: (values: readonly object[], color: string, opacity?: number) => object[];
  readonly strokes: (values: readonly (readonly [Point, Point])[], style: object) => object[];
  readonly dots: (values: readonly Point[], style: object) => object[];
  readonly texts: (values: readonly (Point & { readonly text: string })[], style?: object) => object[];
}

/** Where slots begin. */
function ticks({ slots, fromMs, toMs }: Timeline): readonly number[] {
  return slots.map(({ ms }) => ms / 1000).filter((s) => s * 1000 >= fromMs && s * 1000 <= toMs);
}

/** When each slot's checkpoint can still land late. */
function windowsOf({ slots, windowMs, crossEpoch, fromMs, toMs }: Timeline) {
  return slots.flatMap(({ slot, ms, epoch }) => {
    const before = slots.find((other) => other.slot === slot - 1);
    const exists = windowMs > 0 && slot > 1 && before?.proposer !== undefined && ms >= fromMs;
    if (!exists || (before.epoch !== epoch && !crossEpoch)) return [];
    return [{ slot: slot - 1, s: ms / 1000, s2: Math.min(ms + windowMs, toMs) / 1000 }];
  });
}

function slotLines({ slots, fromMs }: Timeline, height: number, strokes: Pens["strokes"]): object[] {
  const lineAt = (ms: number) =>
    [
      { s: ms / 1000, y: 2 },
      { s: ms / 1000, y: height },
    ] as const;
  const shown = slots.filter(({ ms }) => ms >= fromMs);
  const isNew = (slot: number, epoch: number) =>
    slots.some((other) => other.slot === slot - 1 && other.epoch !== epoch);
  return [
    ...strokes(
      shown.filter(({ slot, epoch }) => !isNew(slot, epoch)).map(({ ms }) => lineAt(ms)),
      { color: "#8b97a3", strokeDash: [2, 2] },
    ),
    ...strokes(
      shown.filter(({ slot, epoch }) => isNew(slot, epoch)).map(({ ms }) => lineAt(ms)),
      { color: INK, strokeWidth: 2 },
    ),
  ];
}

function drawL1(
  { l1Blocks, fromMs }: Timeline,
  { l1Y, takenBackY, l1Labels, width }: TimelineLayout,
  { strokes, dots, texts }: Pick<Pens, "strokes" | "dots" | "texts">,
): object[] {
  const from = fromMs / 1000;
  const at = (state: string, isOurs: boolean, y: number) =>
    l1Blocks
      .filter((block) => block.state === state && block.entries.length > 0 === isOurs)
      .map(({ ms }) => ({ s: ms / 1000, y }));
  const square = { shape: "square", filled: true, opacity: 1, size: 70 };
  return [
    ...strokes(
      [
        [
          { s: from, y: l1Y },
          { s: from + width / PIXELS_PER_SECOND, y: l1Y },
        ],
      ],
      { color: INK },
    ),
    ...strokes(
      at("in the chain", false, l1Y).map(({ s, y }) => [
        { s, y: y - 4 },
        { s, y: y + 4 },
      ]),
      { color: INK },
    ),
    ...dots(at("in the chain", true, l1Y), { ...square, color: INK }),
    ...texts(
      at("missed", false, l1Y).map((point) => ({ ...point, text: "✕" })),
      { align: "center", color: REFUSED, fontSize: 15, fontWeight: "bold" },
    ),
    ...dots([...at("taken back", true, takenBackY), ...at("taken back", false, takenBackY)], {
      ...square,
      filled: false,
      color: REFUSED,
    }),
    ...texts(
      l1Labels.filter(({ y }) => y < l1Y).map(({ ms, y, text }) => ({ s: ms / 1000, y, text })),
      { dx: -4 },
    ),
    ...texts(
      l1Labels.filter(({ y }) => y > l1Y).map(({ ms, y, text }) => ({ s: ms / 1000, y, text })),
      { dx: 8, color: REFUSED },
    ),
  ];
}

/** From the bar of what is proposed to whom it reaches. */
function drawMessages(
  { messages }: Timeline,
  { bars, lanes }: TimelineLayout,
  { strokes, dots }: Pick<Pens, "strokes" | "dots">,
): object[] {
  const ways = messages.flatMap(({ checkpoint, to, sentMs, heardMs, isAttested }) => {
    const bar = bars.find((one) => one.checkpoint.id === checkpoint);
    const lane = lanes.find(({ name }) => name === to);
    if (bar === undefined || lane === undefined) return [];
    return [{ one: { s: sentMs / 1000, y: bar.y }, other: { s: heardMs / 1000, y: lane.y }, isAttested }];
  });
  const ends = (isAttested: boolean) => ways.filter((way) => way.isAttested === isAttested).map(({ other }) => other);
  const style = { shape: "circle", color: MESSAGE, opacity: 1, size: 36 };
  return [
    ...strokes(
      ways.map(({ one, other }) => [one, other]),
      { color: MESSAGE },
    ),
    ...dots(ends(true), { ...style, filled: true }),
    ...dots(ends(false), { ...style, filled: false, fill: "white" }),
  ];
}

/** From the lane of who sends to the L1 block that has it, or short of L1. */
function drawSubmissions(
  { submissions, l1Blocks }: Timeline,
  { lanes, l1Y }: TimelineLayout,
  { strokes, texts }: Pick<Pens, "strokes" | "texts">,
): object[] {
  const ways = submissions.flatMap(({ node, ms, minedMs, isRefused }) => {
    const lane = lanes.find(({ name }) => name === node);
    const next = l1Blocks.find((block) => block.ms > ms)?.ms ?? ms;
    if (lane === undefined) return [];
    const end = minedMs === undefined ? { s: next / 1000, y: l1Y + SHORT_OF_L1 } : { s: minedMs / 1000, y: l1Y };
    return [{ path: [{ s: ms / 1000, y: lane.y }, end] as const, isMined: minedMs !== undefined, isRefused }];
  });
  const paths = (isIt: (way: (typeof ways)[number]) => boolean) => ways.filter(isIt).map(({ path }) => path);
  return [
    ...strokes(
      paths(({ isMined, isRefused }) => isMined && !isRefused),
      { color: INK, strokeWidth: 1.5 },
    ),
    ...strokes(
      paths(({ isRefused }) => isRefused),
      { color: REFUSED, strokeWidth: 1.5 },
    ),
    ...strokes(
      paths(({ isMined }) => !isMined),
      { color: REFUSED, strokeWidth: 1.5, strokeDash: [4, 3] },
    ),
    ...texts(
      apart(paths(({ isMined }) => !isMined).map(([, end]) => end)).map((end) => ({ ...end, text: "not taken" })),
      { dx: 4, color: REFUSED },
    ),
  ];
}

/** Leaves out who would stand on another's words. */
function apart<At extends { readonly s: number }>(points: readonly At[]): readonly At[] {
  const kept: At[] = [];
  for (const point of [...points].sort((one, other) => one.s - other.s)) {
    if (point.s - (kept.at(-1)?.s ?? Number.NEGATIVE_INFINITY) >= TWO_WORDS) kept.push(point);
  }
  return kept;
}

function drawBars({ bars }: TimelineLayout, { shade, dots, texts }: Pick<Pens, "shade" | "dots" | "texts">): object[] {
  const rect = (fromMs: number, toMs: number, y: number, half: number) =>
    toMs <= fromMs ? [] : [{ s: fromMs / 1000, s2: toMs / 1000, y: y - half, y2: y + half }];
  const byFate = (Object.entries(FATE_COLORS) as [Fate, string][]).flatMap(([fate, color]) => {
    const own = bars.filter(({ checkpoint }) => checkpoint.fate === fate);
    return [
      ...shade(
        own.flatMap(({ checkpoint: { begunMs, silentUntilMs }, y }) => rect(begunMs, silentUntilMs, y, BUILDING)),
        color,
        0.4,
      ),
      ...shade(
        own.flatMap(({ checkpoint: { silentUntilMs, proposedMs, endMs }, y }) => [
          ...rect(silentUntilMs, proposedMs ?? endMs, y, BUILDING),
          ...rect(proposedMs ?? endMs, endMs, y, WAITING),
        ]),
        color,
      ),
      ...texts(
        own.map(({ checkpoint, label, y }) => ({ s: checkpoint.begunMs / 1000, y: y - 14, text: label })),
        { fontWeight: "bold" },
      ),
    ];
  });
  const quorums = bars.flatMap(({ checkpoint: { quorumMs }, y }) =>
    quorumMs === undefined ? [] : [{ s: quorumMs / 1000, y }],
  );
  return [...byFate, ...dots(quorums, { shape: "diamond", filled: true, color: INK, opacity: 1, size: 70 })];
}
