import { hexToBigInt, zeroHash, type Address, type Hex } from "viem";

import type { DeployedNetwork } from "../network/deployment.ts";
import { LATE_TERMS_WORD, toWord, VERIFIER_WORD } from "../protocol/storageMap.ts";
import { TwinMismatchError } from "./twinErrors.ts";

/** Set aside: one address differs, the other word upstream does not have. */
const EXPECTED_TO_DIFFER = [VERIFIER_WORD, LATE_TERMS_WORD].map(toWord);

/**
 * Compares every storage word of both deployments and of other accounts, by the roots of their storage tries. Two words are set
 * aside first, on both sides: the rollup's verifier, whose address differs, and the terms, which upstream does not have.
 *
 * @param others Accounts beside the deployments' own contracts
 * @throws TwinMismatchError naming the accounts.
 */
export async function assertSameStorage(
  upstream: DeployedNetwork,
  extended: DeployedNetwork,
  others: Iterable<Address> = [],
): Promise<void> {
  const accounts = new Set([...others, ...contractsOf(upstream)].map((account) => account.toLowerCase()));
  const [theirs, ours] = [await readRoots(upstream, accounts), await readRoots(extended, accounts)];
  const differing = theirs.filter(([, root], index) => root !== ours[index]?.[1]).map(([account]) => account);
  if (differing.length === 0) return;
  throw new TwinMismatchError("Storage differs", { fields: { accounts: differing.join() } });
}

async function readRoots({ chain, rollup }: DeployedNetwork, accounts: Iterable<string>): Promise<[string, Hex][]> {
  await assertVerifierWord({ chain, rollup });
  const restore = await chain.snapshot();
  for (const word of EXPECTED_TO_DIFFER) await chain.setStorageAt(rollup.address, word, zeroHash);
  const roots: [string, Hex][] = [];
  for (const account of accounts) {
    const { storageHash } = await chain.rpc<{ storageHash: Hex }>("eth_getProof", [account, [], "latest"]);
    roots.push([account, storageHash]);
  }
  await restore();
  return roots;
}

/** The word that is set aside must hold the verifier and nothing else. */
async function assertVerifierWord({ chain, rollup }: Pick<DeployedNetwork, "chain" | "rollup">): Promise<void> {
  const word = await chain.publicClient.getStorageAt({ address: rollup.address, slot: toWord(VERIFIER_WORD) });
  if (hexToBigInt(word ?? "0x0") === hexToBigInt(rollup.verifier)) return;
  throw new TwinMismatchError("The verifier is stored elsewhere", { fields: { word, verifier: rollup.verifier } });
}

/** Every contract of a deployment whose address is the same on both sides. */
function contractsOf({ contracts, rollup }: DeployedNetwork): readonly Address[] {
  const { address, inbox, outbox, feeJuicePortal, slasher, slashFactory } = rollup;
  const shared: Readonly<Record<string, Address>> = { ...contracts };
  return [...Object.values(shared), address, inbox, outbox, feeJuicePortal, slasher, slashFactory];
}
