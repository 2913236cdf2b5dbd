import { formatUnits } from "viem";

import type { ModelSpeed } from "../differential/ledger/benchModel.ts";
import type { LedgerCheck } from "../differential/ledger/checkLedgers.ts";
import { markdownTable } from "./markdownTable.ts";

/** What `evidence/ledger.json` holds. */
export interface LedgerEvidence extends LedgerCheck {
  /** The last commit that changed contracts or harness when the check began. */
  readonly commit: string;
  readonly speed: readonly ModelSpeed[];
}

const count = (value: number) => value.toLocaleString("en-US");
const tokens = (amount: string) => Number(formatUnits(BigInt(amount), 18)).toLocaleString("en-US");

/** What became of what, how often. */
export function outcomeTable({ outcomes }: Pick<LedgerCheck, "outcomes">): string {
  return markdownTable(
    [
      ["action", "left"],
      ["status", "left"],
      ["error", "left"],
      ["gas class", "left"],
      ["count", "right"],
    ],
    outcomes.map(({ action, status, error, gasClass, count: times }) => [
      action,
      status,
      error,
      gasClass,
      count(times),
    ]),
  );
}

/** How fast and how large the model was. */
export function speedTable(speed: readonly ModelSpeed[]): string {
  return markdownTable(
    [
      ["slots", "right"],
      ["slots per second", "right"],
      ["peak RSS, MiB", "right"],
      ["alive after a collection, MiB", "right"],
    ],
    speed.map(({ slots, slotsPerSecond, peakRssMiB, heapMiB }) =>
      [slots, slotsPerSecond, peakRssMiB, heapMiB].map(count),
    ),
  );
}

/** `evidence/ledger.md` */
export function renderLedgerCheck(evidence: LedgerEvidence): string {
  const { seed, slots, runs, blocks, transactions, rollBacks, rolledBackBlocks, money, gas, commit, speed } = evidence;
  return `${[
    "# The model ledger beside the contracts",
    `Written by \`npx hardhat ledger-check\`; the same figures are in \`ledger.json\`. The same storms were executed by the contracts on an embedded chain and by the model, and after every L1 block every transaction's status, error, gas class, late record and settlement, and the chain of checkpoints, were equal. Money is equal to the wei.`,
    `Seed \`${seed}\`: ${count(slots)} slots in ${count(runs)} runs over windows of 0, 12, 24, 36 and 72 s; ${count(transactions)} transactions in ${count(blocks)} L1 blocks; ${count(rollBacks)} reorgs took ${count(rolledBackBlocks)} blocks back. Measured at commit \`${commit.slice(0, 12)}\`.`,
    `${count(money.proofs)} proofs were accepted and settled ${count(money.settledLandings)} late landings. They paid ${tokens(money.sources)} fee tokens: ${tokens(money.credited)} to coinbases and submitters, ${tokens(money.proverRewards)} to provers; ${tokens(money.burned)} were burned, of these ${tokens(money.forfeited)} forfeited.`,
    "## What became of what",
    outcomeTable(evidence),
    "## Gas",
    "What the classes used on the chain, with committees of five, fresh storage and full rings alike. The model gives the middle of what `gas.json` says for the committee nearest in size.",
    markdownTable(
      [
        ["gas class", "left"],
        ["count", "right"],
        ["least", "right"],
        ["most", "right"],
      ],
      gas.map(({ gasClass, count: times, least, most }) => [gasClass, count(times), count(least), count(most)]),
    ),
    "## Speed of the model",
    "An ordinary life with committees of 48 and epochs of 32 slots. What is alive does not grow; the peak does until V8 has found the size of its young generation.",
    speedTable(speed),
  ].join("\n\n")}\n`;
}
