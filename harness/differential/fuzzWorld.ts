import { artifacts } from "hardhat";
import {
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Abi,
  type Address,
  type Hex,
  type LocalAccount,
} from "viem";

import { readTip, type CheckpointTip } from "../consensus/checkpointTip.ts";
import { readSlotCommittee, type SlotCommittee } from "../consensus/slotCommittee.ts";
import { deriveAccount } from "../l1/deriveAccount.ts";
import type { Validator } from "../network/validator.ts";
import { computeQuorum } from "../protocol/quorum.ts";
import { epochOfSlot, epochStart, slotAt, slotStart } from "../protocol/time.ts";
import { EscapeHatchAbi, RollupAbi, TestERC20Abi } from "../upstream/abis.ts";
import { BlobPool } from "./blobPool.ts";
import type { Dice } from "./dice.ts";
import { readHatch } from "./earlyRejection.ts";
import type { LandedCheckpoint } from "./plan.ts";
import { TwinMismatchError, type Twin } from "./twin.ts";

/** Bond of an escape hatch candidate, in staking token units (1e18). */
const BOND = 10n ** 18n;
/** Epochs between two escape hatches, and how many of them a hatch stays open. */
const HATCH_FREQUENCY = 4n;
const HATCH_DURATION = 2n;
/** How many attest on a rollup that asks for no committee. */
const VOLUNTEERS = 4;

/** Everything that a random action may look at: who there is, where the chains stand, what has landed. */
export class FuzzWorld {
  readonly twin: Twin;
  readonly dice: Dice;
  readonly pool: BlobPool;
  readonly hatch: Address;
  readonly owner: LocalAccount;
  readonly stranger: LocalAccount;
  /** Pays for the stakes of others. */
  readonly staker: LocalAccount;
  readonly provers: readonly LocalAccount[];
  readonly candidates: readonly LocalAccount[];
  readonly coinbases: readonly Address[];
  /** Checkpoints by number; those above the tip are history. */
  readonly landed = new Map<bigint, LandedCheckpoint>();
  /** Validators that may have stake on its way out. */
  readonly leavers = new Set<Validator>();
  readonly #committees = new Map<bigint, SlotCommittee>();
  timestamp = 0n;
  slot = 0n;
  epoch = 0n;
  tip!: CheckpointTip;
  proven = 0n;
  hatchProposer: Address | undefined;
  /** Designated proposers of the hatches that were open when the world looked. */
  readonly hatchesSeen: { readonly hatch: bigint; readonly proposer: Address }[] = [];

  private constructor(twin: Twin, dice: Dice, pool: BlobPool, seed: string, hatch: Address) {
    const account = (role: string, index = 0) => deriveAccount(seed, role, index).account;
    this.twin = twin;
    this.dice = dice;
    this.pool = pool;
    this.hatch = hatch;
    this.owner = account("owner");
    this.stranger = account("stranger");
    this.staker = account("staker");
    this.provers = [account("prover", 0), account("prover", 1)];
    this.candidates = [account("candidate", 0), account("candidate", 1), account("candidate", 2)];
    this.coinbases = [account("coinbase", 0).address, account("coinbase", 1).address, account("coinbase", 2).address];
  }

  /** Gives everybody ether, makes the owner one, and deploys upstream's escape hatch, which is not configured yet. */
  static async create(twin: Twin, dice: Dice, seed: string): Promise<FuzzWorld> {
    const { deployer, contracts, rollup, chain } = twin.upstream;
    const nonce = BigInt(await chain.publicClient.getTransactionCount({ address: deployer.address }));
    const hatch = getContractAddress({ from: deployer.address, nonce });
    const { aztecEpochDuration } = rollup.config;
    const world = new FuzzWorld(twin, dice, await BlobPool.create(2, Number(aztecEpochDuration)), seed, hatch);
    for (const who of [world.owner, world.stranger, world.staker, ...world.provers, ...world.candidates]) {
      for (const side of [twin.upstream, twin.extended]) await side.chain.setBalance(who.address, 10n ** 22n);
    }
    await twin.transferOwnership(world.owner.address);
    await twin.replaceVerifiers((await artifacts.readArtifact("Verifier__MockForNeutrality")).deployedBytecode as Hex);

    const { abi, bytecode } = await artifacts.readArtifact("EscapeHatch");
    const data = encodeDeployData({
      abi: abi as Abi,
      bytecode: bytecode as Hex,
      args: [
        rollup.address,
        contracts.stakingAsset,
        BOND,
        BOND / 10n,
        BOND / 2n,
        HATCH_FREQUENCY,
        HATCH_DURATION,
        1n,
        0n,
      ],
    });
    await world.#setUp(deployer, { data });
    for (const candidate of world.candidates) await world.#endow(candidate, hatch, BOND * 1000n);
    await world.#endow(world.staker, rollup.address, twin.upstream.config.gse.activationThreshold * 1000n);
    const data2 = encodeFunctionData({ abi: RollupAbi, functionName: "updateEscapeHatch", args: [hatch] });
    await world.#setUp(world.owner, { to: rollup.address, data: data2 });
    // A candidate cannot join before the hatch's first epochs have passed.
    await world.moveTo(epochStart(rollup.timing, world.epoch + HATCH_FREQUENCY));
    for (const from of world.candidates) {
      await world.#setUp(from, {
        to: hatch,
        data: encodeFunctionData({ abi: EscapeHatchAbi, functionName: "joinCandidateSet" }),
      });
    }
    await world.moveTo((await chain.now()) + chain.blockTime);
    return world;
  }

  get view() {
    return this.twin.view;
  }

  get rollup() {
    return this.twin.upstream.rollup;
  }

  /** Whether the rollup asks for committees at all. */
  get hasCommittees(): boolean {
    return this.rollup.committeeSize > 0n;
  }

  /** How many are asked for an attestation, or give one unasked. */
  get attesters(): number {
    return this.hasCommittees ? Number(this.rollup.committeeSize) : VOLUNTEERS;
  }

  /** Sets both clocks and reads the chains again. */
  async moveTo(timestamp: bigint): Promise<void> {
    await this.twin.advance(timestamp);
    this.timestamp = timestamp;
    this.slot = slotAt(this.rollup.timing, timestamp);
    this.epoch = epochOfSlot(this.rollup.timing, this.slot);
    this.tip = await readTip(this.view);
    const { proven } = await this.twin.chain.publicClient.readContract({
      address: this.rollup.address,
      abi: RollupAbi,
      functionName: "getTips",
    });
    this.proven = proven;
    this.hatchProposer = await readHatch(this.view, this.epoch);
    const hatch = this.epoch / HATCH_FREQUENCY;
    if (this.hatchProposer !== undefined && this.hatchesSeen.at(-1)?.hatch !== hatch) {
      this.hatchesSeen.push({ hatch, proposer: this.hatchProposer });
    }
  }

  /** A second for the next transaction: often in this slot, often early in the next, sometimes epochs away. */
  nextTimestamp(): bigint {
    const { dice, rollup, timestamp, slot, epoch } = this;
    const offset = dice.pick([0n, 1n, 11n, 12n, 12n, 12n, 23n, 24n, 35n]);
    return dice.pickWeighted([
      [54, timestamp + dice.pick([0n, 0n, 1n, 12n])],
      [37, slotStart(rollup.timing, slot + 1n) + offset],
      [5, slotStart(rollup.timing, slot + dice.between(2n, 4n)) + offset],
      [3, epochStart(rollup.timing, epoch + 1n) + offset],
      [1, epochStart(rollup.timing, epoch + dice.between(2n, 4n)) + offset],
    ]);
  }

  /**
   * The committee of a slot. It is settled once the slot's epoch has begun. Where there are none, volunteers stand in: L1 stores
   * what they sign and looks at nothing of it.
   */
  async committee(slot: bigint): Promise<SlotCommittee> {
    const known = this.#committees.get(slot) ?? (await this.#findCommittee(slot));
    if (epochOfSlot(this.rollup.timing, slot) <= this.epoch) this.#committees.set(slot, known);
    return known;
  }

  async #findCommittee(slot: bigint): Promise<SlotCommittee> {
    if (this.hasCommittees) return readSlotCommittee(this.view, this.twin.everybody, slot);
    const members = this.twin.validators.slice(0, VOLUNTEERS);
    const proposerIndex = Number(slot % BigInt(VOLUNTEERS));
    const proposer = members[proposerIndex];
    if (proposer === undefined) throw new RangeError("There are fewer validators than volunteers");
    const quorum = computeQuorum(members.length);
    return { slot, epoch: epochOfSlot(this.rollup.timing, slot), members, proposer, proposerIndex, quorum };
  }

  /** Checkpoints of an epoch that are in the chain, in order. */
  chainOf(epoch: bigint): readonly LandedCheckpoint[] {
    return [...this.landed.values()]
      .filter(({ checkpoint }) => checkpoint.epoch === epoch && checkpoint.number <= this.tip.number)
      .sort((one, other) => Number(one.checkpoint.number - other.checkpoint.number));
  }

  remember(landing: LandedCheckpoint): void {
    const { number } = landing.checkpoint;
    for (const known of this.landed.keys()) {
      // L1's own ring forgets as well; what is above is no longer in the chain.
      if (known > number || known + 64n < number) this.landed.delete(known);
    }
    this.landed.set(number, landing);
  }

  /** Gives somebody staking tokens that a contract may take. */
  async #endow(who: LocalAccount, spender: Address, amount: bigint): Promise<void> {
    const { deployer, contracts } = this.twin.upstream;
    const token = (functionName: "mint" | "approve", to: Address) => ({
      to: contracts.stakingAsset,
      data: encodeFunctionData({ abi: TestERC20Abi, functionName, args: [to, amount] }),
    });
    await this.#setUp(deployer, token("mint", who.address));
    await this.#setUp(who, token("approve", spender));
  }

  async #setUp(from: LocalAccount, request: { to?: Address; data: Hex }): Promise<void> {
    const timestamp = (await this.twin.chain.now()) + this.twin.chain.blockTime;
    const { upstream, extended } = await this.twin.execute({ from, ...request }, timestamp);
    this.timestamp = timestamp;
    this.slot = slotAt(this.rollup.timing, timestamp);
    this.epoch = epochOfSlot(this.rollup.timing, this.slot);
    if (upstream.status !== "success" || extended.status !== "success") {
      throw new TwinMismatchError("Setting up failed", { fields: { output: upstream.output, data: request.data } });
    }
  }
}
