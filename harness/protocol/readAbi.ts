import { readFileSync } from "node:fs";

import { MissingArtifactError } from "../missingArtifactError.ts";

/** What Hardhat's generated declaration says of a contract: `…$Type` of the `artifacts.d.ts` beside its artifact. */
interface BuiltContract {
  readonly sourceName: string;
  readonly contractName: string;
  readonly abi: readonly unknown[];
}

const ARTIFACTS = new URL("../../artifacts/", import.meta.url);

/**
 * Reads the ABI of one of this package's contracts from the build. The declaration gives it its type, and the name its place.
 * @param name Source and contract, `contracts/….sol:Contract`
 * @throws MissingArtifactError
 */
export function readAbi<Contract extends BuiltContract>(
  name: `${Contract["sourceName"]}:${Contract["contractName"]}`,
): Contract["abi"] {
  const [source = "", contract = ""] = name.split(":");
  const file = new URL(`${source}/${contract}.json`, ARTIFACTS);
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch (cause) {
    throw new MissingArtifactError(name, cause);
  }
  return (JSON.parse(json) as Contract).abi;
}
