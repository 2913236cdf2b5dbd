import type { FeeOracle } from "../protocol/manaFee.ts";
import type { OpeningErrorName } from "../protocol/window.ts";
import type { LateRecord, Settlement } from "../sim/ledger.ts";
import type { Landing } from "./modelChain.ts";
import type { ModelInbox } from "./modelInbox.ts";
import type { ProvenEpoch, Purse } from "./modelRewards.ts";

/** Everything that L1 knows of a rollup. Never changed: a transaction that succeeds leaves another one. */
export interface ModelRollup {
  readonly tip: Landing | undefined;
  /** Number of the newest proven checkpoint. */
  readonly proven: number;
  readonly oracle: FeeOracle;
  readonly inbox: ModelInbox;
  /** Of the epochs that can still be proven. */
  readonly provenEpochs: readonly ProvenEpoch[];
  readonly purse: Purse;
  /** The newest epoch whose committee a proposal has sampled. */
  readonly sampledEpoch: number;
}

/** Errors of the contracts, apart from those of the window. */
export type RefusalName =
  | OpeningErrorName
  | "Rollup__SlotAlreadyInChain"
  | "Rollup__InvalidArchive"
  | "Rollup__InvalidManaMinFee"
  | "Rollup__InvalidInHash"
  | "Rollup__NothingToPrune"
  | "Rollup__CheckpointAlreadyProven"
  | "Rollup__CheckpointNotInPendingChain"
  | "Rollup__InvalidCheckpointNumber"
  | "Rollup__UnavailableTempCheckpointLog"
  | "Rollup__InvalidAttestations"
  | "Rollup__InvalidPreviousArchive"
  | "Rollup__StartAndEndNotSameEpoch"
  | "Rollup__PastDeadline"
  | "Rollup__StartIsNotFirstCheckpointOfEpoch"
  | "Rollup__StartIsNotBuildingOnProven"
  | "Rollup__ProverHaveAlreadySubmitted"
  | "ValidatorSelection__InsufficientAttestations"
  | "ValidatorSelection__MissingProposerSignature"
  | "SignatureLib__InvalidSignature"
  | "ERC20InsufficientBalance"
  | "Panic";

/** What a call did: a reason why nothing, or what it left. */
export type Step = RefusalName | Change;

export interface Change {
  readonly rollup: ModelRollup;
  /** Whether the proposal was the first to sample its epoch's committee. */
  readonly isFirstOfEpoch?: boolean;
  readonly late?: LateRecord;
  readonly settlement?: Settlement;
}
