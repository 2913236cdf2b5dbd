import { parseEventLogs, type Hex, type PublicClient } from "viem";

import { RollupAbi } from "../upstream/abis.ts";
import { CalldataRetriever } from "../upstream/archiver.ts";
import { CheckpointNumber, EthAddress, LogLevels } from "../upstream/foundation.ts";
import { UnreadableCheckpointError } from "./consensusErrors.ts";
import type { RollupView } from "./rollupView.ts";

type Decoded = Awaited<ReturnType<CalldataRetriever["getCheckpointFromRollupTx"]>>;

/** What a node learns from L1 about a checkpoint that somebody else built. */
export interface ArchivedCheckpoint extends Decoded {
  /** Whether the node had to trace the transaction, for which many RPC providers have no method. */
  readonly neededTrace: boolean;
}

/**
 * Reads a checkpoint out of an L1 transaction as the archiver of v4.1.2 does: inside Multicall3, directly, or by trace, checked
 * against the hashes of the `CheckpointProposed` event.
 *
 * @param client The node's connection to L1; default one that can trace
 * @throws UnreadableCheckpointError when the transaction proposed nothing, or the archiver would stop syncing at it.
 */
export async function readCheckpointAsArchiver(
  { chain, rollup }: RollupView,
  txHash: Hex,
  client: PublicClient = chain.publicClient,
): Promise<ArchivedCheckpoint> {
  const { logs } = await chain.publicClient.getTransactionReceipt({ hash: txHash });
  const [event] = parseEventLogs({ abi: RollupAbi, eventName: "CheckpointProposed", logs });
  if (event === undefined) {
    throw new UnreadableCheckpointError("The transaction proposed no checkpoint", { fields: { txHash } });
  }
  const { checkpointNumber, versionedBlobHashes, attestationsHash, payloadDigest } = event.args;
  let neededTrace = false;
  const complaints: string[] = [];
  const note = (message: string) => void complaints.push(message);
  // Upstream's types name a fork of viem, and whole classes of which one method is called.
  const dependencies = [
    client,
    client,
    Number(rollup.committeeSize),
    { recordBlockProposalTxTarget: (_target: string, usedTrace: boolean) => void (neededTrace = usedTrace) },
    Object.fromEntries(LogLevels.map((level) => [level, level === "warn" ? note : () => {}])),
    EthAddress.fromString(rollup.address),
  ] as unknown as ConstructorParameters<typeof CalldataRetriever>;
  try {
    const decoded = await new CalldataRetriever(...dependencies).getCheckpointFromRollupTx(
      txHash,
      versionedBlobHashes.map((hash) => Buffer.from(hash.slice(2), "hex")),
      CheckpointNumber.fromBigInt(checkpointNumber),
      { attestationsHash, payloadDigest },
    );
    return { ...decoded, neededTrace };
  } catch (cause) {
    throw new UnreadableCheckpointError("The archiver cannot read the transaction", {
      fields: { txHash, complaints: complaints.join("; ") },
      cause,
    });
  }
}
