import type { CompactProposer$Type } from "../../artifacts/contracts/bench/CompactProposer.sol/artifacts.d.ts";
import type { ILateSlashingHook$Type } from "../../artifacts/contracts/interfaces/ILateSlashingHook.sol/artifacts.d.ts";
import type { ILateSlashRegistry$Type } from "../../artifacts/contracts/interfaces/ILateSlashRegistry.sol/artifacts.d.ts";
import type { ILateStrikeLedger$Type } from "../../artifacts/contracts/interfaces/ILateStrikeLedger.sol/artifacts.d.ts";
import type { ILateSubmission$Type } from "../../artifacts/contracts/interfaces/ILateSubmission.sol/artifacts.d.ts";
import type { ILateSubmissionHook$Type } from "../../artifacts/contracts/interfaces/ILateSubmissionHook.sol/artifacts.d.ts";
import type { BuildAheadOperationsExtLib$Type } from "../../artifacts/contracts/libraries/BuildAheadOperationsExtLib.sol/artifacts.d.ts";
import type { LatePenaltyController$Type } from "../../artifacts/contracts/penalties/LatePenaltyController.sol/artifacts.d.ts";
import { readAbi } from "./readAbi.ts";

// ABIs of this package's contracts, as they were built. Upstream's come from `harness/upstream`.

/** What the extended rollup adds to upstream's interface. */
export const lateSubmissionAbi = readAbi<ILateSubmission$Type>(
  "contracts/interfaces/ILateSubmission.sol:ILateSubmission",
);
/** The operations library that the extended rollup links instead of upstream's. */
export const operationsLibraryAbi = readAbi<BuildAheadOperationsExtLib$Type>(
  "contracts/libraries/BuildAheadOperationsExtLib.sol:BuildAheadOperationsExtLib",
);
/** The controller itself: its owner belongs to it. */
export const latePenaltyControllerAbi = readAbi<LatePenaltyController$Type>(
  "contracts/penalties/LatePenaltyController.sol:LatePenaltyController",
);
export const lateSubmissionHookAbi = readAbi<ILateSubmissionHook$Type>(
  "contracts/interfaces/ILateSubmissionHook.sol:ILateSubmissionHook",
);
export const lateStrikeLedgerAbi = readAbi<ILateStrikeLedger$Type>(
  "contracts/interfaces/ILateStrikeLedger.sol:ILateStrikeLedger",
);
export const lateSlashingHookAbi = readAbi<ILateSlashingHook$Type>(
  "contracts/interfaces/ILateSlashingHook.sol:ILateSlashingHook",
);
export const lateSlashRegistryAbi = readAbi<ILateSlashRegistry$Type>(
  "contracts/interfaces/ILateSlashRegistry.sol:ILateSlashRegistry",
);
export const compactProposerAbi = readAbi<CompactProposer$Type>("contracts/bench/CompactProposer.sol:CompactProposer");
