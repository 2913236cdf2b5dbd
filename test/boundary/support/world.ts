import { encodeFunctionData, type PrivateKeyAccount } from "viem";

import { Sequencer } from "../../../harness/actors/sequencer.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import type { L1Chain } from "../../../harness/l1/l1Chain.ts";
import { DEFAULT_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import type { RollupDeployment } from "../../../harness/network/deployment.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../../../harness/network/networkConfig.ts";
import { firstSlotOfEpoch, slotStart } from "../../../harness/network/rollupReads.ts";
import type { UpgradedNetwork } from "../../../harness/network/upgradeToBuildAhead.ts";
import { encodeSetTerms, type LateSubmissionTerms } from "../../../harness/protocol/terms.ts";
import { TestERC20Abi } from "../../../harness/upstream/abis.ts";
import { SlasherFlavor } from "../../../harness/upstream/rollupConfig.ts";
import { upgradedNetwork } from "../../fixtures/embeddedNetwork.ts";

/** Committees of 4 out of 8 validators and epochs of 4 slots: epochs pass quickly. Everything else is mainnet's shape. */
function smallConfig(proofSubmissionEpochs: bigint, isIgnition: boolean): NetworkConfig {
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

/** An upgraded network with somebody to drive it. */
export interface World {
  readonly network: UpgradedNetwork;
  readonly chain: L1Chain;
  /** The extended rollup. */
  readonly rollup: RollupDeployment;
  readonly sequencer: Sequencer;
  /** The first epoch with a committee; the clock stands one second into it. */
  readonly firstEpoch: bigint;
  readonly firstSlot: bigint;
  /** A plain account that holds no stake. */
  readonly rescuer: PrivateKeyAccount;
  /** A second one. */
  readonly rival: PrivateKeyAccount;
  readonly prover: PrivateKeyAccount;
  /** Unix seconds: so many after the start of a slot; negative before it. */
  at(slot: bigint, seconds?: bigint): bigint;
}

export interface WorldOptions {
  /** Default `small`. */
  readonly shape?: "small" | "mainnet";
  /** Default 1, as on mainnet; only for `small`. */
  readonly proofSubmissionEpochs?: bigint;
  /** A rollup without transactions yet, hence without fees and messages; only for `small`. Default false. */
  readonly isIgnition?: boolean;
}

/** Opens the network in its first state. Later calls with the same options reuse the chain: one world at a time. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { shape = "small", proofSubmissionEpochs = 1n, isIgnition = false } = options;
  const network =
    shape === "small"
      ? await upgradedNetwork({ config: smallConfig(proofSubmissionEpochs, isIgnition), validatorCount: 8 })
      : await upgradedNetwork();
  const { chain, buildAhead: rollup, validators, firstBuildAheadEpoch: firstEpoch } = network;
  await endowPortal(network);
  const [rescuer, rival, prover] = await Promise.all(["rescuer", "rival", "prover"].map((role) => fund(chain, role)));
  return {
    network,
    chain,
    rollup,
    sequencer: new Sequencer({ deployment: network, rollup, validators, seed: "boundary" }),
    firstEpoch,
    firstSlot: firstSlotOfEpoch(rollup, firstEpoch),
    rescuer: rescuer as PrivateKeyAccount,
    rival: rival as PrivateKeyAccount,
    prover: prover as PrivateKeyAccount,
    at: (slot, seconds = 0n) => slotStart(rollup, slot) + seconds,
  };
}

/**
 * Sets terms as governance, which is impersonated: the walk takes 40 days, and `test/network` covers it.
 * @param timestamp Unix seconds of the L1 block; default the next one.
 */
export async function setTerms(
  { network, chain, rollup }: World,
  terms: Partial<LateSubmissionTerms>,
  timestamp?: bigint,
): Promise<void> {
  const data = encodeSetTerms({ ...DEFAULT_TERMS, ...terms });
  await chain.executeAs(
    network.contracts.governance,
    { to: rollup.address, data },
    timestamp === undefined ? {} : { timestamp },
  );
}

/** Gives the new rollup's portal what users would have bridged: fees are paid out of it. */
async function endowPortal({ chain, contracts, config, deployer, buildAhead }: UpgradedNetwork): Promise<void> {
  const data = encodeFunctionData({
    abi: TestERC20Abi,
    functionName: "mint",
    args: [buildAhead.feeJuicePortal, config.feeJuicePortalFunding],
  });
  await chain.execute({ from: deployer, to: contracts.feeAsset, data }, { timestamp: (await chain.now()) + 1n });
}

async function fund(chain: L1Chain, role: string): Promise<PrivateKeyAccount> {
  const { account } = deriveAccount("boundary", role, 0);
  await chain.setBalance(account.address, 10n ** 20n);
  return account;
}
