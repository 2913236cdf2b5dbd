import { getAddress, isAddressEqual, slice, type Address } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { readArtifact } from "./readArtifact.ts";

/** A rollup runs a library other than the one that was meant for it. */
export class WrongLibraryLinkError extends BuildAheadError {}

/**
 * Which library each link of a deployed contract points to, read from its code on chain.
 * @throws WrongLibraryLinkError when two places that ask for one library were given different ones.
 */
export async function readLinkedLibraries(
  artifacts: Artifacts,
  { publicClient }: L1Node,
  contractName: string,
  address: Address,
): Promise<Readonly<Record<string, Address>>> {
  const { deployedLinkReferences } = await readArtifact(artifacts, contractName);
  const code = await publicClient.getCode({ address });
  if (code === undefined) throw new WrongLibraryLinkError("There is no code at the address", { fields: { address } });
  const linked: Record<string, Address> = {};
  for (const [library, places] of Object.values(deployedLinkReferences).flatMap((file) => Object.entries(file))) {
    for (const { start, length } of places) {
      const found = getAddress(slice(code, start, start + length));
      const earlier = linked[library];
      if (earlier !== undefined && !isAddressEqual(earlier, found)) {
        throw new WrongLibraryLinkError("One library is linked to two addresses", {
          fields: { library, earlier, found },
        });
      }
      linked[library] = found;
    }
  }
  return linked;
}
