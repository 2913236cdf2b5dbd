import type { LocalAccount } from "viem";

import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { RollupView } from "../consensus/rollupView.ts";
import { toUpstreamCheckpoint } from "../consensus/toUpstreamCheckpoint.ts";
import { L1_BLOCK_SECONDS } from "../l1/blockProducer.ts";
import type { AztecContracts } from "../network/contracts.ts";
import { slotAt, slotStart } from "../protocol/time.ts";
import { Blob } from "../upstream/blobLib.ts";
import { GovernanceProposerContract, RollupContract } from "../upstream/contracts.ts";
import { EthAddress, Signature, SlotNumber } from "../upstream/foundation.ts";
import { loadPublisher, type SequencerPublisher, type TxMonitorConfig } from "../upstream/realNode.ts";
import { CommitteeAttestation, CommitteeAttestationsAndSigners } from "../upstream/stdlib.ts";
import type { Clock } from "./clock.ts";
import type { Action, Publisher, PublishRequest, PublishResult } from "./publisher.ts";

export interface RealPublisherOptions extends RollupView {
  /** Where the L1 node answers: the publisher opens a connection of its own. */
  readonly url: string;
  readonly contracts: Pick<AztecContracts, "governanceProposer">;
  /** Who pays. */
  readonly account: LocalAccount;
  readonly clock: Clock;
  /** What an operator sets by `L1_GAS_LIMIT_BUFFER_PERCENTAGE`, `L1_TX_MONITOR_…` and the like; default upstream's defaults. */
  readonly config?: Partial<TxMonitorConfig>;
}

type UpstreamRequest = Parameters<SequencerPublisher["addRequest"]>[0];

/** Upstream's words for ours. */
const UPSTREAM_ACTIONS = {
  invalidate: "invalidate-by-insufficient-attestations",
  propose: "propose",
  "governance-signal": "governance-signal",
  "slashing-vote": "vote-offenses",
  "slash-execution": "execute-slash",
} as const satisfies Record<Action, UpstreamRequest["action"]>;

/** Milliseconds between two looks at a transaction that is on its way: time passes faster here than for operators, who wait 1,000. */
const CHECK_INTERVAL = 20;

/**
 * `@aztec/sequencer-client` 4.1.2's publisher, unmodified, behind our interface. It has no call for a slot to come, so this waits for
 * the slot; it simulates when a proposal is enqueued and not when it is sent; it returns when the transaction is mined or given up.
 */
export class RealPublisher implements Publisher {
  readonly #options: RealPublisherOptions;
  readonly #publisher: SequencerPublisher;
  readonly #setTime: () => void;
  readonly #unwatch: () => void;
  #results: PublishResult[] = [];
  #enqueued: PublishRequest[] = [];

  private constructor(
    options: RealPublisherOptions,
    publisher: SequencerPublisher,
    setTime: () => void,
    unwatch: () => void,
  ) {
    this.#options = options;
    this.#publisher = publisher;
    this.#setTime = setTime;
    this.#unwatch = unwatch;
  }

  /** Loads upstream's code and connects it. */
  static async open(options: RealPublisherOptions): Promise<RealPublisher> {
    const { url, account, clock, chain, rollup: at, contracts, config } = options;
    const upstream = await loadPublisher();
    const dateProvider = new upstream.TestDateProvider();
    const setTime = () => {
      dateProvider.setTime(clock.now);
    };
    setTime();
    const { chainInfo } = upstream.createEthereumChain([url], chain.chainId);
    // Upstream's types name a fork of viem.
    const client = upstream.createExtendedL1Client([url], account as never, chainInfo, CHECK_INTERVAL);
    const watched: (() => void)[] = [];
    const rollup = new (class extends RollupContract {
      // The publisher listens for good; whoever closes it wants to end that.
      override listenToSlasherChanged(...args: Parameters<RollupContract["listenToSlasherChanged"]>) {
        const unwatch = super.listenToSlasherChanged(...args);
        watched.push(unwatch);
        return unwatch;
      }
    })(client, at.address);
    const telemetry = upstream.getTelemetryClient();
    const kzg = Blob.getViemKzgInstance();
    const timing = { ethereumSlotDuration: Number(L1_BLOCK_SECONDS), l1ChainId: chain.chainId, l1RpcUrls: [url] };
    const publisher = new upstream.SequencerPublisher(timing, {
      telemetry,
      blobClient: upstream.createBlobClient(),
      l1TxUtils: upstream.createL1TxUtils(
        client,
        { dateProvider, kzg },
        { checkIntervalMs: CHECK_INTERVAL, ...config },
      ),
      rollupContract: rollup,
      slashingProposerContract: await rollup.getSlashingProposer(),
      governanceProposerContract: new GovernanceProposerContract(client, contracts.governanceProposer),
      // Nothing here makes payloads with it.
      slashFactoryContract: new upstream.SlashFactoryContract(client, EthAddress.ZERO),
      epochCache: await upstream.EpochCache.create(rollup, timing as never, { dateProvider }),
      dateProvider,
      metrics: new upstream.SequencerPublisherMetrics(telemetry),
      lastActions: {},
    });
    return new RealPublisher(options, publisher, setTime, () => {
      for (const unwatch of watched) unwatch();
    });
  }

  /** Simulates a proposal, as upstream does, on the L1 block that comes next; what does not pass is dropped. */
  async enqueue(request: PublishRequest): Promise<void> {
    this.#setTime();
    try {
      if (request.action === "propose") await this.#enqueueProposal(request.checkpoint);
      else this.#publisher.addRequest(toUpstream(request, this.#publisherClass.VOTE_GAS_GUESS));
      this.#enqueued.push(request);
    } catch (error) {
      this.#results.push({ action: request.action, outcome: "dropped", reason: describe(error) });
    }
  }

  /** The gas limit of what is kept, as upstream would sum it up; undefined when nothing is. */
  get gasLimit(): bigint | undefined {
    // `requests` is protected: nobody else tells.
    const { requests } = this.#publisher as unknown as { readonly requests: readonly UpstreamRequest[] };
    return requests.length === 0
      ? undefined
      : requests.reduce((sum, { gasConfig }) => sum + (gasConfig?.gasLimit ?? 0n), 0n);
  }

  async sendRequestsAt(slot: bigint): Promise<readonly PublishResult[]> {
    const { clock, rollup } = this.#options;
    const begin = slotStart(rollup.timing, slot) - L1_BLOCK_SECONDS;
    await clock.sleepUntil(Number(begin) * 1000);
    return this.send();
  }

  /** Sends at once, as a v4.1.2 sequencer does when its checkpoint is complete. */
  async send(): Promise<readonly PublishResult[]> {
    this.#setTime();
    const requests = this.#enqueued;
    this.#enqueued = [];
    const slot = slotAt(this.#options.rollup.timing, BigInt(Math.floor(this.#options.clock.now / 1000)));
    const sent = await this.#publisher.sendRequests();
    const results = [...this.#results, ...requests.map((request) => judge(request, slot, sent))];
    this.#results = [];
    return results;
  }

  /** Ends what it does in the background. */
  close(): void {
    this.#publisher.interrupt();
    this.#unwatch();
  }

  get #publisherClass() {
    return this.#publisher.constructor as typeof SequencerPublisher;
  }

  async #enqueueProposal(checkpoint: AttestedCheckpoint): Promise<void> {
    const { rollup } = this.#options;
    const { slotSeconds } = rollup.timing;
    // `checkpoint_proposal_job.ts`: from one L1 block before the slot on, for the length of a slot.
    const txTimeoutAt = slotStart(rollup.timing, checkpoint.slot) - L1_BLOCK_SECONDS + slotSeconds;
    await this.#publisher.enqueueProposeCheckpoint(
      await toUpstreamCheckpoint(this.#options, checkpoint),
      unpackAttestations(checkpoint, Number(rollup.committeeSize)),
      Signature.fromViemSignature(checkpoint.signature),
      { txTimeoutAt: new Date(Number(txTimeoutAt) * 1000) },
    );
  }
}

/** Attestations as nodes hold them. Unpacking leaves the signers' addresses out: they are put back. */
function unpackAttestations(
  { attestations, signers }: AttestedCheckpoint,
  committeeSize: number,
): CommitteeAttestationsAndSigners {
  const left = [...signers];
  return new CommitteeAttestationsAndSigners(
    CommitteeAttestation.fromPacked(attestations, committeeSize).map((attestation) =>
      attestation.signature.isEmpty()
        ? attestation
        : new CommitteeAttestation(EthAddress.fromString(left.shift() ?? ""), attestation.signature),
    ),
  );
}

function toUpstream(
  { action, call, expirySlot }: Exclude<PublishRequest, { action: "propose" }>,
  gasLimit: bigint,
): UpstreamRequest {
  return {
    action: UPSTREAM_ACTIONS[action],
    request: { to: call.target, data: call.callData },
    lastValidL2Slot: SlotNumber.fromBigInt(expirySlot),
    gasConfig: { gasLimit },
    checkSuccess: (_request, result) => result?.receipt.status === "success",
  };
}

type Sent = Awaited<ReturnType<SequencerPublisher["sendRequests"]>>;

/** Upstream answers nothing at all when there was nothing left to send, or when it gave up: its log knows why. */
function judge({ action, expirySlot }: PublishRequest, slot: bigint, sent: Sent): PublishResult {
  const upstreamAction = UPSTREAM_ACTIONS[action];
  if (expirySlot < slot) return { action, outcome: "expired", reason: "slot over" };
  if (sent === undefined) return { action, outcome: "failed", reason: "gave up" };
  const receipt = "receipt" in sent.result ? sent.result.receipt : undefined;
  const mined = receipt === undefined ? {} : { hash: receipt.transactionHash, receipt: receipt as never };
  return sent.successfulActions.includes(upstreamAction)
    ? { action, outcome: "included", reason: "mined", ...mined }
    : { action, outcome: "failed", reason: "reverted", ...mined };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
