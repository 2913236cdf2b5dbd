import { isDeepStrictEqual } from "node:util";

import { decodeFunctionResult, multicall3Abi, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { decodeRevert } from "../l1/decodeRevert.ts";
import { slotAt } from "../protocol/time.ts";
import type { TwinOptions } from "../twin/openTwin.ts";
import type { Mirrored } from "../twin/twin.ts";
import { openComparedTwin, type CallResult } from "./comparedTwin.ts";
import { Dice } from "./dice.ts";
import { predictProposal, predictValidation, type EarlyRejection, type ProposalContext } from "./earlyRejection.ts";
import { FUZZ_ACTIONS } from "./fuzzActions.ts";
import { FuzzWorld } from "./fuzzWorld.ts";
import type { Plan, PlannedCall } from "./plan.ts";
import type { Outcome } from "./outcome.ts";
import { randomRead } from "./randomRead.ts";

/** The extended rollup did something that upstream does not do. Everything that is needed to see it again is in the message. */
class NeutralityError extends BuildAheadError {}

export interface NeutralityOptions extends Pick<TwinOptions, "config" | "validatorCount" | "newcomerCount" | "terms"> {
  readonly seed: number;
  readonly transactions: number;
}

/** What a run has covered; a test asks for enough of everything. */
export interface NeutralityReport {
  readonly transactions: number;
  readonly reads: number;
  /** Epochs from the first transaction to the last. */
  readonly epochs: bigint;
  /** Transactions and bundled proposals by what became of them: `label: success`, or `label: error`. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** First topics of the logs, with how often. */
  readonly topics: ReadonlyMap<Hex, number>;
  /** Errors that differed, all of them as predicted: `upstream's -> ours`. */
  readonly reordered: ReadonlyMap<string, number>;
}

/** One result of a call within a transaction. */
interface CallOutcome {
  readonly success: boolean;
  readonly data: Hex;
}

/** How many steps before a failure are told. */
const CONTEXT = 15;
/** Transactions between two comparisons of the complete storage. */
const STORAGE_INTERVAL = 250;

/**
 * Sends random transactions to both rollups and compares everything they leave behind: status, return and revert data, logs,
 * and every changed word of every account after each transaction; the complete storage every now and then.
 *
 * Revert data is equal, except where {@link predictProposal} says what the extended rollup must answer instead.
 *
 * @throws NeutralityError at the first difference.
 */
export async function fuzzNeutrality(hardhat: HardhatRuntime, options: NeutralityOptions): Promise<NeutralityReport> {
  return (await Fuzzer.create(hardhat, options)).run();
}

class Fuzzer {
  readonly #options: NeutralityOptions;
  readonly #world: FuzzWorld;
  readonly #outcomes = new Map<string, number>();
  readonly #topics = new Map<Hex, number>();
  readonly #reordered = new Map<string, number>();
  readonly #history: string[] = [];
  #step = 0;
  #reads = 0;

  private constructor(options: NeutralityOptions, world: FuzzWorld) {
    this.#options = options;
    this.#world = world;
  }

  static async create(hardhat: HardhatRuntime, options: NeutralityOptions): Promise<Fuzzer> {
    const { seed, ...rest } = options;
    const twin = await openComparedTwin(hardhat, { ...rest, seed: "neutrality" });
    return new Fuzzer(options, await FuzzWorld.create(twin, new Dice(seed)));
  }

  async run(): Promise<NeutralityReport> {
    const world = this.#world;
    const firstEpoch = world.epoch;
    for (this.#step = 0; this.#step < this.#options.transactions; this.#step++) {
      await world.moveTo(world.nextTimestamp());
      const plan = await this.#plan();
      await this.#execute(plan);
      if (this.#step % STORAGE_INTERVAL === STORAGE_INTERVAL - 1) await this.#guard(world.twin.assertSameStorage());
    }
    await this.#guard(world.twin.assertSameStorage());
    return {
      transactions: this.#options.transactions,
      reads: this.#reads,
      epochs: world.epoch - firstEpoch,
      outcomes: this.#outcomes,
      topics: this.#topics,
      reordered: this.#reordered,
    };
  }

  /** Draws until an action has something to do that is no late submission. */
  async #plan(): Promise<Plan> {
    const world = this.#world;
    for (;;) {
      const plan = await world.dice.pickWeighted(FUZZ_ACTIONS)(world);
      if (plan === undefined) continue;
      const predictions = await Promise.all(plan.calls.map((call) => this.#predict(call)));
      if (predictions.every(({ kind }) => kind !== "late")) return plan;
    }
  }

  async #execute(plan: Plan): Promise<void> {
    const world = this.#world;
    const { twin, timestamp, dice } = world;
    this.#history.push(`${this.#step}: ${plan.label} at ${timestamp}, slot ${world.slot}, tip ${world.tip.number}`);
    const baseFee = plan.baseFeePerGas ?? dice.pick([1n, 1n, 3n]) * 10n ** 9n;
    const outcome = await this.#guard(twin.observe(plan.request, timestamp, baseFee));
    await this.#compare(plan, outcome);

    const target = dice.chance(10) ? twin.upstream.rollup.inbox : twin.upstream.rollup.address;
    const data = randomRead(world);
    const result = await twin.call(target, data);
    this.#reads++;
    this.#require(isDeepStrictEqual(result.upstream, result.extended), "A read differs", { data, ...flatten(result) });
  }

  async #compare(plan: Plan, { upstream, extended }: Mirrored<Outcome>): Promise<void> {
    this.#require(upstream.status === extended.status, "The status differs", {
      upstream: `${upstream.status} ${upstream.output}`,
      extended: `${extended.status} ${extended.output}`,
    });
    for (const part of ["logs", "pre", "post"] as const) {
      this.#require(isDeepStrictEqual(upstream[part], extended[part]), `The ${part} differ`, {
        upstream: JSON.stringify(upstream[part]),
        extended: JSON.stringify(extended[part]),
      });
    }
    for (const { topics } of upstream.logs) count(this.#topics, topics[0] ?? "0x");

    const split = (output: Hex, status: string): readonly CallOutcome[] =>
      plan.isBundle && status === "success"
        ? decodeFunctionResult({ abi: multicall3Abi, functionName: "aggregate3", data: output }).map(
            ({ success, returnData }) => ({ success, data: returnData }),
          )
        : [{ success: status === "success", data: output }];
    const [theirs, ours] = [split(upstream.output, upstream.status), split(extended.output, extended.status)];
    this.#require(theirs.length === ours.length, "The number of results differs", {});
    // A bundle that reverts as a whole says so in Multicall3's words.
    const calls = plan.isBundle && upstream.status === "reverted" ? [] : plan.calls;
    let tip: ProposalContext["tip"] = this.#world.tip;
    for (const [index, their] of theirs.entries()) {
      const our = ours[index] as CallOutcome;
      const call = calls[index] ?? { kind: "other" };
      await this.#compareCall(plan, call, their, our, tip);
      if (call.kind === "propose" && our.success) {
        tip = { slot: call.facts.slot, archive: call.lands.checkpoint.archive };
        this.#world.remember(call.lands);
      }
    }
  }

  async #compareCall(
    plan: Plan,
    call: PlannedCall,
    theirs: CallOutcome,
    ours: CallOutcome,
    tip: ProposalContext["tip"],
  ): Promise<void> {
    const [upstream, extended] = [await this.#describe(theirs), await this.#describe(ours)];
    count(this.#outcomes, `${plan.label}${plan.isBundle ? ` (${call.kind})` : ""}: ${upstream}`);
    this.#require(theirs.success === ours.success, "The success of a call differs", { upstream, extended });
    const prediction = await this.#predict(call, tip);
    if (prediction.kind !== "rejected") {
      this.#require(theirs.data === ours.data, "The data of a call differs", {
        upstream: `${upstream} ${theirs.data}`,
        extended: `${extended} ${ours.data}`,
      });
      return;
    }
    this.#require(!ours.success && ours.data === prediction.data, "An early check did not speak first", {
      predicted: await this.#describe({ success: false, data: prediction.data }),
      upstream,
      extended,
    });
    if (theirs.data !== ours.data) count(this.#reordered, `${upstream} -> ${extended}`);
  }

  async #predict(call: PlannedCall, tip: ProposalContext["tip"] = this.#world.tip): Promise<EarlyRejection> {
    const { view, timestamp, twin } = this.#world;
    const context = { timestamp, tip, terms: this.#options.terms, errorAbi: twin.extended.errorAbi };
    switch (call.kind) {
      case "propose":
        return predictProposal(view, call.facts, context);
      case "validate":
        return predictValidation(view, call.facts, context);
      case "other":
        return { kind: "none" };
    }
  }

  async #describe({ success, data }: CallOutcome): Promise<string> {
    if (success) return "success";
    const { errorName } = decodeRevert(await this.#world.twin.extended.errorAbi(), data);
    return errorName ?? (data === "0x" ? "no data" : data.slice(0, 10));
  }

  #require(condition: boolean, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (condition) return;
    throw new NeutralityError(message, { fields: { ...this.#context(), ...fields } });
  }

  /** Anything that goes wrong is told with the seed and the steps before it. */
  async #guard<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (cause) {
      throw new NeutralityError("A step failed", {
        fields: { ...this.#context(), reason: (cause as Error).message },
        cause,
      });
    }
  }

  #context() {
    const { seed, terms } = this.#options;
    const { timestamp, rollup } = this.#world;
    return {
      seed,
      step: this.#step,
      windowSeconds: terms.windowSeconds,
      slot: slotAt(rollup.timing, timestamp),
      actions: `\n${this.#history.slice(-CONTEXT).join("\n")}\n`,
    };
  }
}

function flatten({ upstream, extended }: Mirrored<CallResult>): Mirrored<string> {
  const describe = ({ reverted, data }: CallResult) => `${reverted} ${data}`;
  return { upstream: describe(upstream), extended: describe(extended) };
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
