import { isAddressEqual, zeroAddress, type Address, type Hex, type TransactionReceipt } from "viem";

import type { RollupView } from "../consensus/rollupView.ts";
import { epochOfSlot } from "../protocol/time.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { AccountingError, ConservationError } from "./accountingError.ts";
import { decodeEpochProof, type DecodedEpochProof } from "./decodeEpochProof.ts";
import { decodeSettled, type SettledLateSubmission } from "./lateSubmissionEvents.ts";
import { readMoney, type MoneySnapshot } from "./moneySnapshot.ts";

/** The books before and after a proof. */
export interface ProofSnapshots {
  readonly before: MoneySnapshot;
  readonly after: MoneySnapshot;
}

/** One side of the equation against the other, for one epoch proof. All sums in fee token units (1e18). */
export interface ProofAudit {
  readonly txHash: Hex;
  readonly blockNumber: bigint;
  readonly epoch: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly prover: Address;
  /** Where the money came from. */
  readonly sources: { readonly distributorOutflow: bigint; readonly feesIn: bigint };
  /** Where it went. `burned` is the congestion burn and what late submissions forfeited. */
  readonly uses: {
    readonly coinbaseCredits: bigint;
    readonly submitterCredits: bigint;
    readonly proverRewards: bigint;
    readonly burned: bigint;
  };
  /** Parts of `uses.burned`. */
  readonly congestionBurned: bigint;
  readonly forfeited: bigint;
  /** Sources minus uses: zero, or money was created (negative) or lost (positive). */
  readonly imbalance: bigint;
  /** What the rollup's token balance grew by beyond what it owes more: zero as well. */
  readonly unowed: bigint;
  readonly settled: readonly SettledLateSubmission[];
  /** Change of each address's sequencer rewards, coinbases and submitters together. */
  readonly credits: Readonly<Record<Address, bigint>>;
}

/** Whose books an epoch proof can change: the recipients it names, and whom its settlements credit. */
export function accountsOfProof(
  { fees }: Pick<DecodedEpochProof, "fees">,
  settled: readonly SettledLateSubmission[],
): readonly Address[] {
  const submitters = settled.map(({ submitter }) => submitter).filter((who) => !isAddressEqual(who, zeroAddress));
  return [...fees.map(({ recipient }) => recipient), ...submitters];
}

/**
 * Audits one epoch proof: *distributor outflow + fees in = coinbase credits + submitter credits + increase of the epoch's
 * prover rewards + burned*. Everything but the submitters' part is measured in storage and balances, not taken from events.
 *
 * @param snapshots The books before and after, for a proof that shares its L1 block with other transactions (they must
 *   cover {@link accountsOfProof} and the proof's epoch); default: the books of its block's parent and of its block.
 * @throws AccountingError when the transaction is no successful epoch proof sent to the rollup itself, or, without
 *   snapshots, is not alone in its L1 block.
 */
export async function auditProof(
  view: RollupView,
  receipt: TransactionReceipt,
  snapshots?: ProofSnapshots,
): Promise<ProofAudit> {
  const { chain, rollup } = view;
  const { transactionHash: txHash, blockNumber } = receipt;
  if (receipt.status !== "success") throw new AccountingError("The proof was not accepted", { fields: { txHash } });
  if (receipt.to === null || !isAddressEqual(receipt.to, rollup.address)) {
    throw new AccountingError("The transaction was sent elsewhere", { fields: { txHash, to: receipt.to } });
  }
  const { input } = await chain.publicClient.getTransaction({ hash: txHash });
  const proof = decodeEpochProof(input);
  const { slotNumber } = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getCheckpoint",
    args: [proof.end],
    blockNumber,
  });
  const epoch = epochOfSlot(rollup.timing, slotNumber);
  const settled = decodeSettled(receipt, rollup.address);
  const accounts = accountsOfProof(proof, settled);
  const { before, after } = snapshots ?? (await readAround(view, txHash, blockNumber, accounts, epoch));

  const outflow = (account: keyof MoneySnapshot["balances"]) => before.balances[account] - after.balances[account];
  const credits = Object.fromEntries(
    Object.entries(after.sequencerRewards).map(([account, amount]) => [
      account,
      amount - (before.sequencerRewards[account as Address] ?? 0n),
    ]),
  );
  const credited = sum(Object.values(credits));
  const submitterCredits = sum(settled.map(({ submitterCut }) => submitterCut));
  const forfeited = sum(settled.map((settlement) => settlement.forfeited));
  const proverRewards = (after.proverRewards[epoch.toString()] ?? 0n) - (before.proverRewards[epoch.toString()] ?? 0n);
  const burned = -outflow("burnAddress");
  const sources = { distributorOutflow: outflow("distributor"), feesIn: outflow("feeJuicePortal") };
  const uses = { coinbaseCredits: credited - submitterCredits, submitterCredits, proverRewards, burned };
  return {
    txHash,
    blockNumber,
    epoch,
    start: proof.start,
    end: proof.end,
    prover: proof.prover,
    sources,
    uses,
    congestionBurned: burned - forfeited,
    forfeited,
    imbalance: sum(Object.values(sources)) - sum(Object.values(uses)),
    unowed: -outflow("rollup") - credited - proverRewards,
    settled,
    credits,
  };
}

/** @throws ConservationError when money was created or lost. */
export function assertConserved(audit: ProofAudit): void {
  const { txHash, imbalance, unowed } = audit;
  if (imbalance !== 0n || unowed !== 0n) {
    throw new ConservationError("An epoch proof created or lost money", { fields: { txHash, imbalance, unowed } });
  }
}

async function readAround(
  view: RollupView,
  txHash: Hex,
  blockNumber: bigint,
  accounts: readonly Address[],
  epoch: bigint,
): Promise<ProofSnapshots> {
  const { transactions } = await view.chain.publicClient.getBlock({ blockNumber });
  if (transactions.length !== 1) {
    throw new AccountingError("The proof shares its L1 block: take snapshots around it", {
      fields: { txHash, blockNumber, transactions: transactions.length },
    });
  }
  const [before, after] = await Promise.all([
    readMoney(view, { accounts, epochs: [epoch], blockNumber: blockNumber - 1n }),
    readMoney(view, { accounts, epochs: [epoch], blockNumber }),
  ]);
  return { before, after };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
