import { expect } from "chai";
import { encodeFunctionData, getAddress, toHex, type Hex } from "viem";

import { encodeSetTerms } from "../../../harness/protocol/terms.ts";
import { slotAt } from "../../../harness/protocol/time.ts";
import { RegistryAbi, RewardDistributorAbi, RollupAbi } from "../../../harness/upstream/abis.ts";
import { compareWithChain } from "./compareWithChain.ts";
import { landLate } from "./landings.ts";
import type { ModelCheckpoint } from "./modelChain.ts";
import type { Action, SlotPlan } from "./plan.ts";
import { prove, type ProofOptions } from "./proofs.ts";
import type { SettlementRun } from "./settlementRun.ts";

/** `Registry`'s storage: owner, versions by number, then the list of versions, whose length stands here. */
const REGISTRY_VERSIONS: Hex = toHex(2n, { size: 32 });
/** What a rollup gets that had none. */
const MANA_TARGET = 100_000_000n;

/** Takes one action of a plan, if it means anything in the state it is taken in, and compares everything after it. */
export async function act(run: SettlementRun, action: Action, options: ProofOptions): Promise<void> {
  switch (action.kind) {
    case "terms":
      await run.govern(encodeSetTerms(action.terms));
      run.settings.terms = action.terms;
      return compareWithChain(run);
    case "rewards":
      return setRewards(run, action);
    case "distributor":
      return setDistributorBalance(run, action.balance);
    case "canonical":
      return toggleCanonical(run);
    case "enableTransactions":
      return enableTransactions(run);
    case "claim":
      return claim(run, action.choice);
    case "claimProver":
      return claimProver(run, action.choice);
    case "invalidate":
      return invalidate(run, action.choice);
    case "duplicate":
      return duplicate(run, action.choice);
    case "prove":
      return prove(run, action, options);
  }
}

// ---- what governance decides ----

async function setRewards(run: SettlementRun, action: Extract<Action, { kind: "rewards" }>): Promise<void> {
  const { checkpointReward, sequencerBps } = action;
  const { chain, rollup } = run.world;
  const contract = { address: rollup.address, abi: RollupAbi } as const;
  const current = await chain.publicClient.readContract({ ...contract, functionName: "getRewardConfig" });
  const args = [{ ...current, checkpointReward, sequencerBps }] as const;
  await run.govern(encodeFunctionData({ abi: RollupAbi, functionName: "setRewardConfig", args }));
  Object.assign(run.settings, { checkpointReward, sequencerBps });
  await compareWithChain(run);
}

async function setDistributorBalance(run: SettlementRun, balance: bigint): Promise<void> {
  const { contracts, network } = run.world;
  const current = await run.distributorBalance();
  if (balance > current) {
    const timestamp = await run.soon();
    await network.provisioner.mintFeeAsset(contracts.rewardDistributor, balance - current, { timestamp });
  } else if (balance < current) {
    const args = [contracts.feeAsset, contracts.governance, current - balance] as const;
    const data = encodeFunctionData({ abi: RewardDistributorAbi, functionName: "recover", args });
    await run.govern(data, contracts.rewardDistributor);
  }
  await compareWithChain(run);
}

/** The registry cannot take a version back, so its list is shortened and restored by hand: the one override here. */
async function toggleCanonical(run: SettlementRun): Promise<void> {
  const { chain, contracts, rollup, network } = run.world;
  const isCanonical = !run.settings.isCanonical;
  run.settings.isCanonical = isCanonical;
  await chain.setStorageAt(contracts.registry, REGISTRY_VERSIONS, toHex(isCanonical ? 2n : 1n, { size: 32 }));
  const registry = { address: contracts.registry, abi: RegistryAbi } as const;
  const canonical = await chain.publicClient.readContract({ ...registry, functionName: "getCanonicalRollup" });
  expect(canonical, "the canonical rollup").to.equal(isCanonical ? rollup.address : network.rollup.address);
  await compareWithChain(run);
}

async function enableTransactions(run: SettlementRun): Promise<void> {
  if (run.settings.manaTarget !== 0n) return;
  await run.govern(encodeFunctionData({ abi: RollupAbi, functionName: "updateManaTarget", args: [MANA_TARGET] }));
  run.settings.manaTarget = MANA_TARGET;
  await compareWithChain(run);
}

// ---- claims ----

async function claim(run: SettlementRun, choice: number): Promise<void> {
  const { accounts, books, world } = run;
  const owed = accounts.filter((account) => books.rewardOf(account) > 0n);
  const account = owed[choice % Math.max(owed.length, 1)];
  if (account === undefined) return;
  const before = await run.balanceOf(account);
  await run.execute(encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [account] }));
  const paid = (await run.balanceOf(account)) - before;
  const isRollup = account === getAddress(world.rollup.address);
  expect(paid, `paid to ${account}`).to.equal(isRollup ? 0n : books.rewardOf(account));
  books.claim(account, isRollup);
  run.tally.count("claims");
  await compareWithChain(run);
}

async function claimProver(run: SettlementRun, choice: number): Promise<void> {
  const { books, chain, provers } = run;
  const soon = await run.soon();
  const over = books.epochs.filter((epoch) => !chain.isAccepting(epoch, soon));
  const epoch = over[choice % Math.max(over.length, 1)];
  if (epoch === undefined) return;
  for (const { address } of provers) {
    const before = await run.balanceOf(address);
    const args = [address, [epoch]] as const;
    await run.execute(encodeFunctionData({ abi: RollupAbi, functionName: "claimProverRewards", args }));
    const paid = (await run.balanceOf(address)) - before;
    books.payProver(epoch, paid);
    if (paid > 0n) run.tally.count("proverClaims");
  }
  const left = books.proverRewardOf(epoch);
  expect(left >= 0n, `what provers of epoch ${epoch} were credited and not paid: ${left}`).to.equal(true);
  await compareWithChain(run);
}

// ---- what is not to land ----

/** Removes an unattested checkpoint and everything on top of it, and may land the removed slot again in its window. */
async function invalidate(run: SettlementRun, choice: number): Promise<void> {
  const { chain, world, tally } = run;
  if (chain.isPrunable(await run.soon())) return;
  const target = chain.unproven.find(({ isUnattested }) => isUnattested);
  if (target === undefined) return;
  const above = chain.checkpoints.slice(chain.checkpoints.indexOf(target));
  // More often than not only once there is a late checkpoint on top.
  const hasLateOnTop = above.some(({ record }) => record !== undefined);
  if (!hasLateOnTop && choice % 3 !== 0) return;
  const { number, slot, attestations } = target.checkpoint;
  const { members } = await world.committee(slot);
  const args = [number, attestations, members] as const;
  await run.execute(encodeFunctionData({ abi: RollupAbi, functionName: "invalidateInsufficientAttestations", args }));
  const removed = chain.removeFrom(target);
  tally.count("invalidated");
  if (hasLateOnTop) tally.count("invalidatedBelowLate");
  await compareWithChain(run);
  if (choice % 4 !== 0) await landAgain(run, removed, choice);
}

/** Lands the previous slot late if it is among those that were removed, with other content. */
async function landAgain(run: SettlementRun, removed: readonly ModelCheckpoint[], choice: number): Promise<void> {
  const { chain, world, tally } = run;
  const previous = slotAt(world.rollup.timing, await world.chain.now()) - 1n;
  const tip = chain.checkpoints.at(-1)?.checkpoint.slot ?? 0n;
  if (previous <= tip || !removed.some(({ checkpoint }) => checkpoint.slot === previous)) return;
  const plan: SlotPlan = {
    fate: "late",
    recipient: choice % 2 === 0 ? "sender" : "nobody",
    delay: 0n,
    coinbaseChoice: choice,
    manaQuarters: 8n,
    priceModifier: 0n,
    before: [],
    after: [],
  };
  if (await landLate(run, previous, plan)) tally.count("resubmitted");
}

/** Sends the tip's slot, or an earlier one, once more as it landed. */
async function duplicate(run: SettlementRun, choice: number): Promise<void> {
  const { chain, world, tally } = run;
  const timestamp = await run.soon();
  const landed = chain.checkpoints.at(-1 - (choice % 2))?.checkpoint;
  if (landed === undefined || chain.isPrunable(timestamp)) return;
  const tip = chain.checkpoints.at(-1)?.checkpoint;
  const { revert } = await world.land(landed, { timestamp, from: world.rescuer });
  expect(revert?.errorName, `slot ${landed.slot} again`).to.equal("Rollup__SlotAlreadyInChain");
  expect(revert?.args, "the tip's slot and the duplicate's").to.deep.equal([tip?.slot, landed.slot]);
  tally.count("duplicates");
  await compareWithChain(run);
}
