import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { openModelLedger, type ModelLedger } from "../../ledger/modelLedger.ts";
import { epochOf, isLastOfEpoch, L1_BLOCK_MS, slotStartMs } from "../../sim/calendar.ts";
import {
  GENESIS,
  validatorAccount,
  type CheckpointId,
  type LedgerAction,
  type LedgerSetup,
  type RollupState,
} from "../../sim/ledger.ts";

/** How fast and how large a model ledger was after so many slots. */
export interface ModelSpeed {
  readonly slots: number;
  readonly seconds: number;
  readonly slotsPerSecond: number;
  /** The process's resident memory at its largest so far. */
  readonly peakRssMiB: number;
  /** What is alive after a garbage collection: flat, or the ledger keeps what it should let go. */
  readonly heapMiB: number;
}

/** Mainnet's shape, with a window. */
const SETUP: LedgerSetup = {
  seed: "bench",
  slotSeconds: 72,
  epochSlots: 32,
  committeeSize: 48,
  validators: 64,
  proofSubmissionEpochs: 1,
  inboxLag: 2,
  terms: { firstBps: 1_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: false },
  cast: ".",
  reorgBlocks: 2,
  ownBlobs: false,
};
/** One slot in so many is landed late, apart from epochs' last ones. */
const LATE_EVERY = 10;

/**
 * Lets a model ledger live through an ordinary life: six L1 blocks a slot, a checkpoint in every slot, some late, a message, duplicates, a
 * proof of every epoch.
 * @param marks After how many slots to look, ascending
 * @param now A stopwatch, in milliseconds
 */
export function benchModel(marks: readonly number[], now: () => number): readonly ModelSpeed[] {
  const ledger = openModelLedger(SETUP);
  const life = new OrdinaryLife(ledger);
  const speeds: ModelSpeed[] = [];
  const collect = exposeCollector();
  let seconds = 0;
  let slot = 0;
  for (const slots of marks) {
    const started = now();
    while (slot < slots) life.slot(++slot);
    seconds += (now() - started) / 1000;
    collect();
    speeds.push({
      slots,
      seconds: Math.round(seconds * 1000) / 1000,
      slotsPerSecond: Math.round(slots / seconds),
      peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      heapMiB: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
    });
  }
  return speeds;
}

/** V8 collects on demand only when told so by a flag, which may be set as late as this. */
function exposeCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

class OrdinaryLife {
  readonly #ledger: ModelLedger;
  #rollup: RollupState = { tip: undefined, proven: 0 };
  #late: CheckpointId | undefined;
  #count = 0;

  constructor(ledger: ModelLedger) {
    this.#ledger = ledger;
  }

  slot(slot: number): void {
    const { calendar } = this.#ledger;
    const start = slotStartMs(calendar, slot);
    if (this.#late !== undefined) this.#propose(start, slot - 1, this.#late);
    const id = `c${slot}`;
    const committee = this.#ledger.committeeOf(epochOf(calendar, slot));
    const place = (slot + calendar.slotsBefore) % calendar.epochSlots;
    const proposer = committee.proposers[place] as number;
    this.#ledger.build({ id, slot, parent: this.#rollup.tip?.id ?? GENESIS, proposer, fill: 0.9 });
    const isLate = slot % LATE_EVERY === 0 && !isLastOfEpoch(calendar, slot);
    this.#late = isLate ? id : undefined;
    this.#send(start + L1_BLOCK_MS, { kind: "message" });
    if (!isLate) this.#propose(start + 2 * L1_BLOCK_MS, slot, id);
    this.#propose(start + 3 * L1_BLOCK_MS, slot - 1, `c${Math.max(1, slot - 1)}`);
    this.#send(start + 4 * L1_BLOCK_MS, { kind: "prune" });
    if (place === calendar.epochSlots / 2) this.#prove(start + 5 * L1_BLOCK_MS, epochOf(calendar, slot) - 1);
  }

  #propose(ms: number, slot: number, checkpoint: CheckpointId): void {
    const { calendar } = this.#ledger;
    const { members } = this.#ledger.committeeOf(epochOf(calendar, slot));
    this.#send(ms, { kind: "propose", checkpoint, attesters: members, authorisation: "own" });
  }

  #prove(ms: number, epoch: number): void {
    const checkpoints: CheckpointId[] = [];
    for (let at = this.#rollup.tip; at !== undefined && at.number > this.#rollup.proven; at = at.parent) {
      if (epochOf(this.#ledger.calendar, at.slot) === epoch) checkpoints.unshift(at.id);
    }
    if (checkpoints.length > 0) this.#send(ms, { kind: "prove", checkpoints });
  }

  #send(ms: number, action: LedgerAction): void {
    const id = `t${++this.#count}`;
    const transaction = { id, sender: validatorAccount(0), action, gasLimit: 8_000_000, priorityFee: 0 };
    this.#rollup = this.#ledger.execute({
      ms,
      baseFee: 1e9 + (this.#count % 1000) * 1e6,
      transactions: [transaction],
    }).rollup;
  }
}
