import { isDeepStrictEqual } from "node:util";

import { encodeFunctionData, hexToBigInt, zeroHash, type Address, type Hex, type LocalAccount } from "viem";

import { BuildAheadError } from "../errors.ts";
import { openEmbeddedChain } from "../l1/embeddedChain.ts";
import type { L1Chain } from "../l1/l1Chain.ts";
import { L1RevertError } from "../l1/l1Errors.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import type { DeployedNetwork } from "../network/deployment.ts";
import { deployV4Stack } from "../network/deployV4Stack.ts";
import { makeValidators } from "../network/makeValidators.ts";
import type { NetworkConfig } from "../network/networkConfig.ts";
import { stakeValidators } from "../network/stakeValidators.ts";
import type { Validator } from "../network/validator.ts";
import { LATE_TERMS_WORD, TIPS_WORD, toWord } from "../protocol/storageMap.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { readOutcome, type Outcome } from "./outcome.ts";

/** The two chains are not, or no longer, the same but for the code of the rollup. */
export class TwinMismatchError extends BuildAheadError {}

export interface TwinOptions {
  readonly config: NetworkConfig;
  readonly validatorCount: number;
  /** Those who have keys and ether and no stake; default 0. */
  readonly newcomerCount?: number;
  /** Derives keys, prevrandao and so committees of both chains. */
  readonly seed: string;
  /** Terms of the extended rollup. */
  readonly terms: LateSubmissionTerms;
}

/** What one transaction did on both chains. */
export interface TwinOutcome {
  readonly upstream: Outcome;
  readonly extended: Outcome;
}

/** A call's result, or the data it reverted with. */
export interface CallResult {
  readonly reverted: boolean;
  readonly data: Hex;
}

type Side = "upstream" | "extended";

/**
 * Upstream's rollup and the extended one, each the first rollup of a v4 deployment on a chain of its own. Everything else is
 * the same to the byte: keys, clock, prevrandao, genesis, addresses. So the very same signed transaction can be sent to both.
 *
 * What differs, and nothing else: the code of the rollup, of its operations library and of the one library more; the addresses
 * of the external libraries (which no storage holds) and of the verifier (one storage word, see {@link assertSameStorage}).
 */
export class Twin {
  readonly upstream: DeployedNetwork;
  readonly extended: DeployedNetwork;
  /** Who had staked at the beginning. */
  readonly validators: readonly Validator[];
  /** Who may stake later. */
  readonly newcomers: readonly Validator[];
  /** The first epoch whose committee comes from the complete set. */
  readonly firstEpoch: bigint;
  /** Accounts whose state a transaction has changed, in lower case. */
  readonly #touched = new Set<Address>();

  private constructor(
    upstream: DeployedNetwork,
    extended: DeployedNetwork,
    validators: readonly Validator[],
    newcomers: readonly Validator[],
    firstEpoch: bigint,
  ) {
    this.upstream = upstream;
    this.extended = extended;
    this.validators = validators;
    this.newcomers = newcomers;
    this.firstEpoch = firstEpoch;
  }

  /** Deploys both. @throws TwinMismatchError when an address, a second or a block differs. */
  static async open({ config, validatorCount, newcomerCount = 0, seed, terms }: TwinOptions): Promise<Twin> {
    const open = async (options: Partial<Parameters<typeof deployV4Stack>[1]>, chain: L1Chain) => {
      const deployment = await deployV4Stack(chain, { config, seed, ...options });
      const { gse } = deployment.contracts;
      const everybody = await makeValidators(chain, { seed, count: validatorCount + newcomerCount, gse });
      const [validators, newcomers] = [everybody.slice(0, validatorCount), everybody.slice(validatorCount)];
      for (const who of newcomers.flatMap(({ address, withdrawer }) => [address, withdrawer.address])) {
        await chain.setBalance(who, 10n ** 22n);
      }
      return { deployment, validators, newcomers, firstEpoch: await stakeValidators(deployment, validators) };
    };
    const [upstreamChain, extendedChain] = [await openEmbeddedChain({ seed }), await openEmbeddedChain({ seed })];
    // The extended rollup comes with one library more. Upstream's deployer spends a nonce and a block instead.
    const spendNonce = async (from: LocalAccount) => {
      await upstreamChain.execute({ from, to: from.address });
    };
    const upstream = await open({ beforeRollup: spendNonce }, upstreamChain);
    const extended = await open({ terms }, extendedChain);
    const { validators, newcomers, firstEpoch } = upstream;
    const twin = new Twin(upstream.deployment, extended.deployment, validators, newcomers, firstEpoch);
    await twin.#assertAligned();
    return twin;
  }

  get chain(): L1Chain {
    return this.upstream.chain;
  }

  /** For reading: both chains answer alike. */
  get view() {
    return { chain: this.upstream.chain, rollup: this.upstream.rollup };
  }

  /** Everybody whose keys are known. */
  get everybody(): readonly Validator[] {
    return [...this.validators, ...this.newcomers];
  }

  get terms(): LateSubmissionTerms {
    const { terms } = this.extended.rollup;
    if (terms === undefined) throw new TwinMismatchError("The extended rollup has no terms");
    return terms;
  }

  /** Makes an address that can sign the owner of both rollups; governance's own consent is impersonated. */
  async transferOwnership(owner: Address): Promise<void> {
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "transferOwnership", args: [owner] });
    for (const { chain, contracts, rollup } of [this.upstream, this.extended]) {
      await chain.executeAs(contracts.governance, { to: rollup.address, data });
    }
  }

  /** Puts other code where the verifiers are, whose addresses differ. */
  async replaceVerifiers(code: Hex): Promise<void> {
    for (const { chain, rollup } of [this.upstream, this.extended]) await chain.setCode(rollup.verifier, code);
  }

  /**
   * Signs a transaction once and mines it alone in a block of either chain.
   * @param timestamp Unix seconds, not before the latest block's
   * @param baseFeePerGas wei per gas, for this block only
   */
  async execute(
    request: L1TransactionRequest | L1BlobTransactionRequest,
    timestamp: bigint,
    baseFeePerGas?: bigint,
  ): Promise<TwinOutcome> {
    const [first, second] = [this.upstream.chain, this.extended.chain];
    const tx = "sidecars" in request ? await first.submit(request) : await first.submit(request);
    second.adopt(tx);
    const mine = async (chain: L1Chain) => {
      const { receipts } = await chain.mineAt(timestamp, {
        include: [tx.hash],
        sameTimestamp: true,
        ...(baseFeePerGas === undefined ? {} : { baseFeePerGas }),
      });
      const [receipt] = receipts;
      if (receipt === undefined) throw new TwinMismatchError("A block had no room", { fields: { hash: tx.hash } });
      return readOutcome(chain, receipt);
    };
    const [upstream, extended] = await Promise.all([mine(first), mine(second)]);
    for (const account of Object.keys({ ...upstream.post, ...extended.post })) {
      this.#touched.add(account.toLowerCase() as Address);
    }
    return { upstream, extended };
  }

  /** Moves both clocks to a second by an empty block; what is read afterwards is what a transaction of that second meets. */
  async advance(timestamp: bigint): Promise<void> {
    for (const { chain } of [this.upstream, this.extended]) {
      await chain.mineAt(timestamp, { include: [], sameTimestamp: true });
    }
  }

  /** Runs a call on both sides, reverts included. */
  async call(to: Address, data: Hex, from?: Address): Promise<Record<Side, CallResult>> {
    const run = async (chain: L1Chain): Promise<CallResult> => {
      try {
        return { reverted: false, data: await chain.call({ to, data, from }) };
      } catch (error) {
        if (error instanceof L1RevertError) return { reverted: true, data: error.data };
        throw error;
      }
    };
    return { upstream: await run(this.upstream.chain), extended: await run(this.extended.chain) };
  }

  /** Accounts whose state a transaction has changed. */
  get touched(): readonly Address[] {
    return [...this.#touched];
  }

  /**
   * Compares every storage word of every account that was ever touched, by the roots of their storage tries. Two words are set
   * aside first, on both sides: the rollup's verifier, whose address differs, and the terms, which upstream does not have.
   *
   * @throws TwinMismatchError naming the accounts.
   */
  async assertSameStorage(): Promise<void> {
    const accounts = new Set(
      [...this.touched, ...knownContracts(this.upstream)].map((account) => account.toLowerCase()),
    );
    const read = async ({ chain, rollup }: DeployedNetwork) => {
      const restore = await chain.snapshot();
      for (const word of [verifierWord(), TERMS_WORD]) await chain.setStorageAt(rollup.address, word, zeroHash);
      const roots: [string, Hex][] = [];
      for (const account of accounts) {
        const { storageHash } = await chain.rpc<{ storageHash: Hex }>("eth_getProof", [account, [], "latest"]);
        roots.push([account, storageHash]);
      }
      await restore();
      return roots;
    };
    const [upstream, extended] = [await read(this.upstream), await read(this.extended)];
    if (isDeepStrictEqual(upstream, extended)) return;
    const differing = upstream.filter(([, root], index) => root !== extended[index]?.[1]).map(([account]) => account);
    throw new TwinMismatchError("Storage differs", { fields: { accounts: differing.join() } });
  }

  async #assertAligned(): Promise<void> {
    const describe = async ({ chain, contracts, rollup, deployer }: DeployedNetwork) => {
      const { address, inbox, outbox, feeJuicePortal, slasher, slashFactory, config, genesis, genesisTime } = rollup;
      const sameRollup = {
        address,
        inbox,
        outbox,
        feeJuicePortal,
        slasher,
        slashFactory,
        config,
        genesis,
        genesisTime,
      };
      const block = await chain.publicClient.getBlock();
      return { contracts, rollup: sameRollup, deployer: deployer.address, number: block.number, now: block.timestamp };
    };
    const [upstream, extended] = [await describe(this.upstream), await describe(this.extended)];
    if (!isDeepStrictEqual(upstream, extended)) {
      throw new TwinMismatchError("The deployments differ in more than the rollup's code", {
        fields: { upstream: JSON.stringify(upstream, stringify), extended: JSON.stringify(extended, stringify) },
      });
    }
    await this.#assertVerifierWord();
    await this.assertSameStorage();
  }

  /** The word that is set aside must hold the verifier and nothing else. */
  async #assertVerifierWord(): Promise<void> {
    for (const { chain, rollup } of [this.upstream, this.extended]) {
      const word = await chain.publicClient.getStorageAt({ address: rollup.address, slot: verifierWord() });
      if (hexToBigInt(word ?? "0x0") !== hexToBigInt(rollup.verifier)) {
        throw new TwinMismatchError("The verifier is stored elsewhere", {
          fields: { word, verifier: rollup.verifier },
        });
      }
    }
  }
}

const stringify = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);

const addressesOf = (named: Readonly<Record<string, Address>>): readonly Address[] => Object.values(named);

/** Every contract of a deployment. */
function knownContracts({ contracts, rollup }: DeployedNetwork): readonly Address[] {
  const { address, inbox, outbox, feeJuicePortal, slasher, slashFactory } = rollup;
  return [...addressesOf({ ...contracts }), address, inbox, outbox, feeJuicePortal, slasher, slashFactory];
}

/** `RollupStore.config.epochProofVerifier`: tips, two mappings, then the config's fifth word. */
function verifierWord(): Hex {
  return toWord(TIPS_WORD + VERIFIER_OFFSET);
}

const VERIFIER_OFFSET = 7n;

/** The first word of the namespace. */
const TERMS_WORD = toWord(LATE_TERMS_WORD);
