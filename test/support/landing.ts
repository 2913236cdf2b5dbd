import { expect } from "chai";
import { parseEventLogs, type TransactionReceipt } from "viem";

import type { AttestedCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { RollupAbi } from "../../harness/upstream/abis.ts";
import type { Landing, LandOptions, World } from "../../harness/world/world.ts";

/** Lands a checkpoint, on time if nothing else is said; a refusal fails the test with L1's reason. */
export async function landed(
  world: World,
  checkpoint: AttestedCheckpoint,
  options: LandOptions = {},
): Promise<Landing> {
  const landing = await world.land(checkpoint, options);
  expect(landing.revert?.message, `slot ${checkpoint.slot}`).to.equal(undefined);
  return landing;
}

/** `CheckpointProposed` of a transaction, of which there must be exactly one. */
export function proposedBy({ logs }: Pick<TransactionReceipt, "logs">) {
  const events = parseEventLogs({ abi: RollupAbi, eventName: "CheckpointProposed", logs });
  expect(events.length, "checkpoints proposed").to.equal(1);
  return (events[0] as (typeof events)[number]).args;
}
