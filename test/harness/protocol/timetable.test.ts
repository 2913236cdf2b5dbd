import { expect } from "chai";

import {
  computeTimetable,
  InvalidDurationError,
  MAINNET_DURATIONS,
  SlotTooShortError,
  type SlotDurations,
  type TimetableMode,
} from "../../../harness/protocol/timetable.ts";

const MODES: readonly TimetableMode[] = ["current", "build-ahead", "staggered"];

describe("The timetable", () => {
  it("fits 8 blocks into mainnet's slot as it is, 10 with Build Ahead, 11 staggered", () => {
    const of = (mode: TimetableMode) => {
      const { blocks, deadZone } = computeTimetable(mode);
      return { blocks, deadZone };
    };
    expect(of("current")).to.deep.equal({ blocks: 8, deadZone: 24 });
    expect(of("build-ahead")).to.deep.equal({ blocks: 10, deadZone: 10 });
    expect(of("staggered")).to.deep.equal({ blocks: 11, deadZone: 2 });
  });

  it("has the specification's moments of a slot", () => {
    expect(computeTimetable("current")).to.deep.include({
      firstBlockFrom: -11,
      lastBlockUntil: 37,
      proposalUntil: 46,
      attestedUntil: 48,
      publishedUntil: 60,
    });
    const ahead = computeTimetable("build-ahead");
    expect(ahead.firstBlockFrom, "the successor begins 47 s into its predecessor's slot").to.equal(47 - 72);
    expect(ahead.publishedUntil, "what is built has to land as before").to.equal(60);
    expect(computeTimetable("staggered").proposalUntil, "proposals are accepted until then").to.equal(8);
  });

  it("loses the reserve of upstream's timetable and the initialisation, whatever the durations", () => {
    for (const p2p of [0, 0.5, 2, 5]) {
      for (const block of [2, 3.5, 8]) {
        const durations = { slot: 96, block, initialise: 2, assemble: 1.5, p2p, publish: 12 };
        const reserve = block + 1.5 + 2 * p2p + 12;
        const { blocks, deadZone } = computeTimetable("current", durations);
        // Hardhat's matchers take over `closeTo` for whole numbers, and these are none.
        expect(Math.abs(deadZone - (2 + reserve)) < 1e-9, `dead zone ${deadZone}`).to.equal(true);
        expect(blocks).to.equal(Math.floor((96 - 2 - reserve) / block));
      }
    }
  });

  it("never lets anybody build longer than a slot, and always longer the further the modes go", () => {
    const deadZones = MODES.map((mode) => computeTimetable(mode).deadZone);
    expect(deadZones.every((seconds) => seconds > 0)).to.equal(true);
    expect([...deadZones].sort((a, b) => b - a)).to.deep.equal(deadZones);
  });

  it("refuses a slot that is shorter than its own reserve, to the second", () => {
    const slot = (seconds: number): SlotDurations => ({ ...MAINNET_DURATIONS, slot: seconds });
    expect(computeTimetable("current", slot(30)).blocks).to.equal(1);
    expect(() => computeTimetable("current", slot(29))).to.throw(SlotTooShortError, /no room for a block.*deadZone=24/);
    expect(computeTimetable("staggered", slot(8)).blocks).to.equal(1);
    expect(() => computeTimetable("staggered", slot(7))).to.throw(SlotTooShortError);
    expect(() => computeTimetable("build-ahead", slot(15))).to.throw(SlotTooShortError);
  });

  it("refuses what is no duration", () => {
    for (const wrong of [{ block: 0 }, { slot: 0 }, { p2p: -1 }, { publish: Number.NaN }, { slot: Infinity }]) {
      expect(() => computeTimetable("current", { ...MAINNET_DURATIONS, ...wrong })).to.throw(InvalidDurationError);
    }
  });
});
