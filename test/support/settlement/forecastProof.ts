import { zeroAddress, type Address } from "viem";

import type { SettledLateSubmission } from "../../../harness/accounting/lateSubmissionEvents.ts";
import { deriveShares, type EpochProofFacts, type EpochProofShares } from "../../../harness/protocol/shares.ts";
import { splitShare } from "../../../harness/protocol/split.ts";
import { addTo, sumOf, type Amounts } from "./modelBooks.ts";
import type { ModelRecord } from "./modelChain.ts";

/** What a proof is to do with money, before it does. Amounts in fee token units (1e18). */
export interface ProofForecast {
  readonly shares: EpochProofShares;
  /** What accounts would be credited without the split. */
  readonly upstreamCredits: Amounts<Address>;
  /** What they are credited with it. */
  readonly credits: Amounts<Address>;
  readonly settled: readonly SettledLateSubmission[];
  /** Of those, and in their order. */
  readonly records: readonly ModelRecord[];
  readonly forfeited: bigint;
}

/**
 * Foretells a proof from the specification's formulas.
 * @param records Of the proof's checkpoints, in order; undefined for one that landed on time
 */
export function forecastProof(facts: EpochProofFacts, records: readonly (ModelRecord | undefined)[]): ProofForecast {
  const shares = deriveShares(facts);
  const upstreamCredits = new Map<Address, bigint>();
  const credits = new Map<Address, bigint>();
  const settled: SettledLateSubmission[] = [];
  const settledRecords: ModelRecord[] = [];
  for (const { index, coinbase, share } of shares.checkpoints) {
    addTo(upstreamCredits, coinbase, share);
    const record = records[index];
    if (record === undefined) {
      addTo(credits, coinbase, share);
      continue;
    }
    const { slot, submitter } = record;
    const bps = { submitterBps: Number(record.submitterBps), burnBps: Number(record.burnBps) };
    const { submitterCut, forfeited, kept } = splitShare(share, bps, submitter !== zeroAddress);
    addTo(credits, coinbase, kept);
    if (submitter !== zeroAddress) addTo(credits, submitter, submitterCut);
    settled.push({ slot, submitter, coinbase, share, submitterCut, forfeited });
    settledRecords.push(record);
  }
  const forfeited = sumOf(settled.map((settlement) => settlement.forfeited));
  return { shares, upstreamCredits, credits, settled, records: settledRecords, forfeited };
}
