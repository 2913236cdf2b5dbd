import { buildAheadConfig, CLOSED_TERMS, OPEN_TERMS } from "../../harness/network/deployBuildAhead.ts";
import { mainnetLikeConfig } from "../../harness/network/networkConfig.ts";
import { computeQuorum } from "../../harness/protocol/quorum.ts";
import { slotStart, type RollupTiming } from "../../harness/protocol/time.ts";
import { windowEnd } from "../../harness/protocol/window.ts";
import { perSlot, policyOf, sumOf, wastedMore } from "../../harness/report/renderPublishStudy.ts";
import { BLOB_CHECK_GAS, FIXED_GAS_LIMIT } from "../../harness/publisher/gasLimit.ts";
import { GAS_LIMIT_BUFFER_PERCENT } from "../../harness/upstream/defaults.ts";
import type { TimetableRecord } from "../../harness/scenarios/measureTimetable.ts";
import type { Evidence } from "./evidenceFigures.ts";

const { rollup: config, gse } = mainnetLikeConfig();
const TOKEN = 10n ** 18n;
/** EIP-2200 and EIP-2929: writing a word that was zero, and one that was not. */
const NEW_WORD_GAS = 20_000;
const OLD_WORD_GAS = 2_900;
const COLD_WORD_GAS = 2_100;
/** The precompile, and the call of it. */
const RECOVERY_GAS = 3_000 + 100;

const BLOCK_SECONDS = 12;
const EXAMPLE_SLOT = 100n;
/** A rollup whose genesis is second 0. */
const EXAMPLE_TIMING: RollupTiming = {
  genesisTime: 0n,
  slotSeconds: config.aztecSlotDuration,
  epochSlots: config.aztecEpochDuration,
  proofSubmissionEpochs: config.aztecProofSubmissionEpochs,
  validatorSetLagEpochs: config.lagInEpochsForValidatorSet,
};

const n = (gas: number): string => gas.toLocaleString("en-US");
/** Rounded up, as a bound is. */
const upTo = (step: number, gas: number): string => n(Math.ceil(gas / step) * step);
/** Whole ones, of fee token units (1e18). */
const tokens = (amount: bigint | string): string => `${BigInt(amount) / TOKEN}`;
const percent = (bps: number): string => `${bps / 100} %`;
const increases = (gas: readonly number[]): readonly number[] =>
  gas.slice(1).map((value, at) => value - (gas[at] ?? 0));

/**
 * The phrases of each document that contain figures, with the figures taken from evidence, configuration and rules. A document
 * must contain each phrase, and no number outside of them.
 */
export function phrasesOf(
  evidence: Evidence,
  maxBatch: number,
  upstreamVersion: string,
): Readonly<Record<string, readonly string[]>> {
  return {
    "README.md": [
      `its own ${config.aztecSlotDuration}-second slot`,
      `v4 stack with ${evidence.rehearsal.validators} staked validators`,
      `\`windowSeconds\` is ${CLOSED_TERMS.windowSeconds}, and`,
      `payload sets it to ${OPEN_TERMS.windowSeconds} (two L1 blocks)`,
      `its gas limit is ${1 + Number(GAS_LIMIT_BUFFER_PERCENT) / 100} times what`,
      ...exampleSlot(EXAMPLE_SLOT),
      ...exampleSplit(EXAMPLE_SLOT, evidence),
      ...costs(evidence),
      `the stakes here are ${tokens(gse.activationThreshold)} tokens`,
    ],
    "docs/clients.md": [...realPublisher(evidence), ...gasLimits(evidence), ...installation(evidence)],
    "docs/deployment.md": [],
    "docs/differences.md": [
      `\`@aztec/l1-artifacts\` ${upstreamVersion}`,
      `With \`windowSeconds\` ${CLOSED_TERMS.windowSeconds}, which is how a rollup is deployed`,
      `\`inboxLag\` ${config.inboxLag} `,
      `\`inboxLag\` ${buildAheadConfig(config).inboxLag} `,
      `with lag ${config.inboxLag} a child`,
    ],
    "docs/harness.md": ["from slot 1 on", ...timetable(evidence), ...publishStudy(evidence)],
    "docs/security.md": [
      `All are of version ${upstreamVersion}.`,
      `"of a settlement is at most ${upTo(1000, firstSlot(evidence.settlement.firstTime, evidence))} for each late slot"`,
      ...slipGas(9, evidence),
      "Blobs are read from index 0 ",
      `With a lag of ${config.inboxLag} a child`,
      `hence set to ${buildAheadConfig(config).inboxLag} at deployment; a chain of two unlanded parents would need 3.`,
      `A batch is the oldest strikes, up to ${maxBatch}.`,
    ],
  };
}

/** What the three modes were like when they were lived. */
function timetable({ timetable: records }: Evidence): readonly string[] {
  const [current, ahead, staggered] = records;
  if (current === undefined || ahead === undefined || staggered === undefined) return ["a timetable of three modes"];
  const each = (of: (record: TimetableRecord) => number) => [current, ahead, staggered].map(of);
  const range = ({ latency }: TimetableRecord) => `${Math.floor(latency.least)} to ${Math.round(latency.most)} s`;
  const [blocks, gaps] = [each((record) => record.blocks.mean), each((record) => record.deadZone.mean)];
  return [
    `${blocks[0]}, ${blocks[1]} and ${blocks[2]} blocks a slot, and ${gaps[0]}, ${gaps[1]} and ${gaps[2]} s in which nobody builds`,
    `${range(current)} and ${current.latency.mean.toFixed(1)} s on average upstream`,
    `${range(ahead)} and ${ahead.latency.mean.toFixed(1)} s with Build Ahead`,
  ];
}

function publishStudy({ publishStudy: study }: Evidence): readonly string[] {
  const wasted = (id: string) => n(Math.round(perSlot(policyOf(study, id), (run) => run.wasted.gas).mean));
  const less = (more: string, other: string) => {
    const { mean, margin } = wastedMore(study, more, other);
    return `${n(Math.round(mean))} ± ${n(Math.round(margin))} gas a slot`;
  };
  const ratio = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`;
  const [early, start] = [policyOf(study, "simulated.stops.early"), policyOf(study, "simulated.stops.start")];
  const rescues = sumOf(early, (run) => run.rescues.sent);
  const tooSoon = sumOf(early, (run) => run.rescues.tooSoon);
  const tooLate = sumOf(early, (run) => run.rescues.tooLate);
  const slipped = sumOf(start, ({ slips }) => Object.values(slips).reduce((sum, count) => sum + count, 0));
  const slots = sumOf(start, (run) => run.slots);
  const landedMore =
    sumOf(start, ({ lost }) => lost) - sumOf(policyOf(study, "simulated.stops.after"), ({ lost }) => lost);
  const slip = (fate: "late" | "duplicate" | "expired") => sumOf(start, ({ slips }) => slips[fate]);
  return [
    `by ${study.policies.length} policies, ${n(study.slots)} slots each`,
    `wastes ${wasted("blind.stops.start")} gas a slot, and ${wasted("simulated.stops.start")} if everybody simulates first`,
    `${ratio(tooSoon, rescues)} of the rescues are mined before the boundary`,
    `in ${sumOf(early, (run) => run.fates.early.count)} of ${n(rescues)} cases`,
    `${ratio(tooLate, rescues)} after the window`,
    `It wastes ${less("simulated.stops.early", "simulated.stops.start")} more than sending as the slot begins`,
    `waiting for the first block wastes ${less("simulated.stops.start", "simulated.stops.after")} less`,
    `and lands ${landedMore} slots more:`,
    `wastes ${less("simulated.goesOn.start", "simulated.stops.start")} more than one that stops`,
    `Taking it back saves ${less("simulated.stops.start", "simulated.takesBack.start")}`,
    `${ratio(slipped, slots)} of the slots end with the proposer's own transaction on its way: of ${slipped}, ${slip("late")} landed late, ${slip("duplicate")} came after a rival, ${slip("expired")} after the window`,
  ];
}

function realPublisher({ realPublisher: gas }: Evidence): readonly string[] {
  const { onTimeUsed = 0, onTimeLimit = 0, slipBurned = 0, slipLanded = 0, duplicate = 0 } = gas;
  return [
    `same calldata, less gas: ${n(onTimeUsed)} of a limit of ${n(onTimeLimit)} `,
    `that burns ${n(slipBurned)} gas, where ${n(slipLanded)} would have landed.`,
    `a rival in between costs ${n(duplicate)} gas,`,
  ];
}

function installation({
  installation: { publisherPackages = 0, publisherMegabytes = 0 },
}: Evidence): readonly string[] {
  return [`v4.1.2's publisher brings ${publisherPackages} packages of ${publisherMegabytes} MB,`];
}

function gasLimits({ publishing: { dearestBundle = 0, blobCheck = 0 } }: Evidence): readonly string[] {
  return [
    `a fifth more and ${n(Number(BLOB_CHECK_GAS))} gas for each blob are the limit`,
    `which costs ${n(blobCheck)} gas for each`,
    `the limit is ${n(Number(FIXED_GAS_LIMIT))}.`,
    `that holds a proposal uses ${n(dearestBundle)}:`,
  ];
}

/** The rules for one slot. */
function exampleSlot(slot: bigint): readonly string[] {
  const [start, end] = [slotStart(EXAMPLE_TIMING, slot), slotStart(EXAMPLE_TIMING, slot + 1n)];
  const closed = windowEnd(EXAMPLE_TIMING, OPEN_TERMS.windowSeconds, slot);
  return [
    `Slot ${slot} lasts from ${start} s to ${end} s after genesis`,
    `lands on time in [${start}, ${end}) and, with a window of ${OPEN_TERMS.windowSeconds} s, late in [${end}, ${closed})`,
    `are those of slot ${slot} either way`,
  ];
}

/** Who gets what of a slot of the rehearsal that landed in the window's first L1 block, and in its second, in whole tokens. */
function exampleSplit(slot: bigint, { rehearsal }: Evidence): readonly string[] {
  const end = slotStart(EXAMPLE_TIMING, slot + 1n);
  const landedAfter = (delay: number) => rehearsal.lateSlots.find(({ delaySeconds }) => delaySeconds === delay);
  const [first, second] = [landedAfter(0), landedAfter(BLOCK_SECONDS)];
  if (first === undefined || second === undefined) return ["late slots of both L1 blocks in the rehearsal"];
  const { firstBps, submitterBps, burnBps } = OPEN_TERMS;
  const own = ({ submitterCut, coinbaseKept }: typeof first) => tokens(BigInt(submitterCut) + BigInt(coinbaseKept));
  return [
    `say ${tokens(first.share)} tokens. The proposer of a late checkpoint forfeits ${percent(submitterBps + burnBps)} of it`,
    `the coinbase keeps ${tokens(first.coinbaseKept)}`,
    `from ${percent(firstBps)} of the share in the window's first second towards ${percent(submitterBps)} at its end`,
    `at ${end} s, it is ${tokens(first.submitterCut)} for the submitter and ${tokens(first.forfeited)} burned`,
    `at ${end + BigInt(BLOCK_SECONDS)} s, ${tokens(second.submitterCut)} and ${tokens(second.forfeited)}`,
    `through a second address ends with ${own(first)} in the first block and ${own(second)} in the second`,
  ];
}

function costs(evidence: Evidence): readonly string[] {
  const { gas, settlement, proofOverhead } = evidence;
  const [fresh, warm] = [gas.row("propose.rest.epoch1.ringFresh"), gas.row("propose.rest.epoch3.ringWarm")];
  const [late, lateNew] = [gas.row("late.alone.recordReused.ringWarm"), gas.row("late.alone.ringWarm")];
  const bundle = gas.row("duplicateOneBlockLater.bundled.ringFresh");
  const ratio = (row: typeof late) => (row.gasUsed / warm.gasUsed).toFixed(2);
  const [newOnes, known] = [firstSlot(settlement.firstTime, evidence), firstSlot(settlement.again, evidence)];
  const further = (extras: readonly number[]) => upTo(100, Math.max(...increases(extras)));
  return [
    `With a committee of ${late.committee} and ${late.signatures} signatures`,
    `on time ${fresh.ratio?.toFixed(3)} of upstream's gas`,
    `late ${ratio(late)} of on time (${ratio(lateNew)} the first time`,
    `a lone duplicate ${n(gas.row("duplicateOneBlockLater.alone.ringFresh").gasUsed)}, the calldata floor`,
    `the early revert saves ${n((bundle.upstreamGasUsed ?? 0) - bundle.gasUsed)} gas`,
    `costs less than ${upTo(1000, proofOverhead)} more than upstream's`,
    `each late slot that it settles at most ${upTo(1000, newOnes)}`,
    `the first one ${upTo(100, newOnes)} if its submitter has never been credited before and ${upTo(100, known)} if it has`,
    `each further one ${further(settlement.firstTime)} with another new submitter and ${further(settlement.again)} with the same`,
    `the first burn ever costs ${n(NEW_WORD_GAS - OLD_WORD_GAS)} more`,
  ];
}

/** What a slip has and what it lacks, and what makes the gas of a late landing uncertain. @param words That always change */
function slipGas(words: number, { slip }: Evidence): readonly string[] {
  const [fresh, reused] = [COLD_WORD_GAS + NEW_WORD_GAS, COLD_WORD_GAS + OLD_WORD_GAS];
  const signatures = computeQuorum(Number(config.targetCommitteeSize)) * RECOVERY_GAS;
  const gas = (name: string) => slip[name] ?? Number.NaN;
  return [
    `burns its limit: ${n(gas("warmBurned"))} of ${n(gas("warmLimit"))} where`,
    `lands with no less than ${n(gas("warmLeast"))}`,
    `still has ${n(gas("warmLeft"))} left where a landing needs ${n(gas("warmNeeded"))}`,
    `whatever the state are ${n(signatures)} for the signatures`,
    `${n(words * OLD_WORD_GAS)} for the nine words that change: ${n(signatures + words * OLD_WORD_GAS)}, so such`,
    `which fails with ${n(gas("freshLeft"))} left`,
    `differs by ${n(words * (fresh - reused))} gas between nine fresh and nine reused words (${n(fresh)} or ${n(reused)} each)`,
    `give back ${n(gas("warmLeft") - gas("warmAfterQuorum"))} of the ${n(gas("warmBurned"))}`,
    `on fresh words ${n(gas("freshLeft") - gas("freshAfterQuorum"))} of ${n(gas("freshBurned"))}`,
  ];
}

/** What the first late slot of a proof costs, beside what every proof costs more. */
function firstSlot(extras: readonly number[], { proofOverhead }: Evidence): number {
  return (extras[0] ?? 0) - proofOverhead;
}
