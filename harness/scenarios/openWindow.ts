import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { changeTerms } from "./changeTerms.ts";
import { readTerms } from "./lateTerms.ts";
import { ScenarioFailedError, type DeployedContext, type Scenario } from "./scenario.ts";

/** A scenario: governance opens the window that the rollup was deployed without. */
export function makeOpenWindow(terms: LateSubmissionTerms): Scenario<DeployedContext> {
  return {
    id: "openWindow",
    needs: {},
    run: async (context) => {
      const { windowSeconds } = await readTerms(context.world.view);
      if (windowSeconds !== 0) throw new ScenarioFailedError("openWindow", "a closed window", `${windowSeconds} s`);
      await changeTerms(context, { id: "openWindow", terms, uri: `late submissions: ${terms.windowSeconds} s` });
    },
  };
}
