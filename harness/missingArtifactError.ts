import { BuildAheadError } from "./errors.ts";

/** A contract has not been compiled. */
export class MissingArtifactError extends BuildAheadError {
  constructor(contractName: string, cause: unknown) {
    super("A contract is not built: run `npx hardhat build`", { fields: { contractName }, cause });
  }
}
