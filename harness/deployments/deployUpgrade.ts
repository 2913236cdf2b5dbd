import type { DeploymentParameters, IgnitionModule, IgnitionModuleResult } from "@nomicfoundation/ignition-core";
import type { Address } from "viem";

import buildAheadRollupModule from "../../ignition/modules/buildAheadRollup.ts";
import escapeHatchModule from "../../ignition/modules/escapeHatch.ts";
import fixedActionsPayloadModule from "../../ignition/modules/fixedActionsPayload.ts";
import mockVerifierModule from "../../ignition/modules/mockVerifier.ts";
import penaltiesModule from "../../ignition/modules/penalties.ts";
import penaltiesRegistryModule from "../../ignition/modules/penaltiesRegistry.ts";
import { assertDeployment, type ExpectedDeployment } from "../network/checkDeployment.ts";
import { rollupParameters } from "../network/deployRollup.ts";
import { runModule } from "../network/runModule.ts";
import { upgradeActions } from "../network/upgradeActions.ts";
import { explainFailure } from "./deploymentFailures.ts";
import type { BuildDescription, DeployedAddresses, DeploymentRecord, UpgradePlan } from "./deploymentRecord.ts";
import type { DeploymentTarget } from "./deploymentTarget.ts";
import { journalOf, readSteps } from "./ignitionJournal.ts";
import { assertFunded } from "./planUpgrade.ts";
import type { RecordStore } from "./recordStore.ts";
import { resumeJournals, type Resumption } from "./resumeJournal.ts";
import { SLASH_PATHS, type UpgradeParameters } from "./upgradeParameters.ts";
import { assertSameDeployment } from "./validateRecord.ts";

export interface DeployUpgradeOptions {
  readonly name: string;
  readonly store: RecordStore;
  /** Given for a new deployment; a record that exists has its own, and goes on with that. */
  readonly plan?: UpgradePlan;
  readonly parameters: UpgradeParameters;
  readonly build: BuildDescription;
  /** Called whenever the record has changed on disk. */
  readonly onRecord?: (record: DeploymentRecord) => void;
  /** Called once when an earlier run is taken up. */
  readonly onResume?: (resumption: Resumption) => void;
}

/** What the payload says it is. */
const UPGRADE_URI = "Build-Ahead L1: register the rollup with the previous-slot window (closed)";

/**
 * Deploys the upgrade: libraries, rollup, slash factory, escape hatch, penalties, checks all of it on chain, and only then the payload
 * that governance is to execute. Ignition's journal and the record are written after every transaction; a run that ends early is taken
 * up by the next one, wherever it ended. Registers nothing.
 *
 * @throws DeploymentInterruptedError and its kin when a run ends early; running again goes on.
 * @throws DeploymentCheckError before the payload, when what is on chain is not what was planned.
 */
export async function deployUpgrade(
  target: DeploymentTarget,
  options: DeployUpgradeOptions,
): Promise<DeploymentRecord> {
  const run = await UpgradeRun.begin(target, options);
  try {
    return await run.deploy();
  } catch (error) {
    throw explainFailure(error, target.sender, options.store.file);
  } finally {
    run.refresh();
  }
}

/** One run at one record. */
class UpgradeRun {
  readonly #target: DeploymentTarget;
  readonly #options: DeployUpgradeOptions;
  #record: DeploymentRecord;

  private constructor(target: DeploymentTarget, options: DeployUpgradeOptions, record: DeploymentRecord) {
    this.#target = target;
    this.#options = options;
    this.#record = record;
  }

  static async begin(target: DeploymentTarget, options: DeployUpgradeOptions): Promise<UpgradeRun> {
    const { store, parameters, onResume } = options;
    const known = store.read();
    if (known === undefined) return new UpgradeRun(target, options, await newRecord(target, options));
    await assertSameDeployment(target, known, parameters);
    try {
      const resumption = await resumeJournals(target, store.journal, known.startBlock);
      onResume?.(resumption);
    } catch (error) {
      throw explainFailure(error, target.sender, store.file);
    }
    return new UpgradeRun(target, options, known);
  }

  async deploy(): Promise<DeploymentRecord> {
    const { plan } = this.#record;
    this.refresh({ status: "running" });
    await assertFunded(this.#target);
    const verifier = plan.verifier === "mock" ? (await this.#run(mockVerifierModule)).verifier : plan.verifier;
    this.refresh({ addresses: { verifier } });
    const { rollup, slashFactory } = await this.#run(buildAheadRollupModule, {
      BuildAheadRollup: {
        ...rollupParameters({ ...plan, verifier, owner: plan.contracts.governance }),
        terms: { ...plan.terms },
      },
    });
    this.refresh({ addresses: { rollup, slashFactory } });
    const escapeHatch = await this.#deployEscapeHatch(rollup);
    await this.#deployPenalties(rollup);
    await assertDeployment(this.#target.artifacts, this.#target.node, rollup, expectedDeployment(this.#record));
    const payload = await this.#deployPayload(rollup, escapeHatch);
    this.refresh({ addresses: { payload }, status: "complete" });
    return this.#record;
  }

  /** Brings the record up to date with Ignition's journals, and writes it. */
  refresh(change: { readonly status?: DeploymentRecord["status"]; readonly addresses?: DeployedAddresses } = {}): void {
    const { store, onRecord } = this.#options;
    const { addresses } = this.#record;
    const steps = readSteps(store.journal);
    this.#record = {
      ...this.#record,
      status: change.status ?? this.#record.status,
      addresses: { ...addresses, ...change.addresses },
      steps,
    };
    store.write(this.#record);
    onRecord?.(this.#record);
  }

  async #deployEscapeHatch(rollup: Address): Promise<Address | undefined> {
    const config = this.#record.plan.escapeHatch;
    if (config === undefined) return undefined;
    const { hatch } = await this.#run(escapeHatchModule, { EscapeHatch: { rollup, ...config } });
    this.refresh({ addresses: { escapeHatch: hatch } });
    return hatch;
  }

  async #deployPenalties(rollup: Address): Promise<void> {
    const { penalties, contracts } = this.#record.plan;
    if (penalties === undefined) return;
    const { registry } = await this.#run(penaltiesRegistryModule);
    const { controller, ledger, hook } = await this.#run(penaltiesModule, {
      Penalties: {
        rollup,
        governance: contracts.governance,
        registry,
        windowSlots: penalties.windowSlots,
        strikeWeights: { ...penalties.strikeWeights },
        slashPath: SLASH_PATHS.indexOf(penalties.slashPath),
        slashTerms: { ...penalties.slashTerms },
      },
    });
    this.refresh({
      addresses: {
        penaltyRegistry: registry,
        penaltyController: controller,
        strikeLedger: ledger,
        slashingHook: hook,
      },
    });
  }

  async #deployPayload(rollup: Address, escapeHatch: Address | undefined): Promise<Address> {
    const { contracts, rewardsClaimable } = this.#record.plan;
    const actions = upgradeActions({ contracts, rollup, escapeHatch, rewardsClaimable });
    const parameters = { actions: actions.map((action) => ({ ...action })), uri: UPGRADE_URI };
    return (await this.#run(fixedActionsPayloadModule, { FixedActionsPayload: parameters })).payload;
  }

  #run<ModuleId extends string, ContractName extends string, Results extends IgnitionModuleResult<ContractName>>(
    ignitionModule: IgnitionModule<ModuleId, ContractName, Results>,
    parameters: DeploymentParameters = {},
  ): Promise<{ readonly [name in keyof Results]: Address }> {
    const { artifacts, provider, sender, confirmations, pollingInterval } = this.#target;
    const directory = journalOf(this.#options.store.journal, ignitionModule.id);
    const onProgress = () => this.#noteProgress();
    const options = { artifacts, provider, sender, directory, confirmations, pollingInterval, onProgress };
    return runModule(options, ignitionModule, parameters);
  }

  /** Writes the record when a transaction more is done. */
  #noteProgress(): void {
    if (readSteps(this.#options.store.journal).length !== this.#record.steps.length) this.refresh();
  }
}

/** What a record says that is on chain. */
export function expectedDeployment({ plan, addresses }: DeploymentRecord): ExpectedDeployment {
  const { verifier, slashFactory, escapeHatch } = addresses;
  if (verifier === undefined) throw new TypeError("A rollup is deployed with a verifier");
  return {
    contracts: plan.contracts,
    owner: plan.contracts.governance,
    config: plan.config,
    genesis: plan.genesis,
    verifier,
    terms: plan.terms,
    ...(slashFactory === undefined ? {} : { slashFactory }),
    ...(escapeHatch === undefined || plan.escapeHatch === undefined
      ? {}
      : { escapeHatch: { ...plan.escapeHatch, address: escapeHatch } }),
  };
}

async function newRecord(
  { network, node, sender }: DeploymentTarget,
  { name, plan, parameters, build }: DeployUpgradeOptions,
): Promise<DeploymentRecord> {
  if (plan === undefined) throw new TypeError("A new deployment needs a plan");
  const { publicClient, chainId } = node;
  const genesis = await publicClient.getBlock({ blockNumber: 0n });
  return {
    format: 1,
    name,
    network,
    chainId,
    genesisHash: genesis.hash,
    startBlock: await publicClient.getBlockNumber(),
    status: "running",
    deployer: sender,
    build,
    parameters,
    plan,
    addresses: {},
    steps: [],
  };
}
