import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { artifacts } from "hardhat";

import { deployPlan } from "../../harness/deployments/deployPlan.ts";
import type { BuildDescription, DeploymentRecord } from "../../harness/deployments/deploymentRecord.ts";
import type { DeploymentTarget } from "../../harness/deployments/deploymentTarget.ts";
import { planUpgrade } from "../../harness/deployments/planUpgrade.ts";
import { RecordStore } from "../../harness/deployments/recordStore.ts";
import type { Resumption } from "../../harness/deployments/resumeJournal.ts";
import { DEFAULT_PARAMETERS, type UpgradeParameters } from "../../harness/deployments/upgradeParameters.ts";
import type { L1Provider } from "../../harness/l1/l1Backend.ts";
import { pacedProvider } from "../../harness/network/deployModule.ts";
import type { EmbeddedNetwork } from "../../harness/network/openEmbeddedNetwork.ts";

export const BUILD: BuildDescription = {
  revision: "0".repeat(40),
  dirty: false,
  upstream: "@aztec/l1-artifacts 4.1.2",
  compiler: "0.8.30",
  evmVersion: "prague",
  optimizerRuns: 100,
};

/** Parameters with which everything is deployed that can be. */
export const FULL_PARAMETERS: UpgradeParameters = {
  ...DEFAULT_PARAMETERS,
  penalties: {
    windowSlots: 4_096n,
    strikeWeights: { late: 1, missed: 2 },
    slashPath: "governance",
    slashTerms: { threshold: 8, lifetimeSlots: 8_192, amountPerWeight: 10n ** 15n },
  },
};

/** An embedded network as a place to deploy to; `provider` stands between it and the deployer. */
export function targetOn(network: EmbeddedNetwork, provider?: L1Provider): DeploymentTarget {
  const { deployer, chain } = network;
  return {
    network: "default",
    node: chain,
    provider: provider ?? pacedProvider(deployer),
    sender: deployer.account.address,
    artifacts,
    confirmations: 1,
    pollingInterval: 1,
    blockPatience: 60,
    clock: () => performance.now(),
  };
}

/** A folder for records that is gone after the test. */
export function makeRecordFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), "build-ahead-records-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface UpgradeRunOptions {
  readonly parameters?: UpgradeParameters;
  readonly name?: string;
  readonly provider?: L1Provider;
  /** Seconds; default: longer than any test. */
  readonly blockPatience?: number;
  readonly onResume?: (resumption: Resumption) => void;
}

/** What the task does, without asking anybody: plans if there is no record yet, and deploys. */
export async function runUpgrade(
  network: EmbeddedNetwork,
  folder: string,
  { parameters = DEFAULT_PARAMETERS, name = "test", provider, blockPatience, onResume }: UpgradeRunOptions = {},
): Promise<DeploymentRecord> {
  const target = { ...targetOn(network, provider), ...(blockPatience === undefined ? {} : { blockPatience }) };
  const store = RecordStore.open(folder, name);
  try {
    const plan =
      store.read() === undefined ? { plan: await planUpgrade(target, network.contracts.registry, parameters) } : {};
    const options = { name, store, parameters, build: BUILD, ...plan };
    return await deployPlan(target, { ...options, ...(onResume === undefined ? {} : { onResume }) });
  } finally {
    store.release();
  }
}

/**
 * A provider whose connection breaks at the n-th transaction that it is asked to send: before the node has heard of it, or after it
 * was mined and before the answer came back.
 */
export function breakingProvider(provider: L1Provider, at: number, moment: "before" | "after"): L1Provider {
  let sent = 0;
  return {
    request: async (request) => {
      if (request.method !== "eth_sendTransaction") return provider.request(request);
      sent += 1;
      if (sent === at && moment === "before") throw new Error("connect ECONNREFUSED");
      const answer = await provider.request(request);
      if (sent === at) throw new Error("socket hang up");
      return answer;
    },
  };
}
