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

import { packAttestations } from "../../../harness/consensus/attestations.ts";
import { withAttestations, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { buildCheckpoint } from "../../../harness/consensus/checkpoint.ts";
import { getProposer } from "../../../harness/network/committee.ts";
import { buildAheadConfig } from "../../../harness/network/deployBuildAhead.ts";
import { deployModule } from "../../../harness/network/deployModule.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../../../harness/network/networkConfig.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { SlasherFlavor } from "../../../harness/upstream/rollupConfig.ts";
import penaltiesModule from "../../../ignition/modules/penalties.ts";
import penaltiesRegistryModule from "../../../ignition/modules/penaltiesRegistry.ts";
import { upgradedNetwork } from "../networks.ts";
import { testWorldOn, type TestWorld } from "../world.ts";
import { penaltyAbi } from "./penaltyAbi.ts";

/** Staking token units. */
const TOKEN = 10n ** 18n;
/** What a late landing and a miss weigh, and what a unit of weight costs. */
export const LATE_WEIGHT = 1n;
export const MISS_WEIGHT = 2n;
export const AMOUNT_PER_WEIGHT = TOKEN;
const WINDOW_SLOTS = 64n;
/** What the penalties module registers the ledger with. */
export const LEDGER_GAS_LIMIT = 200_000n;

const STRIKE_WEIGHTS = { late: Number(LATE_WEIGHT), missed: Number(MISS_WEIGHT) };
const SEED = "penalties";

/** `ILateSlashingHook.SlashPath`. */
export const SlashPath = { governance: 0, empireRound: 1 } as const;

/**
 * Short epochs and small committees, so that a slashing round is eight slots; stakes, thresholds and delays stay upstream's.
 * A round is one epoch; tally rounds judge the epoch two before. The smallest slash is one token: it does not eject.
 */
function shortEpochConfig(slasherFlavor: number): NetworkConfig {
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

/** Where the penalties are. */
interface PenaltyContracts {
  readonly controller: Address;
  readonly ledger: Address;
  readonly hook: Address;
  readonly registry: Address;
}

/** A world with penalties, and what these tests do and read beside. The clock is moved by them only. */
export class PenaltyNetwork {
  readonly world: TestWorld;
  readonly controller: Address;
  readonly ledger: Address;
  readonly hook: Address;
  readonly registry: Address;

  private constructor(world: TestWorld, { controller, ledger, hook, registry }: PenaltyContracts) {
    this.world = world;
    this.controller = controller;
    this.ledger = ledger;
    this.hook = hook;
    this.registry = registry;
  }

  static async open(slasherFlavor: number, slashPath: number): Promise<PenaltyNetwork> {
    const network = await upgradedNetwork({ config: shortEpochConfig(slasherFlavor), validatorCount: 12 });
    const world = await testWorldOn(network, SEED);
    const { deployer, contracts } = network;
    const { registry } = await deployModule(deployer, penaltiesRegistryModule);
    const deployed = await deployModule(deployer, penaltiesModule, {
      Penalties: {
        rollup: world.rollup.address,
        governance: contracts.governance,
        registry,
        windowSlots: WINDOW_SLOTS,
        strikeWeights: STRIKE_WEIGHTS,
        slashPath,
        slashTerms: { threshold: 1, amountPerWeight: AMOUNT_PER_WEIGHT },
      },
    });
    return new PenaltyNetwork(world, { ...deployed, registry });
  }

  /** An extended rollup without a committee. Upstream deploys no slasher for it, so there is a ledger and nothing slashes. */
  static async openWithoutCommittee(): Promise<PenaltyNetwork> {
    const config = shortEpochConfig(SlasherFlavor.tally);
    const upgrade = { config: { ...buildAheadConfig(config.rollup), targetCommitteeSize: 0n } };
    const network = await upgradedNetwork({ config, validatorCount: 12 }, upgrade);
    const world = await testWorldOn(network, SEED);
    const deployed = await deployModule(network.deployer, ledgerModule, {
      Ledger: { rollup: world.rollup.address, windowSlots: WINDOW_SLOTS, strikeWeights: STRIKE_WEIGHTS },
    });
    return new PenaltyNetwork(world, { ...deployed, hook: zeroAddress, registry: zeroAddress });
  }

  /** Somebody who is nobody to any of these contracts. */
  get stranger(): LocalAccount {
    return this.world.network.deployer.account;
  }

  // ---- slots ----

  /** The first slot of the first epoch that begins after now and after every hook was registered. */
  async nextEpochStart(): Promise<bigint> {
    const { chain, rollup } = this.world;
    const contract = { address: rollup.address, abi: RollupAbi } as const;
    const current = await chain.publicClient.readContract({ ...contract, functionName: "getCurrentSlot" });
    return this.world.firstSlotOf(this.world.epochOf(current + 1n) + 1n);
  }

  /** The proposer of a slot whose epoch begins with `firstSlot`; moves the clock to where it is determined. */
  async proposerOf(firstSlot: bigint, slot: bigint): Promise<Address> {
    await this.#reachEveOf(firstSlot);
    return getProposer(this.world.chain, this.world.rollup, slot);
  }

  /** Lands the checkpoint of a slot as its slot begins, or as the next one does, and then sent by a stranger. */
  async land(slot: bigint, when: "on-time" | "late"): Promise<AttestedCheckpoint> {
    const { world } = this;
    await this.#reachEveOf(slot);
    const checkpoint = await world.build(slot);
    // A late landing may have taken the slot's first L1 block already.
    const [start, now] = [world.at(when === "late" ? slot + 1n : slot), await world.chain.now()];
    const timestamp = now < start ? start : now + world.chain.blockTime;
    const landing = await world.land(checkpoint, { timestamp, ...(when === "late" ? { from: this.stranger } : {}) });
    if (landing.revert !== undefined) throw landing.revert;
    return checkpoint;
  }

  /** Lands a checkpoint on time to which nobody attests: without a committee, or by the escape hatch's proposer. */
  async landUnattested(slot: bigint, from: LocalAccount): Promise<AttestedCheckpoint> {
    const { world } = this;
    await this.#reachEveOf(slot);
    const parent = await world.tipFor(slot);
    const built = await buildCheckpoint(world.view, { slot, parent, seed: SEED, coinbase: from.address });
    const checkpoint = withAttestations(built, packAttestations([], []));
    const landing = await world.land(checkpoint, { timestamp: world.at(slot), from });
    if (landing.revert !== undefined) throw landing.revert;
    return checkpoint;
  }

  /** Lands slots 0 and 2 of an epoch on time and slot 1 late, and proves them. Returns the late slot and its proposer. */
  async landAndProveOneLate(firstSlot: bigint): Promise<{ readonly slot: bigint; readonly proposer: Address }> {
    const slot = firstSlot + 1n;
    const proposer = await this.proposerOf(firstSlot, slot);
    const checkpoints = [
      await this.land(firstSlot, "on-time"),
      await this.land(slot, "late"),
      await this.land(slot + 2n, "on-time"),
    ];
    await this.world.prove(checkpoints, this.world.prover);
    return { slot, proposer };
  }

  // ---- penalties ----

  /** Executes one call of the penalty ABI; by a stranger unless said otherwise. */
  async send(
    to: Address,
    functionName:
      "penalize" | "open" | "recordMiss" | "signal" | "submitRoundWinner" | "executeRound" | "consumeTallied",
    args: readonly unknown[],
    options: { readonly from?: LocalAccount; readonly timestamp?: bigint } = {},
  ): Promise<TransactionReceipt> {
    const { from = this.stranger, timestamp } = options;
    const data = encodeFunctionData<Abi>({ abi: penaltyAbi, functionName, args });
    return this.world.chain.execute({ from, to, data }, { timestamp });
  }

  /** Effective balance and exit amount on the extended rollup. */
  async stakeOf(attester: Address): Promise<{ effectiveBalance: bigint; exit: bigint; status: number }> {
    const { effectiveBalance, exit, status } = await this.world.chain.publicClient.readContract({
      address: this.world.rollup.address,
      abi: RollupAbi,
      functionName: "getAttesterView",
      args: [attester],
    });
    return { effectiveBalance, exit: exit.amount, status };
  }

  async strikesOf(proposer: Address): Promise<{ late: bigint; missed: bigint; weight: bigint }> {
    return this.world.chain.publicClient.readContract({
      address: this.ledger,
      abi: penaltyAbi,
      functionName: "strikesOf",
      args: [proposer],
    });
  }

  async isConsumed(slot: bigint): Promise<boolean> {
    return this.world.chain.publicClient.readContract({
      address: this.registry,
      abi: penaltyAbi,
      functionName: "isConsumed",
      args: [this.world.rollup.address, slot],
    });
  }

  /** Moves the clock to the last second before a slot, unless it is there or later already. */
  async #reachEveOf(slot: bigint): Promise<void> {
    const { chain } = this.world;
    const eve = this.world.at(slot) - 1n;
    if ((await chain.now()) < eve) await chain.mineAt(eve);
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
