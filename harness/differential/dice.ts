import fc from "fast-check";

/** Seeded choices. Two dice with one seed fall alike; fast-check's generator is underneath. */
export class Dice {
  readonly #stream: Iterator<number>;

  constructor(seed: number) {
    // Unbiased: fast-check would otherwise prefer small numbers, which is of no use to an index.
    const numbers = fc.noBias(fc.infiniteStream(fc.nat(0x7fff_ffff)));
    const [stream] = fc.sample(numbers, { seed, numRuns: 1 });
    if (stream === undefined) throw new RangeError("fast-check drew no stream");
    this.#stream = stream;
  }

  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return (this.#stream.next().value as number) % limit;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: bigint, high: bigint): bigint {
    return low + BigInt(this.below(Number(high - low + 1n)));
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("There is nothing to pick from");
    return item;
  }

  /** Picks by weight; weights are relative. */
  pickWeighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.below(items.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, item] of items) {
      if (left < weight) return item;
      left -= weight;
    }
    throw new RangeError("There is nothing to pick from");
  }

  /** 32 bytes below the BN254 field's modulus, as roots and hashes of the protocol are. */
  field(): `0x${string}` {
    let digits = "";
    while (digits.length < 62) digits += this.below(0x100_0000).toString(16).padStart(6, "0");
    return `0x00${digits.slice(0, 62)}`;
  }
}
