import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { hexToBigInt, keccak256, toHex, type Address } from "viem";

import { deriveAccount } from "../l1/deriveAccount.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { GSEContract } from "../upstream/contracts.ts";
import { aztecClient } from "./aztecClient.ts";
import type { RegistrationTuple, Validator } from "./validator.ts";

export interface MakeValidatorsOptions {
  readonly seed: string;
  readonly count: number;
  /** The staking escrow: its hash-to-curve is what a proof of possession signs. */
  readonly gse: Address;
  /** Called after each registration that had to be computed. */
  readonly onProgress?: (done: number, count: number) => void;
}

const CACHE_FOLDER = path.resolve(import.meta.dirname, "../../cache/validators");
/** Order of the BN254 groups. */
const GROUP_ORDER =
  21_888_242_871_839_275_222_246_405_745_257_275_088_548_364_400_416_034_343_698_204_186_575_808_495_617n;

/** Derives validators from a seed. Registrations are taken from the cache folder where they were computed before. */
export async function makeValidators(chain: L1Node, options: MakeValidatorsOptions): Promise<readonly Validator[]> {
  const { seed, count } = options;
  const registrations = await loadRegistrations(chain, options);
  return Array.from({ length: count }, (_, index) => {
    const { account, privateKey } = deriveAccount(seed, "validator", index);
    const withdrawer = deriveAccount(seed, "withdrawer", index).account;
    const registration = registrations[index] as RegistrationTuple;
    return { address: account.address, account, privateKey, withdrawer, registration };
  });
}

async function loadRegistrations(chain: L1Node, options: MakeValidatorsOptions): Promise<readonly RegistrationTuple[]> {
  const { seed, count, gse, onProgress } = options;
  const name = keccak256(toHex(JSON.stringify({ scheme: "bn254-v1", seed, count }))).slice(2, 34);
  const file = path.join(CACHE_FOLDER, `${name}.json`);
  if (existsSync(file)) return JSON.parse(await readFile(file, "utf8"), reviveBigint) as RegistrationTuple[];

  const contract = new GSEContract(aztecClient(chain), gse);
  const registrations: RegistrationTuple[] = [];
  for (let index = 0; index < count; index++) {
    const secret = hexToBigInt(deriveAccount(seed, "bn254", index).privateKey) % GROUP_ORDER;
    registrations.push(await contract.makeRegistrationTuple(secret));
    onProgress?.(index + 1, count);
  }
  await mkdir(CACHE_FOLDER, { recursive: true });
  // Written aside and renamed, so that two processes never read half a file.
  const draft = `${file}.${process.pid}`;
  await writeFile(
    draft,
    JSON.stringify(registrations, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)),
  );
  await rename(draft, file);
  return registrations;
}

function reviveBigint(_key: string, value: unknown): unknown {
  return typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
}
