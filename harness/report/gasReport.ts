import type { BenchRecord } from "../bench/record/benchRecord.ts";
import { CASE_NAMES, type CaseName } from "../bench/record/caseNames.ts";
import type { GasEvidence } from "../bench/record/evidence.ts";
import { MAIN, MAIN_HARDFORK } from "../bench/record/benchPlan.ts";
import { BYTE_GAS, PROJECTED_FLOOR_PER_BYTE, TRANSACTION_GAS } from "../bench/record/calldataGas.ts";
import { ADDRESS_BYTES, SIGNATURE_BYTES } from "../protocol/packing.ts";
import { makeId, type Circumstances } from "../bench/record/recordId.ts";
import type { StorageRecord } from "../bench/storageFootprint.ts";
import { computeQuorum } from "../protocol/quorum.ts";
import { findRecord } from "./findRecord.ts";
import { GAS_CHARTS } from "./gasCharts.ts";
import { formatGas as n, gasTable, type Cell } from "./gasTable.ts";

/** `evidence/gas.md`: every figure in it comes from the evidence, or is a constant of an EIP or encoding that the code states once. */
export function renderGasReport(evidence: GasEvidence): string {
  return `${[
    "# What the submission window costs, what a duplicate costs, and what early reverts save",
    renderResult(evidence),
    renderMethod(evidence),
    renderNormalPath(evidence),
    renderLatePath(evidence),
    renderLosing(evidence),
    renderFloorDesigns(evidence),
    renderStorage(evidence),
    renderHardforks(evidence),
  ].join("\n\n")}\n`;
}

/** The fork that is not final. */
const PREVIEW = "amsterdam";
const AT_PROJECTED = `at ${PROJECTED_FLOOR_PER_BYTE}/byte`;
const WORD_BYTES = 32;

/** The id of a row of the main fork and committee. */
const mainId = (...parts: readonly string[]) => makeId(parts, MAIN);

function renderResult({ records, floorDesigns }: GasEvidence): string {
  const find = (...parts: readonly string[]) => findRecord(records, mainId(...parts));
  const alone = find("duplicateOneBlockLater", "alone", "ringFresh");
  const bundled = find("duplicateOneBlockLater", "bundled", "ringFresh");
  const guarded = find("duplicateOneBlockLater", "guarded", "ringFresh");
  const fresh = committeesOf(records).map((committee) =>
    findRecord(records, makeId(["propose", "rest", "epoch1", "ringFresh"], { ...MAIN, committee })),
  );
  const warm = find("propose", "rest", "epoch3", "ringWarm");
  const late = find("late", "alone", "ringWarm");
  const lateAgain = find("late", "alone", "recordReused", "ringWarm");
  const preview = findRecord(
    records,
    makeId(["duplicateOneBlockLater", "alone", "ringFresh"], { ...MAIN, hardfork: PREVIEW }),
  );
  const saved = (record: BenchRecord) => n((record.upstreamGasUsed ?? 0) - record.gasUsed);
  const base = findRecord(floorDesigns, mainId("floorDesign", "propose"));
  const smallest = floorDesigns
    .filter(isMain)
    .reduce((least, design) => (design.duplicate < least.duplicate ? design : least), base);
  return [
    `Committee of ${alone.committee}, ${alone.signatures} signatures, blobs: ${alone.blobs}, hard fork ${MAIN_HARDFORK}; every number is a mined receipt's unless it says otherwise.`,
    "",
    `- **A lone duplicate costs the calldata floor, whatever it executes: ${n(alone.gasUsed)} gas here and ${n(alone.upstreamGasUsed ?? 0)} upstream**, although its execution fell from ${n(alone.upstreamExecution ?? 0)} to ${n(alone.execution)} gas. EIP-7623 charges its ${n(alone.calldataBytes)} bytes ${n(alone.calldataFloor)}; standard price and execution together are ${n(alone.intrinsic + alone.execution)} here and ${n(alone.intrinsic + (alone.upstreamExecution ?? 0))} upstream, both below. Under EIP-7976 (${PROJECTED_FLOOR_PER_BYTE} gas per byte) the floor becomes ${n(alone.projectedFloor)}, by formula; the EVM's preview of Amsterdam charges ${n(preview.gasUsed)}.`,
    `- **Inside a bundle whose signal and vote succeed, the early revert saves ${saved(bundled)} gas** (${n(bundled.upstreamGasUsed ?? 0)} to ${n(bundled.gasUsed)}); with a guard asked before the entry, ${saved(guarded)}.`,
    `- **Blob gas comes on top, revert or not**: ${n(alone.blobGas)} per blob. No order of checks gives it back; only a transaction that is not sent does.`,
    `- **On time nobody pays for the window**: \`propose\` costs ${fresh.map(({ ratio, committee }) => `${(ratio ?? 0).toFixed(3)} (committee ${committee})`).join(", ")} of upstream's in the rest of an epoch with the ring of logs unwritten, ${(warm.ratio ?? 0).toFixed(3)} once it is written (${n(warm.gasUsed)} against ${n(warm.upstreamGasUsed ?? 0)}).`,
    `- **A late landing costs ${(lateAgain.gasUsed / warm.gasUsed).toFixed(2)} of an on-time one**: ${n(lateAgain.gasUsed)} gas, of which most is the quorum's verification; ${n(late.gasUsed)} the first time that its record's place in the ring is written.`,
    `- **Smaller losers do not pay**: the smallest design cuts a lone duplicate from ${n(base.duplicate)} to ${n(smallest.duplicate)}, and makes every success ${n(smallest.success - base.success)} dearer; see "Attacking the floor".`,
    "",
    ...GAS_CHARTS.map(({ file, title }) => `![${title}](charts/${file})`),
  ].join("\n");
}

function renderMethod({ upstream, compiler, setup, storage }: GasEvidence): string {
  const onTime = findRecord(storage, mainId("storage", "onTime", "ringFresh", "upstream"));
  return `## How it was measured

Both rollups are deployed as the first rollup of a network of their own, on an embedded chain, with the same compiler settings
(solc ${compiler.version}, ${compiler.evmVersion}, ${compiler.optimizerRuns} runs; upstream is ${upstream}, compiled in the same run). The two networks mirror
each other to the byte: addresses, clock, seeds, committees, hence headers, signatures and calldata. A difference in gas is a
difference in code. Committees are sampled from ${setup.validators} validators; \`inboxLag\` is ${setup.inboxLag} on both.

- \`gasUsed\` is the receipt's. \`intrinsic\` is ${n(TRANSACTION_GAS)} and ${BYTE_GAS.zero} or ${BYTE_GAS.nonZero} gas per byte; \`floor\` is EIP-7623's. \`execution\` is what the opcodes
  cost after refunds, traced; wherever it is traced, \`gasUsed = max(intrinsic + execution, floor)\` is checked, and a row that
  does not satisfy it stops the benchmark. In series only the first sample is traced, and the others follow from that equation.
- Blobs are real and checked, except in rows with 0 blobs: there the blob check is off, as in upstream's own benchmark.
- *Fresh ring*: the ring of ${setup.logRing} checkpoint logs is still unwritten, so each checkpoint creates the ${countNew(onTime, "rollup: log of")} words of its log. *Warm*: they exist.
- One L1 block that holds a blob transaction and its rival is told as two blocks of the same second.
- \`npx hardhat bench\` writes this file; \`npx hardhat bench --check\` measures a part again (first epoch, all cases for the largest
  committee, on-time proposals and duplicates for the others) and fails on a difference of one unit of gas.`;
}

const COLUMNS = ["case", "variant", "committee", "blobs", "gasUsed", "execution", "upstream", "its execution", "ratio"];

function row(record: BenchRecord): Cell[] {
  const { variant, committee, blobs, gasUsed, execution, upstreamGasUsed, upstreamExecution, ratio } = record;
  return [
    record.case,
    variant,
    committee,
    blobs,
    gasUsed,
    execution,
    upstreamGasUsed,
    upstreamExecution,
    ratio?.toFixed(4),
  ];
}

/** Rows of some cases under the main fork, by committee and in the order of the cases. */
const ofMainFork = (records: readonly BenchRecord[], cases: readonly CaseName[]) =>
  records
    .filter(({ hardfork, case: name }) => hardfork === MAIN_HARDFORK && (cases as readonly string[]).includes(name))
    .sort((a, b) => a.committee - b.committee || orderOf(a) - orderOf(b));

const orderOf = ({ case: name }: BenchRecord) => (CASE_NAMES as readonly string[]).indexOf(name);

function renderNormalPath({ records, setup }: GasEvidence): string {
  const series = ofMainFork(records, ["propose"]);
  const others = ofMainFork(records, ["aged chain", "on-time bundle", "setup epoch", "epoch proof", "claim", "prune"]);
  const more = ofMainFork(records, ["epoch proof"]).map(
    ({ gasUsed, upstreamGasUsed }) => gasUsed - (upstreamGasUsed ?? gasUsed),
  );
  const [least, most] = [Math.min(...more), Math.max(...more)];
  return [
    "## The normal path",
    `On-time \`propose\`. A series is ${setup.epochSlots - 1} checkpoints; the proposer's place in the committee makes the spread.`,
    gasTable(
      ["variant", "committee", "samples", "mean", "min", "max", "execution", "upstream", "ratio"],
      series.map((record) => [
        record.variant,
        record.committee,
        record.samples ?? 1,
        record.gasUsed,
        record.gasUsedMin ?? record.gasUsed,
        record.gasUsedMax ?? record.gasUsed,
        record.execution,
        record.upstreamGasUsed,
        record.ratio?.toFixed(4),
      ]),
    ),
    `Everything else that happens without a late submission. \`propose\` looks up the seed of its epoch: upstream searches all randaos that were ever stored, so that it grows dearer with the chain's age, ours walks back from the newest; *aged chain* has a year of them, written straight into the storage of both rollups. An epoch proof asks whether its epoch has late slots: ${least === most ? n(least) : `${n(least)} to ${n(most)}`} gas more than upstream's, over all committees and lengths.`,
    gasTable(COLUMNS, others.map(row)),
  ].join("\n\n");
}

function renderLatePath({ records }: GasEvidence): string {
  return [
    "## The late path",
    "The quorum is verified on chain, the record written; upstream has no such path. A bundle that lands a late checkpoint and then signals and votes pays for more samplings of the committee besides: an on-time proposal leaves the current proposer in transient storage for the calls after it, a late one, being of a past slot, does not. It is cheaper to send them apart.",
    gasTable(
      ["case", "variant", "committee", "bytes", "gasUsed", "execution", "floor"],
      ofMainFork(records, ["late", "late bundle", "late duplicate", "settlement", "penalize"]).map((record) => [
        record.case,
        record.variant,
        record.committee,
        record.calldataBytes,
        record.gasUsed,
        record.execution,
        record.calldataFloor,
      ]),
    ),
  ].join("\n\n");
}

const LOSING: readonly CaseName[] = [
  "duplicate in the same block",
  "duplicate one block later",
  "stale slot",
  "missing parent",
  "window closed",
  "future slot",
  "wrong archive",
  "bad proposer signature",
];

function renderLosing({ records }: GasEvidence): string {
  return [
    "## Losing submissions",
    `\`bytes\` and \`floor\` are those of the calldata; \`${AT_PROJECTED}\` is the floor that EIP-7976 would set, by formula. \`saved\` is upstream's receipt minus ours. Guarded bundles are compared with upstream's plain one.`,
    gasTable(
      [
        "case",
        "variant",
        "committee",
        "blobs",
        "bytes",
        "floor",
        AT_PROJECTED,
        "execution",
        "upstream's",
        "gasUsed",
        "upstream's",
        "saved",
        "blob gas",
        "reverts with",
      ],
      ofMainFork(records, LOSING).map((record) => [
        record.case,
        record.variant,
        record.committee,
        record.blobs,
        record.calldataBytes,
        record.calldataFloor,
        record.projectedFloor,
        record.execution,
        record.upstreamExecution,
        record.gasUsed,
        record.upstreamGasUsed,
        record.upstreamGasUsed === undefined ? undefined : record.upstreamGasUsed - record.gasUsed,
        record.blobGas,
        `\`${record.outcome}\``,
      ]),
    ),
  ].join("\n\n");
}

function renderFloorDesigns({ floorDesigns, setup, upstream }: GasEvidence): string {
  const designs = floorDesigns.filter(({ hardfork }) => hardfork === MAIN_HARDFORK);
  return [...new Set(designs.map(({ committee }) => committee))]
    .map((committee) =>
      renderDesignsOf(
        committee,
        designs.filter((design) => design.committee === committee),
        setup.epochSlots,
        upstream.split(" ").at(-1) ?? "",
      ),
    )
    .join("\n\n");
}

function renderDesignsOf(
  committee: number,
  designs: GasEvidence["floorDesigns"],
  landings: number,
  nodeVersion: string,
): string {
  const base = designs[0];
  if (base === undefined) return "";
  const verdicts = designs.slice(1).map((design) => {
    const perSuccess = design.success - base.success + design.perEpoch / landings;
    const perDuplicate = base.duplicate - design.duplicate;
    const perBundle = design.successBundled - base.successBundled + design.perEpoch / landings;
    const perBundledDuplicate = base.duplicateBundled - design.duplicateBundled;
    return [
      design.design,
      Math.round(perSuccess),
      perDuplicate,
      breakEven(perSuccess, perDuplicate),
      Math.round(perBundle),
      perBundledDuplicate,
      breakEven(perBundle, perBundledDuplicate),
    ];
  });
  return [
    `## Attacking the floor (committee of ${committee})`,
    "A losing transaction can only get cheaper by being smaller, or by not entering `propose`. The same checkpoint, sent in different ways, on time and as a duplicate one block later:",
    gasTable(
      [
        "design",
        "bytes",
        "floor",
        AT_PROJECTED,
        "lands alone",
        "lands in a bundle",
        "duplicate alone",
        "duplicate in a bundle",
        "once per epoch",
        "nodes find `propose`",
      ],
      designs.map((design) => [
        design.design,
        design.calldataBytes,
        design.calldataFloor,
        design.projectedFloor,
        design.success,
        design.successBundled,
        design.duplicate,
        design.duplicateBundled,
        design.perEpoch,
        design.nodesFindIt,
      ]),
    ),
    `Against \`propose\` as nodes send it: what each landing pays more, what each duplicate pays less, and the duplicates per landing from which the design pays. What is stored once per epoch is spread over ${landings} landings.`,
    gasTable(
      [
        "design",
        "landing alone +",
        "duplicate alone −",
        "pays from",
        "landing in a bundle +",
        "duplicate in a bundle −",
        "pays from",
      ],
      verdicts,
    ),
    `**Verdict.** None is implemented. Every design is found by trace only: a v${nodeVersion} node looks for \`propose\` in the transaction's own calldata, directly or as an entry of Multicall3, and many RPC providers offer no traces, so a landing through it could stop a node. Each makes the landing dearer, and landings are the rule. What a guard saves a bundle, a publisher that simulates the bundle before it sends saves for nothing. The attestations are ${formatShare(base)} of the bytes; they can shrink only together with what nodes read, that is with an aggregate signature. The guard itself, \`requireOpen\`, stays in the rollup: it costs no path anything and serves bundling contracts and builders that exist anyway.`,
  ].join("\n\n");
}

function breakEven(cost: number, saving: number): string {
  if (saving <= 0) return "never";
  return cost <= 0 ? "always" : `${(cost / saving).toFixed(2)} duplicates per landing`;
}

/** Signatures and addresses, and the padded list of signers. */
function formatShare({ committee, calldataBytes }: GasEvidence["floorDesigns"][number]): string {
  const signatures = computeQuorum(committee);
  const bytes = SIGNATURE_BYTES * signatures + ADDRESS_BYTES * (committee - signatures) + WORD_BYTES * signatures;
  return `${Math.round((100 * bytes) / calldataBytes)} %`;
}

function renderStorage({ storage }: GasEvidence): string {
  const records = storage.filter(isMain);
  const wordsOf = (who: string) => findRecord(storage, mainId("storage", "onTime", "ringWarm", who)).words.length;
  const fewer = wordsOf("upstream") - wordsOf("buildAhead");
  const names = [...new Set(records.flatMap(({ words }) => words.map(({ word }) => word)))]
    .filter((word) => !/: word \d+$/.test(word))
    .sort();
  const head = records.map(({ path, implementation }) => `${path}, ${implementation}`);
  return [
    "## Storage",
    `Words that each path touches. An on-time proposal reads and writes no word that upstream does not, and ${fewer} fewer: it no longer looks at the oldest unproven checkpoint while the tip is of the current epoch.`,
    gasTable(
      ["path", "implementation", "cold words", "new words", "warm reads"],
      records.map(({ path, implementation, coldWords, newWords, warmReads }) => [
        path,
        implementation,
        coldWords,
        newWords,
        warmReads,
      ]),
    ),
    "Reads and writes of the words that have a name; c: cold, N: new.",
    gasTable(
      ["word", ...head],
      names.map((name) => [
        name,
        ...records.map(({ words }) => {
          const word = words.find((candidate) => candidate.word === name);
          if (word === undefined) return "";
          return `${word.reads}r ${word.writes}w${word.isCold ? " c" : ""}${word.isNew ? " N" : ""}`;
        }),
      ]),
    ),
  ].join("\n\n");
}

function renderHardforks({ records, storage }: GasEvidence): string {
  const late = findRecord(storage, mainId("storage", "late", "ringFresh", "buildAhead"));
  const keyOf = (record: BenchRecord) => [record.case, record.variant, record.committee, record.blobs].join(" / ");
  const main = new Map(ofAll(records, MAIN_HARDFORK).map((record) => [keyOf(record), record]));
  const forks = [...new Set(records.map(({ hardfork }) => hardfork))].filter((fork) => fork !== MAIN_HARDFORK);
  const summary = forks.map((fork): Cell[] => {
    const rows = ofAll(records, fork);
    const differing = rows.filter((record) => main.get(keyOf(record))?.gasUsed !== record.gasUsed);
    return [fork, rows.length, differing.length];
  });
  return [
    "## Other hard forks",
    `The first epoch was measured again under every other hard fork from Prague on that the local EVM knows. Rows whose gas differs from ${MAIN_HARDFORK}'s:`,
    gasTable(["hard fork", "rows measured", "rows that differ"], summary),
    `**Amsterdam** is a preview: EDR ships it as experimental, so these figures can still change. Everything was deployed under ${MAIN_HARDFORK} and the chain then forked into Amsterdam, as mainnet will live through it: under EIP-8037 a deployment would not fit into a transaction. The lone duplicate pays EIP-7976's floor to the unit. New state is what became dear, so a checkpoint on an unwritten ring costs most, and the ${countNew(late, "rollup: late")} words of the late record and its mark with it; both rings are written once.`,
    gasTable(
      ["case", "variant", "blobs", "gasUsed", "execution", "floor", "upstream", "ratio", `gasUsed in ${MAIN_HARDFORK}`],
      ofAll(records, PREVIEW).map((record) => [
        record.case,
        record.variant,
        record.blobs,
        record.gasUsed,
        record.execution,
        record.calldataFloor,
        record.upstreamGasUsed,
        record.ratio?.toFixed(4),
        main.get(keyOf(record))?.gasUsed,
      ]),
    ),
  ].join("\n\n");
}

/** Words with such a name that a path creates. */
const countNew = ({ words }: StorageRecord, prefix: string) =>
  words.filter(({ word, isNew }) => isNew && word.startsWith(prefix)).length;

const isMain = ({ hardfork, committee }: Circumstances) => hardfork === MAIN.hardfork && committee === MAIN.committee;

/** Sizes measured under the main fork, ascending. */
const committeesOf = (records: readonly BenchRecord[]) =>
  [...new Set(ofAll(records, MAIN_HARDFORK).map(({ committee }) => committee))].sort((a, b) => a - b);

const ofAll = (records: readonly BenchRecord[], fork: string) => records.filter(({ hardfork }) => hardfork === fork);
