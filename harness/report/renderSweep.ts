import { splitAfter } from "../protocol/split.ts";
import { WHOLE_BPS } from "../protocol/units.ts";
import type { Interval } from "../interval.ts";
import type { PointResult, SweepEvidence } from "../sweep/record/sweepResult.ts";
import { renderMarkdown, type Block } from "./document.ts";
import { SWEEP_CHARTS } from "./sweepCharts.ts";
import { MAIN_WINDOW, SweepNumbers } from "./sweepNumbers.ts";

/** Terms under which a cut rises with the delay. */
type Shares = Omit<Parameters<typeof splitAfter>[0], "windowSeconds">;

const percent = (part: number) => `${Math.round(part * 100)} %`;
const plain = ({ mean }: Interval, digits = 1) => mean.toFixed(digits);
const count = (value: number) => Math.round(value).toLocaleString("en-US");
const measured = ({ mean, margin }: Interval) => `${mean.toFixed(1)} ± ${margin.toFixed(1)}`;

/**
 * `evidence/sweep.md`. What it says about shares follows from the numbers.
 * @param shares How a late proposer's share is split: the terms of every window of the sweep
 * @throws SweepRowError
 */
export function renderSweep(evidence: SweepEvidence, shares: Shares): string {
  const numbers = new SweepNumbers(evidence);
  const { plan, commit, weathers } = evidence;
  return renderMarkdown([
    { kind: "heading", level: 1, text: "What the window buys, and whom it hurts" },
    {
      kind: "text",
      text: `Written by \`npx hardhat sweep\`; \`sweep.json\` has every run. ${evidence.points.length} points of ${count(plan.seeds * plan.slots)} slots each (${plan.seeds} seeds of ${count(plan.slots)} slots), on the model ledger, which \`ledger.md\` holds against the contracts. Measured at commit \`${commit.slice(0, 12)}\`. Counts are per 1,000 slots; what follows a ± is half of a 95 % confidence interval over the seeds (Student's t).`,
    },
    {
      kind: "text",
      text: "Twelve nodes with a validator each, mainnet's slots and epochs. Those that do not build ahead are v4.1.2's: they build on what L1 has, rescue nobody and take back what has not landed in its slot. Those that do land what they build on, 3 s after its slot; and so does a stranger without a slot of its own, for the cut, whatever it displaces. Checkpoints are **saved** when they land late, and **displaced** when users had seen their blocks and a late landing made them worthless; whoever builds ahead may still build another in the slot's rest, whoever does not has lost it.",
    },
    { kind: "list", items: Object.entries(weathers).map(([name, title]) => `**${name}**: ${title}`) },
    { kind: "heading", level: 2, text: "From which share on it saves more than it destroys" },
    {
      kind: "text",
      text: `With a window of ${MAIN_WINDOW} s. A share is named when the interval lies above zero at it and at every larger one that was measured; between ${plan.shares.map(percent).join(", ")} nothing was.`,
    },
    { kind: "list", items: plan.weathers.map((weather) => verdictOn(numbers, weather)) },
    ...SWEEP_CHARTS.map(({ file, title }): Block => ({
      kind: "picture",
      file: `charts/${file}`,
      text: title,
      svg: "",
    })),
    { kind: "heading", level: 2, text: `A window of ${MAIN_WINDOW} s beside none` },
    ...plan.weathers.flatMap((weather) => mainTable(numbers, weather)),
    { kind: "heading", level: 2, text: "Whom it hurts" },
    {
      kind: "text",
      text: `Checkpoints lost per 1,000 slots of their own, by what their proposer runs, closed and with a window of ${MAIN_WINDOW} s.`,
    },
    hurtTable(numbers),
    { kind: "heading", level: 2, text: "By window length" },
    { kind: "text", text: "Lost / displaced per 1,000 slots." },
    ...plan.weathers.flatMap((weather) => windowTable(numbers, weather)),
    { kind: "heading", level: 2, text: "Who landed what, and what it cost" },
    {
      kind: "text",
      text: `With a window of ${MAIN_WINDOW} s, per 1,000 slots. *Slipped* is late by the proposer's own transaction, *rescued* by another's; *cuts to others* is what late proposers' shares paid to whoever landed them, *back* what came back to proposers that landed their own, *burned* what nobody got, in fee tokens. Wasted is the gas of transactions that L1 took and refused.`,
    },
    landedTable(numbers),
    { kind: "heading", level: 2, text: "How long users wait" },
    {
      kind: "text",
      text: `Seconds from a transaction's submission to the L1 block that landed it for good, closed and with a window of ${MAIN_WINDOW} s; and the part of all transactions that had landed when the run ended.`,
    },
    waitTable(numbers),
    { kind: "heading", level: 2, text: "When to rescue" },
    {
      kind: "text",
      text: `In the ${plan.rescueWeather} weather, ${percent(plan.rescueShare)} of the nodes building ahead, by when rescuers send, counted from the end of the slot. Which L1 block of the next slot takes a rescue decides over the cut; a cut is a part of the late proposer's share.`,
    },
    rescueTable(numbers, shares),
    {
      kind: "text",
      text: "Without the stranger, that is where only the next proposer rescues, and only what it builds on:",
    },
    strangerTable(numbers),
    { kind: "heading", level: 2, text: "On the contracts" },
    {
      kind: "text",
      text: `Beside the model, ${evidence.sample.length} of the points ran on the contracts themselves, ${plan.sample.slots} slots each, and once more on the model with the committees that the contracts had drawn. Counts, who landed what and when were equal in every one; the sweep fails otherwise.`,
    },
    sampleTable(evidence),
  ]);
}

function verdictOn(numbers: SweepNumbers, weather: string): string {
  const { shares } = numbers.evidence.plan;
  const saved = (share: number) => numbers.saved(weather, share);
  const gained = (share: number) => numbers.gained(weather, share);
  const from = numbers.leastShare(saved);
  const less = numbers.leastShare(gained);
  const list = shares.map((share) => `${percent(share)}: ${measured(saved(share))}`).join(", ");
  const first =
    from === undefined
      ? "at no share of upgraded nodes does the window save more than it destroys, beyond chance"
      : `the window saves more than it destroys ${fromShare(from)}`;
  const second =
    less === undefined
      ? "At no share are fewer checkpoints lost than without it, beyond chance."
      : `Fewer checkpoints are lost than without it ${fromShare(less)}.`;
  return `**${weather}**: ${first} (saved minus displaced, ${list}). ${second}`;
}

function fromShare(share: number): string {
  return share === 0 ? "at every share of upgraded nodes" : `from ${percent(share)} of upgraded nodes on`;
}

function mainTable(numbers: SweepNumbers, weather: string): readonly Block[] {
  const rows = numbers.evidence.plan.shares.map((share) => {
    const [closed, open] = [numbers.at(weather, 0, share), numbers.at(weather, MAIN_WINDOW, share)];
    return [
      percent(share),
      measured(numbers.rate(closed, "lost")),
      measured(numbers.rate(open, "lost")),
      measured(numbers.gained(weather, share)),
      measured(numbers.rate(open, "late")),
      measured(numbers.rate(open, "displaced")),
      measured(numbers.saved(weather, share)),
      measured(numbers.rate(closed, "softReorgedBlocks")),
      measured(numbers.rate(open, "softReorgedBlocks")),
    ];
  });
  return [
    { kind: "heading", level: 3, text: weather },
    {
      kind: "table",
      columns: [
        ["build ahead", "right"],
        ["lost, closed", "right"],
        ["lost, open", "right"],
        ["not lost any more", "right"],
        ["saved", "right"],
        ["displaced", "right"],
        ["saved minus displaced", "right"],
        ["blocks reorganised, closed", "right"],
        ["open", "right"],
      ],
      rows,
    },
  ];
}

function hurtTable(numbers: SweepNumbers): Block {
  const { weathers, shares } = numbers.evidence.plan;
  const cell = (result: PointResult, group: "Upgraded" | "Old") => {
    const landed = numbers.portion(result, `landedOf${group}`, `slotsOf${group}`);
    return landed === undefined ? "" : measured({ mean: 1_000 - landed.mean, margin: landed.margin });
  };
  return {
    kind: "table",
    columns: [
      ["weather", "left"],
      ["build ahead", "right"],
      ["old, closed", "right"],
      ["old, open", "right"],
      ["upgraded, closed", "right"],
      ["upgraded, open", "right"],
    ],
    rows: weathers.flatMap((weather) =>
      shares.map((share) => {
        const [closed, open] = [numbers.at(weather, 0, share), numbers.at(weather, MAIN_WINDOW, share)];
        return [
          weather,
          percent(share),
          cell(closed, "Old"),
          cell(open, "Old"),
          cell(closed, "Upgraded"),
          cell(open, "Upgraded"),
        ];
      }),
    ),
  };
}

function windowTable(numbers: SweepNumbers, weather: string): readonly Block[] {
  const { shares, windows } = numbers.evidence.plan;
  return [
    { kind: "heading", level: 3, text: weather },
    {
      kind: "table",
      columns: [["build ahead", "right"], ...windows.map((window) => [`${window} s`, "right"] as const)],
      rows: shares.map((share) => [
        percent(share),
        ...windows.map((window) => {
          const result = numbers.at(weather, window, share);
          return `${measured(numbers.rate(result, "lost"))} / ${measured(numbers.rate(result, "displaced"))}`;
        }),
      ]),
    },
  ];
}

const sum = (counts: Readonly<Record<number, number>>) => Object.values(counts).reduce((all, some) => all + some, 0);

function landedTable(numbers: SweepNumbers): Block {
  const { weathers, shares, seeds, slots } = numbers.evidence.plan;
  const perThousand = (all: number) => ((all * 1_000) / (seeds * slots)).toFixed(1);
  return {
    kind: "table",
    columns: [
      ["weather", "left"],
      ["build ahead", "right"],
      ["slipped", "right"],
      ["rescued", "right"],
      ["by next proposer", "right"],
      ["by another", "right"],
      ["refused", "right"],
      ["gas wasted", "right"],
      ["of all gas", "right"],
      ["cuts to others", "right"],
      ["back", "right"],
      ["burned", "right"],
    ],
    rows: weathers.flatMap((weather) =>
      shares.map((share) => {
        const result = numbers.at(weather, MAIN_WINDOW, share);
        const wasted = numbers.portion(result, "gasWasted", "gasUsed");
        return [
          weather,
          percent(share),
          perThousand(sum(result.slippedAfter)),
          perThousand(sum(result.rescuedAfter)),
          plain(numbers.rate(result, "landedByNext")),
          plain(numbers.rate(result, "landedByOther")),
          plain(numbers.rate(result, "refused")),
          count(numbers.rate(result, "gasWasted").mean),
          `${((wasted?.mean ?? 0) / 10).toFixed(2)} %`,
          count(numbers.rate(result, "cutsToOthers").mean),
          count(numbers.rate(result, "cutsToThemselves").mean),
          count(numbers.rate(result, "forfeited").mean),
        ];
      }),
    ),
  };
}

function waitTable(numbers: SweepNumbers): Block {
  const { weathers, shares, slots } = numbers.evidence.plan;
  // Durations are no counts: what was scaled is scaled back.
  const seconds = (result: PointResult, measure: "landingMean" | "landingP95" | "landingP99") =>
    ((numbers.rate(result, measure).mean * slots) / 1_000).toFixed(1);
  const included = (result: PointResult) =>
    `${((numbers.portion(result, "txsIncluded", "txsSubmitted")?.mean ?? 0) / 10).toFixed(2)} %`;
  return {
    kind: "table",
    columns: [
      ["weather", "left"],
      ["build ahead", "right"],
      ["mean, closed", "right"],
      ["open", "right"],
      ["95 %, closed", "right"],
      ["open", "right"],
      ["99 %, closed", "right"],
      ["open", "right"],
      ["landed, closed", "right"],
      ["open", "right"],
    ],
    rows: weathers.flatMap((weather) =>
      shares.map((share) => {
        const both = [numbers.at(weather, 0, share), numbers.at(weather, MAIN_WINDOW, share)];
        const durations = (["landingMean", "landingP95", "landingP99"] as const).flatMap((measure) =>
          both.map((result) => seconds(result, measure)),
        );
        return [weather, percent(share), ...durations, ...both.map(included)];
      }),
    ),
  };
}

function rescueTable(numbers: SweepNumbers, shares: Shares): Block {
  const { rescueWeather, rescueShare, rescueWindows, rescueAfterMs } = numbers.evidence.plan;
  return {
    kind: "table",
    columns: [
      ["window", "right"],
      ["sent at", "right"],
      ["rescued", "right"],
      ["in which L1 block", "left"],
      ["mean cut", "right"],
      ["lost", "right"],
      ["displaced", "right"],
      ["refused", "right"],
    ],
    rows: rescueWindows.flatMap((windowSeconds) =>
      rescueAfterMs.map((after) => {
        const result = numbers.at(rescueWeather, windowSeconds, rescueShare, { rescueAfterMs: after });
        const { seeds, slots } = numbers.evidence.plan;
        const all = sum(result.rescuedAfter);
        const parts = Object.entries(result.rescuedAfter).map(
          ([delay, times]) => `+${delay} s: ${percent(times / all)}`,
        );
        const cuts = Object.entries(result.rescuedAfter).map(
          ([delay, times]) => times * splitAfter({ ...shares, windowSeconds }, BigInt(delay)).submitterBps,
        );
        const cut = cuts.reduce((total, each) => total + each, 0) / all / WHOLE_BPS;
        return [
          `${windowSeconds} s`,
          `${after > 0 ? "+" : ""}${after / 1000} s`,
          ((all * 1_000) / (seeds * slots)).toFixed(1),
          parts.join(", "),
          all === 0 ? "" : `${(cut * 100).toFixed(1)} %`,
          measured(numbers.rate(result, "lost")),
          measured(numbers.rate(result, "displaced")),
          plain(numbers.rate(result, "refused")),
        ];
      }),
    ),
  };
}

function strangerTable(numbers: SweepNumbers): Block {
  const { rescueWeather, shares } = numbers.evidence.plan;
  return {
    kind: "table",
    columns: [
      ["build ahead", "right"],
      ["lost", "right"],
      ["saved", "right"],
      ["displaced", "right"],
      ["lost with the stranger", "right"],
      ["saved", "right"],
      ["displaced", "right"],
    ],
    rows: shares.map((share) => [
      percent(share),
      ...[false, true].flatMap((hasStranger) => {
        const result = numbers.at(rescueWeather, MAIN_WINDOW, share, { hasStranger });
        return (["lost", "late", "displaced"] as const).map((measure) => measured(numbers.rate(result, measure)));
      }),
    ]),
  };
}

function sampleTable({ sample }: SweepEvidence): Block {
  return {
    kind: "table",
    columns: [
      ["weather", "left"],
      ["window", "right"],
      ["build ahead", "right"],
      ["slots", "right"],
      ["on time", "right"],
      ["late", "right"],
      ["lost", "right"],
      ["displaced", "right"],
      ["refused", "right"],
    ],
    rows: sample.map(({ run, onTime, late, lost, displaced, refused }) => [
      run.weather,
      `${run.windowSeconds} s`,
      percent(run.share),
      ...[run.slots, onTime, late, lost, displaced, refused].map(String),
    ]),
  };
}
