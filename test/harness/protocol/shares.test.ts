import { expect } from "chai";
import { toHex, type Address } from "viem";

import { deriveShares, type EpochProofFacts } from "../../../harness/protocol/shares.ts";

const coinbase = (index: number): Address => toHex(index + 1, { size: 20 });

/** Two checkpoints of 10 mana: 100 each in fees, of which 20 are burned and 30 are the prover's. */
const FACTS: EpochProofFacts = {
  fees: [0, 1].map((index) => ({ recipient: coinbase(index), value: 100n })),
  feeHeaders: [0, 1].map(() => ({ manaUsed: 10n, congestionCost: 2n, proverCost: 3n })),
  provenLength: 0,
  checkpointReward: 1_000n,
  sequencerBps: 7_000,
  isCanonical: true,
  distributorBalance: 10n ** 18n,
  isTxsEnabled: true,
};

describe("The shares of an epoch proof", () => {
  it("are the sequencer's part of the reward, and of the fee what burn and prover leave", () => {
    expect(deriveShares(FACTS)).to.deep.equal({
      checkpoints: [0, 1].map((index) => ({ index, coinbase: coinbase(index), share: 700n + 50n })),
      distributorOutflow: 2_000n,
      feesIn: 200n,
      congestionBurn: 40n,
      proverRewards: 600n + 60n,
    });
  });

  it("are for newly proven checkpoints only", () => {
    const { checkpoints, distributorOutflow, feesIn } = deriveShares({ ...FACTS, provenLength: 1 });
    expect(checkpoints.map(({ index }) => index)).to.deep.equal([1]);
    expect([distributorOutflow, feesIn]).to.deep.equal([1_000n, 100n]);
    const nothing = deriveShares({ ...FACTS, provenLength: 3 });
    expect(nothing.checkpoints, "a shorter proof than before").to.deep.equal([]);
    expect(nothing.proverRewards).to.equal(0n);
  });

  it("are bounded by what the distributor has, with the rounding dust left to the prover", () => {
    const { checkpoints, distributorOutflow, proverRewards } = deriveShares({ ...FACTS, distributorBalance: 7n });
    expect(distributorOutflow).to.equal(7n);
    expect(checkpoints[0]?.share, "floor(floor(7 * 0.7) / 2)").to.equal(2n + 50n);
    expect(proverRewards).to.equal(7n - 2n * 2n + 60n);
    expect(deriveShares({ ...FACTS, isCanonical: false }).distributorOutflow, "of another rollup").to.equal(0n);
  });

  it("leave the prover what is there, when the fee does not cover it", () => {
    const fees = FACTS.fees.map((fee) => ({ ...fee, value: 35n }));
    const { checkpoints, proverRewards } = deriveShares({ ...FACTS, fees, checkpointReward: 0n });
    expect(checkpoints.map(({ share }) => share)).to.deep.equal([0n, 0n]);
    expect(proverRewards).to.equal(2n * 15n);
  });

  it("know no fees while transactions are disabled", () => {
    const { checkpoints, feesIn, congestionBurn } = deriveShares({ ...FACTS, isTxsEnabled: false });
    expect(checkpoints[0]?.share).to.equal(700n);
    expect([feesIn, congestionBurn]).to.deep.equal([0n, 0n]);
  });

  it("and the other uses of the money are all of it, whatever happens", () => {
    for (const distributorBalance of [0n, 1n, 999n, 2_001n]) {
      for (const value of [20n, 21n, 50n, 77n]) {
        const fees = FACTS.fees.map((fee) => ({ ...fee, value }));
        const found = deriveShares({ ...FACTS, fees, distributorBalance, sequencerBps: 3_333 });
        const credited = found.checkpoints.reduce((sum, { share }) => sum + share, 0n);
        expect(credited + found.proverRewards + found.congestionBurn).to.equal(found.distributorOutflow + found.feesIn);
      }
    }
  });
});
