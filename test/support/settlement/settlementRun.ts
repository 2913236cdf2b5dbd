import { encodeFunctionData, getAddress, type Address, type Hex, type LocalAccount } from "viem";

import { BlobPool } from "../../../harness/differential/blobPool.ts";
import type { LateSubmissionTerms } from "../../../harness/protocol/terms.ts";
import { RollupAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";
import type { TestWorld } from "../world.ts";
import { Tally } from "./counters.ts";
import { ModelBooks } from "./modelBooks.ts";
import { ModelChain } from "./modelChain.ts";

/** Fee token units (1e18): more than any sequence collects in fees. */
const PORTAL_FUNDING = 10n ** 27n;

/** What governance has decided, as the model knows it. */
interface Settings {
  terms: LateSubmissionTerms;
  /** Fee token units (1e18). */
  checkpointReward: bigint;
  /** Basis points. */
  sequencerBps: number;
  manaTarget: bigint;
  isCanonical: boolean;
}

/**
 * A world, and a model of it that keeps chain and books a second time. Nothing in the model is read from what is being tested:
 * it knows only what was sent, what balances the distributor had, and which rules the specification gives.
 */
export class SettlementRun {
  readonly world: TestWorld;
  readonly settings: Settings;
  readonly chain: ModelChain;
  readonly books = new ModelBooks();
  readonly tally = new Tally();
  readonly provers: readonly LocalAccount[];
  readonly burnAddress: Address;
  /** Whoever may be credited. */
  readonly accounts: readonly Address[];
  /** What checkpoints carry does not matter to a settlement, so a few blobs serve all of them. */
  readonly blobs: BlobPool;

  private constructor(
    world: TestWorld,
    known: Pick<SettlementRun, "provers" | "burnAddress" | "blobs"> & { readonly terms: LateSubmissionTerms },
  ) {
    const { rollup, contracts, network, rescuer } = world;
    this.world = world;
    this.provers = known.provers;
    this.burnAddress = known.burnAddress;
    this.blobs = known.blobs;
    this.chain = new ModelChain(rollup.timing);
    this.accounts = [
      rescuer.address,
      known.burnAddress,
      rollup.address,
      contracts.rewardDistributor,
      contracts.feeAsset,
      contracts.multicall3,
      ...known.provers.map(({ address }) => address),
      ...network.validators.map(({ address }) => address),
    ].map((address) => getAddress(address));
    const { rewardConfig, manaTarget } = rollup.config;
    const { checkpointReward, sequencerBps } = rewardConfig;
    this.settings = { terms: known.terms, checkpointReward, sequencerBps, manaTarget, isCanonical: true };
  }

  /** Funds fees and opens claims. */
  static async open(world: TestWorld): Promise<SettlementRun> {
    const { chain, rollup, network } = world;
    if (rollup.terms === undefined) throw new Error("The rollup has no terms");
    const contract = { address: rollup.address, abi: RollupAbi } as const;
    const burnAddress = await chain.publicClient.readContract({ ...contract, functionName: "getBurnAddress" });
    await network.provisioner.mintFeeAsset(rollup.feeJuicePortal, PORTAL_FUNDING);
    const provers = [world.prover, await world.account("second prover"), await world.account("third prover")];
    const blobs = await sharedBlobs(Number(rollup.timing.epochSlots));
    const run = new SettlementRun(world, { provers, burnAddress, blobs, terms: rollup.terms });
    await run.govern(encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] }));
    return run;
  }

  // ---- time ----

  /** The second after the latest block's. */
  async soon(): Promise<bigint> {
    return (await this.world.chain.now()) + 1n;
  }

  /** A second, or the next one when it has passed. */
  async notBefore(timestamp: bigint): Promise<bigint> {
    const next = await this.soon();
    return next > timestamp ? next : timestamp;
  }

  // ---- transactions ----

  /** Has the rescuer, who is nobody, call the rollup. */
  async execute(data: Hex): Promise<void> {
    const { chain, rollup, rescuer } = this.world;
    await chain.execute({ from: rescuer, to: rollup.address, data }, { timestamp: await this.soon() });
  }

  /** Has governance, which is impersonated, call a contract. */
  async govern(data: Hex, to: Address = this.world.rollup.address): Promise<void> {
    const { chain, contracts } = this.world;
    await chain.executeAs(contracts.governance, { to, data }, { timestamp: await this.soon() });
  }

  // ---- money ----

  /** Fee token units (1e18) that an account has. */
  balanceOf(account: Address): Promise<bigint> {
    const { chain, contracts } = this.world;
    const token = { address: contracts.feeAsset, abi: TestERC20Abi } as const;
    return chain.publicClient.readContract({ ...token, functionName: "balanceOf", args: [account] });
  }

  distributorBalance(): Promise<bigint> {
    return this.balanceOf(this.world.contracts.rewardDistributor);
  }
}

const pools = new Map<number, Promise<BlobPool>>();

/** One pool serves all runs of a process. */
function sharedBlobs(epochSlots: number): Promise<BlobPool> {
  const pool = pools.get(epochSlots) ?? BlobPool.create(1, epochSlots);
  pools.set(epochSlots, pool);
  return pool;
}
