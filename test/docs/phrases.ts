import { buildAheadConfig, OPEN_TERMS } from "../../harness/network/deployBuildAhead.ts";
import { mainnetLikeConfig } from "../../harness/network/networkConfig.ts";
import { slotStart, type RollupTiming } from "../../harness/protocol/time.ts";
import { windowEnd } from "../../harness/protocol/window.ts";
import type { Evidence } from "./evidenceFigures.ts";

const { rollup: config, gse } = mainnetLikeConfig();
const TOKEN = 10n ** 18n;
/** EIP-2200 and EIP-2929: writing a word that was zero, and one that was not. */
const NEW_WORD_GAS = 20_000;
const OLD_WORD_GAS = 2_900;

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
      `\`windowSeconds\`, ${OPEN_TERMS.windowSeconds} by default`,
      ...exampleSlot(100n),
      ...exampleSplit(evidence),
      ...costs(evidence),
      `the stakes here are ${tokens(gse.activationThreshold)} tokens`,
    ],
    "docs/differences.md": [
      `\`@aztec/l1-artifacts\` ${upstreamVersion}`,
      "`windowSeconds` 0 nothing",
      `\`inboxLag\` ${config.inboxLag} `,
      `\`inboxLag\` ${buildAheadConfig(config).inboxLag} `,
      `with lag ${config.inboxLag} a child`,
    ],
    "docs/security.md": [
      `All are of version ${upstreamVersion}.`,
      `"of a settlement is at most ${upTo(1000, firstSlot(evidence.settlement.firstTime, evidence))} for each late slot"`,
      "Blobs are read from index 0 ",
      `With a lag of ${config.inboxLag} a child`,
      `hence set to ${buildAheadConfig(config).inboxLag} at deployment; a chain of two unlanded parents would need 3.`,
      `A batch is the oldest strikes, up to ${maxBatch}.`,
    ],
  };
}

/** The rules for one slot, on a rollup whose genesis is second 0. */
function exampleSlot(slot: bigint): readonly string[] {
  const timing: RollupTiming = {
    genesisTime: 0n,
    slotSeconds: config.aztecSlotDuration,
    epochSlots: config.aztecEpochDuration,
    proofSubmissionEpochs: config.aztecProofSubmissionEpochs,
    validatorSetLagEpochs: config.lagInEpochsForValidatorSet,
  };
  const [start, end] = [slotStart(timing, slot), slotStart(timing, slot + 1n)];
  const closed = windowEnd(timing, OPEN_TERMS.windowSeconds, slot);
  return [
    `Slot ${slot} lasts from ${start} s to ${end} s after genesis`,
    `lands on time in [${start}, ${end}) and late in [${end}, ${closed})`,
    `are those of slot ${slot} either way`,
  ];
}

/** Who gets what of a late slot of the rehearsal, in whole tokens. */
function exampleSplit({ rehearsal }: Evidence): readonly string[] {
  const [late] = rehearsal.lateSlots;
  if (late === undefined) return [];
  const { share, submitterCut, forfeited, coinbaseKept } = late;
  const { submitterBps, burnBps } = OPEN_TERMS;
  return [
    `say ${tokens(share)} tokens`,
    `(${percent(submitterBps)} to the submitter, ${percent(burnBps)} burned)`,
    `the submitter gets ${tokens(submitterCut)}, ${tokens(forfeited)} are burned and the coinbase keeps ${tokens(coinbaseKept)}`,
    `through a second address ends with ${tokens(BigInt(submitterCut) + BigInt(coinbaseKept))}`,
  ];
}

function costs(evidence: Evidence): readonly string[] {
  const { gas, settlement, proofOverhead } = evidence;
  const [fresh, warm] = [gas.row("propose.rest.ringFresh"), gas.row("propose.rest.ringWarm")];
  const [late, lateNew] = [gas.row("late.alone.recordReused.ringWarm"), gas.row("late.alone.recordNew.ringWarm")];
  const bundle = gas.row("duplicate.bundle.ringFresh");
  const ratio = (row: typeof late) => (row.gasUsed / warm.gasUsed).toFixed(2);
  const [newOnes, known] = [firstSlot(settlement.firstTime, evidence), firstSlot(settlement.again, evidence)];
  const further = (extras: readonly number[]) => upTo(100, Math.max(...increases(extras)));
  return [
    `With a committee of ${late.committee} and ${late.signatures} signatures`,
    `on time ${fresh.ratio?.toFixed(3)} of upstream's gas`,
    `late ${ratio(late)} of on time (${ratio(lateNew)} the first time`,
    `a lone duplicate ${n(gas.row("duplicate.alone.ringFresh").gasUsed)}, the calldata floor`,
    `the early revert saves ${n((bundle.upstreamGasUsed ?? 0) - bundle.gasUsed)} gas`,
    `costs less than ${upTo(1000, proofOverhead)} more than upstream's`,
    `each late slot that it settles at most ${upTo(1000, newOnes)}`,
    `the first one ${upTo(100, newOnes)} if its submitter has never been credited before and ${upTo(100, known)} if it has`,
    `each further one ${further(settlement.firstTime)} with another new submitter and ${further(settlement.again)} with the same`,
    `the first burn ever costs ${n(NEW_WORD_GAS - OLD_WORD_GAS)} more`,
  ];
}

/** What the first late slot of a proof costs, beside what every proof costs more. */
function firstSlot(extras: readonly number[], { proofOverhead }: Evidence): number {
  return (extras[0] ?? 0) - proofOverhead;
}
