import type { EpochSpeed, ScenariosSpeed, StageSpeed } from "../bench/speed/speedRecord.ts";
import type { ModelSpeed } from "../differential/ledger/benchModel.ts";
import { markdownTable } from "./markdownTable.ts";

/** On what it was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Processes that wanted a core when it began, on average over a minute. */
  readonly load: number;
  /** The last commit that changed contracts or harness. */
  readonly commit: string;
}

/** What `evidence/speed.json` holds. */
export interface SpeedEvidence {
  readonly machine: Machine;
  readonly epoch: EpochSpeed;
  readonly scenarios: ScenariosSpeed;
  readonly stages: readonly StageSpeed[];
  /** The model ledger alone, without anybody who acts. */
  readonly ledger: readonly ModelSpeed[];
}

/** What is asked for, on two cores and after compilation. */
const GOALS = { epochSeconds: 5, scenariosSeconds: 240, chainSeconds: 60, modelSlotsPerSecond: 2_000 };
/** Upstream's forge benchmark: no blobs, and signatures that cheatcodes make. */
const UPSTREAM = { checkpoints: 150, validators: 100, seconds: 2 };
/** Part of the cores that may be busy with other work on a calm machine. */
const CALM_LOAD = 0.25;

const seconds = (value: number) => `${value.toFixed(1)} s`;
const milliseconds = (value: number, times: number) => `${((1000 * value) / times).toFixed(1)} ms`;
const count = (value: number) => value.toLocaleString("en-US");
const verdict = (isMet: boolean) => (isMet ? "met" : "missed");

/** `evidence/speed.md` */
export function renderSpeed(evidence: SpeedEvidence): string {
  const { machine, stages } = evidence;
  return `${[
    "# Speed",
    "Written by `npx hardhat speed`; the same figures are in `speed.json`. What gas costs is in `gas.md`. Every part was measured in a process of its own, after compilation; no test asserts a time.",
    describeMachine(machine),
    "## Beside what was asked for",
    goalTable(evidence),
    "## An epoch, and where its time goes",
    describeEpoch(evidence.epoch),
    "## Cost and memory of a slot",
    "Simulated slots with their actors, checkpoints of all slots sharing their blobs. Cost and memory should not depend on how many slots there are. A thousand slots on the model went before, to warm the code. CPU time is of all threads.",
    stageTable(stages),
  ].join("\n\n")}\n`;
}

function describeMachine({ cpu, cores, node, load, commit }: Machine): string {
  const isCalm = load <= cores * CALM_LOAD;
  const words = `Measured on ${cores} cores of ${cpu} with Node ${node}, at commit \`${commit.slice(0, 12)}\`; ${load.toFixed(1)} processes wanted a core when it began.`;
  return isCalm ? words : `${words} **The machine had other work: on a calm one everything is faster.**`;
}

function goalTable({ epoch, scenarios, stages, ledger }: SpeedEvidence): string {
  const epochSeconds = totalOf(epoch);
  const longest = (kind: StageSpeed["ledger"]) =>
    stages.filter((stage) => stage.ledger === kind).reduce((one, other) => (other.slots > one.slots ? other : one));
  const [chain, model] = [longest("chain"), longest("model")];
  const modelSpeed = model.slots / model.seconds;
  const ledgerSpeed = ledger.at(-1)?.slotsPerSecond ?? 0;
  return markdownTable(
    [
      ["what", "left"],
      ["took", "right"],
      ["asked for", "right"],
      ["", "left"],
    ],
    [
      [
        `${epoch.checkpoints} checkpoints, committee of ${epoch.committee}, real signatures and blobs`,
        seconds(epochSeconds),
        seconds(GOALS.epochSeconds),
        verdict(epochSeconds <= GOALS.epochSeconds),
      ],
      [
        `all ${scenarios.scenarios} scenarios, ${scenarios.runs} runs`,
        seconds(scenarios.seconds),
        seconds(GOALS.scenariosSeconds),
        verdict(scenarios.seconds <= GOALS.scenariosSeconds),
      ],
      [
        `${count(chain.slots)} slots on the real contracts`,
        seconds(chain.seconds),
        seconds(GOALS.chainSeconds),
        verdict(chain.seconds <= GOALS.chainSeconds),
      ],
      [
        "slots a second on the model ledger alone",
        count(ledgerSpeed),
        count(GOALS.modelSlotsPerSecond),
        verdict(ledgerSpeed >= GOALS.modelSlotsPerSecond),
      ],
      [
        "slots a second on the model ledger, with actors",
        count(Math.round(modelSpeed)),
        count(GOALS.modelSlotsPerSecond),
        verdict(modelSpeed >= GOALS.modelSlotsPerSecond),
      ],
    ],
  );
}

function describeEpoch(epoch: EpochSpeed): string {
  const { checkpoints, signatures, parts } = epoch;
  const total = totalOf(epoch);
  const rows = Object.entries({
    "building headers": parts.building,
    [`${signatures} attestations and the proposer's signature`]: parts.signing,
    "blobs: encoding, commitment, proof": parts.blobs,
    "L1: signing, EVM, receipt": parts.l1,
  }).map(([what, spent]) => [
    what,
    seconds(spent),
    milliseconds(spent, checkpoints),
    `${Math.round((100 * spent) / total)} %`,
  ]);
  const withoutBlobs = (total - parts.blobs) / checkpoints;
  const withoutBoth = (total - parts.blobs - parts.signing) / checkpoints;
  const upstream = UPSTREAM.seconds / UPSTREAM.checkpoints;
  return [
    markdownTable(
      [
        ["part", "left"],
        ["epoch", "right"],
        ["a checkpoint", "right"],
        ["", "right"],
      ],
      rows,
    ),
    [
      `Upstream's forge benchmark does ${UPSTREAM.checkpoints} checkpoints of ${UPSTREAM.validators} validators in about ${UPSTREAM.seconds} s,`,
      `${milliseconds(upstream, 1)} each, without blobs and with signatures from cheatcodes. Without blobs a checkpoint takes`,
      `${milliseconds(withoutBlobs, 1)} here, and without signing either ${milliseconds(withoutBoth, 1)},`,
      `${(withoutBoth / upstream).toFixed(1)} times upstream's: what is left is L1's client, transactions and receipts through JSON-RPC.`,
    ].join(" "),
  ].join("\n\n");
}

function stageTable(stages: readonly StageSpeed[]): string {
  return markdownTable(
    [
      ["ledger", "left"],
      ["slots", "right"],
      ["time", "right"],
      ["a slot", "right"],
      ["CPU a slot", "right"],
      ["before it, opening", "right"],
      ["peak RSS, MiB", "right"],
    ],
    stages.map(({ ledger, slots, seconds: spent, cpuSeconds, openSeconds, peakRssMiB }) => [
      ledger,
      count(slots),
      seconds(spent),
      milliseconds(spent, slots),
      milliseconds(cpuSeconds, slots),
      seconds(openSeconds),
      count(peakRssMiB),
    ]),
  );
}

function totalOf({ parts }: EpochSpeed): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}
