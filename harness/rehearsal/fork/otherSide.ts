import { isAddressEqual, zeroAddress, type Address } from "viem";

import type { L1Node } from "../../l1/l1Node.ts";
import type { AztecContracts } from "../../network/contracts.ts";
import { readEscapeHatch } from "../../network/escapeHatch.ts";
import type { Rollup } from "../../network/rollup.ts";
import { GSEAbi, RegistryAbi, RewardDistributorAbi, RollupAbi, SlasherAbi } from "../../upstream/abis.ts";
import type { ForkCheck } from "./forkReport.ts";

/** Who counts for which rollup, as the staking escrow says at one second. */
export interface Membership {
  /** Stakes that move with the latest rollup. */
  readonly moving: bigint;
  /** Stakes that stay with the old rollup. */
  readonly loyal: bigint;
  /** One of those that stay, if there is any. */
  readonly loyalOne: Address | undefined;
}

/** Reads who moves and who stays. @param at Unix seconds, not later than the latest block's */
export async function readMembership(
  { publicClient }: L1Node,
  { gse }: AztecContracts,
  old: Rollup,
  at: bigint,
): Promise<Membership> {
  const escrow = { address: gse, abi: GSEAbi } as const;
  const bonus = await publicClient.readContract({ ...escrow, functionName: "getBonusInstanceAddress" });
  const count = (instance: Address) =>
    publicClient.readContract({ ...escrow, functionName: "getAttesterCountAtTime", args: [instance, at] });
  const latest = await publicClient.readContract({ ...escrow, functionName: "getLatestRollupAt", args: [at] });
  const moving = await count(bonus);
  const all = await count(old.address);
  // While a rollup is the latest one, its count has the moving ones in it, and its own come first.
  const loyal = isAddressEqual(latest, old.address) ? all - moving : all;
  const loyalOne =
    loyal === 0n
      ? undefined
      : await publicClient.readContract({
          ...escrow,
          functionName: "getAttesterFromIndexAtTime",
          args: [old.address, 0n, at],
        });
  return { moving, loyal, loyalOne };
}

/** Checks what must hold once a new rollup is canonical. @param follower Somebody whose stake was to move */
export async function checkOtherSide(
  node: L1Node,
  contracts: AztecContracts,
  rollups: { readonly old: Rollup; readonly next: Rollup },
  before: Membership,
  follower: Address,
): Promise<readonly ForkCheck[]> {
  const { publicClient } = node;
  const { old, next } = rollups;
  const registry = { address: contracts.registry, abi: RegistryAbi } as const;
  const gse = { address: contracts.gse, abi: GSEAbi } as const;
  const owner = (address: Address) => publicClient.readContract({ address, abi: RollupAbi, functionName: "owner" });
  const stake = (instance: Rollup, attester: Address) =>
    publicClient.readContract({ ...gse, functionName: "effectiveBalanceOf", args: [instance.address, attester] });
  const after = await readMembership(node, contracts, old, await node.now());
  const checks = new Checks();

  checks.same(
    "canonical",
    "the Registry's canonical rollup",
    next.address,
    await publicClient.readContract({ ...registry, functionName: "getCanonicalRollup" }),
  );
  checks.same(
    "version.old",
    `the Registry's rollup of version ${old.version}`,
    old.address,
    await publicClient.readContract({ ...registry, functionName: "getRollup", args: [old.version] }),
  );
  checks.same(
    "latest",
    "the staking escrow's latest rollup",
    next.address,
    await publicClient.readContract({ ...gse, functionName: "getLatestRollup" }),
  );
  checks.same(
    "distributor",
    "who may take checkpoint rewards",
    next.address,
    await publicClient.readContract({
      address: contracts.rewardDistributor,
      abi: RewardDistributorAbi,
      functionName: "canonicalRollup",
    }),
  );
  checks.same("followers.count", "validators whose stake has moved", before.moving, after.moving);
  checks.same("loyal.count", "validators whose stake has stayed with the old rollup", before.loyal, after.loyal);
  checks.yes("follower.new", "a follower has stake behind the new rollup", (await stake(next, follower)) > 0n);
  checks.same("follower.old", "and none behind the old one", 0n, await stake(old, follower));
  if (before.loyalOne !== undefined) {
    checks.yes("loyal.old", "one that stays has stake behind the old rollup", (await stake(old, before.loyalOne)) > 0n);
    checks.same("loyal.new", "and none behind the new one", 0n, await stake(next, before.loyalOne));
  }
  checks.same("owner.new", "the new rollup's owner", contracts.governance, await owner(next.address));
  checks.same("owner.old", "the old rollup's owner", contracts.governance, await owner(old.address));
  if (!isAddressEqual(next.slasher, zeroAddress)) {
    checks.same(
      "slasher",
      "who may slash directly on the new rollup",
      contracts.governance,
      await publicClient.readContract({ address: next.slasher, abi: SlasherAbi, functionName: "GOVERNANCE" }),
    );
  }
  const [oldHatch, newHatch] = [await readEscapeHatch(node, old.address), await readEscapeHatch(node, next.address)];
  checks.same(
    "escapeHatch",
    "whether there is an escape hatch, as on the old rollup",
    oldHatch !== undefined,
    newHatch !== undefined,
  );
  return checks.made;
}

class Checks {
  readonly made: ForkCheck[] = [];

  same(id: string, what: string, expected: unknown, found: unknown): void {
    const [wanted, seen] = [String(expected), String(found)];
    this.made.push({ id, what, expected: wanted, found: seen, passed: wanted.toLowerCase() === seen.toLowerCase() });
  }

  yes(id: string, what: string, found: boolean): void {
    this.same(id, what, true, found);
  }
}
