import { signalDirectly, submitWinner, vote } from "./governanceActions.ts";
import { invalidate, proveEpoch, proveFaulty, proveRefused, prune } from "./proofActions.ts";
import { proposeAgain, proposeFaulty, proposeOnTime, validateHeader } from "./proposalActions.ts";
import type { FuzzAction } from "./rollupCalls.ts";
import { configureQueue, deposit, finalizeWithdraw, flush, initiateWithdraw, slash } from "./stakingActions.ts";
import { claim, configure, sendMessage, setUpSeeds, tendHatch, updateOracle } from "./upkeepActions.ts";

/** What a random step may do, by weight. */
export const FUZZ_ACTIONS: readonly (readonly [weight: number, action: FuzzAction])[] = [
  [29, proposeOnTime],
  [26, proposeFaulty],
  [4, proposeAgain],
  [6, validateHeader],
  [10, proveEpoch],
  [6, proveFaulty],
  [7, proveRefused],
  [3, prune],
  [12, invalidate],
  [3, updateOracle],
  [6, configure],
  [9, claim],
  [4, sendMessage],
  [4, setUpSeeds],
  [8, tendHatch],
  [2, signalDirectly],
  [2, submitWinner],
  [3, vote],
  [4, deposit],
  [3, flush],
  [2, initiateWithdraw],
  [3, finalizeWithdraw],
  [1, configureQueue],
  [3, slash],
];
