import { encodeFunctionData, erc20Abi, zeroAddress, zeroHash, type Address } from "viem";

import mockVerifierModule from "../../../ignition/modules/mockVerifier.ts";
import type { HeldKey } from "../../consensus/keyRing.ts";
import type { Artifacts } from "../../hardhatRuntime.ts";
import { deriveAccount } from "../../l1/deriveAccount.ts";
import type { L1Chain } from "../../l1/l1Chain.ts";
import { advanceToEpoch } from "../../network/advance.ts";
import type { AztecContracts } from "../../network/contracts.ts";
import { buildAheadConfig, deployBuildAhead } from "../../network/deployBuildAhead.ts";
import type { Deployer } from "../../network/deployer.ts";
import type { DeployedRollup } from "../../network/deployment.ts";
import { deployModule } from "../../network/deployModule.ts";
import { makeValidators } from "../../network/makeValidators.ts";
import type { Rollup } from "../../network/rollup.ts";
import { flushEntryQueue, queueValidators } from "../../network/stakeValidators.ts";
import type { Validator } from "../../network/validator.ts";
import { toWord, VERIFIER_WORD } from "../../protocol/storageMap.ts";
import { epochAt } from "../../protocol/time.ts";
import { FeeJuicePortalAbi, RollupAbi } from "../../upstream/abis.ts";
import { World } from "../../world/world.ts";
import { StepRecorder, type RehearsalListener } from "../stepRecorder.ts";
import type { AttachedFork } from "./attachFork.ts";
import { isCompiledFrom } from "./compareRollups.ts";
import { dealTokens, findBalances } from "./dealTokens.ts";
import { findSigners, isValidating, type SignerOf } from "./findSigners.ts";
import { OwnCommittee } from "./ownCommittee.ts";

/** Wei of whoever deploys. */
const DEPLOYER_BALANCE = 10n ** 24n;
/** Epochs that the rehearsal waits for the entry queue to let its own validators in. */
const QUEUE_PATIENCE = 4;
/** Fee token units (1e18) that users are taken to bridge to the new rollup: more than the scenarios' fees. */
const BRIDGED = 1_000_000n * 10n ** 18n;

/** What the rehearsal brings onto a fork: people with keys, tokens and committees of its own. Each override says why. */
export class ForkStage {
  readonly fork: AttachedFork;
  readonly artifacts: Artifacts;
  readonly deployer: Deployer;
  readonly recorder: StepRecorder;
  /** What ids of steps begin with. */
  prefix = "";
  readonly #seed: string;
  #validators: readonly Validator[] = [];

  constructor(fork: AttachedFork, artifacts: Artifacts, seed: string, listener: RehearsalListener) {
    this.fork = fork;
    this.artifacts = artifacts;
    this.#seed = seed;
    this.deployer = { chain: fork.chain, account: deriveAccount(seed, "deployer").account, artifacts };
    this.recorder = new StepRecorder(listener);
  }

  get chain(): L1Chain {
    return this.fork.chain;
  }

  get contracts(): AztecContracts {
    return this.fork.network.contracts;
  }

  get validators(): readonly Validator[] {
    return this.#validators;
  }

  /** Begins a part of the rehearsal. */
  phase(prefix: string, title: string): void {
    this.prefix = prefix;
    this.recorder.phase(title);
  }

  /** Stakes as many validators as a committee has, on the canonical rollup and in the ordinary way. @returns how many are active */
  async bringValidators(onKeyProgress?: (done: number, count: number) => void): Promise<number> {
    const { chain, contracts, deployer } = this;
    const { rollup } = this.fork.network;
    await chain.setBalance(deployer.account.address, DEPLOYER_BALANCE);
    const count = Number(rollup.committeeSize);
    const options = { seed: this.#seed, count, gse: contracts.gse };
    this.#validators = await makeValidators(chain, {
      ...options,
      ...(onKeyProgress === undefined ? {} : { onProgress: onKeyProgress }),
    });
    await queueValidators(deployer, contracts, this.#validators, rollup, this.fundStake);
    await flushEntryQueue(deployer, rollup, QUEUE_PATIENCE);
    const areIn = await Promise.all(this.#validators.map(({ address }) => isValidating(chain, rollup, address)));
    return areIn.filter((isIn) => isIn).length;
  }

  /** Keys of all validators of the canonical rollup; undefined where some are strangers. */
  async findSigners(): Promise<SignerOf | undefined> {
    const { chain, fork } = this;
    return findSigners(
      chain,
      fork.network.rollup,
      this.#validators.map(({ account }) => account),
    );
  }

  /** Gives staking tokens to an account. */
  readonly fundStake = (account: Address, amount: bigint): Promise<void> =>
    this.#deal(this.contracts.stakingAsset, this.contracts.governance, account, amount);

  /** A verifier that accepts any proof, for there are no real ones here; also for the old rollup, if it has another. */
  async installVerifier(): Promise<Address> {
    const { chain, artifacts, deployer, fork } = this;
    if (await isCompiledFrom(artifacts, chain, "MockVerifier", fork.config.verifier)) return fork.config.verifier;
    const { verifier } = await deployModule(deployer, mockVerifierModule);
    await fork.book.because(
      "real proofs need the circuits and hours: epochs of the old rollup are proven without",
      () => chain.setStorageAt(fork.network.rollup.address, toWord(VERIFIER_WORD), toWord(BigInt(verifier))),
    );
    return verifier;
  }

  /** Puts the new rollup beside the canonical one, configured alike but for what is meant to differ. Its window is closed. */
  deployNext(verifier: Address): Promise<DeployedRollup> {
    const { contracts, deployer, fork } = this;
    const { config, genesis } = fork.config;
    // A booster belongs to one rollup: zero asks for another, configured alike.
    const rollup = { ...config, rewardConfig: { ...config.rewardConfig, booster: zeroAddress } };
    const from = { deployer, contracts, config: { rollup, genesis } };
    return deployBuildAhead(from, { verifier, config: buildAheadConfig(rollup) });
  }

  /** Bridges fee tokens to a rollup through its portal, as its users would: fees are paid out of what the portal holds. */
  async bridgeFees({ feeJuicePortal }: Rollup): Promise<void> {
    const { chain, contracts, deployer } = this;
    const { account } = deployer;
    await this.#deal(contracts.feeAsset, contracts.rewardDistributor, account.address, BRIDGED);
    const approve = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [feeJuicePortal, BRIDGED] });
    await chain.execute({ from: account, to: contracts.feeAsset, data: approve });
    const deposit = encodeFunctionData({
      abi: FeeJuicePortalAbi,
      functionName: "depositToAztecPublic",
      args: [zeroHash, BRIDGED, zeroHash],
    });
    await chain.execute({ from: account, to: feeJuicePortal, data: deposit });
  }

  /** A rollup with the rehearsal's validators in its committees. Its steps are recorded under {@link prefix}. */
  open(rollup: Rollup): World {
    const { chain, fork, deployer } = this;
    const members = this.#validators.map(({ address }) => address);
    const committee = new OwnCommittee(chain, rollup, members, deployer.account, fork.book);
    const keys: readonly HeldKey[] = this.#validators;
    const { network, firstBlock: fromBlock } = fork;
    const world = new World({ network, rollup, keys, seed: this.#seed, committeeOf: committee.of, fromBlock });
    world.listen({ onStep: (step) => this.recorder.onStep({ ...step, id: `${this.prefix}.${step.id}` }) });
    return world;
  }

  /** Goes to the next epoch, and on until nothing of others is in the way: what they have not proven in time is pruned. */
  async nextEpoch({ timing, address }: Rollup): Promise<void> {
    const { chain } = this;
    const contract = { address, abi: RollupAbi } as const;
    for (;;) {
      await advanceToEpoch(chain, { timing } as Rollup, epochAt(timing, await chain.now()) + 1n);
      const { pending, proven } = await chain.publicClient.readContract({ ...contract, functionName: "getTips" });
      const args = [await chain.now()] as const;
      if (pending === proven) return;
      if (await chain.publicClient.readContract({ ...contract, functionName: "canPruneAtTime", args })) return;
    }
  }

  async #deal(token: Address, holder: Address, account: Address, amount: bigint): Promise<void> {
    const { chain, fork } = this;
    const balances = await findBalances(chain, token, holder);
    await fork.book.because(
      "the rehearsal has no tokens of the network: stakes, locks and fees are written as balances",
      () => dealTokens(chain, { address: token, balances }, account, amount),
    );
  }
}
