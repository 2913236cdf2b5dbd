import {
  concatHex,
  encodeAbiParameters,
  hexToBigInt,
  keccak256,
  padHex,
  sha256,
  size,
  stringToHex,
  toHex,
  zeroHash,
  type Address,
  type Hex,
} from "viem";

import { L1_TO_L2_MSG_SUBTREE_HEIGHT } from "../upstream/constants.ts";
import type { RollupConfig } from "../upstream/rollupConfig.ts";
import type { EscapeHatchConfig } from "./escapeHatch.ts";
import type { Immutables } from "./immutables.ts";
import type { Rollup } from "./rollup.ts";

// What the immutables of a rollup version's contracts have to be, contract by contract, as their constructors set them.

const word = (value: Address): bigint => hexToBigInt(value);

/** Source: OpenZeppelin's `ShortStrings`: text to the left, its length in the last byte. */
const shortString = (text: string): bigint =>
  hexToBigInt(padHex(stringToHex(text), { size: 32, dir: "right" })) | BigInt(size(stringToHex(text)));

/** Source: OpenZeppelin's `EIP712`. */
function domainImmutables(name: string, chainId: number, contract: Address): Immutables {
  const version = "1";
  const hash = (text: string) => keccak256(stringToHex(text));
  const type = hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
  const separator = keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }, { type: "address" }],
      [type, hash(name), hash(version), BigInt(chainId), contract],
    ),
  );
  return {
    _cachedDomainSeparator: hexToBigInt(separator),
    _cachedChainId: BigInt(chainId),
    _cachedThis: word(contract),
    _hashedName: hexToBigInt(hash(name)),
    _hashedVersion: hexToBigInt(hash(version)),
    _name: shortString(name),
    _version: shortString(version),
  };
}

/**
 * The rollup never hashes typed data, so of its domain only the two strings are in its code.
 * @param block In which the rollup was deployed; nodes begin to look for events there
 */
export function rollupImmutables(block: bigint): Immutables {
  return { L1_BLOCK_AT_GENESIS: block, _name: shortString("Aztec Rollup"), _version: shortString("1") };
}

export function inboxImmutables({ address, feeJuicePortal }: Rollup, { version, inboxLag }: RollupConfig): Immutables {
  return {
    ROLLUP: word(address),
    VERSION: BigInt(version),
    FEE_ASSET_PORTAL: word(feeJuicePortal),
    LAG: inboxLag,
    HEIGHT: BigInt(L1_TO_L2_MSG_SUBTREE_HEIGHT),
    SIZE: 2n ** BigInt(L1_TO_L2_MSG_SUBTREE_HEIGHT),
    EMPTY_ROOT: hexToBigInt(emptyRoot(L1_TO_L2_MSG_SUBTREE_HEIGHT)),
  };
}

export function outboxImmutables({ address }: Rollup, { version }: RollupConfig): Immutables {
  return { ROLLUP: word(address), VERSION: BigInt(version) };
}

export function portalImmutables({ address, inbox }: Rollup, feeAsset: Address, { version }: RollupConfig): Immutables {
  return { ROLLUP: word(address), INBOX: word(inbox), UNDERLYING: word(feeAsset), VERSION: BigInt(version) };
}

/** @param owner The rollup's at its deployment: whoever it was may slash for good */
export function slasherImmutables(owner: Address, config: RollupConfig): Immutables {
  return {
    GOVERNANCE: word(owner),
    VETOER: word(config.slashingVetoer),
    SLASHING_DISABLE_DURATION: config.slashingDisableDuration,
  };
}

export function tallyImmutables(
  { address, slasher }: Rollup,
  config: RollupConfig,
  chainId: number,
  tally: Address,
  payloadImplementation: Address,
): Immutables {
  const [small, medium, large] = config.slashAmounts;
  return {
    ...domainImmutables("TallySlashingProposer", chainId, tally),
    INSTANCE: word(address),
    SLASHER: word(slasher),
    SLASH_PAYLOAD_IMPLEMENTATION: word(payloadImplementation),
    SLASH_AMOUNT_SMALL: small,
    SLASH_AMOUNT_MEDIUM: medium,
    SLASH_AMOUNT_LARGE: large,
    QUORUM: config.slashingQuorum,
    ROUND_SIZE: config.slashingRoundSize,
    COMMITTEE_SIZE: config.targetCommitteeSize,
    ROUND_SIZE_IN_EPOCHS: config.slashingRoundSize / config.aztecEpochDuration,
    LIFETIME_IN_ROUNDS: config.slashingLifetimeInRounds,
    EXECUTION_DELAY_IN_ROUNDS: config.slashingExecutionDelayInRounds,
    SLASH_OFFSET_IN_ROUNDS: config.slashingOffsetInRounds,
  };
}

export function empireImmutables(
  { address, slasher }: Rollup,
  config: RollupConfig,
  chainId: number,
  empire: Address,
): Immutables {
  return {
    ...domainImmutables("EmpireBase", chainId, empire),
    INSTANCE: word(address),
    SLASHER: word(slasher),
    QUORUM_SIZE: config.slashingQuorum,
    ROUND_SIZE: config.slashingRoundSize,
    LIFETIME_IN_ROUNDS: config.slashingLifetimeInRounds,
    EXECUTION_DELAY_IN_ROUNDS: config.slashingExecutionDelayInRounds,
  };
}

export function boosterImmutables(rollup: Address, { rewardBoostConfig }: RollupConfig): Immutables {
  const { increment, maxScore, a, minimum, k } = rewardBoostConfig;
  return {
    ROLLUP: word(rollup),
    CONFIG_INCREMENT: BigInt(increment),
    CONFIG_MAX_SCORE: BigInt(maxScore),
    CONFIG_A: BigInt(a),
    CONFIG_MINIMUM: BigInt(minimum),
    CONFIG_K: BigInt(k),
  };
}

export function escapeHatchImmutables(rollup: Address, hatch: EscapeHatchConfig): Immutables {
  return {
    ROLLUP: word(rollup),
    LAG_IN_HATCHES: hatch.lagInHatches,
    BOND_TOKEN: word(hatch.bondToken),
    BOND_SIZE: hatch.bondSize,
    WITHDRAWAL_TAX: hatch.withdrawalTax,
    FAILED_HATCH_PUNISHMENT: hatch.failedHatchPunishment,
    FREQUENCY: hatch.frequency,
    ACTIVE_DURATION: hatch.activeDuration,
    PROPOSING_EXIT_DELAY: hatch.proposingExitDelay,
  };
}

export function slashFactoryImmutables(rollup: Address): Immutables {
  return { VALIDATOR_SELECTION: word(rollup) };
}

/** The root of an empty message tree. Source: `FrontierLib.initialize`, with `Hash.sha256ToField`. */
function emptyRoot(height: number): Hex {
  let root: Hex = zeroHash;
  for (let level = 0; level < height; level++) {
    root = concatHex(["0x00", toHex(hexToBigInt(sha256(concatHex([root, root]))) >> 8n, { size: 31 })]);
  }
  return root;
}
