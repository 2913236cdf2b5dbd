import type { AztecContracts } from "../network/contracts.ts";
import type { Rollup } from "../network/rollup.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { EthAddress } from "../upstream/foundation.ts";
import { preparePoseidon } from "../upstream/poseidon.ts";
import { loadArchiver, type Archiver } from "../upstream/realNode.ts";
import type { AttestedCheckpoint } from "./attestedCheckpoint.ts";

export interface ArchiverOptions {
  /** Where the L1 node answers: the archiver opens connections of its own. */
  readonly url: string;
  readonly chain: L1Node;
  readonly contracts: Pick<AztecContracts, "registry" | "governanceProposer">;
  readonly rollup: Rollup;
}

/** An archiver of v4.1.2 as nodes run it, but for the time and for when it looks: both are its owner's to say. */
export interface ArchiverNode {
  readonly archiver: Archiver;
  /** Blobs that it will find when it asks for them, as if a beacon node kept them. */
  keepBlobs(checkpoint: AttestedCheckpoint): Promise<void>;
  /** Sets its clock to the latest L1 block's and has it read what is new. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds. Long, so that it looks when it is told to; upstream leaves a timer of that length behind when it is closed. */
const POLLING_INTERVAL = 10_000;
/** Milliseconds for which its client may answer from memory: L1 moves faster than time here. */
const AT_ONCE = 1;
const MAX_LOGS = 1_000;
const STORE_KILOBYTES = 1_024;

/**
 * Starts upstream's own archiver on a rollup, unmodified: connections, decoding, checks, store, prunes. In memory instead of on disk.
 */
export async function openArchiver({ url, chain, contracts, rollup }: ArchiverOptions): Promise<ArchiverNode> {
  await preparePoseidon();
  const { createArchiver, createBlobClient, TestDateProvider } = await loadArchiver();
  const dateProvider = new TestDateProvider();
  const setTime = async () => dateProvider.setTime(Number(await chain.now()) * 1000);
  await setTime();
  const blobClient = createBlobClient();
  const address = (hex: string) => EthAddress.fromString(hex);
  const config = {
    l1RpcUrls: [url],
    l1DebugRpcUrls: [],
    l1ChainId: chain.chainId,
    l1Contracts: {
      rollupAddress: address(rollup.address),
      inboxAddress: address(rollup.inbox),
      registryAddress: address(contracts.registry),
      governanceProposerAddress: address(contracts.governanceProposer),
    },
    aztecSlotDuration: Number(rollup.timing.slotSeconds),
    aztecEpochDuration: Number(rollup.timing.epochSlots),
    ethereumSlotDuration: 12,
    archiverPollingIntervalMS: POLLING_INTERVAL,
    viemPollingIntervalMS: AT_ONCE,
    maxLogs: MAX_LOGS,
    dataStoreMapSizeKb: STORE_KILOBYTES,
    ethereumAllowNoDebugHosts: true,
  };
  // Upstream's type has a field for every contract and every setting of a node; these are those that an archiver reads.
  const archiver = await createArchiver(config as never, { blobClient, dateProvider }, { blockUntilSync: false });
  return {
    archiver,
    async keepBlobs({ blobs }) {
      await blobClient.sendBlobsToFilestore([...blobs]);
    },
    async sync() {
      await setTime();
      await archiver.syncImmediate();
    },
    close: () => archiver.stop(),
  };
}
