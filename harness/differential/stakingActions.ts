import { encodeFunctionData, isAddressEqual, zeroAddress, type LocalAccount } from "viem";

import type { Validator } from "../network/validator.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import { plainPlan, type Plan } from "./plan.ts";
import { contractOf, toRollup } from "./rollupCalls.ts";

/** Validators beyond a committee's: below, nobody is made to leave, or soon nothing could be proposed any more. */
const SPARE_VALIDATORS = 2n;

/** Stakes for somebody new; or for somebody who is there, leaves, or was there before. */
export async function deposit(world: FuzzWorld): Promise<Plan> {
  const { dice, twin, staker, stranger } = world;
  const { address, withdrawer, registration } = dice.pick(dice.chance(60) ? twin.newcomers : twin.everybody);
  const { publicKeyInG1, publicKeyInG2, proofOfPossession } = registration;
  const withdraws = dice.chance(95) ? withdrawer.address : zeroAddress;
  const proof = dice.chance(80) ? proofOfPossession : publicKeyInG1;
  const args = [address, withdraws, publicKeyInG1, publicKeyInG2, proof, dice.chance(80)] as const;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "deposit", args });
  // The stranger has nothing to stake.
  return plainPlan("deposit", toRollup(world, dice.chance(90) ? staker : stranger, data));
}

/** Lets in who waits, as many as the queue's rules allow. */
export async function flush(world: FuzzWorld): Promise<Plan> {
  const { dice, stranger } = world;
  const args = dice.pick([[], [1n], [3n], [0n]] as const);
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "flushEntryQueue", args });
  return plainPlan("flush the queue", toRollup(world, stranger, data));
}

/** The owner changes how many may enter in an epoch; nobody at all every now and then. */
export async function configureQueue(world: FuzzWorld): Promise<Plan> {
  const { dice, twin, owner, stranger } = world;
  const config = {
    ...twin.upstream.network.config.rollup.stakingQueueConfig,
    normalFlushSizeMin: dice.pick([0n, 1n, 2n, 48n, 48n]),
    normalFlushSizeQuotient: dice.pick([2n, 2_048n]),
  };
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateStakingQueueConfig", args: [config] });
  return plainPlan("configure queue", toRollup(world, dice.chance(90) ? owner : stranger, data));
}

/** A withdrawer asks for the stake back, or says where the rest goes after a slash; or somebody else tries to. */
export async function initiateWithdraw(world: FuzzWorld): Promise<Plan> {
  const { dice, coinbases, stranger } = world;
  const leaving = await readLeaving(world);
  const ejected = leaving.filter(({ isWithdrawal }) => !isWithdrawal);
  const isEjected = ejected.length > 0 && dice.chance(60);
  const who = isEjected ? dice.pick(ejected).who : await pickStaker(world);
  const mayLeave = isEjected || (await hasSpares(world));
  const from: LocalAccount = mayLeave && dice.chance(85) ? who.withdrawer : stranger;
  const recipient = dice.chance(92) ? dice.pick(coinbases) : zeroAddress;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "initiateWithdraw", args: [who.address, recipient] });
  world.leavers.add(who);
  return plainPlan("initiate a withdrawal", toRollup(world, from, data));
}

/** Takes the stake out: mostly of somebody who waits for it. */
export async function finalizeWithdraw(world: FuzzWorld): Promise<Plan> {
  const { dice, twin, stranger } = world;
  const leaving = await readLeaving(world);
  const due = leaving.filter(({ isWithdrawal, exitableAt }) => isWithdrawal && exitableAt <= world.timestamp);
  const pool = due.length > 0 && dice.chance(70) ? due : leaving;
  const who = pool.length > 0 && dice.chance(90) ? dice.pick(pool).who : dice.pick(twin.everybody);
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "finalizeWithdraw", args: [who.address] });
  return plainPlan("finalize a withdrawal", toRollup(world, stranger, data));
}

/** Slashes a dust of stake, or enough to be ejected; the stranger is the slasher every now and then. */
export async function slash(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice, twin, stranger } = world;
  const slasher = await twin.chain.publicClient.readContract({ ...contractOf(world), functionName: "getSlasher" });
  if (!isAddressEqual(slasher, stranger.address) && dice.chance(75)) return undefined;
  const leaving = await readLeaving(world);
  const who = leaving.length > 0 && dice.chance(15) ? dice.pick(leaving).who : await pickStaker(world);
  const isEjecting = dice.chance(40) && (await hasSpares(world));
  const { activationThreshold } = twin.upstream.network.config.gse;
  const amount = isEjecting ? (activationThreshold * dice.pick([60n, 100n, 200n])) / 100n : BigInt(dice.below(1000));
  if (isEjecting) world.leavers.add(who);
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "slash", args: [who.address, amount] });
  return plainPlan(isEjecting ? "slash to ejection" : "slash", toRollup(world, stranger, data));
}

interface Leaving {
  readonly who: Validator;
  /** Unix seconds. */
  readonly exitableAt: bigint;
  /** False after an ejection, until the withdrawer has named a recipient. */
  readonly isWithdrawal: boolean;
}

/** Those whose stake is on its way out. Whoever was expected to leave and did not is forgotten. */
async function readLeaving(world: FuzzWorld): Promise<readonly Leaving[]> {
  const leaving: Leaving[] = [];
  for (const who of world.leavers) {
    const exit = await world.twin.chain.publicClient.readContract({
      ...contractOf(world),
      functionName: "getExit",
      args: [who.address],
    });
    if (exit.exists) leaving.push({ who, exitableAt: exit.exitableAt, isWithdrawal: exit.isRecipient });
    else world.leavers.delete(who);
  }
  return leaving;
}

const readActiveCount = (world: FuzzWorld): Promise<bigint> =>
  world.twin.chain.publicClient.readContract({ ...contractOf(world), functionName: "getActiveAttesterCount" });

async function hasSpares(world: FuzzWorld): Promise<boolean> {
  return (await readActiveCount(world)) > world.rollup.committeeSize + SPARE_VALIDATORS;
}

/** Mostly an active validator. */
async function pickStaker(world: FuzzWorld): Promise<Validator> {
  const { dice, twin } = world;
  if (dice.chance(15)) return dice.pick(twin.everybody);
  const address = await twin.chain.publicClient.readContract({
    ...contractOf(world),
    functionName: "getAttesterAtIndex",
    args: [BigInt(dice.below(Number(await readActiveCount(world))))],
  });
  return twin.everybody.find((validator) => isAddressEqual(validator.address, address)) ?? dice.pick(twin.everybody);
}
