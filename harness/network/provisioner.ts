import { encodeFunctionData, erc20Abi, zeroHash, type Address, type TransactionReceipt } from "viem";

import type { ExecuteOptions } from "../l1/l1Chain.ts";
import { FeeJuicePortalAbi } from "../upstream/abis.ts";
import type { AztecContracts } from "./contracts.ts";
import type { Deployer } from "./deployer.ts";
import type { Rollup } from "./rollup.ts";
import { stakeValidators } from "./stakeValidators.ts";
import { callToken } from "./testToken.ts";
import type { Validator } from "./validator.ts";

/**
 * Brings into a network what its users would have brought: tokens, bridged fees, stakes. Its steps are safe to run twice. It is
 * the one thing that needs the key of whoever may mint the test tokens.
 */
export class Provisioner {
  readonly deployer: Deployer;
  readonly contracts: AztecContracts;

  constructor(deployer: Deployer, contracts: AztecContracts) {
    this.deployer = deployer;
    this.contracts = contracts;
  }

  /** Mints until an account has so much of the fee asset, in fee token units (1e18). May mine a block. */
  async ensureFeeAsset(account: Address, amount: bigint, options: ExecuteOptions = {}): Promise<void> {
    const balance = await this.deployer.chain.publicClient.readContract({
      address: this.contracts.feeAsset,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [account],
    });
    if (balance < amount) await this.mintFeeAsset(account, amount - balance, options);
  }

  /** Sees to it that validators are staked, active, and sampled; see {@link stakeValidators}. */
  ensureStaked(validators: readonly Validator[], rollup: Rollup): Promise<bigint> {
    return stakeValidators(this.deployer, this.contracts, validators, rollup);
  }

  /** Mints the test fee asset, in fee token units (1e18). Mines a block. */
  mintFeeAsset(to: Address, amount: bigint, options: ExecuteOptions = {}): Promise<TransactionReceipt> {
    return callToken(this.deployer, this.contracts.feeAsset, "mint", to, amount, options);
  }

  /** Mints the test staking asset, in staking token units (1e18). Mines a block. */
  mintStakingAsset(to: Address, amount: bigint, options: ExecuteOptions = {}): Promise<TransactionReceipt> {
    return callToken(this.deployer, this.contracts.stakingAsset, "mint", to, amount, options);
  }

  /**
   * Bridges fee tokens to L2 through a rollup's portal, as users do: the portal holds what they then pay fees with, and the inbox
   * gets a message. Mines three blocks.
   * @param amount Fee token units (1e18), minted for the purpose
   */
  async bridgeFeeJuice({ feeJuicePortal }: Rollup, amount: bigint): Promise<TransactionReceipt> {
    const { chain, account } = this.deployer;
    await this.mintFeeAsset(account.address, amount);
    await callToken(this.deployer, this.contracts.feeAsset, "approve", feeJuicePortal, amount);
    return chain.execute({
      from: account,
      to: feeJuicePortal,
      data: encodeFunctionData({
        abi: FeeJuicePortalAbi,
        functionName: "depositToAztecPublic",
        // Synthetic execution claims nothing on L2, so nobody's address and nobody's secret will do.
        args: [zeroHash, amount, zeroHash],
      }),
    });
  }
}
