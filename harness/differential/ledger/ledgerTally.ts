import type { ExecutedBlock, GasClass, LedgerAction, LedgerBlock } from "../../sim/ledger.ts";

/** How often one thing became of one kind of action. */
export interface OutcomeCount {
  readonly action: LedgerAction["kind"];
  readonly status: "success" | "reverted" | "skipped";
  /** Empty for a success. */
  readonly error: string;
  readonly gasClass: GasClass;
  readonly count: number;
}

/** What transactions of a class used on the chain, and what the model says of them. */
export interface GasCount {
  readonly gasClass: GasClass;
  readonly count: number;
  readonly least: number;
  readonly most: number;
}

/** Money that the proofs moved on both ledgers alike. Amounts in fee token units (1e18), as decimal strings. */
export interface MoneyCount {
  readonly proofs: number;
  readonly settledLandings: number;
  readonly sources: string;
  readonly credited: string;
  readonly proverRewards: string;
  readonly burned: string;
  readonly forfeited: string;
}

/** Counts what a check has seen. */
export class LedgerTally {
  readonly #outcomes = new Map<string, OutcomeCount>();
  readonly #gas = new Map<GasClass, GasCount>();
  #proofs = 0;
  #settled = 0;
  #money = { sources: 0n, credited: 0n, proverRewards: 0n, burned: 0n, forfeited: 0n };

  /** @param executed By the chain: the model measures no gas */
  add({ transactions }: LedgerBlock, { outcomes }: ExecutedBlock): void {
    for (const [index, { status, error = "", gasClass, gasUsed, settlement }] of outcomes.entries()) {
      const action = transactions[index]?.action.kind ?? "prune";
      const key = [action, status, error, gasClass].join(" ");
      const count = (this.#outcomes.get(key)?.count ?? 0) + 1;
      this.#outcomes.set(key, { action, status, error, gasClass, count });
      const gas = this.#gas.get(gasClass) ?? { gasClass, count: 0, least: gasUsed, most: gasUsed };
      this.#gas.set(gasClass, {
        gasClass,
        count: gas.count + 1,
        least: Math.min(gas.least, gasUsed),
        most: Math.max(gas.most, gasUsed),
      });
      if (settlement === undefined) continue;
      const { sources, credits, proverRewards, burned, forfeited, settledSlots } = settlement;
      this.#proofs++;
      this.#settled += settledSlots.length;
      this.#money.sources += sources;
      this.#money.credited += Object.values(credits).reduce((sum, amount) => sum + amount, 0n);
      this.#money.proverRewards += proverRewards;
      this.#money.burned += burned;
      this.#money.forfeited += forfeited;
    }
  }

  get outcomes(): readonly OutcomeCount[] {
    return [...this.#outcomes.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count);
  }

  get gas(): readonly GasCount[] {
    return [...this.#gas.values()].sort((one, other) => (one.gasClass < other.gasClass ? -1 : 1));
  }

  get money(): MoneyCount {
    const { sources, credited, proverRewards, burned, forfeited } = this.#money;
    return {
      proofs: this.#proofs,
      settledLandings: this.#settled,
      sources: sources.toString(),
      credited: credited.toString(),
      proverRewards: proverRewards.toString(),
      burned: burned.toString(),
      forfeited: forfeited.toString(),
    };
  }
}
