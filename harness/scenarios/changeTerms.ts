import type { Hex } from "viem";

import fixedActionsPayloadModule from "../../ignition/modules/fixedActionsPayload.ts";
import { deployModule } from "../network/deployModule.ts";
import { executePayload } from "../network/governance.ts";
import { encodeSetTerms, type LateSubmissionTerms } from "../protocol/terms.ts";
import { tellGovernance } from "./governanceSteps.ts";
import { readTerms } from "./lateTerms.ts";
import { sumBlocks } from "./minedBlocks.ts";
import { ScenarioFailedError, type DeployedContext } from "./scenario.ts";

interface TermsChange {
  /** What the ids of its steps begin with. */
  readonly id: string;
  readonly terms: LateSubmissionTerms;
  /** What the payload says of itself. */
  readonly uri: string;
  /** Calls to the rollup that governance makes along with it. */
  readonly alongside?: readonly Hex[];
}

/**
 * Governance sets terms by a payload of fixed actions that the rollup's own proposers signal.
 * @throws ScenarioFailedError when other terms are in force afterwards.
 */
export async function changeTerms(
  { world, network }: DeployedContext,
  { id, terms, uri, alongside = [] }: TermsChange,
): Promise<void> {
  const { chain, rollup, keys } = world;
  const { deployer } = network;
  const actions = [encodeSetTerms(terms), ...alongside];
  const from = (await chain.publicClient.getBlockNumber()) + 1n;
  const { payload } = await deployModule(deployer, fixedActionsPayloadModule, {
    FixedActionsPayload: { actions: actions.map((data) => ({ target: rollup.address, data })), uri },
  });
  const name = "deploy the payload";
  world.tell({ id: `${id}.deployPayload`, name, outcome: "success", ...(await sumBlocks(chain, from)) });

  const { steps } = await executePayload(network, {
    payload,
    path: "signal",
    sender: deployer.account,
    canonical: rollup,
    signerOf: (validator) => keys.accountOf(validator),
  });
  tellGovernance(world, id, steps);
  const [expected, actual] = [encodeSetTerms(terms), encodeSetTerms(await readTerms(world.view))];
  if (actual !== expected) throw new ScenarioFailedError(`${id}.execute`, expected, actual);
}
