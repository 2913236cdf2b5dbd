import { erc20Abi, getAddress, type Address } from "viem";

import type { RollupView } from "../consensus/rollupView.ts";
import { RollupAbi } from "../upstream/abis.ts";

/** Everything the conservation of rewards is about, at the end of one L1 block, in fee token units (1e18). */
export interface MoneySnapshot {
  readonly blockNumber: bigint;
  /** Token balances. */
  readonly balances: {
    readonly rollup: bigint;
    readonly distributor: bigint;
    readonly feeJuicePortal: bigint;
    readonly burnAddress: bigint;
  };
  /** What the rollup owes, by checksummed address. */
  readonly sequencerRewards: Readonly<Record<Address, bigint>>;
  /** What was ever credited to the provers of an epoch together, by epoch; claims do not lower it. */
  readonly proverRewards: Readonly<Record<string, bigint>>;
}

export interface MoneyScope {
  /** Whose sequencer rewards to read. */
  readonly accounts: readonly Address[];
  /** Whose prover rewards to read. */
  readonly epochs: readonly bigint[];
  /** Default: the latest block. */
  readonly blockNumber?: bigint;
}

/**
 * Reads the books. The distributor and the portal are those the rollup itself names in that block.
 * Sources: `RewardLib`, `Rollup.getBurnAddress`.
 */
export async function readMoney({ chain, rollup }: RollupView, scope: MoneyScope): Promise<MoneySnapshot> {
  const { publicClient } = chain;
  const blockNumber = scope.blockNumber ?? (await publicClient.getBlockNumber());
  const books = { address: rollup.address, abi: RollupAbi, blockNumber } as const;
  const [feeAsset, distributor, portal, burnAddress] = await Promise.all([
    publicClient.readContract({ ...books, functionName: "getFeeAsset" }),
    publicClient.readContract({ ...books, functionName: "getRewardDistributor" }),
    publicClient.readContract({ ...books, functionName: "getFeeAssetPortal" }),
    publicClient.readContract({ ...books, functionName: "getBurnAddress" }),
  ]);
  const balanceOf = (account: Address) =>
    publicClient.readContract({
      address: feeAsset,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [account],
      blockNumber,
    });
  const accounts = [...new Set(scope.accounts.map((account) => getAddress(account)))];
  const epochs = [...new Set(scope.epochs)];
  const [balances, sequencerRewards, proverRewards] = await Promise.all([
    Promise.all([rollup.address, distributor, portal, burnAddress].map(balanceOf)),
    Promise.all(
      accounts.map((account) =>
        publicClient.readContract({ ...books, functionName: "getSequencerRewards", args: [account] }),
      ),
    ),
    Promise.all(
      epochs.map((epoch) =>
        publicClient.readContract({ ...books, functionName: "getCollectiveProverRewardsForEpoch", args: [epoch] }),
      ),
    ),
  ]);
  const [ofRollup = 0n, ofDistributor = 0n, ofPortal = 0n, ofBurnAddress = 0n] = balances;
  return {
    blockNumber,
    balances: {
      rollup: ofRollup,
      distributor: ofDistributor,
      feeJuicePortal: ofPortal,
      burnAddress: ofBurnAddress,
    },
    sequencerRewards: Object.fromEntries(accounts.map((account, index) => [account, sequencerRewards[index] ?? 0n])),
    proverRewards: Object.fromEntries(epochs.map((epoch, index) => [epoch.toString(), proverRewards[index] ?? 0n])),
  };
}
