import { DEFAULT_PUBLISHER, type PublisherPolicy } from "../actors/publisher.ts";
import type { RescuePolicy } from "../actors/rescuer.ts";
import { slotStartMs } from "../sim/calendar.ts";
import type { GossipRule } from "../sim/gossip.ts";
import { RandomSource, type RandomStream } from "../sim/random.ts";
import { makeSetup, type NodeTraits, type StageSetup } from "../stage/stageSetup.ts";
import { LEADS, type PublishPolicy } from "./publishPolicies.ts";

/**
 * The weather of the study, worse than mainnet's so that enough transactions slip: assumptions, written into the evidence. What is drawn is
 * drawn from the seed and not by what is sent, so that all policies meet the same L1 and the same network.
 */
export const STUDY_WEATHER = {
  /** Probability that an L1 block is missed. */
  missedBlocks: 0.05,
  /** Until when after its timestamp a builder takes transactions: at most. */
  builderDeadlineMs: 2_000,
  /** From a node to the builder. */
  propagationMs: 600,
  /** Share of slots whose attestations come late, and by how much. */
  lateQuorums: 0.12,
  lateQuorumMs: [4_000, 36_000],
  /** By how much clocks are fast or slow, at most. */
  clockOffsetMs: 300,
} as const;

const COMMITTEE = 48;
const EPOCH_SLOTS = 32;
const GWEI = 1_000_000_000;
/** Enough for an epoch's first landing as well, late and on new words. */
const PROPOSE_GAS = 3_000_000;

/** Who rescues anything beside the next proposer: one pays more than proposers do and sends alone, one pays less and sends a bundle. */
const STRANGERS = {
  X: { priorityFee: 1.25 * GWEI, isBundled: false },
  Y: { priorityFee: 0.75 * GWEI, isBundled: true },
} as const;

/** One run of the study: mainnet's committees and slots, everybody publishes by the same policy. */
export function setUpPublishRun(policy: PublishPolicy, seed: string, slots: number): StageSetup {
  const { missedBlocks, builderDeadlineMs, propagationMs } = STUDY_WEATHER;
  const random = new RandomSource(seed);
  const clocks = random.stream("clocks");
  const publisher: PublisherPolicy = {
    ...DEFAULT_PUBLISHER,
    proposeGas: PROPOSE_GAS,
    simulates: policy.simulation === "simulated",
    // What has been sent stays: nobody relays it in private.
    withdraws: false,
  };
  const rescue = (whose: RescuePolicy["whose"], account: string, isBundled: boolean): RescuePolicy => ({
    whose,
    account,
    isBundled,
    afterMs: -LEADS[policy.lead],
    isBlind: true,
  });
  const own = (account: string): RescuePolicy => ({ whose: "own", account, isBundled: true, afterMs: 0 });
  const members = Array.from({ length: COMMITTEE }, (_, id): [string, Partial<NodeTraits>] => {
    const name = `v${id}`;
    const rescues = [rescue("successor", name, true), ...(policy.handoff === "goesOn" ? [own(name)] : [])];
    return [name, { rescues, clockOffsetMs: drawOffset(clocks) }];
  });
  const strangers = Object.entries(STRANGERS).map(
    ([name, { priorityFee, isBundled }]): [string, Partial<NodeTraits>] => [
      name,
      {
        rescues: [rescue("anybody", name, isBundled)],
        publisher: { ...publisher, priorityFee },
        clockOffsetMs: drawOffset(clocks),
      },
    ],
  );
  return makeSetup({
    seed,
    slots,
    committeeSize: COMMITTEE,
    validators: COMMITTEE,
    epochSlots: EPOCH_SLOTS,
    // Nobody proves, and nothing is pruned.
    proofSubmissionEpochs: Math.ceil(slots / EPOCH_SLOTS) + 2,
    userEveryMs: 0,
    traceLimit: 0,
    l1: {
      missed: missedBlocks,
      builderDeadline: { kind: "uniform", fromMs: 0, toMs: builderDeadlineMs },
      propagation: { kind: "fixed", ms: propagationMs },
    },
    gossip: { rules: drawLateQuorums(random.stream("late quorums"), slots) },
    traits: { publisher, takesBackAtBoundary: policy.handoff === "takesBack" },
    nodes: Object.fromEntries([...members, ...strangers]),
  });
}

/** The moment from which on a checkpoint is late, and the one from which on it cannot land any more, in milliseconds of the run. */
export function deadlinesOf(
  { slotSeconds, terms }: StageSetup,
  slot: number,
): readonly [lateMs: number, endMs: number] {
  const lateMs = slotStartMs({ slotMs: slotSeconds * 1000 }, slot + 1);
  return [lateMs, lateMs + terms.windowSeconds * 1000];
}

function drawOffset(random: RandomStream): number {
  const { clockOffsetMs } = STUDY_WEATHER;
  return random.below(2 * clockOffsetMs + 1) - clockOffsetMs;
}

function drawLateQuorums(random: RandomStream, slots: number): readonly GossipRule[] {
  const { lateQuorums, lateQuorumMs } = STUDY_WEATHER;
  const [least, most] = lateQuorumMs;
  return Array.from({ length: slots }, (_, index): readonly GossipRule[] => {
    const slot = index + 1;
    // Drawn for every slot, so that one more slot changes nothing for those before it.
    const [isLate, delayMs] = [random.next() < lateQuorums, least + random.below(most - least + 1)];
    return isLate ? [{ topics: ["checkpoint_attestation"], slots: [slot, slot], effect: { delayMs } }] : [];
  }).flat();
}
