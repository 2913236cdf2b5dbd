import { encodeFunctionData, type Address, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import { epochAt, epochStart, firstEpochSampledAfter } from "../protocol/time.ts";
import { GSEAbi, RollupAbi } from "../upstream/abis.ts";
import { advanceToEpoch } from "./advance.ts";
import type { AztecContracts } from "./contracts.ts";
import type { Deployer } from "./deployer.ts";
import type { Rollup } from "./rollup.ts";
import { callToken } from "./testToken.ts";
import type { Validator } from "./validator.ts";

/** Fewer validators than the committee needs: nothing could ever be proposed. */
export class TooFewValidatorsError extends BuildAheadError {
  constructor(validators: number, committee: bigint) {
    super("There are fewer validators than a committee needs", { fields: { validators, committee } });
  }
}

/**
 * Queued validators did not become active.
 * @public for who catches it
 */
export class StakingFailedError extends BuildAheadError {}

/** Validators flushed per transaction, as upstream's deployment script does: a pairing each, within EIP-7825's gas cap. */
const FLUSH_CHUNK = 16n;
const FLUSH_GAS = 16_000_000n;
const DEPOSIT_GAS = 700_000n;
/** Deposits per L1 block, within its gas limit. */
const DEPOSITS_PER_BLOCK = 64;
/** Upstream's `Status.NONE`. */
const NO_STAKE = 0;
/** Wei that each key has at least for its transactions. */
const GAS_MONEY = 10n ** 22n;

/**
 * Brings validators in through the real path: deposit, entry queue, flush under the queue's own limits (which takes epochs),
 * then waits for the first epoch whose committee is sampled from the complete set.
 *
 * Who has deposited before is passed over. The others stake with `moveWithLatestRollup`, so they follow the canonical rollup, unless
 * they say otherwise, and the deployer pays for their stakes.
 *
 * @returns the first epoch with a committee from the complete set; the clock stands at its first second.
 * @throws TooFewValidatorsError before anything is sent.
 * @throws StakingFailedError when one of them did not become active.
 */
export async function stakeValidators(
  deployer: Deployer,
  contracts: AztecContracts,
  validators: readonly Validator[],
  rollup: Rollup,
): Promise<bigint> {
  const { chain } = deployer;
  if (BigInt(validators.length) < rollup.committeeSize) {
    throw new TooFewValidatorsError(validators.length, rollup.committeeSize);
  }
  await queueValidators(deployer, contracts, validators, rollup);
  await flushEntryQueue(deployer, rollup);
  const active = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getActiveAttesterCount",
  });
  if (active < BigInt(validators.length)) {
    throw new StakingFailedError("Not every validator became active", {
      fields: { active, staked: validators.length },
    });
  }

  const epoch = firstEpochSampledAfter(rollup.timing, await chain.now());
  await advanceToEpoch(chain, rollup, epoch);
  return epoch;
}

/** Gives `amount` of the staking asset, in its units (1e18), to an account. */
export type StakeFunding = (account: Address, amount: bigint) => Promise<unknown>;

/**
 * Deposits the stakes of validators, and leaves them in the entry queue. Who has deposited before is passed over.
 * @param fund Where the stakes come from; default the deployer's right to mint the test token
 */
export async function queueValidators(
  deployer: Deployer,
  contracts: Pick<AztecContracts, "gse" | "stakingAsset">,
  validators: readonly Validator[],
  rollup: Rollup,
  fund: StakeFunding = (account, amount) => callToken(deployer, contracts.stakingAsset, "mint", account, amount),
): Promise<void> {
  const { chain } = deployer;
  for (const { address, withdrawer } of validators) {
    await chain.ensureBalance(address, GAS_MONEY);
    await chain.ensureBalance(withdrawer.address, GAS_MONEY);
  }
  const missing = await withoutStake(deployer, rollup, validators);
  if (missing.length > 0) await deposit(deployer, contracts, missing, rollup, fund);
}

async function deposit(
  deployer: Deployer,
  contracts: Pick<AztecContracts, "gse" | "stakingAsset">,
  validators: readonly Validator[],
  rollup: Rollup,
  fund: StakeFunding,
): Promise<void> {
  const { chain, account } = deployer;
  const threshold = await chain.publicClient.readContract({
    address: contracts.gse,
    abi: GSEAbi,
    functionName: "ACTIVATION_THRESHOLD",
  });
  const stake = threshold * BigInt(validators.length);
  await fund(account.address, stake);
  await callToken(deployer, contracts.stakingAsset, "approve", rollup.address, stake);

  for (let start = 0; start < validators.length; start += DEPOSITS_PER_BLOCK) {
    const chunk = validators.slice(start, start + DEPOSITS_PER_BLOCK);
    const include: Hex[] = [];
    for (const { address, withdrawer, registration, follows = true } of chunk) {
      const { publicKeyInG1, publicKeyInG2, proofOfPossession } = registration;
      const args = [address, withdrawer.address, publicKeyInG1, publicKeyInG2, proofOfPossession, follows] as const;
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "deposit", args });
      include.push((await chain.submit({ from: account, to: rollup.address, data, gas: DEPOSIT_GAS })).hash);
    }
    const { receipts } = await chain.mine({ include });
    const failed = receipts.find(({ status }) => status === "reverted");
    if (failed !== undefined) throw await chain.getRevert(failed.transactionHash);
    if (receipts.length !== chunk.length) {
      throw new StakingFailedError("The L1 block had no room for every deposit", {
        fields: { deposits: chunk.length, included: receipts.length },
      });
    }
  }
}

/** Who of them has not deposited yet; on a rollup that is new, nobody has. */
async function withoutStake(
  { chain }: Deployer,
  { address }: Rollup,
  validators: readonly Validator[],
): Promise<readonly Validator[]> {
  const contract = { address, abi: RollupAbi } as const;
  const read = (functionName: "getActiveAttesterCount" | "getEntryQueueLength") =>
    chain.publicClient.readContract({ ...contract, functionName });
  if ((await read("getActiveAttesterCount")) + (await read("getEntryQueueLength")) === 0n) return validators;
  const statuses = await Promise.all(
    validators.map((validator) =>
      chain.publicClient.readContract({ ...contract, functionName: "getStatus", args: [validator.address] }),
    ),
  );
  return validators.filter((_, index) => statuses[index] === NO_STAKE);
}

/**
 * Lets everybody in who waits, under the queue's own limits: takes epochs.
 * @param patience Epochs to wait for the queue at most; default as many as it takes
 * @throws StakingFailedError when it does not move.
 */
export async function flushEntryQueue(
  { chain, account }: Deployer,
  rollup: Rollup,
  patience = Infinity,
): Promise<void> {
  const read = (functionName: "getEntryQueueLength" | "getAvailableValidatorFlushes") =>
    chain.publicClient.readContract({ address: rollup.address, abi: RollupAbi, functionName });
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "flushEntryQueue", args: [FLUSH_CHUNK] });
  for (let queued = await read("getEntryQueueLength"), waited = 0; queued > 0n;) {
    if ((await read("getAvailableValidatorFlushes")) === 0n) {
      if (++waited > patience) return;
      // The queue lets in so many per epoch.
      const next = epochAt(rollup.timing, await chain.now()) + 1n;
      await chain.mineAt(epochStart(rollup.timing, next));
    }
    await chain.execute({ from: account, to: rollup.address, data, gas: FLUSH_GAS });
    const left = await read("getEntryQueueLength");
    if (left === queued) throw new StakingFailedError("The entry queue does not move", { fields: { queued } });
    queued = left;
  }
}
