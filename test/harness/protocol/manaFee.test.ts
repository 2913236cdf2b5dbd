import { expect } from "chai";

import type { FeeHeader } from "../../../harness/protocol/feeHeader.ts";
import {
  computeManaCosts,
  l1FeesAt,
  makeFeeHeader,
  openFeeOracle,
  sumManaCosts,
  updateFeeOracle,
} from "../../../harness/protocol/manaFee.ts";

const GWEI = 10n ** 9n;
const config = { manaTarget: 100_000_000n, provingCostPerMana: 100n, epochSlots: 32n };
/** One ETH buys 100,000 fee tokens. */
const calm: FeeHeader = {
  excessMana: 0n,
  manaUsed: 0n,
  ethPerFeeAsset: 10n ** 7n,
  congestionCost: 0n,
  proverCost: 0n,
};

describe("mana fees", () => {
  it("let the oracle listen once in three slots, and believe what it heard two slots later", () => {
    const [one, two] = [GWEI, 2n * GWEI].map((baseFee) => ({ baseFee, blobFee: 1n })) as [
      { baseFee: bigint; blobFee: bigint },
      { baseFee: bigint; blobFee: bigint },
    ];
    const first = updateFeeOracle(openFeeOracle(one), 100n, two);
    expect(first.slotOfChange).to.equal(102n);
    expect([101n, 102n].map((slot) => l1FeesAt(first, slot).baseFee)).to.deep.equal([GWEI, 2n * GWEI]);
    expect(updateFeeOracle(first, 104n, one)).to.equal(first);
    expect(updateFeeOracle(first, 105n, one)).to.deep.equal({ pre: two, post: one, slotOfChange: 107n });
    expect(updateFeeOracle(openFeeOracle(one), 7n, two)).to.deep.equal(openFeeOracle(one));
  });

  it("share what a proposal and a proof cost L1 among the mana of the target, rounded up", () => {
    // 300,000 gas and 393,216 of blob gas; a 32nd of 3,600,000 gas.
    const costs = computeManaCosts(config, { baseFee: GWEI, blobFee: 1n }, calm);
    expect(costs).to.deep.equal({
      sequencerCost: 3_000_001n * 100_000n,
      proverCost: (1_125_000n + 100n) * 100_000n,
      congestionCost: 0n,
    });
    expect(sumManaCosts(costs)).to.equal(412_510_100_000n);
    expect(sumManaCosts({ ...costs, congestionCost: 2n ** 200n })).to.equal(2n ** 128n - 1n);
  });

  it("rise by an eighth with each target of mana above the target", () => {
    const fees = { baseFee: GWEI, blobFee: 1n };
    const multiples = [1n, 2n, 5n].map((targets) => {
      const parent = { ...calm, excessMana: targets * config.manaTarget, manaUsed: config.manaTarget };
      return Number(sumManaCosts(computeManaCosts(config, fees, parent))) / 412_510_100_000;
    });
    for (const [index, targets] of [1, 2, 5].entries()) {
      const error = Math.abs(Number(multiples[index]) - Math.exp(targets / 8.547_008_54));
      expect(error < 1e-6, `${targets} targets are off by ${error}`).to.equal(true);
    }
  });

  it("cost nothing while there are no transactions, and no price divides by zero", () => {
    expect(
      sumManaCosts(computeManaCosts({ ...config, manaTarget: 0n }, { baseFee: GWEI, blobFee: 1n }, calm)),
    ).to.equal(0n);
    const priceless = computeManaCosts(config, { baseFee: GWEI, blobFee: 1n }, { ...calm, ethPerFeeAsset: 0n });
    expect(priceless.sequencerCost).to.equal(3_000_001n * 10n ** 10n);
  });

  it("leave a header within what a word can hold", () => {
    const costs = { congestionCost: 2n ** 70n, proverCost: 2n ** 70n };
    const parent = { ...calm, excessMana: 2n ** 48n, manaUsed: config.manaTarget + 5n };
    expect(makeFeeHeader(config, parent, costs, 7n, -100n)).to.deep.equal({
      excessMana: 2n ** 48n - 1n,
      manaUsed: 7n,
      ethPerFeeAsset: 9_900_000n,
      congestionCost: 2n ** 64n - 1n,
      proverCost: 2n ** 63n - 1n,
    });
    expect(makeFeeHeader(config, { ...calm, ethPerFeeAsset: 1n }, costs, 0n).ethPerFeeAsset).to.equal(100n);
  });
});
