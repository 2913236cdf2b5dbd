import type { DeploymentParameters, IgnitionModule, IgnitionModuleResult } from "@nomicfoundation/ignition-core";
import type { Address } from "viem";

import aztecGovernanceModule from "../../ignition/modules/aztecGovernance.ts";
import buildAheadRollupModule from "../../ignition/modules/buildAheadRollup.ts";
import escapeHatchModule from "../../ignition/modules/escapeHatch.ts";
import fixedActionsPayloadModule from "../../ignition/modules/fixedActionsPayload.ts";
import freshHandoverModule from "../../ignition/modules/freshHandover.ts";
import mockVerifierModule from "../../ignition/modules/mockVerifier.ts";
import penaltiesModule from "../../ignition/modules/penalties.ts";
import penaltiesRegistryModule from "../../ignition/modules/penaltiesRegistry.ts";
import termsPayloadModule from "../../ignition/modules/termsPayload.ts";
import { assertDeployment, type ExpectedDeployment } from "../network/checkDeployment.ts";
import { completeConfig, rollupParameters } from "../network/deployRollup.ts";
import { governanceParameters } from "../network/deployV4Stack.ts";
import type { NetworkConfig } from "../network/networkConfig.ts";
import { readRollup } from "../network/rollup.ts";
import { runModule } from "../network/runModule.ts";
import { upgradeActions } from "../network/upgradeActions.ts";
import { encodeSetTerms, type LateSubmissionTerms } from "../protocol/terms.ts";
import { explainFailure } from "./deploymentFailures.ts";
import type { BuildDescription, DeployedAddresses, DeploymentRecord, DeploymentPlan } from "./deploymentRecord.ts";
import type { DeploymentTarget } from "./deploymentTarget.ts";
import { journalOf, readSteps } from "./ignitionJournal.ts";
import { assertFunded, FRESH_GAS, UPGRADE_GAS } from "./planUpgrade.ts";
import type { RecordStore } from "./recordStore.ts";
import { requireBlocks } from "./requireBlocks.ts";
import { resumeJournals, type Resumption } from "./resumeJournal.ts";
import { SLASH_PATHS, type UpgradeParameters } from "./upgradeParameters.ts";
import { assertSameDeployment } from "./validateRecord.ts";

export interface DeployPlanOptions {
  readonly name: string;
  readonly store: RecordStore;
  /** Given for a new deployment; a record that exists has its own, and goes on with that. */
  readonly plan?: DeploymentPlan;
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
 * Deploys what was planned. For an upgrade: libraries, rollup, slash factory, escape hatch, penalties, checks all of it on chain, and only
 * then the payload that governance is to execute; it registers nothing. For a new network: the shared contracts first, and instead of a
 * payload the registration and the handover to governance. Ignition's journals and the record are written after every transaction; a run
 * that ends early is taken up by the next one, wherever it ended.
 *
 * @throws DeploymentInterruptedError and its kin when a run ends early; running again goes on.
 * @throws DeploymentCheckError before the payload, when what is on chain is not what was planned.
 */
export async function deployPlan(
  target: DeploymentTarget,
  options: DeployPlanOptions,
): Promise<DeploymentRecord> {
  const run = await DeploymentRun.begin(target, options);
  try {
    return await run.deploy();
  } catch (error) {
    throw explainFailure(error, target.sender, options.store.file);
  } finally {
    run.refresh();
  }
}

export interface DeployTermsOptions extends Pick<DeployPlanOptions, "store" | "onRecord" | "onResume"> {
  readonly record: DeploymentRecord;
  readonly terms: LateSubmissionTerms;
}

/**
 * Makes the payload with which governance sets the terms of late submissions on the recorded rollup: with a window, it opens it. The same
 * terms are the same payload, so that nothing is sent a second time.
 *
 * @throws DeploymentInterruptedError and its kin when a run ends early; running again goes on.
 */
export async function deployTermsPayload(
  target: DeploymentTarget,
  { record, terms, ...rest }: DeployTermsOptions,
): Promise<Address> {
  const { name, parameters, build } = record;
  const run = await DeploymentRun.begin(target, { name, parameters, build, ...rest });
  try {
    return await run.deployTerms(terms);
  } catch (error) {
    throw explainFailure(error, target.sender, rest.store.file);
  } finally {
    run.refresh();
  }
}

/** One run at one record. */
class DeploymentRun {
  readonly #target: DeploymentTarget;
  readonly #options: DeployPlanOptions;
  #record: DeploymentRecord;

  /** Whether there is nothing left to do. */
  readonly #isDone: boolean;

  private constructor(
    target: DeploymentTarget,
    options: DeployPlanOptions,
    record: DeploymentRecord,
    isDone = false,
  ) {
    this.#target = target;
    this.#options = options;
    this.#record = record;
    this.#isDone = isDone;
  }

  static async begin(target: DeploymentTarget, options: DeployPlanOptions): Promise<DeploymentRun> {
    const { store, parameters, onResume } = options;
    const known = store.read();
    if (known === undefined) return new DeploymentRun(target, options, await newRecord(target, options));
    await assertSameDeployment(target, known, parameters);
    try {
      const resumption = await resumeJournals(target, store.journal, known.startBlock);
      const isDone = known.status === "complete" && resumption.redone.length === 0;
      if (!isDone) onResume?.(resumption);
      return new DeploymentRun(target, options, known, isDone);
    } catch (error) {
      throw explainFailure(error, target.sender, store.file);
    }
  }

  async deploy(): Promise<DeploymentRecord> {
    if (this.#isDone) return this.#record;
    this.refresh({ status: "running" });
    await assertFunded(this.#target, this.#record.plan.fresh === undefined ? UPGRADE_GAS : FRESH_GAS);
    await this.#deploySharedContracts();
    const { plan } = this.#record;
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
    if (plan.fresh === undefined) {
      const payload = await this.#deployPayload(rollup, escapeHatch);
      this.refresh({ addresses: { payload } });
    } else await this.#handOver(plan.fresh, rollup);
    this.refresh({ status: "complete" });
    return this.#record;
  }

  async deployTerms(terms: LateSubmissionTerms): Promise<Address> {
    const target = this.#record.addresses.rollup;
    if (target === undefined) throw new TypeError("Terms are those of a rollup that is deployed");
    const { firstBps, submitterBps, burnBps, windowSeconds, crossEpoch } = terms;
    const name = [firstBps, submitterBps, burnBps, windowSeconds, crossEpoch].join("_");
    const uri = `Build-Ahead L1: terms of late submissions, a window of ${windowSeconds} seconds`;
    const ignitionModule = termsPayloadModule(name);
    const parameters = { [ignitionModule.id]: { target, data: encodeSetTerms(terms), uri } };
    return (await this.#run(ignitionModule, parameters)).payload;
  }

  /** Brings the record up to date with Ignition's journals, and writes it. */
  refresh(change: Partial<Pick<DeploymentRecord, "status" | "plan" | "addresses">> = {}): void {
    const { store, onRecord } = this.#options;
    const { addresses } = this.#record;
    const steps = readSteps(store.journal);
    this.#record = {
      ...this.#record,
      ...change,
      addresses: { ...addresses, ...change.addresses },
      steps,
    };
    store.write(this.#record);
    onRecord?.(this.#record);
  }

  /** What a new network needs before its first rollup. */
  async #deploySharedContracts(): Promise<void> {
    const { plan } = this.#record;
    if (plan.fresh === undefined) return;
    const shared = await this.#run(aztecGovernanceModule, { AztecGovernance: governanceParameters(plan.fresh) });
    const { coinIssuer, dateGatedRelayer } = shared;
    const { registry, governance, gse, feeAsset, stakingAsset, rewardDistributor } = shared;
    const contracts = { registry, governance, gse, feeAsset, stakingAsset, rewardDistributor };
    const config = completeConfig(plan.config, contracts, plan.genesis);
    this.refresh({ plan: { ...plan, contracts, config }, addresses: { coinIssuer, dateGatedRelayer } });
  }

  async #handOver({ feeJuicePortalFunding }: NetworkConfig, rollup: Address): Promise<void> {
    const { registry, gse, feeAsset, governance } = this.#record.plan.contracts;
    const { coinIssuer, dateGatedRelayer } = this.#record.addresses as Required<DeployedAddresses>;
    const { feeJuicePortal } = await readRollup(this.#target.node, rollup);
    const handover = { registry, gse, feeAsset, governance, rollup, coinIssuer, dateGatedRelayer, feeJuicePortal };
    await this.#run(freshHandoverModule, { FreshHandover: { ...handover, feeJuicePortalFunding } });
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
    const { artifacts, sender, confirmations, pollingInterval } = this.#target;
    const provider = requireBlocks(this.#target.provider, this.#target.blockPatience, this.#target.clock);
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
  { name, plan, parameters, build }: DeployPlanOptions,
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
