import type { Address, LocalAccount } from "viem";

import { RollupAbi } from "@aztec/l1-artifacts/RollupAbi";

import buildAheadRollupModule from "../../ignition/modules/buildAheadRollup.ts";
import upstreamRollupModule from "../../ignition/modules/upstreamRollup.ts";
import { deployModule } from "../l1/deployModule.ts";
import type { L1Chain } from "../l1/l1Chain.ts";
import type { LateSubmissionTerms, RollupDeployment, SharedContracts } from "./deployment.ts";
import { readLinkedLibraries } from "./linkedLibraries.ts";
import { computeRollupVersion, type GenesisState, type RollupConfig } from "./networkConfig.ts";

export interface DeployRollupOptions {
  readonly chain: L1Chain;
  readonly deployer: LocalAccount;
  readonly contracts: Pick<SharedContracts, "feeAsset" | "stakingAsset" | "gse" | "rewardDistributor">;
  /** Owner from the constructor on, and for good the `GOVERNANCE` that may slash directly. */
  readonly owner: Address;
  /** `version` 0 is computed; the reward distributor is filled in. */
  readonly config: RollupConfig;
  readonly genesis: GenesisState;
  /** Given: the extended rollup is deployed, with these terms. */
  readonly terms?: LateSubmissionTerms;
}

/** Deploys a rollup version with its verifier and libraries; registers nothing and hands nothing over. */
export async function deployRollup(options: DeployRollupOptions): Promise<RollupDeployment> {
  const { chain, deployer, contracts, owner, genesis, terms } = options;
  const filled: RollupConfig = {
    ...options.config,
    rewardConfig: { ...options.config.rewardConfig, rewardDistributor: contracts.rewardDistributor },
  };
  const version = filled.version === 0 ? computeRollupVersion(filled, genesis) : filled.version;
  const config = { ...filled, version };
  const shared = {
    feeAsset: contracts.feeAsset,
    stakingAsset: contracts.stakingAsset,
    gse: contracts.gse,
    owner,
    genesisState: { ...genesis },
    config: { ...config, slashAmounts: [...config.slashAmounts] },
  };
  const deployed =
    terms === undefined
      ? await deployModule(chain, deployer, upstreamRollupModule, { UpstreamRollup: shared })
      : await deployModule(chain, deployer, buildAheadRollupModule, {
          BuildAheadRollup: { ...shared, terms: { ...terms } },
        });
  const { rollup: address, verifier, slashFactory } = deployed;
  const read = (functionName: "getInbox" | "getOutbox" | "getFeeAssetPortal" | "getSlasher") =>
    chain.publicClient.readContract({ address, abi: RollupAbi, functionName });
  return {
    kind: terms === undefined ? "upstream" : "build-ahead",
    address,
    verifier,
    slashFactory,
    inbox: await read("getInbox"),
    outbox: await read("getOutbox"),
    feeJuicePortal: await read("getFeeAssetPortal"),
    slasher: await read("getSlasher"),
    // The code on chain names what it calls later; the slasher libraries are called by the constructor only.
    libraries: {
      TallySlasherDeploymentExtLib: deployed.tallySlasherDeployment,
      EmpireSlasherDeploymentExtLib: deployed.empireSlasherDeployment,
      ...(terms === undefined
        ? {}
        : await readLinkedLibraries(chain, "BuildAheadOperationsExtLib", deployed.operations)),
      ...(await readLinkedLibraries(chain, terms === undefined ? "Rollup" : "BuildAheadRollup", address)),
    },
    config,
    genesis,
    genesisTime: await chain.publicClient.readContract({ address, abi: RollupAbi, functionName: "getGenesisTime" }),
    ...(terms === undefined ? {} : { terms }),
  };
}
