import { openModelLedger } from "../../ledger/modelLedger.ts";
import type { LateSubmissionTerms } from "../../protocol/terms.ts";
import { epochOf } from "../../sim/calendar.ts";
import {
  EMPTY_ROLLUP,
  isProposal,
  type EpochCommittee,
  type Ledger,
  type LedgerBlock,
  type LedgerSetup,
  type RollupState,
} from "../../sim/ledger.ts";
import { findDifference, LedgerDifferenceError } from "./compareLedgers.ts";
import { EVERY_RUN, type LedgerCheckRequest } from "./ledgerCheckOptions.ts";
import { LedgerStorm, type StormEvent } from "./ledgerStorm.ts";
import { LedgerTally, type GasCount, type MoneyCount, type OutcomeCount } from "./ledgerTally.ts";

/** Opens the contracts. */
export interface ChainOpener {
  open(setup: LedgerSetup): Promise<Ledger>;
}

export interface LedgerCheckOptions extends LedgerCheckRequest {
  /** Called after each slot. */
  readonly onProgress?: (slots: number, transactions: number) => void;
}

/** What a check has held against each other. */
export interface LedgerCheck {
  readonly seed: string;
  readonly slots: number;
  readonly runs: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly rollBacks: number;
  readonly rolledBackBlocks: number;
  readonly outcomes: readonly OutcomeCount[];
  readonly gas: readonly GasCount[];
  readonly money: MoneyCount;
}

/** Slots of a run: long enough for some epochs to be pruned, short enough that every variation has its turn. */
const RUN_SLOTS = 40;

/** Rollups that runs take turns with. Every length of the window that the design asks about, across epochs and not. */
const VARIATIONS: readonly (Pick<LedgerSetup, "slotSeconds" | "inboxLag"> & { readonly terms: LateSubmissionTerms })[] =
  [
    { slotSeconds: 72, inboxLag: 2, terms: makeTerms(24, false) },
    { slotSeconds: 72, inboxLag: 1, terms: makeTerms(72, true) },
    { slotSeconds: 72, inboxLag: 2, terms: makeTerms(36, true, [0, 10_000, 0]) },
    { slotSeconds: 72, inboxLag: 1, terms: makeTerms(12, false, [333, 3_333, 1_111]) },
    { slotSeconds: 36, inboxLag: 2, terms: makeTerms(36, false, [5_000, 5_000, 2_500]) },
    { slotSeconds: 72, inboxLag: 2, terms: makeTerms(24, true) },
    { slotSeconds: 72, inboxLag: 1, terms: makeTerms(0, false) },
  ];

/** What every run has alike: small committees and short epochs, so that quorums, proofs and prunes come often. */
const COMMON = {
  epochSlots: 4,
  committeeSize: 5,
  validators: 8,
  proofSubmissionEpochs: 1,
  reorgBlocks: 3,
  ownBlobs: false,
  cast: ".",
} as const;

/** Counted while it runs. */
interface Totals {
  runs: number;
  slots: number;
  blocks: number;
  transactions: number;
  rollBacks: number;
  rolledBackBlocks: number;
}

/**
 * Holds the model ledger against the contracts: the same storms on both, and every answer compared.
 * @throws LedgerDifferenceError at the first answer that differs.
 */
export async function checkLedgers(chains: ChainOpener, options: LedgerCheckOptions): Promise<LedgerCheck> {
  const { seed, slots, run: only, onProgress } = options;
  const tally = new LedgerTally();
  const totals: Totals = { runs: 0, slots: 0, blocks: 0, transactions: 0, rollBacks: 0, rolledBackBlocks: 0 };
  const onSlot = () => {
    totals.slots++;
    onProgress?.(totals.slots, totals.transactions);
  };
  for (let run = 0; run * RUN_SLOTS < slots; run++) {
    if (only !== EVERY_RUN && run !== only) continue;
    const variation = VARIATIONS[run % VARIATIONS.length] as (typeof VARIATIONS)[number];
    const setup: LedgerSetup = { ...COMMON, ...variation, seed: `${seed}, run ${run}` };
    const chain = await chains.open(setup);
    await runStorm(chain, setup, Math.min(RUN_SLOTS, slots - run * RUN_SLOTS), tally, totals, onSlot);
    await chain.close();
    totals.runs++;
  }
  return { seed, ...totals, outcomes: tally.outcomes, gas: tally.gas, money: tally.money };
}

async function runStorm(
  chain: Ledger,
  setup: LedgerSetup,
  slots: number,
  tally: LedgerTally,
  totals: Totals,
  onSlot: () => void,
): Promise<void> {
  const { calendar } = chain;
  const { seed, validators, reorgBlocks } = setup;
  const committees = new Map<number, EpochCommittee>();
  const committeeOf = (epoch: number) => committees.get(epoch) as EpochCommittee;
  const model = openModelLedger(setup, { committeeOf, slotsBefore: calendar.slotsBefore });
  const storm = new LedgerStorm({ seed, calendar, validators, reorgBlocks, committeeOf });

  /** Asks for committees once they are certain: an earlier answer may be another one. */
  const learnCommittees = async (slot: number) => {
    const epoch = epochOf(calendar, slot);
    for (const asked of [epoch, epoch + 1]) {
      if (committees.has(asked) || !storm.isCommitteeKnown(asked, slot)) continue;
      committees.set(asked, await chain.committeeOf(asked));
    }
  };

  /** The rollup as somebody has it who has missed the newest block: on the chain, and in the model. */
  let seen: readonly [RollupState, RollupState] = [EMPTY_ROLLUP, EMPTY_ROLLUP];
  let newest = seen;

  /** A simulation of a block's proposals, one by one, on what was seen has to tell the same. */
  const foresee = async (slot: number, block: LedgerBlock) => {
    for (const proposal of block.transactions.filter(isProposal)) {
      const onChain = await chain.foresee(block, proposal, seen[0]);
      const inModel = model.foresee(block, proposal, seen[1]);
      if (onChain === inModel) continue;
      const difference = { what: `${proposal.id}, foreseen`, chain: onChain ?? "lands", model: inModel ?? "lands" };
      throw new LedgerDifferenceError(seed, slot, block, difference);
    }
  };

  /** On both. */
  const perform = async (slot: number, event: StormEvent) => {
    switch (event.kind) {
      case "build":
        await chain.build(event.draft);
        model.build(event.draft);
        return;
      case "rollBack":
        await chain.rollBack(event.blocks);
        model.rollBack(event.blocks);
        totals.rollBacks++;
        totals.rolledBackBlocks += event.blocks;
        return;
      case "block": {
        const { block } = event;
        await foresee(slot, block);
        const onChain = await chain.execute(block);
        const inModel = model.execute(block);
        const difference = findDifference(onChain, inModel);
        if (difference !== undefined) throw new LedgerDifferenceError(seed, slot, block, difference);
        [seen, newest] = [newest, [onChain.rollup, inModel.rollup]];
        storm.tell(block, onChain);
        tally.add(block, onChain);
        totals.blocks++;
        totals.transactions += block.transactions.length;
      }
    }
  };

  // Everybody sends something before the storm: who has an account then keeps it through every reorg.
  const prologue: LedgerBlock = { ms: 0, baseFee: 1e9, transactions: storm.greetings };
  const difference = findDifference(await chain.execute(prologue), model.execute(prologue));
  if (difference !== undefined) throw new LedgerDifferenceError(seed, 0, prologue, difference);

  for (let slot = 1; slot <= slots; slot++) {
    await learnCommittees(slot);
    for (const event of storm.slot(slot)) {
      await perform(slot, event);
      await learnCommittees(slot);
    }
    onSlot();
  }
}

/** @param bps First, last and burned in every case; default the terms that governance starts with */
function makeTerms(
  windowSeconds: number,
  crossEpoch: boolean,
  [firstBps, submitterBps, burnBps]: readonly [number, number, number] = [1_000, 5_000, 2_500],
): LateSubmissionTerms {
  return { firstBps, submitterBps, burnBps, windowSeconds, crossEpoch };
}
