/** The npm package that carries the Solidity source of the v4 L1 contracts. */
export const L1_ARTIFACTS_PACKAGE = "@aztec/l1-artifacts";

/**
 * Import prefixes that upstream's Solidity uses inside its own package.
 *
 * The package ships them only in `foundry.toml`, which Hardhat does not read. `@aztec-blob-lib/` points at the
 * production library: upstream's own `foundry.toml` maps it to a mock that accepts any blob.
 */
export const L1_ARTIFACTS_REMAPPINGS: readonly string[] = [
  "@aztec/=l1-contracts/src/",
  "@aztec-blob-lib/=l1-contracts/src/core/libraries/rollup/",
  "@oz/=l1-contracts/lib/openzeppelin-contracts/contracts/",
  "@openzeppelin/contracts/=l1-contracts/lib/openzeppelin-contracts/contracts/",
];
