import type { TransactionReceipt } from "viem";

import { makeProposeTransaction } from "../../harness/consensus/proposeTransaction.ts";
import { attestCheckpoint, type AttestedCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { buildCheckpoint, type BuildCheckpointOptions } from "../../harness/consensus/checkpoint.ts";
import type { RollupView } from "../../harness/consensus/rollupView.ts";
import { readSlotCommittee, type SlotCommittee } from "../../harness/consensus/slotCommittee.ts";
import { slotStart } from "../../harness/protocol/time.ts";
import type { Validator } from "../../harness/network/validator.ts";

export interface Attested {
  readonly checkpoint: AttestedCheckpoint;
  readonly committee: SlotCommittee;
}

export interface Landed extends Attested {
  readonly receipt: TransactionReceipt;
}

export type CheckpointChoices = Omit<BuildCheckpointOptions, "coinbase" | "seed"> &
  Partial<Pick<BuildCheckpointOptions, "coinbase" | "seed">>;

/** Builds the checkpoint of a slot, paid to its proposer, and lets the smallest quorum attest. */
export async function attested(
  view: RollupView,
  validators: readonly Validator[],
  choices: CheckpointChoices,
): Promise<Attested> {
  const committee = await readSlotCommittee(view, validators, choices.slot);
  const defaults = { seed: "test", coinbase: committee.proposer.address };
  const built = await buildCheckpoint(view, { ...defaults, ...choices });
  return { committee, checkpoint: attestCheckpoint(built, committee) };
}

/** Lands a checkpoint in the second L1 block of its slot, sent by its proposer. Throws L1's reason. */
export async function landOnTime(view: RollupView, { checkpoint, committee }: Attested): Promise<Landed> {
  const transaction = makeProposeTransaction(view, checkpoint, committee.proposer.account);
  const timestamp = slotStart(view.rollup.timing, checkpoint.slot) + view.chain.blockTime;
  return { checkpoint, committee, receipt: await view.chain.execute(transaction, { timestamp }) };
}
