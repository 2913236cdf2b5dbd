import { keccak256, toHex } from "viem";

/** A stream of random numbers that is a pure function of its seed. */
export interface RandomStream {
  /** 0 inclusive to 1 exclusive. */
  next(): number;
  /** A whole number, 0 inclusive to `bound` exclusive. */
  below(bound: number): number;
  /** True with a probability between 0 and 1. Draws nothing when it is certain. */
  chance(probability: number): boolean;
  /** One of them; there must be one. */
  pick<T>(items: readonly T[]): T;
}

/** Gives every purpose a stream of its own, so that who draws more or less changes nothing for the others. */
export class RandomSource {
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The same name always begins the same stream. */
  stream(purpose: string): RandomStream {
    return makeStream(`${this.#seed.length}:${this.#seed}${purpose}`);
  }
}

/** Source: sfc32 of PractRand, 32-bit chaotic generator with a counter. */
function makeStream(seed: string): RandomStream {
  const digest = keccak256(toHex(seed));
  const word = (index: number) => Number.parseInt(digest.slice(2 + 8 * index, 10 + 8 * index), 16) | 0;
  let [a, b, c, counter] = [word(0), word(1), word(2), word(3) | 1];
  const next32 = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  const next = () => next32() / 2 ** 32;
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => probability > 0 && (probability >= 1 || next() < probability),
    pick: (items) => items[below(items.length)] as never,
  };
}
