import { getAddress, type Address, type LocalAccount } from "viem";

import type { Validator } from "../network/validator.ts";
import { validatorAccount, type AccountName } from "../sim/ledger.ts";
import type { World } from "../world/world.ts";

/** Names of accounts and the keys behind them. */
export class ChainAccounts {
  readonly #world: World;
  readonly #accounts = new Map<AccountName, LocalAccount>();
  readonly #names = new Map<Address, AccountName>();

  constructor(world: World, validators: readonly Validator[]) {
    this.#world = world;
    for (const [index, { account }] of validators.entries()) this.#remember(validatorAccount(index), account);
  }

  /** The account of that name, with ether to pay for gas. */
  async get(name: AccountName): Promise<LocalAccount> {
    return this.#accounts.get(name) ?? this.#remember(name, await this.#world.account(name));
  }

  /** The address itself if nobody here has it. */
  nameOf(address: Address): AccountName {
    return this.#names.get(getAddress(address)) ?? getAddress(address);
  }

  #remember(name: AccountName, account: LocalAccount): LocalAccount {
    this.#accounts.set(name, account);
    this.#names.set(getAddress(account.address), name);
    return account;
  }
}
