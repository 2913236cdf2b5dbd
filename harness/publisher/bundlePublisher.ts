import { encodeFunctionData, zeroHash, type Address, type Hex, type LocalAccount } from "viem";

import { ABSENT_SIGNATURE } from "../consensus/attestedCheckpoint.ts";
import { makeSidecars } from "../consensus/blobs.ts";
import type { Checkpoint } from "../consensus/checkpoint.ts";
import { overrideTip } from "../consensus/overrideTip.ts";
import type { RollupView } from "../consensus/rollupView.ts";
import { L1_BLOCK_SECONDS } from "../l1/blockProducer.ts";
import { L1RevertError, L1SubmissionError, UnderpricedReplacementError } from "../l1/l1Errors.ts";
import { slotAt, slotStart } from "../protocol/time.ts";
import { windowEnd } from "../protocol/window.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { wasDone, type Bundle } from "./bundle.ts";
import type { Clock } from "./clock.ts";
import { bidFees } from "./feeBid.ts";
import { keepInMemory, type InFlight, type InFlightStore } from "./inFlight.ts";
import { judgeBundle, type Judgement } from "./judgeBundle.ts";
import { PublishCounters } from "./publishCounters.ts";
import type { Outcome, ProposeRequest, Publisher, PublishRequest, PublishResult } from "./publisher.ts";
import type { PublisherL1, SignableRequest } from "./publisherL1.ts";
import { agreeOnTime } from "./publisherTime.ts";

export interface BundlePublisherOptions {
  readonly view: RollupView;
  readonly l1: PublisherL1;
  readonly clock: Clock;
  /** Who may pay, the preferred one first. */
  readonly keys: readonly LocalAccount[];
  readonly multicall3: Address;
  /** Who is credited for a late landing. */
  readonly recipient: Address;
  /** Length of the window in the rollup's terms; 0 while it is closed. */
  readonly windowSeconds: number;
  /** Where transactions in flight are remembered; default: in memory, until the process ends. */
  readonly store?: InFlightStore;
  /** Wei per gas; default 1 gwei. */
  readonly priorityFee?: bigint;
  /** Hears of what happens as it happens. */
  readonly onEvent?: (event: PublisherEvent) => void;
}

export type PublisherEvent =
  | { readonly kind: "header-validation-failed"; readonly slot: bigint; readonly reason: string }
  | { readonly kind: "judged"; readonly judgement: Judgement }
  | { readonly kind: "sent"; readonly from: Address; readonly hash: Hex; readonly request: SignableRequest }
  | { readonly kind: "not-sent"; readonly from: Address; readonly reason: string }
  /** Seconds that our clock is ahead of L1, or behind it. */
  | { readonly kind: "clocks-disagree"; readonly seconds: bigint };

/** A transaction under way, and who signs for it. */
interface Flight {
  readonly key: LocalAccount;
  readonly inFlight: InFlight;
  readonly request: SignableRequest;
  /** Unix seconds. */
  readonly sentAt: bigint;
}

/** A key's transaction that carries blobs can be replaced by such a one only, and the other way round. */
class BusyKeyError extends Error {}

const DEFAULT_PRIORITY_FEE = 10n ** 9n;
/** Milliseconds between two looks at L1. */
const POLLING_INTERVAL = 1_000;
/** How often a transaction is replaced by a dearer one before its deadline. */
const MAX_REPLACEMENTS = 3;

/**
 * Brings requests to L1 as the bundle publisher of the clients' next version does: what belongs to a slot goes into one transaction,
 * which is simulated as a whole right before it is sent, and leaves out what would revert.
 *
 * What the window adds: the bundle names who is credited before it proposes; its gas is enough for a landing that turns late; nothing is
 * cancelled at the boundary; and of a predecessor's late checkpoint and one's own, the second is sent when the first has landed, so that
 * no L1 block ever holds both.
 */
export class BundlePublisher implements Publisher {
  readonly counters = new PublishCounters();
  readonly #options: BundlePublisherOptions;
  readonly #store: InFlightStore;
  /** Contracts that were seen to have code. What has none yet may get some. */
  readonly #withCode = new Set<Address>();
  readonly #abandoned = new Map<bigint, string>();
  #requests: PublishRequest[] = [];

  constructor(options: BundlePublisherOptions) {
    this.#options = options;
    this.#store = options.store ?? keepInMemory();
  }

  /**
   * Asks L1, before anything is gossiped, whether it would take a header in its slot: the one check that is made so early. Attestations
   * and blobs do not exist yet and are left out. False: the slot is abandoned, and its proposal will not be sent.
   */
  async validateBlockHeader({ header, slot, parent, blobsHash }: Checkpoint): Promise<boolean> {
    const { view, l1 } = this.#options;
    const { rollup } = view;
    const none = { signatureIndices: "0x", signaturesOrAddresses: "0x" } as const;
    const data = encodeFunctionData({
      abi: RollupAbi,
      functionName: "validateHeaderWithAttestations",
      args: [header.toViem(), none, [], ABSENT_SIGNATURE, zeroHash, blobsHash, { ignoreDA: true }],
    });
    try {
      const stateOverride = await overrideTip(view, parent);
      await l1.call({ to: rollup.address, data, timestamp: slotStart(rollup.timing, slot), stateOverride });
      return true;
    } catch (error) {
      // A node that does not answer is no reason to give up a slot.
      if (!(error instanceof L1RevertError)) return true;
      const reason = error.errorName ?? error.data;
      this.#abandoned.set(slot, reason);
      this.#tell({ kind: "header-validation-failed", slot, reason });
      return false;
    }
  }

  async enqueue(request: PublishRequest): Promise<void> {
    this.#requests.push(request);
  }

  async sendRequestsAt(slot: bigint): Promise<readonly PublishResult[]> {
    const requests = this.#requests;
    this.#requests = [];
    if (requests.length === 0) return [];
    const { timing } = this.#options.view.rollup;
    await this.#sleepUntil(slotStart(timing, slot) - L1_BLOCK_SECONDS);
    const { fit, results } = await this.#sift(requests, slot);
    results.push(...(await this.#sendInTurn(fit, slot)));
    this.counters.count(results);
    return results;
  }

  // ---- what is sent, and in which order ----

  /** Takes out what need not be tried. */
  async #sift(
    requests: readonly PublishRequest[],
    slot: bigint,
  ): Promise<{ fit: PublishRequest[]; results: PublishResult[] }> {
    const { timing } = this.#options.view.rollup;
    const now = slotAt(timing, await this.#now());
    const results: PublishResult[] = [];
    const fit: PublishRequest[] = [];
    for (const request of requests) {
      const abandoned = request.action === "propose" ? this.#abandoned.get(request.checkpoint.slot) : undefined;
      if (request.expirySlot < slot || request.expirySlot < now) results.push(ended(request, "expired", "slot over"));
      else if (abandoned !== undefined) {
        results.push(ended(request, "dropped", `header-validation-failed: ${abandoned}`));
      } else if (request.action !== "propose" && !(await this.#hasPayload(request.payload))) {
        results.push(ended(request, "dropped", "payload without code"));
      } else fit.push(request);
    }
    return { fit, results };
  }

  async #hasPayload(payload: Address | undefined): Promise<boolean> {
    if (payload === undefined || this.#withCode.has(payload)) return true;
    const hasCode = await this.#options.l1.hasCode(payload).catch(() => true);
    if (hasCode) this.#withCode.add(payload);
    return hasCode;
  }

  /**
   * One proposal to a transaction, lowest slot first, each when the one before it has landed. A predecessor's checkpoint is tried twice;
   * without it nothing on top of it can land.
   */
  async #sendInTurn(requests: readonly PublishRequest[], slot: bigint): Promise<readonly PublishResult[]> {
    const proposals = requests
      .filter((request) => request.action === "propose")
      .sort((one, other) => Number(one.checkpoint.slot - other.checkpoint.slot));
    const others = requests.filter(({ action }) => action !== "propose");
    const results: PublishResult[] = [];
    const own = proposals.pop();
    for (const [place, predecessor] of proposals.entries()) {
      results.push(await this.#sendPredecessor(predecessor, slot));
      if (await this.#hasLanded(predecessor)) continue;
      for (const orphan of [...proposals.slice(place + 1), own]) {
        if (orphan !== undefined) results.push(ended(orphan, "dropped", "predecessor has not landed"));
      }
      return [...results, ...(await this.#send(others, slot))];
    }
    return [...results, ...(await this.#send(own === undefined ? others : [...others, own], slot))];
  }

  async #sendPredecessor(predecessor: ProposeRequest, slot: bigint): Promise<PublishResult> {
    const [first] = await this.#send([predecessor], slot);
    if (first?.outcome === "failed" && !(await this.#hasLanded(predecessor))) {
      const [second] = await this.#send([predecessor], slot);
      if (second !== undefined) return second;
    }
    return first ?? ended(predecessor, "dropped", "nothing was sent");
  }

  #hasLanded({ checkpoint }: ProposeRequest): Promise<boolean> {
    return this.#options.l1.isLanded(checkpoint).catch(() => false);
  }

  // ---- one transaction ----

  async #send(requests: readonly PublishRequest[], slot: bigint): Promise<readonly PublishResult[]> {
    const [preferred] = this.#options.keys;
    if (requests.length === 0) return [];
    if (preferred === undefined) return requests.map((request) => ended(request, "failed", "no key"));
    const { view, l1, multicall3, recipient } = this.#options;
    const begin = slotStart(view.rollup.timing, slot);
    const next = await this.#nextBlock();
    const judgement = await judgeBundle({
      view,
      l1,
      requests,
      sender: preferred.address,
      multicall3,
      recipient,
      timestamp: next > begin ? next : begin,
    });
    this.#tell({ kind: "judged", judgement });
    const { bundle, dropped } = judgement;
    const results = dropped.map(({ request, reason }) => ended(request, "dropped", reason));
    if (bundle === undefined) return results;
    const deadline = this.#deadlineOf(bundle, slot);
    if ((await this.#now()) >= deadline) return [...results, ...endAll(bundle, "expired", "deadline passed")];
    const flight = await this.#takeOff(bundle, judgement.gasLimit, deadline);
    if (typeof flight === "string") return [...results, ...endAll(bundle, "failed", flight)];
    return [...results, ...(await this.#watch(flight, bundle, deadline))];
  }

  /** Unix seconds from which on nothing is sent any more. At the boundary one's own checkpoint becomes others' to send. */
  #deadlineOf({ requests }: Bundle, slot: bigint): bigint {
    const { view, windowSeconds } = this.#options;
    const { timing } = view.rollup;
    const deadlines = requests.map((request) =>
      request.action === "propose" && request.checkpoint.slot < slot
        ? windowEnd(timing, windowSeconds, request.checkpoint.slot)
        : slotStart(timing, request.expirySlot + 1n),
    );
    return deadlines.reduce((least, deadline) => (deadline < least ? deadline : least));
  }

  /** Sends with the first key that can, the deadline permitting; otherwise says why not. */
  async #takeOff(bundle: Bundle, gasLimit: bigint, deadline: bigint): Promise<Flight | string> {
    let reason = "no key";
    for (const key of await this.#keysFor(bundle)) {
      if ((await this.#now()) >= deadline) return `deadline passed after: ${reason}`;
      try {
        return await this.#sendFrom(key, bundle, gasLimit);
      } catch (error) {
        reason = describe(error);
        this.#tell({ kind: "not-sent", from: key.address, reason });
      }
    }
    return reason;
  }

  /** Free keys first. But while another slot's proposal is in flight only its key may propose: it replaces that one, so that never both land in one block. */
  async #keysFor({ proposal }: Bundle): Promise<readonly LocalAccount[]> {
    const keys = await Promise.all(
      this.#options.keys.map(async (key) => ({ key, inFlight: await this.#inFlightOf(key.address) })),
    );
    const holder = keys.find(
      ({ inFlight }) => inFlight?.proposes !== undefined && inFlight.proposes !== proposal?.checkpoint.slot,
    );
    if (proposal !== undefined && holder !== undefined) return [holder.key];
    const isBusy = ({ inFlight }: (typeof keys)[number]) => (inFlight === undefined ? 0 : 1);
    return keys.sort((one, other) => isBusy(one) - isBusy(other)).map(({ key }) => key);
  }

  /** What a key has in flight, unless it has landed meanwhile. */
  async #inFlightOf(address: Address): Promise<InFlight | undefined> {
    const stored = await this.#store.load(address);
    if (stored === undefined) return undefined;
    const mined = await this.#options.l1.minedNonce(address).catch(() => 0);
    if (mined <= stored.nonce) return stored;
    await this.#store.save(address, undefined);
    return undefined;
  }

  async #sendFrom(key: LocalAccount, bundle: Bundle, gas: bigint): Promise<Flight> {
    const { l1, view, multicall3 } = this.#options;
    const replaces = await this.#inFlightOf(key.address);
    const { proposal } = bundle;
    const blobs = proposal?.checkpoint.blobs ?? [];
    if (replaces !== undefined && replaces.blobCount > 0 !== blobs.length > 0) {
      throw new BusyKeyError("a transaction of the other kind is in flight");
    }
    const unpriced = {
      from: key,
      to: multicall3,
      data: bundle.data,
      gas,
      nonce: replaces?.nonce ?? (await l1.minedNonce(key.address)),
    };
    const priced = { ...unpriced, ...(await this.#bid(blobs.length, replaces)) };
    const request: SignableRequest =
      proposal === undefined ? priced : { ...priced, sidecars: makeSidecars(blobs, view.chain.blobWrapper) };
    return this.#launch(key, request, proposal?.checkpoint.slot, replaces);
  }

  async #bid(blobs: number, replaces: InFlight | undefined) {
    const { l1, priorityFee = DEFAULT_PRIORITY_FEE } = this.#options;
    return bidFees({ head: await l1.head(), priorityFee, blobs, replaces });
  }

  /** Sends, and remembers it also when the connection broke: it may have arrived all the same. */
  async #launch(
    key: LocalAccount,
    request: SignableRequest,
    proposes: bigint | undefined,
    replaces: InFlight | undefined,
  ): Promise<Flight> {
    const { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = request;
    const record = (hashes: readonly Hex[]): InFlight => ({
      nonce: request.nonce,
      hashes: [...(replaces?.hashes ?? []), ...hashes],
      fees: {
        maxFeePerGas,
        maxPriorityFeePerGas,
        maxFeePerBlobGas: "sidecars" in request ? (request.maxFeePerBlobGas ?? 0n) : 0n,
      },
      blobCount: "sidecars" in request ? request.sidecars.length : 0,
      ...(proposes === undefined ? {} : { proposes }),
    });
    try {
      const hash = await this.#options.l1.send(request);
      const inFlight = record([hash]);
      await this.#store.save(key.address, inFlight);
      this.#tell({ kind: "sent", from: key.address, hash, request });
      return { key, inFlight, request, sentAt: await this.#now() };
    } catch (error) {
      if (!isRefusal(error)) await this.#store.save(key.address, record([]));
      throw error;
    }
  }

  // ---- what becomes of it ----

  /** Waits for the receipt, paying more when an L1 block goes by without it. At the deadline it lets things take their course. */
  async #watch(taken: Flight, bundle: Bundle, deadline: bigint): Promise<readonly PublishResult[]> {
    const { clock } = this.#options;
    const lastChance = this.#lastChanceOf(bundle, deadline);
    let flight = taken;
    for (let replacements = 0; ;) {
      const results = await this.#land(flight, bundle);
      if (results !== undefined) return results;
      const now = await this.#now();
      if (now >= lastChance) break;
      const isStuck = now - flight.sentAt > L1_BLOCK_SECONDS && replacements < MAX_REPLACEMENTS;
      if (isStuck && now < deadline) {
        replacements += 1;
        flight = await this.#replace(flight);
      }
      await clock.sleepUntil(clock.now + POLLING_INTERVAL);
    }
    return endAll(bundle, "sent", "not seen on L1 so far", flight.inFlight.hashes.at(-1));
  }

  /** Unix seconds of the first L1 block that cannot hold it usefully any more. */
  #lastChanceOf({ proposal }: Bundle, deadline: bigint): bigint {
    const { view, windowSeconds } = this.#options;
    if (proposal === undefined) return deadline;
    const end = windowEnd(view.rollup.timing, windowSeconds, proposal.checkpoint.slot);
    return end > deadline ? end : deadline;
  }

  async #replace(flight: Flight): Promise<Flight> {
    const { key, inFlight, request } = flight;
    try {
      const fees = await this.#bid(inFlight.blobCount, inFlight);
      return await this.#launch(key, { ...request, ...fees }, inFlight.proposes, inFlight);
    } catch (error) {
      this.#tell({ kind: "not-sent", from: key.address, reason: describe(error) });
      return { ...flight, sentAt: await this.#now() };
    }
  }

  async #land({ key, inFlight }: Flight, bundle: Bundle): Promise<readonly PublishResult[] | undefined> {
    const { l1, view } = this.#options;
    const mined = await l1.minedNonce(key.address).catch(() => 0);
    if (mined <= inFlight.nonce) return undefined;
    for (const hash of inFlight.hashes) {
      const receipt = await l1.receipt(hash).catch(() => undefined);
      if (receipt === undefined) continue;
      await this.#store.save(key.address, undefined);
      if (receipt.status === "reverted") return endAll(bundle, "failed", "MulticallForwarderReverted", hash);
      return bundle.requests.map((request) => ({
        ...(wasDone(view, request, receipt)
          ? ended(request, "included", "mined")
          : ended(request, "failed", "reverted in the bundle")),
        hash,
        receipt,
      }));
    }
    await this.#store.save(key.address, undefined);
    return endAll(bundle, "failed", `another transaction took nonce ${inFlight.nonce}`);
  }

  // ---- time ----

  /** Unix seconds, as far as L1 confirms them. */
  async #now(): Promise<bigint> {
    const { clock, l1 } = this.#options;
    const seconds = BigInt(Math.floor(clock.now / 1000));
    const head = await l1.head().catch(() => undefined);
    if (head === undefined) return seconds;
    const { now, disagreement } = agreeOnTime(seconds, head.timestamp);
    if (disagreement !== 0n) this.#tell({ kind: "clocks-disagree", seconds: disagreement });
    return now;
  }

  /** Unix seconds of the L1 block that comes next. */
  async #nextBlock(): Promise<bigint> {
    const head = await this.#options.l1.head().catch(() => undefined);
    return (head?.timestamp ?? (await this.#now())) + L1_BLOCK_SECONDS;
  }

  async #sleepUntil(seconds: bigint): Promise<void> {
    const { clock } = this.#options;
    for (let now = await this.#now(); now < seconds; now = await this.#now()) {
      // A block at a time: what L1 shows meanwhile may correct the clock.
      const left = seconds - now;
      await clock.sleepUntil(clock.now + Number(left < L1_BLOCK_SECONDS ? left : L1_BLOCK_SECONDS) * 1000);
    }
  }

  #tell(event: PublisherEvent): void {
    this.#options.onEvent?.(event);
  }
}

function ended({ action }: PublishRequest, outcome: Outcome, reason: string): PublishResult {
  return { action, outcome, reason };
}

function endAll({ requests }: Bundle, outcome: Outcome, reason: string, hash?: Hex): readonly PublishResult[] {
  return requests.map((request) => ({ ...ended(request, outcome, reason), ...(hash === undefined ? {} : { hash }) }));
}

/** Whether the node said no, so that nothing is on its way. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof L1SubmissionError || error instanceof UnderpricedReplacementError || error instanceof BusyKeyError
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
