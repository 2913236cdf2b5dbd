import { mintFeeAsset } from "../accounting/mintFeeAsset.ts";
import { DEFAULT_SEED, openEmbeddedChain } from "../l1/embeddedChain.ts";
import { OPEN_TERMS } from "../network/deployBuildAhead.ts";
import type { DeployedNetwork } from "../network/deployment.ts";
import { deployV4Stack } from "../network/deployV4Stack.ts";
import { makeValidators } from "../network/makeValidators.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../network/networkConfig.ts";
import { stakeValidators } from "../network/stakeValidators.ts";
import type { Validator } from "../network/validator.ts";
import { RollupAbi } from "../upstream/abis.ts";

/** Which implementation a lane runs. */
export type LaneKind = "upstream" | "build-ahead";

export interface LaneOptions {
  readonly kind: LaneKind;
  readonly hardfork: string;
  /** Members; 0 lets anyone propose. */
  readonly committee: number;
  readonly validatorCount: number;
  readonly onKeyProgress?: (done: number, count: number) => void;
}

/** One implementation on a chain of its own, with validators that can be sampled. */
export interface Lane extends DeployedNetwork {
  readonly kind: LaneKind;
  readonly validators: readonly Validator[];
  /** The first epoch with a committee; the clock stands at its first second. */
  readonly firstEpoch: bigint;
}

/** Mainnet's shape with another committee; the inbox lag of a build-ahead deployment in both lanes, so that nothing differs but code. */
function laneConfig(committee: number): NetworkConfig {
  const config = mainnetLikeConfig();
  return { ...config, rollup: { ...config.rollup, targetCommitteeSize: BigInt(committee), inboxLag: 2n } };
}

/** `LateSubmissionExtLib` and `LateSettlementExtLib`. */
const EXTRA_LIBRARIES = 2;

/**
 * Deploys one implementation as the first rollup of a network.
 *
 * Lanes of one shape are the same to the byte but for the code measured: the extended rollup deploys two libraries more, for
 * which upstream's lane spends transactions that do nothing. Addresses, clock, seeds, committees and so every header, signature
 * and calldata byte are then equal, and so is the noise that proposer index or fee oracle would otherwise put into a comparison.
 */
export async function openLane(options: LaneOptions): Promise<Lane> {
  const { kind, hardfork, committee, validatorCount, onKeyProgress } = options;
  const chain = await openEmbeddedChain({ hardfork, seed: DEFAULT_SEED });
  const deployment = await deployV4Stack(chain, {
    config: laneConfig(committee),
    seed: DEFAULT_SEED,
    ...(kind === "build-ahead"
      ? { terms: OPEN_TERMS }
      : {
          beforeRollup: async (deployer) => {
            for (let library = 0; library < EXTRA_LIBRARIES; ++library) {
              await chain.execute({ from: deployer, to: deployer.address });
            }
          },
        }),
  });
  // Mainnet has burned before: its first burn ever, which writes a fresh word, is nobody's late landing.
  const burnAddress = await chain.publicClient.readContract({
    address: deployment.rollup.address,
    abi: RollupAbi,
    functionName: "getBurnAddress",
  });
  await mintFeeAsset(deployment, burnAddress, 1n);
  const validators = await makeValidators(chain, {
    seed: DEFAULT_SEED,
    count: validatorCount,
    gse: deployment.contracts.gse,
    ...(onKeyProgress === undefined ? {} : { onProgress: onKeyProgress }),
  });
  const firstEpoch = await stakeValidators(deployment, validators);
  return { ...deployment, kind, validators, firstEpoch };
}
