import type { PictureRecord } from "../stage/scenarioRecord.ts";
import type { Timeline } from "../stage/timeline.ts";
import { renderPage, type Block } from "./document.ts";
import { renderTimeline } from "./timelineChart.ts";
import { describeFate } from "./timelineLayout.ts";

/** Where the pictures are, in the evidence folder. */
export const TIMELINE_FOLDER = "timelines";
const TIMELINE_PAGE = "timelines.html";

/** How a picture is read. A line has to fit above the narrowest picture. */
const KEY = [
  "Thick bar: a checkpoint is built (pale: in silence). Thin: it waits for L1, until it lands or is given up.",
  "Blue line: its proposal reaches a node; a full dot attests, an empty one only takes note. Diamond: quorum.",
  "Black line: a transaction that L1 takes; red: one that it refuses; dashed: one that no block has taken.",
  "L1: a tick is a block, a square one with a transaction of ours, a red cross one that is missed. Shaded: windows.",
] as const;

/** Every file by its path in the evidence folder: a picture a run, and a page with all of them. */
export async function renderTimelineFiles(records: readonly PictureRecord[]): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const blocks: Block[] = [...introduction()];
  let last = "";
  for (const record of records) {
    const { name, title, window, arranged, timeline } = record;
    const file = `${TIMELINE_FOLDER}/${name}-${window}.svg`;
    const heading = { name: `${name}, window ${window}`, lines: [`${title}.`, ...KEY] };
    files.set(file, await renderTimeline(timeline, heading));
    if (name !== last) blocks.push({ kind: "heading", level: 2, text: name }, { kind: "text", text: `${title}.` });
    last = name;
    blocks.push({ kind: "heading", level: 3, text: `Window ${window}` });
    if (arranged.length > 0) blocks.push({ kind: "text", text: `Arranged: ${arranged.join(" ")}` });
    const picture = {
      kind: "picture",
      file,
      text: describePicture(record),
      svg: await renderTimeline(timeline),
    } as const;
    blocks.push(picture, { kind: "list", items: describeCheckpoints(timeline) });
  }
  files.set(TIMELINE_PAGE, renderPage("Timelines of the scenarios", blocks));
  return files;
}

function introduction(): readonly Block[] {
  return [
    { kind: "heading", level: 1, text: "Timelines of the scenarios" },
    {
      kind: "text",
      text:
        "Pipelined proposers, simulated, on the real contracts: what happens in each scenario, with the window closed and open. Time runs " +
        "from left to right, in seconds; a picture that is wider than the screen can be pushed. Written by `npx hardhat scenarios`.",
    },
    {
      kind: "list",
      items: [
        ...KEY,
        "Colours: **on time** is green, **late** is amber, **lost** is red, **displaced** (by a late landing under it) is violet, and what was **given up and built anew** is grey.",
        "`s2` is the checkpoint of slot 2, `s2b` the second try. `A` to `D` propose, `v0` and so on sit in the committee only, anybody else has no key.",
      ],
    },
  ];
}

function describePicture({ name, window, timeline }: PictureRecord): string {
  const ends = timeline.checkpoints.map((checkpoint) => `${checkpoint.id} ${describeFate(checkpoint)}`);
  return `Timeline of ${name}, window ${window}: ${ends.join("; ")}`;
}

/** One sentence a checkpoint, in the order in which they were begun, and one a slot that has none. */
function describeCheckpoints({ checkpoints, slots }: Timeline): readonly string[] {
  const empty = slots.filter(({ slot, proposer }) => {
    return proposer !== undefined && slot > 0 && checkpoints.every((checkpoint) => checkpoint.slot !== slot);
  });
  return [
    ...empty.map(({ slot, proposer }) => `Slot ${slot}: ${proposer} builds nothing.`),
    ...checkpoints.map((checkpoint) => {
      const { id, slot, node, parent, begunMs, endMs } = checkpoint;
      const on = `on ${parent}`;
      const [from, to] = [begunMs, endMs].map((ms) => Math.round(ms / 1000));
      return `**${id}** (slot ${slot}, ${node}, ${on}), ${from} s to ${to} s: ${describeFate(checkpoint)}.`;
    }),
  ];
}
