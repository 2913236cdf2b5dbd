import type { Address } from "viem";

import type { L1Chain } from "../l1/l1Chain.ts";
import type { DeployedNetwork, DeployedRollup } from "../network/deployment.ts";
import type { CodeSizeReport } from "./rehearsalReport.ts";

/** EIP-170: the most runtime code a contract may have, in bytes. */
const MAX_CODE_SIZE = 24_576;

/** Measures the runtime code of every contract of a deployment and of its rollups, largest first. */
export async function measureCodeSizes(
  { chain, contracts }: Pick<DeployedNetwork, "chain" | "contracts">,
  rollups: Readonly<Record<string, DeployedRollup>>,
): Promise<readonly CodeSizeReport[]> {
  const named = new Map<Address, string>(Object.entries(contracts).map(([name, address]) => [address, name]));
  for (const [
    version,
    { address, verifier, slashFactory, inbox, outbox, feeJuicePortal, slasher, libraries },
  ] of Object.entries(rollups)) {
    const own = { rollup: address, verifier, slashFactory, inbox, outbox, feeJuicePortal, slasher, ...libraries };
    for (const [name, part] of Object.entries(own)) named.set(part, `${version}: ${name}`);
  }
  const sizes = await Promise.all([...named].map(([address, contract]) => measure(chain, contract, address)));
  return sizes.filter(({ size }) => size > 0).sort((a, b) => b.size - a.size || a.contract.localeCompare(b.contract));
}

async function measure(chain: L1Chain, contract: string, address: Address): Promise<CodeSizeReport> {
  const code = (await chain.publicClient.getCode({ address })) ?? "0x";
  const size = (code.length - 2) / 2;
  return { contract, address, size, margin: MAX_CODE_SIZE - size };
}
