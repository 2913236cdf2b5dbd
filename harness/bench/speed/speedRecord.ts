/** What is measured, each in a process of its own. */
export const SPEED_PARTS = [
  "epoch",
  "scenarios",
  "chain-100",
  "chain-1000",
  "model-100",
  "model-1000",
  "ledger",
] as const;

export type SpeedPart = (typeof SPEED_PARTS)[number];

/** What an epoch of full checkpoints took, by what was done. */
export interface EpochSpeed {
  readonly checkpoints: number;
  readonly committee: number;
  /** Attestations of each checkpoint, the quorum that goes to L1. */
  readonly signatures: number;
  /** Seconds. */
  readonly parts: {
    /** Headers and payloads, with what they read from L1. */
    readonly building: number;
    /** Attestations and the proposer's second signature. */
    readonly signing: number;
    /** Encoding, commitments and proofs. */
    readonly blobs: number;
    /** The L1 transaction: signed, executed and its receipt read. */
    readonly l1: number;
  };
}

/** What all scenarios took. */
export interface ScenariosSpeed {
  readonly scenarios: number;
  readonly runs: number;
  /** Deployments included. */
  readonly seconds: number;
}

/** What a run of simulated slots took, actors and all. */
export interface StageSpeed {
  readonly ledger: "chain" | "model";
  readonly slots: number;
  /** From the first event to the last. */
  readonly seconds: number;
  /** Of all threads over the same time: says more than the clock where the machine has other work. */
  readonly cpuSeconds: number;
  /** Deploying, staking and looking for a place to begin, before that. */
  readonly openSeconds: number;
  /** The process's resident memory at its largest. */
  readonly peakRssMiB: number;
}
