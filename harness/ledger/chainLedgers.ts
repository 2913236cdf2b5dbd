import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { DEFAULT_SEED } from "../l1/embeddedChain.ts";
import { mainnetLikeConfig, type NetworkConfig } from "../network/networkConfig.ts";
import { openEmbeddedNetwork, type EmbeddedNetwork } from "../network/openEmbeddedNetwork.ts";
import { advanceToEpoch } from "../network/advance.ts";
import { epochAt, firstSlotOfEpoch, slotAt } from "../protocol/time.ts";
import { CastNotFoundError, matchCast, parseCast } from "../sim/cast.ts";
import type { Ledger, LedgerSetup } from "../sim/ledger.ts";
import { RandomSource } from "../sim/random.ts";
import { World } from "../world/world.ts";
import { ChainLedger } from "./chainLedger.ts";
import { readEpochCommittee } from "./epochCommittee.ts";

interface OpenNetwork {
  readonly network: EmbeddedNetwork;
  /** Goes back to the freshly staked network. */
  readonly restore: () => Promise<void>;
}

/** Epochs over which runs of different seeds are spread, so that they meet different committees. */
const SPREAD_EPOCHS = 8;
/** Epochs that are searched for a cast. */
const MAX_SEARCHED_EPOCHS = 64;
/** Slots between the search and slot 0: what is built before it needs the chain's clock behind it. */
const HEAD_START = 2n;

/**
 * Opens ledgers on embedded chains. Deploying and staking take seconds, so a network is deployed once for each configuration and every
 * run begins from the same snapshot of it. One run at a time.
 */
export class ChainLedgers {
  readonly #hardhat: HardhatRuntime;
  readonly #networks = new Map<string, Promise<OpenNetwork>>();

  constructor(hardhat: HardhatRuntime) {
    this.#hardhat = hardhat;
  }

  /** @throws InvalidCastError, CastNotFoundError, TooFewValidatorsError, InvalidNetworkConfigError */
  async open(setup: LedgerSetup): Promise<Ledger> {
    const cast = parseCast(setup.cast);
    const { network, restore } = await this.#networkFor(setup);
    await restore();
    const { chain, rollup } = network;
    const { timing } = rollup;
    const skipped = BigInt(new RandomSource(setup.seed).stream("first epoch").below(SPREAD_EPOCHS));
    let epoch = epochAt(timing, await chain.now()) + skipped;
    if (skipped > 0n) await advanceToEpoch(chain, rollup, epoch);
    for (let searched = 0; searched < MAX_SEARCHED_EPOCHS; searched++) {
      // The epoch that has begun and the next one: of later ones the committees are not known for certain.
      const committees = [
        await readEpochCommittee(network, epoch),
        await readEpochCommittee(network, epoch + 1n),
      ] as const;
      const base = firstSlotOfEpoch(timing, epoch);
      const proposerAt = (slot: bigint) =>
        committees[Number((slot - base) / timing.epochSlots)]?.proposers[Number((slot - base) % timing.epochSlots)];
      const from = slotAt(timing, await chain.now()) + HEAD_START + 1n;
      for (let slot = from; slot < base + timing.epochSlots; slot++) {
        const people = matchCast(
          cast,
          (place) => proposerAt(slot + BigInt(place)),
          (place) => (slot + BigInt(place)) % timing.epochSlots === 0n,
        );
        if (people === undefined) continue;
        const world = new World({ network, rollup, keys: network.validators, seed: setup.seed });
        return new ChainLedger({ network, world, setup, firstSlot: slot - 1n, close: restore });
      }
      epoch++;
      await advanceToEpoch(chain, rollup, epoch);
    }
    throw new CastNotFoundError(setup.cast, MAX_SEARCHED_EPOCHS * setup.epochSlots);
  }

  /** Closes the chains. */
  async close(): Promise<void> {
    for (const opened of this.#networks.values()) await (await opened).network.chain.close();
    this.#networks.clear();
  }

  #networkFor(setup: LedgerSetup): Promise<OpenNetwork> {
    const { slotSeconds, epochSlots, committeeSize, validators, proofSubmissionEpochs, inboxLag, terms } = setup;
    const what = [slotSeconds, epochSlots, committeeSize, validators, proofSubmissionEpochs, inboxLag, terms];
    const key = JSON.stringify(what);
    const open = this.#networks.get(key) ?? this.#deploy(setup);
    this.#networks.set(key, open);
    return open;
  }

  async #deploy(setup: LedgerSetup): Promise<OpenNetwork> {
    const network = await openEmbeddedNetwork(this.#hardhat, {
      // Keys are the same in every run: registering one takes long, and is remembered by seed and count.
      seed: DEFAULT_SEED,
      validatorCount: setup.validators,
      config: configFor(setup),
      terms: setup.terms,
    });
    // What fees are paid with has to be on L2 first.
    await network.provisioner.bridgeFeeJuice(network.rollup, 10n ** 24n);
    return { network, restore: await network.chain.snapshot() };
  }
}

/** Mainnet's configuration, but for what the run asks for and what has to fit it. */
function configFor(setup: LedgerSetup): NetworkConfig {
  const config = mainnetLikeConfig();
  const epochSlots = BigInt(setup.epochSlots);
  const slashingRoundSize = epochSlots * (config.rollup.slashingRoundSize / config.rollup.aztecEpochDuration);
  return {
    ...config,
    rollup: {
      ...config.rollup,
      aztecSlotDuration: BigInt(setup.slotSeconds),
      aztecEpochDuration: epochSlots,
      targetCommitteeSize: BigInt(setup.committeeSize),
      aztecProofSubmissionEpochs: BigInt(setup.proofSubmissionEpochs),
      inboxLag: BigInt(setup.inboxLag),
      slashingRoundSize,
      slashingQuorum: slashingRoundSize / 2n + 1n,
    },
  };
}
