import { setImmediate } from "node:timers/promises";

import type { LocalAccount } from "viem";

import { L1_BLOCK_SECONDS } from "../../harness/l1/blockProducer.ts";
import {
  BundlePublisher,
  type BundlePublisherOptions,
  type PublisherEvent,
} from "../../harness/publisher/bundlePublisher.ts";
import { ManualClock } from "../../harness/publisher/clock.ts";
import type { PublishResult } from "../../harness/publisher/publisher.ts";
import { openPublisherL1 } from "../../harness/publisher/publisherL1.ts";
import { slotStart } from "../../harness/protocol/time.ts";
import type { World } from "../../harness/world/world.ts";

/** Publishers on a chain whose blocks come every twelve seconds, with one clock for all. */
export class PublishingStage {
  readonly world: World;
  readonly clock: ManualClock;
  /** Unix seconds of blocks that are not made. */
  readonly missed = new Set<bigint>();
  /** Called before each block with its second. */
  onBlock: (seconds: bigint) => Promise<void> = () => Promise.resolve();

  private constructor(world: World, now: bigint) {
    this.world = world;
    this.clock = new ManualClock(Number(now) * 1000);
  }

  /** Mines a block two L1 blocks before a slot begins, and stands there. */
  static async before(world: World, slot: bigint): Promise<PublishingStage> {
    const now = world.at(slot, -2n * L1_BLOCK_SECONDS);
    await world.chain.mineAt(now);
    return new PublishingStage(world, now);
  }

  /** A publisher that tells what it does. Its first key is the slot's proposer's unless others are named. */
  async publisher(
    slot: bigint,
    options: Partial<BundlePublisherOptions> = {},
  ): Promise<{ readonly publisher: BundlePublisher; readonly events: PublisherEvent[] }> {
    const { world, clock } = this;
    const keys: readonly LocalAccount[] = options.keys ?? [await world.proposerOf(slot)];
    for (const { address } of keys) await world.chain.ensureBalance(address, 10n ** 20n);
    const events: PublisherEvent[] = [];
    const publisher = new BundlePublisher({
      view: world.view,
      l1: openPublisherL1(world.view),
      clock,
      keys,
      multicall3: world.contracts.multicall3,
      recipient: (await world.account("recipient")).address,
      windowSeconds: 24,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return { publisher, events };
  }

  /** Lets time pass, a second at a time, until what runs is done: a block is there before whoever waits for its second wakes up. */
  async run<T>(running: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = () => (state.isDone = true);
    void running.then(done, done);
    const { timing } = this.world.rollup;
    for (;;) {
      while (!state.isDone && !this.clock.isAwaited) await setImmediate();
      if (state.isDone) return running;
      const seconds = BigInt(this.clock.now / 1000) + 1n;
      const isBlock = (seconds - slotStart(timing, 0n)) % L1_BLOCK_SECONDS === 0n;
      if (isBlock && !this.missed.has(seconds)) await this.#makeBlock(seconds);
      this.clock.advanceTo(Number(seconds) * 1000);
    }
  }

  async #makeBlock(seconds: bigint): Promise<void> {
    await this.onBlock(seconds);
    await this.world.chain.mineAt(seconds);
  }
}

/** A result in words. */
export function tellResult({ action, outcome, reason }: PublishResult): string {
  return `${action} ${outcome}: ${reason}`;
}
