import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import table from "../../support/boundaryCases.json" with { type: "json" };
import { classifySubmission, SUBMISSIONS } from "../../support/model/classifySubmission.ts";
import {
  findOpeningError,
  type OpeningCircumstances,
  type OpeningError,
} from "../../support/model/findOpeningError.ts";
import { splitReward } from "../../support/model/splitReward.ts";

/** Seed of the property tests: fixed, so that a red run can be repeated. */
const SEED = 0x6c31;
const MAX_UINT256 = 2n ** 256n - 1n;

const schedule = {
  genesisTime: BigInt(table.schedule.genesisTime),
  slotDuration: BigInt(table.schedule.slotDuration),
  epochDuration: BigInt(table.schedule.epochDuration),
};

type OpeningCase = (typeof table.opening)[number];

function circumstancesOf(row: OpeningCase): OpeningCircumstances {
  return {
    ...schedule,
    proofSubmissionEpochs: BigInt(row.proofSubmissionEpochs),
    windowSeconds: BigInt(row.windowSeconds),
    crossEpoch: row.crossEpoch,
    committeeSize: BigInt(row.committeeSize),
    openHatchEpochs: row.openHatchEpochs.map(BigInt),
    hatchSinceEpoch: BigInt(row.hatchSinceEpoch),
    secondsSinceGenesis: BigInt(row.secondsSinceGenesis),
    headerSlot: BigInt(row.headerSlot),
  };
}

function expectedError(row: OpeningCase): OpeningError | undefined {
  if (row.error === "") return undefined;
  const name = row.error.slice(0, row.error.indexOf("("));
  return { name, arguments: row.errorArguments.map(BigInt) };
}

describe(`The boundary cases (property tests with seed ${SEED})`, () => {
  describe("of the window", () => {
    it("are what the reference model says", () => {
      for (const row of table.window) {
        const found = classifySubmission({
          headerSlot: BigInt(row.headerSlot),
          currentSlot: BigInt(row.currentSlot),
          elapsed: BigInt(row.elapsed),
          windowSeconds: BigInt(row.windowSeconds),
        });
        expect(found, row.name).to.equal(row.expected);
      }
    });

    it("are what the contract says, as is any other case", async () => {
      const { ethers } = await network.create();
      const harness = await ethers.deployContract("SubmissionWindowLib__Harness");
      for (const row of table.window) {
        const found = await harness.classify(row.headerSlot, row.currentSlot, row.elapsed, row.windowSeconds);
        expect(SUBMISSIONS[Number(found)], row.name).to.equal(row.expected);
      }

      const slot = fc.oneof(fc.bigInt(0n, 5n), fc.bigInt(MAX_UINT256 - 3n, MAX_UINT256));
      const seconds = fc.bigInt(0n, 80n);
      await fc.assert(
        fc.asyncProperty(slot, slot, seconds, seconds, async (headerSlot, currentSlot, elapsed, windowSeconds) => {
          const found = await harness.classify(headerSlot, currentSlot, elapsed, windowSeconds);
          const expected = classifySubmission({ headerSlot, currentSlot, elapsed, windowSeconds });
          expect(SUBMISSIONS[Number(found)], "the contract against the model").to.equal(expected);
        }),
        { seed: SEED, numRuns: 200 },
      );
    });
  });

  describe("of the split", () => {
    it("are what the reference model says", () => {
      for (const row of table.split) {
        const found = splitReward({
          share: BigInt(row.share),
          submitterBps: BigInt(row.submitterBps),
          burnBps: BigInt(row.burnBps),
          isCredited: row.isCredited,
        });
        expect(found, row.name).to.deep.equal({ cut: BigInt(row.cut), forfeit: BigInt(row.forfeit) });
      }
    });

    it("are what the contract says, as is any other case", async () => {
      const { ethers } = await network.create();
      const harness = await ethers.deployContract("LateSplitLib__Harness");
      for (const row of table.split) {
        const [cut, forfeit] = await harness.splitDown(row.share, row.submitterBps, row.burnBps, row.isCredited);
        expect([cut, forfeit], row.name).to.deep.equal([BigInt(row.cut), BigInt(row.forfeit)]);
      }
      for (const row of table.shares) {
        expect(await harness.isValid(row.submitterBps, row.burnBps), row.name).to.equal(row.isValid);
      }

      const share = fc.bigInt(0n, MAX_UINT256 / 10_000n);
      const bps = fc.bigInt(0n, 10_000n);
      await fc.assert(
        fc.asyncProperty(share, bps, bps, fc.boolean(), async (whole, submitterBps, otherBps, isCredited) => {
          const burnBps = otherBps % (10_001n - submitterBps);
          const [cut, forfeit] = await harness.splitDown(whole, submitterBps, burnBps, isCredited);
          const expected = splitReward({ share: whole, submitterBps, burnBps, isCredited });
          expect({ cut, forfeit }, "the contract against the model").to.deep.equal(expected);
        }),
        { seed: SEED, numRuns: 200 },
      );
    });
  });

  describe("of late openings", () => {
    it("are what the reference model says", () => {
      for (const row of table.opening) {
        expect(findOpeningError(circumstancesOf(row)), row.name).to.deep.equal(expectedError(row));
      }
    });

    it("are what the contract says at that second of the chain", async () => {
      const { ethers, networkHelpers } = await network.create();
      for (const row of table.opening) {
        // Every case starts from the same chain, before genesis.
        const snapshot = await networkHelpers.takeSnapshot();
        const harness = await ethers.deployContract("LateAuthorisationLib__Harness");
        const { genesisTime, slotDuration, epochDuration } = schedule;
        await harness.initializeTime(genesisTime, slotDuration, epochDuration, row.proofSubmissionEpochs);
        await harness.initializeSelection(row.committeeSize, 1, 1);
        await harness.setTerms({
          submitterBps: 5_000,
          burnBps: 2_500,
          windowSeconds: row.windowSeconds,
          crossEpoch: row.crossEpoch,
        });
        const hatch = await ethers.deployContract("EscapeHatch__MockForOpening");
        for (const epoch of row.openHatchEpochs) await hatch.open(epoch);
        const since = genesisTime + BigInt(row.hatchSinceEpoch) * epochDuration * slotDuration;
        await harness.setEscapeHatch(since, await hatch.getAddress());

        const clock = genesisTime + BigInt(row.secondsSinceGenesis);
        await networkHelpers.time.increaseTo(clock);
        const latest = await ethers.provider.getBlock("latest");
        expect(BigInt(latest?.timestamp ?? 0), "the clock stands at the case's second").to.equal(clock);

        const expected = expectedError(row);
        const call = harness.requireOpen(row.headerSlot, { blockTag: "latest" });
        if (expected === undefined) {
          await expect(call, row.name).not.to.revert(ethers);
        } else {
          await expect(call, row.name)
            .to.be.revertedWithCustomError(harness, expected.name)
            .withArgs(...expected.arguments);
        }
        await snapshot.restore();
      }
    });
  });
});
