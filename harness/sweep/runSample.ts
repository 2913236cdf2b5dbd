import { openModelLedger } from "../ledger/modelLedger.ts";
import type { EpochCommittee, Ledger, LedgerSetup } from "../sim/ledger.ts";
import { describeLanded } from "../stage/describeFacts.ts";
import { runStage, type OpenLedger, type StageRun } from "../stage/runStage.ts";
import { nameOfRun, type SweepRun } from "./record/sweepPoint.ts";
import type { SampleResult } from "./record/sweepResult.ts";
import { setUpRun } from "./setUpRun.ts";
import { SampleDiffersError } from "./sweepErrors.ts";

/**
 * Runs a point on the contracts, and then the same setup and seed, with the committees that the contracts have drawn, on the model.
 * @throws SampleDiffersError when they do not end alike. UnknownWeatherError, RunFailedError
 */
export async function runSample(openChain: OpenLedger, run: SweepRun): Promise<SampleResult> {
  const setup = setUpRun(run);
  const committees = new Map<number, EpochCommittee>();
  let slotsBefore = 0;
  const real = await runStage(async (asked) => {
    const ledger = await openChain(asked);
    slotsBefore = ledger.calendar.slotsBefore;
    return remembering(ledger, committees);
  }, setup);
  const committeeOf = (epoch: number) => {
    const committee = committees.get(epoch);
    if (committee === undefined)
      throw new SampleDiffersError("The model asks for a committee that the contracts were not asked for");
    return committee;
  };
  const modelled = await runStage(
    async (asked: LedgerSetup) => openModelLedger(asked, { committeeOf, slotsBefore }),
    setup,
  );
  const [expected, actual] = [describe(real), describe(modelled)];
  const place = expected.findIndex((line, index) => line !== actual[index]);
  if (place >= 0 || actual.length !== expected.length) {
    throw new SampleDiffersError("The model did not end as the contracts did", {
      fields: {
        run: nameOfRun(run),
        contracts: expected[place] ?? "nothing more",
        model: actual[place] ?? "nothing more",
      },
    });
  }
  const { onTime, late, lost, displaced, refused } = real.metrics;
  return { run, onTime, late, lost, displaced, refused };
}

/** What has to be equal: the counts, and who landed what and when. */
function describe({ metrics, landed }: StageRun): readonly string[] {
  const { onTime, late, lost, displaced, softReorgedBlocks, refused, landedBy, txs } = metrics;
  return [
    JSON.stringify({ onTime, late, lost, displaced, softReorgedBlocks, refused, landedBy, txs }),
    ...landed.map(describeLanded),
  ];
}

/** The same ledger; what it says of committees is kept. */
function remembering(ledger: Ledger, committees: Map<number, EpochCommittee>): Ledger {
  return {
    name: ledger.name,
    calendar: ledger.calendar,
    terms: ledger.terms,
    committeeOf: async (epoch) => {
      const committee = await ledger.committeeOf(epoch);
      committees.set(epoch, committee);
      return committee;
    },
    build: (draft) => ledger.build(draft),
    execute: (block) => ledger.execute(block),
    foresee: (block, proposal, seen) => ledger.foresee(block, proposal, seen),
    rollBack: (blocks) => ledger.rollBack(blocks),
    close: () => ledger.close(),
  };
}
