import { padHex, type Address, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { readArtifactOf } from "./readArtifact.ts";

/** What lies at an address is not the contract that it should be. */
export class WrongCodeError extends BuildAheadError {}

interface Place {
  readonly start: number;
  readonly length: number;
}

/** A library begins with PUSH20 and its own address, which guards it against direct calls; the compiler leaves zeros there. */
const LIBRARY_GUARD = /^0x73(0{40})30/;
const GUARDED_ADDRESS: Place = { start: 1, length: 20 };

/**
 * The code at an address must be a contract's compiled code to the last byte, but for what deployment fills in: the addresses of
 * libraries, which the caller has to look into, and immutables.
 *
 * @param creator The contract whose code carries this one's and deploys it; left out for one that is deployed by itself
 * @throws WrongCodeError
 */
export async function assertCompiledCode(
  artifacts: Artifacts,
  { publicClient }: L1Node,
  contract: string,
  address: Address,
  creator: string = contract,
): Promise<void> {
  const {
    deployedBytecode,
    deployedLinkReferences,
    immutableReferences = {},
  } = await readArtifactOf(creator, artifacts, contract);
  const code = (await publicClient.getCode({ address })) ?? "0x";
  const compiled = LIBRARY_GUARD.test(deployedBytecode)
    ? fill(deployedBytecode, GUARDED_ADDRESS, address)
    : deployedBytecode;
  const holes = [
    ...Object.values(deployedLinkReferences).flatMap((file) => Object.values(file).flat()),
    ...Object.values(immutableReferences).flat(),
  ];
  if (blank(code, holes) !== blank(compiled, holes)) {
    throw new WrongCodeError("The code is not that of the contract that it should be", {
      fields: { contract, address },
    });
  }
}

const blank = (code: Hex, holes: readonly Place[]): string =>
  holes.reduce((blanked, hole) => fill(blanked, hole, "0x"), code).toLowerCase();

/** Writes a value over a place, padded with zeros from the left. Code that ends before the place is left as it is. */
function fill(code: Hex, { start, length }: Place, value: Hex): Hex {
  const [from, to] = [2 + 2 * start, 2 + 2 * (start + length)];
  if (code.length < to) return code;
  return `${code.slice(0, from)}${padHex(value, { size: length }).slice(2)}${code.slice(to)}` as Hex;
}
