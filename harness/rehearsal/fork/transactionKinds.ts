import { getAddress, isAddressEqual, slice, toFunctionSelector, type Abi, type Address, type Hex } from "viem";

import type { L1Node } from "../../l1/l1Node.ts";
import { lateSubmissionAbi } from "../../protocol/abis.ts";
import { GovernanceAbi, RollupAbi, TestERC20Abi } from "../../upstream/abis.ts";
import type { TransactionKind } from "./forkReport.ts";

/** EIP-7825: the most gas that a transaction may ask for. */
export const GAS_CAP = 16_777_216;

const FUNCTIONS: ReadonlyMap<Hex, string> = new Map(
  [RollupAbi, lateSubmissionAbi, GovernanceAbi, TestERC20Abi].flatMap((abi: Abi) =>
    abi.flatMap((item) => (item.type === "function" ? [[toFunctionSelector(item), item.name] as const] : [])),
  ),
);
const SELECTOR_BYTES = 4;

/**
 * Every transaction that was mined from a block on, by kind, the dearest kind first.
 * @param names Contracts by address; what is not among them is named by its address
 */
export async function readTransactionKinds(
  { publicClient }: L1Node,
  from: bigint,
  names: ReadonlyMap<Address, string>,
): Promise<readonly TransactionKind[]> {
  const kinds = new Map<string, TransactionKind>();
  const latest = await publicClient.getBlockNumber();
  for (let blockNumber = from; blockNumber <= latest; blockNumber++) {
    const { transactions } = await publicClient.getBlock({ blockNumber, includeTransactions: true });
    for (const { hash, to, input } of transactions) {
      const receipt = await publicClient.getTransactionReceipt({ hash });
      const kind = describe(to, input, receipt.contractAddress ?? null, names);
      const known = kinds.get(kind) ?? { kind, count: 0, gasUsed: 0 };
      const gasUsed = Math.max(known.gasUsed, Number(receipt.gasUsed));
      kinds.set(kind, { kind, count: known.count + 1, gasUsed });
    }
  }
  return [...kinds.values()].sort((a, b) => b.gasUsed - a.gasUsed || (a.kind < b.kind ? -1 : 1));
}

function describe(
  to: Address | null,
  input: Hex,
  created: Address | null,
  names: ReadonlyMap<Address, string>,
): string {
  const nameOf = (address: Address) => {
    const known = [...names].find(([candidate]) => isAddressEqual(candidate, address));
    return known?.[1] ?? "another contract";
  };
  if (to === null) return `deploy ${created === null ? "nothing" : nameOf(getAddress(created))}`;
  if (input.length < 2 + 2 * SELECTOR_BYTES) return `${nameOf(to)}: plain transfer`;
  const selector = slice(input, 0, SELECTOR_BYTES);
  return `${nameOf(to)}.${FUNCTIONS.get(selector) ?? selector}`;
}
