import { formatUnits } from "viem";

import { markdownTable } from "../report/markdownTable.ts";
import type { RehearsalReport } from "./rehearsalReport.ts";

/** Digits after the point that an amount is shown with; the JSON holds all of them. */
const SHOWN_DECIMALS = 4;

const gas = (value: number) => value.toLocaleString("en-US");

/** Tokens (1e18 units) for people. */
function tokens(amount: string): string {
  const [whole, fraction = ""] = formatUnits(BigInt(amount), 18).split(".");
  return `${whole}.${fraction.padEnd(SHOWN_DECIMALS, "0").slice(0, SHOWN_DECIMALS)}`;
}

const short = (address: string) => `${address.slice(0, 8)}…${address.slice(-4)}`;

/** What the terminal shows at the end: who got what, whether it adds up, what it cost. */
export function renderSummary(report: RehearsalReport): string {
  const { gas: figures, conservation } = report;
  const sums = conservation.map(
    ({ epoch, sumOfSources, sumOfUses, holds }) =>
      `epoch ${epoch}: ${sumOfSources} in, ${sumOfUses} out: ${holds ? "conserved to the wei" : "NOT CONSERVED"}`,
  );
  return [
    lateSlotTable(report),
    ...sums,
    `propose, mean gas by receipt: upstream on time ${gas(figures.onTimeUpstream)}, on time ${gas(figures.onTime)}, ` +
      `late ${gas(figures.late)} (${figures.lateRatio} of on time)`,
  ].join("\n");
}

/** `evidence/rehearsal.md` */
export function renderRehearsal(report: RehearsalReport): string {
  const { terms, upgrade, steps, conservation, claims, codeSizes, gas: figures } = report;
  const phases = [...new Set(steps.map(({ phase }) => phase))];
  const sections = [
    "# Rehearsal of the upgrade",
    `Written by \`npx hardhat rehearse\`: seed \`${report.seed}\`, committee of ${report.committee} out of ` +
      `${report.validators} validators, hardfork ${report.hardfork}; ${terms.submitterBps / 100} % to the late submitter, ` +
      `${terms.burnBps / 100} % burned, window ${terms.windowSeconds} s, crossEpoch ${String(terms.crossEpoch)} at ` +
      "deployment. Real contracts, signatures, blobs and governance; the validity proof is upstream's mock verifier's.",
    "## Who got what",
    "Amounts in tokens. The share is what upstream credits to the coinbase; it is split when the epoch is proven.",
    lateSlotTable(report),
    "## Whether it adds up",
    "*Distributor outflow + fees in = coinbase credits + submitter credits + prover rewards + burned*, measured in balances " +
      "and storage around each proof, in wei.",
    ...conservation.map(({ epoch, sources, uses, sumOfSources, sumOfUses, holds }) =>
      markdownTable(
        [
          [`epoch ${epoch}`, "left"],
          ["in", "right"],
          ["out", "right"],
        ],
        [
          ...Object.entries(sources).map(([name, amount]) => [name, amount, ""]),
          ...Object.entries(uses).map(([name, amount]) => [name, "", amount]),
          [holds ? "**sum: equal**" : "**sum: NOT EQUAL**", sumOfSources, sumOfUses],
        ],
      ),
    ),
    "## What it cost",
    markdownTable(
      [
        ["propose, mean by receipt", "left"],
        ["gas", "right"],
      ],
      [
        ["upstream, on time", gas(figures.onTimeUpstream)],
        ["on time", gas(figures.onTime)],
        ["late", gas(figures.late)],
        ["late / on time", figures.lateRatio.toFixed(3)],
      ],
    ),
    "## Step by step",
    `Governance made \`${upgrade.rollup}\` canonical in place of \`${upgrade.previous}\` after ${upgrade.days} days; ` +
      `${upgrade.followers} validators followed.`,
    ...phases.flatMap((phase) => [
      `### ${phase}`,
      markdownTable(
        [
          ["step", "left"],
          ["outcome", "left"],
          ["gas", "right"],
        ],
        steps
          .filter((step) => step.phase === phase)
          .map(({ name, outcome, revert, gasUsed, transactions, note }) => [
            [name, transactions === 1 ? undefined : `(${transactions} transactions)`, note && `— ${note}`]
              .filter((part) => part !== undefined)
              .join(" "),
            revert === undefined ? outcome : `${outcome}: \`${revert.error}\``,
            gas(gasUsed),
          ]),
      ),
    ]),
    "## Claims",
    markdownTable(
      [
        ["who", "left"],
        ["address", "left"],
        ["tokens", "right"],
      ],
      claims.map(({ who, address, amount }) => [who, short(address), tokens(amount)]),
    ),
    "## Code sizes",
    "Runtime code in bytes and what is left of the 24,576 of EIP-170.",
    markdownTable(
      [
        ["contract", "left"],
        ["size", "right"],
        ["margin", "right"],
      ],
      codeSizes.map(({ contract, size, margin }) => [contract, gas(size), gas(margin)]),
    ),
  ];
  return `${sections.join("\n\n")}\n`;
}

function lateSlotTable({ lateSlots }: RehearsalReport): string {
  return markdownTable(
    [
      ["slot", "right"],
      ["kind", "left"],
      ["delay", "right"],
      ["submitter", "left"],
      ["share", "right"],
      ["submitter's cut", "right"],
      ["forfeited", "right"],
      ["coinbase keeps", "right"],
    ],
    lateSlots.map((late) => [
      String(late.slot),
      late.kind,
      `${late.delaySeconds} s`,
      short(late.submitter),
      tokens(late.share),
      tokens(late.submitterCut),
      tokens(late.forfeited),
      tokens(late.coinbaseKept),
    ]),
  );
}
