import { getAddress, type Address, type LocalAccount } from "viem";

import type { Validator } from "../network/validator.ts";
import { validatorAccount, type AccountName } from "../sim/ledger.ts";
import type { World } from "../world/world.ts";

/** Names of accounts and the keys behind them. */
export class ChainAccounts {
  readonly #world: World;
  /** Staked, and rich, before the run began. */
  readonly #validators: ReadonlyMap<AccountName, LocalAccount>;
  readonly #names = new Map<Address, AccountName>();

  constructor(world: World, validators: readonly Validator[]) {
    this.#world = world;
    this.#validators = new Map(validators.map(({ account }, index) => [validatorAccount(index), account]));
    for (const [name, account] of this.#validators) this.#remember(name, account);
  }

  /** The account of that name, with ether to pay for gas: a reorganisation may have taken back what it was first given. */
  async get(name: AccountName): Promise<LocalAccount> {
    return this.#validators.get(name) ?? this.#remember(name, await this.#world.account(name));
  }

  /** The address itself if nobody here has it. */
  nameOf(address: Address): AccountName {
    return this.#names.get(getAddress(address)) ?? getAddress(address);
  }

  #remember(name: AccountName, account: LocalAccount): LocalAccount {
    this.#names.set(getAddress(account.address), name);
    return account;
  }
}
