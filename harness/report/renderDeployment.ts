import type { DeploymentRecord, Difference } from "../deployments/deploymentRecord.ts";
import type { Check } from "../network/checkDeployment.ts";
import { markdownTable } from "./markdownTable.ts";

/** The record of a deployment for people. */
export function renderDeployment(record: DeploymentRecord): string {
  const { name, network, chainId, status, deployer, build, plan, addresses, steps } = record;
  const dirty = build.dirty ? ", with local changes" : "";
  const { firstBps, submitterBps, burnBps, windowSeconds, crossEpoch } = plan.terms;
  return [
    `# ${name} on ${network}`,
    status === "complete"
      ? "Deployed and checked. Governance has to execute the payload before anything changes for anybody."
      : "**Not complete.** Running the same command again goes on.",
    markdownTable(
      [
        ["", "left"],
        ["", "left"],
      ],
      [
        ["chain", `${chainId}, genesis \`${record.genesisHash}\``],
        ["deployer", `\`${deployer}\``],
        ["sources", `${build.revision}${dirty}, ${build.upstream}`],
        ["compiler", `solc ${build.compiler}, ${build.evmVersion}, ${build.optimizerRuns} runs`],
        [
          "terms",
          `${firstBps} to ${submitterBps} bps, ${burnBps} burned, ${windowSeconds} s, crossEpoch ${crossEpoch}`,
        ],
        ["registry", `\`${plan.contracts.registry}\``],
        ["canonical then", `\`${plan.canonical}\``],
      ],
    ),
    "## Addresses",
    markdownTable(
      [
        ["role", "left"],
        ["address", "left"],
      ],
      Object.entries(addresses).map(([role, address]) => [role, `\`${address}\``]),
    ),
    "## Differences from the canonical rollup",
    renderDifferences(plan.differences),
    "## Transactions",
    markdownTable(
      [
        ["block", "right"],
        ["contract", "left"],
        ["address", "left"],
        ["transaction", "left"],
      ],
      steps.map(({ blockNumber, contract, functionName, address, txHash }) => [
        blockNumber.toString(),
        functionName === undefined ? contract : `${contract}.${functionName}`,
        `\`${address}\``,
        `\`${txHash}\``,
      ]),
    ),
    "Constructor arguments, linked libraries and the whole plan are in the file beside this one.\n",
  ].join("\n\n");
}

/** In what a planned rollup differs from the canonical one. */
export function renderDifferences(differences: readonly Difference[]): string {
  return markdownTable(
    [
      ["field", "left"],
      ["canonical", "left"],
      ["new", "left"],
      ["why", "left"],
    ],
    differences.map(({ field, canonical, planned, reason }) => [field, canonical, planned, reason]),
  );
}

/** Checks of a deployment, one a line. */
export function renderChecks(checks: readonly Check[]): string {
  return markdownTable(
    [
      ["", "left"],
      ["area", "left"],
      ["what", "left"],
      ["expected", "left"],
      ["found", "left"],
    ],
    checks.map(({ passed, area, subject, expected, found }) => [
      passed ? "ok" : "NO",
      area,
      subject,
      shorten(expected),
      passed ? "the same" : shorten(found),
    ]),
  );
}

const LONGEST = 120;
const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
