import type { GovernanceStep } from "../network/governance.ts";
import type { World } from "../world/world.ts";

/** The last word of a step's id. */
const WORDS: Readonly<Record<GovernanceStep["name"], string>> = {
  signal: "signal",
  "submit-round-winner": "submitRoundWinner",
  deposit: "deposit",
  "propose-with-lock": "proposeWithLock",
  vote: "vote",
  execute: "execute",
};

/** Tells of a walk through governance, one step per name: 151 signals say no more than their sum. */
export function tellGovernance(world: World, id: string, steps: readonly GovernanceStep[]): void {
  for (const name of new Set(steps.map((step) => step.name))) {
    const alike = steps.filter((step) => step.name === name);
    const [only, ...others] = alike;
    world.tell({
      id: `${id}.${WORDS[name]}`,
      name: `governance: ${name}`,
      outcome: "success",
      gasUsed: alike.reduce((total, { gasUsed }) => total + gasUsed, 0n),
      transactions: alike.length,
      ...(only !== undefined && others.length === 0 ? { txHash: only.txHash } : {}),
    });
  }
}
