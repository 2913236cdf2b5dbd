import { registerHooks } from "node:module";

// Parts of real nodes, loaded only when somebody asks: the package's native database wants a newer glibc than many machines have,
// and half a node comes with each of them.

export type { Archiver } from "@aztec/archiver";
export type { L1TxUtilsConfig as TxMonitorConfig } from "@aztec/ethereum/l1-tx-utils";
export type { SequencerPublisher } from "../../node_modules/@aztec/sequencer-client/dest/publisher/sequencer-publisher.js";

/** The one module that is not upstream's. */
const NATIVE = { asked: "@aztec/native", given: new URL("memoryNative.ts", import.meta.url).href };
let isReplaced = false;

/** From now on this process finds `memoryNative.ts` where upstream imports its native module. */
function replaceNative(): void {
  if (isReplaced) return;
  isReplaced = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === NATIVE.asked ? { url: NATIVE.given, shortCircuit: true } : next(specifier, context),
  });
}

/** What an archiver is made of (about a second and a half to load). */
export async function loadArchiver() {
  replaceNative();
  const [{ createArchiver }, { createBlobClient }, { TestDateProvider }] = await Promise.all([
    import("@aztec/archiver"),
    import("@aztec/blob-client/client"),
    import("@aztec/foundation/timer"),
  ]);
  return { createArchiver, createBlobClient, TestDateProvider };
}

/** What a publisher is made of. The package's entry point would load a network stack and native code; this file of it does not. */
export async function loadPublisher() {
  replaceNative();
  const [
    { SequencerPublisher },
    { SequencerPublisherMetrics },
    { createBlobClient },
    { EpochCache },
    { createEthereumChain },
    { createExtendedL1Client },
    { createL1TxUtils },
    { TestDateProvider },
    { getTelemetryClient },
    { SlashFactoryContract },
  ] = await Promise.all([
    import("../../node_modules/@aztec/sequencer-client/dest/publisher/sequencer-publisher.js"),
    import("../../node_modules/@aztec/sequencer-client/dest/publisher/sequencer-publisher-metrics.js"),
    import("@aztec/blob-client/client"),
    import("@aztec/epoch-cache"),
    import("@aztec/ethereum/chain"),
    import("@aztec/ethereum/client"),
    import("@aztec/ethereum/l1-tx-utils"),
    import("@aztec/foundation/timer"),
    import("@aztec/telemetry-client"),
    import("@aztec/stdlib/l1-contracts"),
  ]);
  return {
    SequencerPublisher,
    SequencerPublisherMetrics,
    createBlobClient,
    EpochCache,
    createEthereumChain,
    createExtendedL1Client,
    createL1TxUtils,
    TestDateProvider,
    getTelemetryClient,
    SlashFactoryContract,
  };
}
