import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import {
  encodeFunctionData,
  parseEventLogs,
  zeroAddress,
  type Abi,
  type Address,
  type LocalAccount,
  type TransactionReceipt,
} from "viem";

import { RollupAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";
import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import { makeProposeTransaction } from "../../../harness/consensus/proposeTransaction.ts";
import { packAttestations } from "../../../harness/consensus/attestations.ts";
import {
  attestCheckpoint,
  withAttestations,
  type AttestedCheckpoint,
} from "../../../harness/consensus/attestedCheckpoint.ts";
import { buildCheckpoint, type Checkpoint } from "../../../harness/consensus/checkpoint.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import type { RollupView } from "../../../harness/consensus/rollupView.ts";
import { readSlotCommittee } from "../../../harness/consensus/slotCommittee.ts";
import { deployModule } from "../../../harness/network/deployModule.ts";
import type { L1Chain } from "../../../harness/l1/l1Chain.ts";
import { buildAheadConfig } from "../../../harness/network/deployBuildAhead.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../../../harness/network/networkConfig.ts";
import { SlasherFlavor } from "../../../harness/upstream/rollupConfig.ts";
import { epochOfSlot, firstSlotOfEpoch, slotStart } from "../../../harness/protocol/time.ts";
import { getProposer } from "../../../harness/network/committee.ts";
import type { UpgradedNetwork, UpgradeOptions } from "../../../harness/network/upgradeToBuildAhead.ts";
import type { Validator } from "../../../harness/network/validator.ts";
import penaltiesModule from "../../../ignition/modules/penalties.ts";
import penaltiesRegistryModule from "../../../ignition/modules/penaltiesRegistry.ts";
import { upgradedNetwork } from "../../support/networks.ts";
import { penaltyAbi } from "./penaltyAbi.ts";

/** Staking token units. */
export const TOKEN = 10n ** 18n;
/** What a late landing and a miss weigh, and what a unit of weight costs. */
export const LATE_WEIGHT = 1n;
export const MISS_WEIGHT = 2n;
export const AMOUNT_PER_WEIGHT = TOKEN;
export const WINDOW_SLOTS = 64n;
/** What the penalties module registers the ledger with. */
export const LEDGER_GAS_LIMIT = 200_000n;

const STRIKE_WEIGHTS = { late: Number(LATE_WEIGHT), missed: Number(MISS_WEIGHT) };

/** `ILateSlashingHook.SlashPath`. */
export const SlashPath = { governance: 0, empireRound: 1 } as const;

/**
 * Short epochs and small committees, so that a slashing round is eight slots; stakes, thresholds and delays stay upstream's.
 * A round is one epoch; tally rounds judge the epoch two before. The smallest slash is one token: it does not eject.
 */
export function shortEpochConfig(slasherFlavor: number): NetworkConfig {
  const config = mainnetLikeConfig();
  return {
    ...config,
    rollup: {
      ...config.rollup,
      aztecEpochDuration: 8n,
      targetCommitteeSize: 8n,
      slashingRoundSize: 8n,
      slashingQuorum: 5n,
      slashAmounts: [TOKEN, 2n * TOKEN, 3n * TOKEN],
      slasherFlavor,
    },
    governanceProposer: { quorum: 5n, roundSize: 8n },
  };
}

/** Controller and ledger alone, owned by the deployer. */
const ledgerModule = buildModule("Ledger", (m) => {
  const deployer = m.getAccount(0);
  const controller = m.contract("LatePenaltyController", [m.getParameter<string>("rollup"), deployer]);
  const window = [m.getParameter<bigint>("windowSlots"), m.getParameter("strikeWeights")];
  const ledger = m.contract("LateStrikeLedger", [controller, deployer, ...window]);
  m.call(controller, "addHook", [ledger, Number(LEDGER_GAS_LIMIT)]);
  return { controller, ledger };
});

/** A network whose rollup can pay fees. */
async function openNetwork(config: NetworkConfig, upgrade: UpgradeOptions = {}): Promise<UpgradedNetwork> {
  const network = await upgradedNetwork({ config, validatorCount: 12 }, upgrade);
  const { chain, deployer, buildAhead, contracts } = network;
  // A new rollup's portal is empty, and proofs pay fees out of it.
  const args = [buildAhead.feeJuicePortal, config.feeJuicePortalFunding] as const;
  const mint = encodeFunctionData({ abi: TestERC20Abi, functionName: "mint", args });
  await chain.execute({ from: deployer, to: contracts.feeAsset, data: mint });
  return network;
}

/** A network with penalties, and the verbs of these tests. The clock is moved by them only. */
export class PenaltyNetwork {
  readonly network: UpgradedNetwork;
  readonly view: RollupView;
  readonly controller: Address;
  readonly ledger: Address;
  readonly hook: Address;
  readonly registry: Address;

  private constructor(
    network: UpgradedNetwork,
    addresses: { controller: Address; ledger: Address; hook: Address; registry: Address },
  ) {
    this.network = network;
    this.view = { chain: network.chain, rollup: network.buildAhead };
    this.controller = addresses.controller;
    this.ledger = addresses.ledger;
    this.hook = addresses.hook;
    this.registry = addresses.registry;
  }

  static async open(slasherFlavor: number, slashPath: number): Promise<PenaltyNetwork> {
    const network = await openNetwork(shortEpochConfig(slasherFlavor));
    const { chain, deployer, buildAhead, contracts } = network;
    const { registry } = await deployModule(chain, deployer, penaltiesRegistryModule);
    const deployed = await deployModule(chain, deployer, penaltiesModule, {
      Penalties: {
        rollup: buildAhead.address,
        governance: contracts.governance,
        registry,
        windowSlots: WINDOW_SLOTS,
        strikeWeights: STRIKE_WEIGHTS,
        slashPath,
        slashTerms: { threshold: 1, lifetimeSlots: 1_000_000, amountPerWeight: AMOUNT_PER_WEIGHT },
      },
    });
    return new PenaltyNetwork(network, { ...deployed, registry });
  }

  /** An extended rollup without a committee. Upstream deploys no slasher for it, so there is a ledger and nothing slashes. */
  static async openWithoutCommittee(): Promise<PenaltyNetwork> {
    const config = shortEpochConfig(SlasherFlavor.tally);
    const upgrade = { config: { ...buildAheadConfig(config.rollup), targetCommitteeSize: 0n } };
    const network = await openNetwork(config, upgrade);
    const deployed = await deployModule(network.chain, network.deployer, ledgerModule, {
      Ledger: { rollup: network.buildAhead.address, windowSlots: WINDOW_SLOTS, strikeWeights: STRIKE_WEIGHTS },
    });
    return new PenaltyNetwork(network, { ...deployed, hook: zeroAddress, registry: zeroAddress });
  }

  get chain(): L1Chain {
    return this.network.chain;
  }

  /** The first slot of the first epoch that begins after now and after every hook was registered. */
  async nextEpochStart(): Promise<bigint> {
    const { rollup } = this.view;
    const slot = (await this.readSlot()) + 1n;
    return firstSlotOfEpoch(rollup.timing, epochOfSlot(rollup.timing, slot) + 1n);
  }

  async readSlot(): Promise<bigint> {
    return this.chain.publicClient.readContract({
      address: this.view.rollup.address,
      abi: RollupAbi,
      functionName: "getCurrentSlot",
    });
  }

  /** Lets the checkpoint of a slot land: by its proposer as its slot begins, or by anybody as the next one does. */
  async land(slot: bigint, when: "on-time" | "late"): Promise<AttestedCheckpoint> {
    const { rollup } = this.view;
    await this.reachEveOf(slot);
    const committee = await readSlotCommittee(this.view, this.network.validators, slot);
    const checkpoint = attestCheckpoint(await this.build(slot, committee.proposer.address), committee);
    const from = when === "late" ? this.network.deployer : committee.proposer.account;
    // A late landing may have taken the slot's first L1 block already.
    const start = slotStart(rollup.timing, when === "late" ? slot + 1n : slot);
    const now = await this.chain.now();
    const timestamp = now < start ? start : now + this.chain.blockTime;
    await this.chain.execute(makeProposeTransaction(this.view, checkpoint, from), { timestamp });
    return checkpoint;
  }

  /** Lets a checkpoint land on time to which nobody attests: without a committee, or by the escape hatch's proposer. */
  async landUnattested(slot: bigint, from: LocalAccount): Promise<AttestedCheckpoint> {
    await this.reachEveOf(slot);
    const checkpoint = withAttestations(await this.build(slot, from.address), packAttestations([], []));
    const timestamp = slotStart(this.view.rollup.timing, slot);
    await this.chain.execute(makeProposeTransaction(this.view, checkpoint, from), { timestamp });
    return checkpoint;
  }

  /** Proves a run of checkpoints of one epoch in the next L1 block. */
  async prove(checkpoints: readonly AttestedCheckpoint[]): Promise<void> {
    await this.chain.execute(await makeEpochProofTransaction(this.view, this.network.deployer, { checkpoints }));
  }

  /** Lands slots 0 and 2 of an epoch on time and slot 1 late, and proves them. Returns the late slot and its proposer. */
  async landAndProveOneLate(firstSlot: bigint): Promise<{ slot: bigint; proposer: Validator }> {
    const slot = firstSlot + 1n;
    const proposer = this.validator(await this.proposerOf(firstSlot, slot));
    const checkpoints = [
      await this.land(firstSlot, "on-time"),
      await this.land(slot, "late"),
      await this.land(slot + 2n, "on-time"),
    ];
    await this.prove(checkpoints);
    return { slot, proposer };
  }

  /** The proposer of a slot whose epoch begins with `firstSlot`; moves the clock to where it is determined. */
  async proposerOf(firstSlot: bigint, slot: bigint): Promise<Address> {
    const start = slotStart(this.view.rollup.timing, firstSlot) - 1n;
    if ((await this.chain.now()) < start) await this.chain.mineAt(start);
    return getProposer(this.chain, this.view.rollup, slot);
  }

  validator(address: Address): Validator {
    const validator = this.network.validators.find((candidate) => candidate.address === address);
    if (validator === undefined) throw new Error(`no key for ${address}`);
    return validator;
  }

  /** Executes one call of the penalty ABI; by the deployer, who is nobody to any of these contracts. */
  async send(
    to: Address,
    functionName:
      "penalize" | "open" | "recordMiss" | "signal" | "submitRoundWinner" | "executeRound" | "consumeTallied",
    args: readonly unknown[],
    options: { from?: LocalAccount; timestamp?: bigint } = {},
  ): Promise<TransactionReceipt> {
    const { from = this.network.deployer, timestamp } = options;
    const data = encodeFunctionData<Abi>({ abi: penaltyAbi, functionName, args });
    return this.chain.execute({ from, to, data }, timestamp === undefined ? {} : { timestamp });
  }

  /** Effective balance and exit amount on the build-ahead rollup. */
  async stakeOf(attester: Address): Promise<{ effectiveBalance: bigint; exit: bigint; status: number }> {
    const { effectiveBalance, exit, status } = await this.chain.publicClient.readContract({
      address: this.view.rollup.address,
      abi: RollupAbi,
      functionName: "getAttesterView",
      args: [attester],
    });
    return { effectiveBalance, exit: exit.amount, status };
  }

  async strikesOf(proposer: Address): Promise<{ late: bigint; missed: bigint; weight: bigint }> {
    return this.chain.publicClient.readContract({
      address: this.ledger,
      abi: penaltyAbi,
      functionName: "strikesOf",
      args: [proposer],
    });
  }

  /** Builds the checkpoint of a slot on the tip that L1 will have when the slot begins. */
  private async build(slot: bigint, coinbase: Address): Promise<Checkpoint> {
    const parent = await readTip(this.view, slotStart(this.view.rollup.timing, slot));
    return buildCheckpoint(this.view, { slot, parent, seed: `penalties ${slot}`, coinbase });
  }

  /** Moves the clock to the last second before a slot, unless it is there or later already. */
  private async reachEveOf(slot: bigint): Promise<void> {
    const eve = slotStart(this.view.rollup.timing, slot) - 1n;
    if ((await this.chain.now()) < eve) await this.chain.mineAt(eve);
  }

  async isConsumed(slot: bigint): Promise<boolean> {
    return this.chain.publicClient.readContract({
      address: this.registry,
      abi: penaltyAbi,
      functionName: "isConsumed",
      args: [this.view.rollup.address, slot],
    });
  }
}

/** The one batch that a transaction opened. */
export function openedBatch(receipt: TransactionReceipt): {
  attester: Address;
  slashPayload: Address;
  proposal: Address;
  amount: bigint;
  slots: readonly bigint[];
} {
  const [log, ...more] = parseEventLogs({ abi: penaltyAbi, logs: receipt.logs, eventName: "BatchOpened" });
  if (log === undefined || more.length > 0) throw new Error("the transaction did not open one batch");
  return log.args;
}
