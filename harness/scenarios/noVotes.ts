import type { Hex } from "viem";

import type { RollupView } from "../consensus/rollupView.ts";
import { aztecClient } from "../network/aztecClient.ts";
import { encodeSlashVotes } from "../protocol/slashVotes.ts";
import { RollupContract } from "../upstream/contracts.ts";
import { ScenarioFailedError } from "./scenario.ts";

/** A vote that nobody is to be slashed. */
export async function encodeNoVotes({ chain, rollup }: RollupView): Promise<Hex> {
  const proposer = await new RollupContract(aztecClient(chain), rollup.address).getSlashingProposer();
  if (proposer?.type !== "tally") throw new ScenarioFailedError("slashing vote", "a tally to vote in", "none");
  return encodeSlashVotes({
    committeeSize: rollup.committeeSize,
    roundSlots: await proposer.getRoundSize(),
    epochSlots: rollup.timing.epochSlots,
  });
}
