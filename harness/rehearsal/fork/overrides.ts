import type { Address, Hex } from "viem";

import { BuildAheadError } from "../../errors.ts";

/** Something that no transaction of a live network could do. */
export interface Override {
  readonly kind: "balance" | "storage" | "code" | "impersonation" | "time";
  /** What was changed, for people. */
  readonly what: string;
  readonly reason: string;
}

/** Somebody overrode the chain's state without saying why. */
export class UnexplainedOverrideError extends BuildAheadError {}

/** What the producer of blocks decides on every chain; here it is the rehearsal. */
const PRODUCER = new Set(["hardhat_setNextBlockBaseFeePerGas", "hardhat_setPrevRandao", "evm_setAutomine"]);
/** Seconds that the clock may move at once without anybody having to mention it: any slot of any network. */
const ORDINARY_STEP = 600n;

/** Hears of every request to a chain and keeps the book of what is not a transaction, with the reason for it. */
export class OverrideBook {
  readonly overrides: Override[] = [];
  #reason: string | undefined;
  #now: bigint;

  /** @param now The chain's clock, in Unix seconds */
  constructor(now: bigint) {
    this.#now = now;
  }

  /** Does something that overrides the chain's state, and says why. */
  async because<T>(reason: string, action: () => Promise<T>): Promise<T> {
    const outer = this.#reason;
    this.#reason = reason;
    try {
      return await action();
    } finally {
      this.#reason = outer;
    }
  }

  /** @throws UnexplainedOverrideError */
  readonly hear = (method: string, params: readonly unknown[]): void => {
    if (method === "evm_setNextBlockTimestamp") this.#hearTime(BigInt(params[0] as number));
    else if (/^(hardhat|anvil|evm)_(set|impersonate)/.test(method) && !PRODUCER.has(method))
      this.#write(method, params);
  };

  #hearTime(timestamp: bigint): void {
    const step = timestamp - this.#now;
    if (step > ORDINARY_STEP) {
      this.#add("time", `${describeSeconds(step)} pass at once`, "to wait for what has to be waited for");
    }
    if (timestamp > this.#now) this.#now = timestamp;
  }

  #write(method: string, params: readonly unknown[]): void {
    const [address, first, second] = params as readonly [Address, Hex?, Hex?];
    switch (method) {
      case "hardhat_setBalance":
        this.#add("balance", `ether of ${address}`, "an account of the rehearsal pays for its gas");
        break;
      case "hardhat_setStorageAt":
        this.#add("storage", `word ${first ?? ""} of ${address} = ${second ?? ""}`);
        break;
      case "hardhat_setCode":
        this.#add("code", `code of ${address}`);
        break;
      case "hardhat_impersonateAccount":
        this.#add("impersonation", `transactions of ${address}`);
        break;
      default:
        throw new UnexplainedOverrideError("An override of a kind that no report has a row for", {
          fields: { method },
        });
    }
  }

  #add(kind: Override["kind"], what: string, usual?: string): void {
    const reason = this.#reason ?? usual;
    if (reason === undefined) {
      throw new UnexplainedOverrideError("The chain's state was overridden without a reason", {
        fields: { kind, what },
      });
    }
    this.overrides.push({ kind, what, reason });
  }
}

const DAY = 86_400n;
const HOUR = 3_600n;

function describeSeconds(seconds: bigint): string {
  if (seconds >= DAY) return `${seconds / DAY} days ${(seconds % DAY) / HOUR} hours`;
  return `${seconds / HOUR} hours ${(seconds % HOUR) / 60n} minutes`;
}
