import { concatHex, encodeErrorResult, parseAbi, toHex, type Address, type Hex } from "viem";

import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import type { L1Chain } from "../../harness/l1/l1Chain.ts";
import type { BlobSidecar } from "../../harness/l1/l1Transaction.ts";
import { Blob, getKzg } from "../../harness/upstream/blobLib.ts";
import { Fr } from "../../harness/upstream/foundation.ts";

const ETHER = 10n ** 18n;

/** Two accounts that can pay, and one that cannot. */
export const sender = deriveAccount("l1-chain-test", "sender").account;
export const other = deriveAccount("l1-chain-test", "other").account;
export const poor = deriveAccount("l1-chain-test", "poor").account;

export const TARGET: Address = "0x00000000000000000000000000000000000000bb";
/** Returns block.timestamp. */
export const CLOCK: Address = "0x00000000000000000000000000000000000000cc";
/** Reverts with {@link REVERT_DATA}. */
export const REVERTER: Address = "0x00000000000000000000000000000000000000dd";
/** Burns all the gas it is given. */
export const BURNER: Address = "0x00000000000000000000000000000000000000ee";

/** What decodes the revert: the chain itself knows no errors. */
export const unluckyAbi = parseAbi(["error Unlucky(uint256 thrown, uint256 wanted)"]);
export const REVERT_DATA: Hex = encodeErrorResult({ abi: unluckyAbi, args: [1n, 2n] });

/** Gives a chain the accounts and contracts of the tests. */
export async function prepare(chain: L1Chain): Promise<L1Chain> {
  await chain.setBalance(sender.address, 100n * ETHER);
  await chain.setBalance(other.address, 100n * ETHER);
  await chain.setCode(BURNER, "0xfe");
  await chain.setCode(CLOCK, "0x4260005260206000f3");
  // CODECOPY the data behind the twelve bytes of code, then REVERT with it.
  await chain.setCode(REVERTER, concatHex(["0x6044600c60003960446000fd", REVERT_DATA]));
  return chain;
}

export async function makeSidecar(value: bigint): Promise<BlobSidecar> {
  const blob = await Blob.fromFields([new Fr(value)]);
  const kzg = getKzg();
  return {
    blob: toHex(blob.data),
    commitment: toHex(blob.commitment),
    proof: toHex(kzg.computeBlobKzgProof(blob.data, blob.commitment)),
    cellProofs: kzg.computeCellsAndKzgProofs(blob.data).proofs.map((proof) => toHex(proof)),
  };
}
