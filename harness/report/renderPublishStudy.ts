import path from "node:path";

import { intervalOf, type Interval } from "../interval.ts";
import type { PolicyResult, PublishStudy } from "../study/publishStudy.ts";
import type { PublishPolicy } from "../study/publishPolicies.ts";
import type { Fate, PublishCounts, Role } from "../study/publishWatch.ts";
import { renderMarkdown, type Block } from "./document.ts";
import { CHART_CONFIG as config, drawChart } from "./drawChart.ts";
import type { Alignment } from "./markdownTable.ts";

/** What `evidence/publish-study.json` holds. */
export interface PublishStudyEvidence extends PublishStudy {
  /** A few of the policies on the contracts. */
  readonly sample: PublishStudy;
  /** The last commit that changed contracts or harness when the study began. */
  readonly commit: string;
}

const CHART = path.join("charts", "publish-study.svg");

const WORDS = {
  blind: "no",
  simulated: "yes",
  goesOn: "goes on",
  stops: "stops",
  takesBack: "takes back",
  early: "one L1 block ahead",
  start: "as the slot begins",
  after: "after its first block",
} as const;

type Columns = readonly (readonly [title: string, alignment: Alignment])[];

/** Fates of what L1 has mined. */
const MINED: readonly Fate[] = ["on time", "late", "duplicate", "early", "expired", "other"];

const POLICY_COLUMNS: Columns = [
  ["simulates", "left"],
  ["at its slot's end", "left"],
  ["rescuers send", "left"],
];

/** Every file of the study, by its path in the evidence folder. */
export async function renderPublishStudyFiles(study: PublishStudyEvidence): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["publish-study.json", `${JSON.stringify(study, undefined, 2)}\n`],
    ["publish-study.md", renderPublishStudy(study)],
    [CHART, await drawWaste(study)],
  ]);
}

/** Gas, or anything else of a run, for each slot: over the runs of a policy. */
export function perSlot({ runs }: PolicyResult, count: (run: PublishCounts) => number): Interval {
  return intervalOf(runs.map((run) => count(run) / run.slots));
}

/** What one policy wastes more than another for each slot: run by run, in the same weather. */
export function wastedMore(study: PublishStudy, one: string, other: string): Interval {
  const [more, less] = [policyOf(study, one), policyOf(study, other)];
  return intervalOf(
    more.runs.map(({ wasted, slots }, run) => (wasted.gas - (less.runs[run]?.wasted.gas ?? 0)) / slots),
  );
}

/** A sum over the runs of a policy. */
export function sumOf({ runs }: Pick<PolicyResult, "runs">, count: (run: PublishCounts) => number): number {
  return runs.reduce((sum, run) => sum + count(run), 0);
}

/** A policy's results. */
export function policyOf({ policies }: PublishStudy, id: string): PolicyResult {
  const found = policies.find((policy) => policy.id === id);
  if (found === undefined) throw new RangeError(`The study has no policy ${id}`);
  return found;
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US");
const within = ({ mean, margin }: Interval) => `${whole(mean)} ± ${whole(margin)}`;
const share = (part: number, of: number) => (of === 0 ? "0 %" : `${((100 * part) / of).toFixed(1)} %`);
const counted = (part: number, of: number) => `${whole(part)} (${share(part, of)})`;

/** `evidence/publish-study.md` */
function renderPublishStudy(study: PublishStudyEvidence): string {
  const { seed, slots, runs, sample, commit, weather, policies } = study;
  const [leastLate, mostLate] = weather.lateQuorumMs;
  const blocks: readonly Block[] = [
    { kind: "heading", level: 1, text: "What publishers win and waste" },
    {
      kind: "text",
      text: `Written by \`npx hardhat publish-study\`; the same figures are in \`publish-study.json\`. ${policies.length} ways to publish, ${whole(slots)} slots each, in ${runs} runs; run by run all of them have the same committees, clocks, L1 blocks and delays. Transactions were executed by the model ledger, which \`npx hardhat ledger-check\` holds against the contracts; gas is that of its classes, and a sample on the contracts stands below. Seed \`${seed}\`, measured at commit \`${commit.slice(0, 12)}\`. What follows a ± is half of a 95 % interval over the runs.`,
    },
    {
      kind: "text",
      text: `The weather is worse than mainnet's, so that enough goes wrong: ${share(weather.missedBlocks, 1)} of L1's blocks are missed, in ${share(weather.lateQuorums, 1)} of the slots attestations come ${leastLate / 1000} to ${mostLate / 1000} s late, and builders take transactions until up to ${weather.builderDeadlineMs / 1000} s after a block's timestamp. Committees have 48 members, the window is open for two L1 blocks. Beside the next proposer, which rescues at a proposer's price, two strangers rescue everything: X pays a quarter more and sends alone, Y pays a quarter less and sends a bundle. Nothing that was sent is taken back unless the policy says so, and what was taken back or replaced has cost nothing here.`,
    },
    {
      kind: "list",
      items: [
        "**Simulates**: right before it sends, a submitter asks its node what its transaction would do in the next block that it is meant for, on the newest block that this node has seen. Whoever does not sends at its moment, whatever has landed.",
        "**At its slot's end** a proposer that has not landed goes on by itself (a transaction of twice the price replaces its first one), stops and leaves what it has sent where it is, or stops and takes that back.",
        "**Rescuers send** one L1 block before the boundary, at the boundary, or 3 s later, when they have seen the slot's first block.",
      ],
    },
    ...savings(study),
    { kind: "picture", file: CHART, text: "Gas wasted for each slot, by policy", svg: "" },
    { kind: "heading", level: 2, text: "Transactions and gas" },
    table(
      study,
      ["sent", "not sent", "on time", "late", "lost", "gas wasted per slot", "duplicates", "early", "expired", "other"],
      (policy) => {
        const ended = (fate: Fate) => whole(sumOf(policy, ({ fates }) => fates[fate].count));
        return [
          whole(sumOf(policy, ({ sent }) => sent.own + sent.next + sent.third)),
          whole(sumOf(policy, ({ dropped }) => dropped)),
          ended("on time"),
          ended("late"),
          whole(sumOf(policy, ({ lost }) => lost)),
          within(perSlot(policy, ({ wasted }) => wasted.gas)),
          ...(["duplicate", "early", "expired", "other"] as const).map((fate) =>
            spent(
              sumOf(policy, ({ fates }) => fates[fate].count),
              sumOf(policy, ({ fates }) => fates[fate].gas),
            ),
          ),
        ];
      },
    ),
    {
      kind: "text",
      text: "The last four columns: how many, and the gas of one on average. Blobs are paid for in each of them as well. A duplicate's slot had landed, an early one was mined before the boundary without being the proposer's own, an expired one after the window.",
    },
    { kind: "heading", level: 2, text: "Over the boundary" },
    table(
      study,
      [
        "own on their way at the end",
        "landed late",
        "a rival was first",
        "expired",
        "taken back or replaced",
        "not mined",
      ],
      (policy) => {
        const slipped = (...of: readonly Fate[]) =>
          sumOf(policy, ({ slips }) => of.reduce((sum, fate) => sum + slips[fate], 0));
        const all = sumOf(policy, ({ slips }) => Object.values(slips).reduce((sum, count) => sum + count, 0));
        return [
          counted(
            all,
            sumOf(policy, (run) => run.slots),
          ),
          whole(slipped("late")),
          whole(slipped("duplicate")),
          whole(slipped("expired", "other", "early")),
          whole(slipped("taken back", "replaced")),
          whole(slipped("never mined")),
        ];
      },
    ),
    { kind: "text", text: "Proposers' own transactions, as a share of slots." },
    table(
      study,
      ["rescues sent", "mined before the boundary", "of these early reverts", "mined after the window"],
      (policy) => {
        const sent = sumOf(policy, ({ rescues }) => rescues.sent);
        return [
          whole(sent),
          counted(
            sumOf(policy, ({ rescues }) => rescues.tooSoon),
            sent,
          ),
          whole(sumOf(policy, ({ fates }) => fates.early.count)),
          counted(
            sumOf(policy, ({ rescues }) => rescues.tooLate),
            sent,
          ),
        ];
      },
    ),
    { kind: "heading", level: 2, text: "Races" },
    table(
      study,
      [
        "blocks to land",
        "late landings",
        "own",
        "next",
        "third",
        "in the first block",
        "lost by others",
        "in the same block, by gwei",
        "later, by seconds",
      ],
      (policy) => {
        const won = (role: Role) => whole(sumOf(policy, ({ winners }) => winners[role]));
        const races = sumOf(policy, (run) => run.races.count);
        const same = sumOf(policy, (run) => run.races.sameBlock);
        const average = (sum: number, count: number) => (count === 0 ? "–" : (sum / count).toFixed(2));
        const landed = sumOf(policy, ({ onTime, late }) => onTime + late);
        return [
          average(
            sumOf(policy, ({ blocksToLand }) => blocksToLand),
            landed,
          ),
          whole(sumOf(policy, ({ late }) => late)),
          won("own"),
          won("next"),
          won("third"),
          whole(sumOf(policy, ({ inFirstBlock }) => inFirstBlock)),
          whole(races),
          `${same}, ${average(
            sumOf(policy, (run) => run.races.gwei),
            same,
          )}`,
          `${races - same}, ${average(
            sumOf(policy, (run) => run.races.seconds),
            races - same,
          )}`,
        ];
      },
    ),
    {
      kind: "text",
      text: "First column: L1 blocks from the first transaction that was sent for a slot to the one that landed, on average. Then who landed what landed late: its own proposer, the next one, a third party. A race is a late landing that somebody else paid for as well; the nearest loser was in the same block and paid so much less in priority fee, or came later.",
    },
    { kind: "heading", level: 2, text: "On the contracts" },
    {
      kind: "text",
      text: `${sample.policies.length} of the policies on an embedded chain, ${whole(sample.slots)} slots each, on new words: what one transaction of a fate used on average, by its receipts, beside the model's classes, which are receipts on a warm ring. A rescue packs no signers and is cheaper to lose than a proposer's own.`,
    },
    {
      kind: "table",
      columns: [
        ["fate", "left"],
        ["on the contracts", "right"],
        ["gas of one", "right"],
        ["in the model", "right"],
        ["gas of one", "right"],
      ],
      rows: MINED.map((fate) => {
        const cells = ({ policies: all }: PublishStudy) => {
          const runsOfAll = all.flatMap((policy) => policy.runs);
          const count = sumOf({ runs: runsOfAll }, ({ fates }) => fates[fate].count);
          const gas = sumOf({ runs: runsOfAll }, ({ fates }) => fates[fate].gas);
          return [whole(count), count === 0 ? "–" : whole(gas / count)];
        };
        return [fate, ...cells(sample), ...cells(study)];
      }),
    },
  ];
  return renderMarkdown(blocks);
}

/** What a policy saves against the one that differs from it in one thing. */
function savings(study: PublishStudy): readonly Block[] {
  const has = (id: string) => study.policies.some((policy) => policy.id === id);
  const compare = (text: string, more: string, less: string) =>
    has(more) && has(less) ? [`${text}: ${within(wastedMore(study, more, less))} gas`] : [];
  return [
    { kind: "heading", level: 2, text: "What it saves, for each slot" },
    {
      kind: "list",
      items: [
        ...compare("Simulating, rescuers one block ahead", "blind.stops.early", "simulated.stops.early"),
        ...compare("Simulating, rescuers at the boundary", "blind.stops.start", "simulated.stops.start"),
        ...compare("Simulating, rescuers after the first block", "blind.stops.after", "simulated.stops.after"),
        ...compare(
          "Stopping at the boundary instead of going on, at the boundary",
          "simulated.goesOn.start",
          "simulated.stops.start",
        ),
        ...compare(
          "Stopping at the boundary instead of going on, after the first block",
          "simulated.goesOn.after",
          "simulated.stops.after",
        ),
        ...compare(
          "Taking back instead of stopping, at the boundary",
          "simulated.stops.start",
          "simulated.takesBack.start",
        ),
        ...compare(
          "Sending at the boundary instead of a block ahead",
          "simulated.stops.early",
          "simulated.stops.start",
        ),
        ...compare("Waiting for the first block instead", "simulated.stops.start", "simulated.stops.after"),
      ],
    },
  ];
}

function table(
  { policies }: PublishStudy,
  titles: readonly string[],
  cellsOf: (policy: PolicyResult) => readonly string[],
): Block {
  return {
    kind: "table",
    columns: [...POLICY_COLUMNS, ...titles.map((title) => [title, "right"] as const)],
    rows: policies.map((policy) => [...wordsOf(policy), ...cellsOf(policy)]),
  };
}

function wordsOf({ simulation, handoff, lead }: PublishPolicy): readonly string[] {
  return [WORDS[simulation], WORDS[handoff], WORDS[lead]];
}

function spent(count: number, gas: number): string {
  return count === 0 ? "0" : `${whole(count)} × ${whole(gas / count)}`;
}

const COLORS = { duplicate: "#d1495b", early: "#edae49", expired: "#00798c", other: "#9aa5b1" };

/** Gas wasted for each slot. */
function drawWaste({ policies }: PublishStudy): Promise<string> {
  const fates = Object.keys(COLORS) as (keyof typeof COLORS)[];
  return drawChart({
    title: "Gas wasted for each slot, by what became of the transaction",
    config,
    data: {
      values: policies.flatMap((policy) =>
        fates.map((fate) => ({
          panel: policy.simulation === "blind" ? "sent blindly" : "simulated right before",
          policy: `${WORDS[policy.handoff]}, ${WORDS[policy.lead]}`,
          fate,
          gas: Math.round(perSlot(policy, (run) => run.fates[fate].gas).mean),
        })),
      ),
    },
    facet: { row: { field: "panel", type: "nominal", title: null, sort: null } },
    spec: {
      width: 520,
      height: 150,
      mark: "bar",
      encoding: {
        y: { field: "policy", type: "nominal", title: null, sort: null },
        x: { field: "gas", type: "quantitative", title: "gas for each slot" },
        color: {
          field: "fate",
          type: "nominal",
          title: null,
          sort: fates,
          scale: { domain: fates, range: Object.values(COLORS) },
          legend: { orient: "bottom" },
        },
      },
    },
    resolve: { scale: { x: "independent" } },
  });
}
