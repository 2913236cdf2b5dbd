import { isAddressEqual, type Address } from "viem";

/** An address that somebody published, and where. */
export interface KnownAddress {
  readonly address: Address;
  readonly source: string;
  /** Whether its code was looked at from here. */
  readonly verifiedHere: boolean;
}

/** Aztec's rollups of version 4 by the names of networks in Hardhat's configuration. Registries are named on the command line. */
export const KNOWN_ROLLUPS: Readonly<Record<string, KnownAddress>> = {
  mainnet: {
    address: "0xAe2001f7e21d5EcABf6234E9FDd1E76F50F74962",
    source: "Aztec's documentation of its networks, L2BEAT, the payload of AZIP-1 and AZIP-3",
    verifiedHere: false,
  },
};

/** What to be careful about when a network's canonical rollup is not the one that is publicly known; undefined when it is. */
export function describeUnknownRollup(network: string, canonical: Address): string | undefined {
  const known = KNOWN_ROLLUPS[network];
  if (known === undefined || isAddressEqual(known.address, canonical)) return undefined;
  const verified = known.verifiedHere ? "" : ", not verified here";
  return `The canonical rollup ${canonical} is not the one known for ${network}, ${known.address} (${known.source}${verified})`;
}
