import type { RollupTiming } from "../protocol/time.ts";
import type { RollupDeployment } from "./deployment.ts";

/** The clock that a rollup was configured with. */
export function timingOf({ genesisTime, config }: Pick<RollupDeployment, "genesisTime" | "config">): RollupTiming {
  return {
    genesisTime,
    slotSeconds: config.aztecSlotDuration,
    epochSlots: config.aztecEpochDuration,
    proofSubmissionEpochs: config.aztecProofSubmissionEpochs,
    validatorSetLagEpochs: config.lagInEpochsForValidatorSet,
  };
}
