import {
  latePenaltyControllerAbi,
  lateSlashingHookAbi,
  lateSlashRegistryAbi,
  lateStrikeLedgerAbi,
  lateSubmissionAbi,
  lateSubmissionHookAbi,
} from "../../../harness/protocol/abis.ts";
import { EmpireSlashingProposerAbi, SlasherAbi, TallySlashingProposerAbi } from "../../../harness/upstream/abis.ts";

/** What the tests call and read of penalties, rollup and upstream's slashing contracts. */
export const penaltyAbi = [
  ...lateSubmissionAbi,
  ...latePenaltyControllerAbi,
  ...lateSubmissionHookAbi,
  ...lateStrikeLedgerAbi,
  ...lateSlashingHookAbi,
  ...lateSlashRegistryAbi,
  ...SlasherAbi,
  ...EmpireSlashingProposerAbi,
  ...TallySlashingProposerAbi,
] as const;
