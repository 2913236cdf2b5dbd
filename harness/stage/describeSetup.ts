import type { GossipRule } from "../sim/gossip.ts";
import type { Injected, NodeTraits, StageSetup } from "./stageSetup.ts";

/** What a run's picture does not show by itself: the weather and the people that a scenario has arranged, one sentence each. */
export function describeSetup(setup: StageSetup): readonly string[] {
  const { gossip, l1, nodes, injected, demand, provers } = setup;
  return [
    ...l1.censorship.map(({ senders, fromMs, toMs }) => {
      const whose = senders === undefined ? "anybody's transactions" : `transactions of ${list(senders)}`;
      return `L1's builders leave out ${whose}${during(fromMs, toMs)}.`;
    }),
    ...(l1.missedAt.length === 0 ? [] : [`L1 misses its blocks at ${list(l1.missedAt.map(seconds))}.`]),
    ...l1.reorgs.map(({ ms, depth }) => `At ${seconds(ms)} L1 takes back ${plural(depth, "block")}.`),
    ...("spikes" in demand
      ? demand.spikes.map(({ from, to }) => `L1's blocks ${from} to ${to} are full with others' transactions.`)
      : []),
    ...gossip.partitions.map(({ groups: [one, other], fromMs, toMs }) => {
      const rest = other === "others" ? "everybody else" : list(other);
      return `${list(one)} and ${rest} hear nothing of each other${during(fromMs, toMs)}.`;
    }),
    ...gossip.rules.map(describeRule),
    ...Object.entries(nodes).flatMap(([name, traits]) => describeTraits(name, traits)),
    ...injected.map(describeInjected),
    ...Object.entries(provers).map(([name, { provingMs }]) => `${name} proves an epoch in ${seconds(provingMs)}.`),
  ];
}

function describeRule({ topics, authors, receivers, slots, effect }: GossipRule): string {
  const what = topics === undefined ? "messages" : `${list(topics).replaceAll("_", " ")} messages`;
  const by = authors === undefined ? "" : ` by ${list(authors)}`;
  const to = receivers === undefined ? "" : ` to ${list(receivers)}`;
  const of = slots === undefined ? "" : ` of slot ${slots[0] === slots[1] ? slots[0] : `${slots[0]} to ${slots[1]}`}`;
  const happens = effect === "withhold" ? "never arrive" : `arrive ${seconds(effect.delayMs)} later`;
  return capital(`${what}${by}${of}${to} ${happens}.`);
}

function describeTraits(name: string, traits: Partial<NodeTraits>): readonly string[] {
  const { buildsAhead, livenessTimeoutMs, rescues, downtimes, packsAtMost, publisher, clockOffsetMs } = traits;
  return [
    ...(buildsAhead === false ? [`${name} knows nothing of Build Ahead.`] : []),
    ...(livenessTimeoutMs === undefined ? [] : [`${name} waits ${seconds(livenessTimeoutMs)} for its predecessor.`]),
    ...(rescues?.length === 0 ? [`${name} rescues nothing.`] : []),
    ...(rescues ?? []).map(({ whose, afterMs }) => {
      const what = { successor: "what it would build on", anybody: "anybody's checkpoint", own: "its own checkpoint" };
      const when = afterMs < 0 ? `${seconds(-afterMs)} before its slot ends` : `${seconds(afterMs)} after its slot`;
      return `${name} rescues ${what[whose]}, ${when}.`;
    }),
    ...(downtimes ?? []).map(({ fromMs, toMs }) => `${name} is down${during(fromMs, toMs)}.`),
    ...(packsAtMost === undefined ? [] : [`${name} packs ${plural(packsAtMost, "attestation")} at most.`]),
    ...(publisher === undefined ? [] : [`${name} pays other fees than the rest.`]),
    ...(clockOffsetMs === undefined ? [] : [`${name}'s clock is off by ${seconds(clockOffsetMs)}.`]),
  ];
}

function describeInjected({ ms, sender, action }: Injected): string {
  const at = `At ${seconds(ms)} ${sender}`;
  if (action === "message") return `${at} sends a message to L2.`;
  if (action === "prune") return `${at} asks L1 to prune.`;
  return `${at} invalidates the checkpoint of slot ${action.invalidate}.`;
}

function during(fromMs: number, toMs: number): string {
  if (toMs < Number.MAX_SAFE_INTEGER) return ` from ${seconds(fromMs)} to ${seconds(toMs)}`;
  return fromMs === 0 ? "" : ` from ${seconds(fromMs)} on`;
}

const seconds = (ms: number) => `${ms / 1000} s`;

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

const list = (names: readonly string[]) => new Intl.ListFormat("en").format(names);

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
