import type { PrivateKeyAccount } from "viem";

import { DEFAULT_TERMS } from "../../harness/network/deployBuildAhead.ts";
import type { DeployedRollup } from "../../harness/network/deployment.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../../harness/network/networkConfig.ts";
import type { UpgradedNetwork } from "../../harness/network/upgradeToBuildAhead.ts";
import { encodeSetTerms, type LateSubmissionTerms } from "../../harness/protocol/terms.ts";
import { firstSlotOfEpoch } from "../../harness/protocol/time.ts";
import { SlasherFlavor } from "../../harness/upstream/rollupConfig.ts";
import { World } from "../../harness/world/world.ts";
import { upgradedNetwork } from "./networks.ts";

/** Committees of 4 out of 8 validators and epochs of 4 slots: epochs pass quickly. Everything else is mainnet's shape. */
export function smallConfig(proofSubmissionEpochs: bigint, isIgnition: boolean): NetworkConfig {
  const config = mainnetLikeConfig();
  return {
    ...config,
    rollup: {
      ...config.rollup,
      aztecEpochDuration: 4n,
      targetCommitteeSize: 4n,
      aztecProofSubmissionEpochs: proofSubmissionEpochs,
      ...(isIgnition ? { manaTarget: 0n } : {}),
      // The tally wants rounds of whole epochs and committees of a fixed size; nothing here slashes.
      slasherFlavor: SlasherFlavor.none,
    },
  };
}

/** The world after the upgrade, with the people that tests need. */
export interface TestWorld extends World {
  readonly network: UpgradedNetwork;
  readonly rollup: DeployedRollup;
  /** The first epoch with a committee; the clock stands one second into it. */
  readonly firstEpoch: bigint;
  readonly firstSlot: bigint;
  /** A plain account that holds no stake. */
  readonly rescuer: PrivateKeyAccount;
  /** A second one. */
  readonly rival: PrivateKeyAccount;
  readonly prover: PrivateKeyAccount;
}

export interface TestWorldOptions {
  /** Default `small`. */
  readonly shape?: "small" | "mainnet";
  /** Default 1, as on mainnet; only for `small`. */
  readonly proofSubmissionEpochs?: bigint;
  /** A rollup without transactions yet, hence without fees and messages; only for `small`. Default false. */
  readonly isIgnition?: boolean;
}

/** Opens the network in its first state. Later calls with the same options reuse the chain: one world at a time. */
export async function openTestWorld(options: TestWorldOptions = {}): Promise<TestWorld> {
  const { shape = "small", proofSubmissionEpochs = 1n, isIgnition = false } = options;
  const network =
    shape === "small"
      ? await upgradedNetwork({ config: smallConfig(proofSubmissionEpochs, isIgnition), validatorCount: 8 })
      : await upgradedNetwork();
  return testWorldOn(network);
}

/** A world on the extended rollup of a network, whose portal can pay fees. Mines one block. */
export async function testWorldOn(network: UpgradedNetwork, seed = "boundary"): Promise<TestWorld> {
  const { chain, buildAhead: rollup, validators, firstBuildAheadEpoch: firstEpoch, provisioner, config } = network;
  // A new rollup's portal is empty, and proofs pay fees out of it.
  const timestamp = (await chain.now()) + 1n;
  await provisioner.mintFeeAsset(rollup.feeJuicePortal, config.feeJuicePortalFunding, { timestamp });
  const world = new World({ network, rollup, keys: validators, seed });
  return Object.assign(world, {
    network,
    rollup,
    firstEpoch,
    firstSlot: firstSlotOfEpoch(rollup.timing, firstEpoch),
    rescuer: await world.account("rescuer"),
    rival: await world.account("rival"),
    prover: await world.account("prover"),
  });
}

/**
 * Sets terms as governance, which is impersonated: the walk takes 40 days, and `test/harness/network` covers it.
 * @param timestamp Unix seconds of the L1 block; default the next one.
 */
export async function setTerms(
  { network, chain, rollup }: TestWorld,
  terms: Partial<LateSubmissionTerms>,
  timestamp?: bigint,
): Promise<void> {
  const data = encodeSetTerms({ ...DEFAULT_TERMS, ...terms });
  await chain.executeAs(network.contracts.governance, { to: rollup.address, data }, { timestamp });
}
