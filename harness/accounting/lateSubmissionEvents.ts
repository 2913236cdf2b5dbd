import { isAddressEqual, parseEventLogs, type Address, type TransactionReceipt } from "viem";

import { lateSubmissionAbi } from "../protocol/abis.ts";

/** A late landing. */
export interface RecordedLateSubmission {
  readonly slot: bigint;
  readonly checkpointNumber: bigint;
  readonly originalProposer: Address;
  /** Zero for nobody. */
  readonly submitter: Address;
  /** Seconds since the submission slot began. */
  readonly delay: bigint;
}

/** The split of one late checkpoint's reward, in fee token units (1e18); the coinbase keeps the rest of `share`. */
export interface SettledLateSubmission {
  readonly slot: bigint;
  /** Zero for nobody. */
  readonly submitter: Address;
  readonly coinbase: Address;
  readonly share: bigint;
  readonly submitterCut: bigint;
  readonly forfeited: bigint;
}

type Logs = Pick<TransactionReceipt, "logs">;

/** Late landings that a rollup recorded in a transaction, in order. */
export function decodeRecorded({ logs }: Logs, rollup: Address): readonly RecordedLateSubmission[] {
  const own = logs.filter(({ address }) => isAddressEqual(address, rollup));
  return parseEventLogs({ abi: lateSubmissionAbi, eventName: "LateSubmissionRecorded", logs: own }).map(
    ({ args }) => args,
  );
}

/** Splits that a rollup applied in a transaction, in order. */
export function decodeSettled({ logs }: Logs, rollup: Address): readonly SettledLateSubmission[] {
  const own = logs.filter(({ address }) => isAddressEqual(address, rollup));
  return parseEventLogs({ abi: lateSubmissionAbi, eventName: "LateSubmissionSettled", logs: own }).map(
    ({ args }) => args,
  );
}
