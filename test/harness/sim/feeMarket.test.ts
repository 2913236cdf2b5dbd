import { expect } from "chai";

import {
  blobBaseFeeOf,
  EIP_7691_BLOBS,
  GAS_PER_BLOB,
  nextBaseFee,
  nextExcessBlobGas,
} from "../../../harness/sim/feeMarket.ts";

describe("Fee market", () => {
  const LIMIT = 60_000_000;
  const GWEI = 1_000_000_000;

  it("moves the base fee by an eighth at most, towards what blocks are filled with (EIP-1559)", () => {
    expect(nextBaseFee(GWEI, LIMIT / 2, LIMIT)).to.equal(GWEI);
    expect(nextBaseFee(GWEI, LIMIT, LIMIT)).to.equal(1_125_000_000);
    expect(nextBaseFee(GWEI, 0, LIMIT)).to.equal(875_000_000);
    expect(nextBaseFee(1, LIMIT, LIMIT), "it always grows by something").to.equal(2);
  });

  it("prices blobs by what is in excess of the target (EIP-4844), by the fork's parameters", () => {
    expect(blobBaseFeeOf(0, EIP_7691_BLOBS)).to.equal(1);
    // e^10, rounded down as the EIP's integer series does.
    expect(blobBaseFeeOf(10 * EIP_7691_BLOBS.updateFraction, EIP_7691_BLOBS)).to.equal(22_026);
  });

  it("counts the excess of blob gas, and lets no blob become cheaper than its execution would be (EIP-7918)", () => {
    const { target, max } = EIP_7691_BLOBS;
    expect(nextExcessBlobGas(0, target - 1, 1, EIP_7691_BLOBS)).to.equal(0);
    // Cheap gas: the plain rule.
    expect(nextExcessBlobGas(0, max, 1, EIP_7691_BLOBS)).to.equal((max - target) * GAS_PER_BLOB);
    const high = 20_000_000;
    expect(nextExcessBlobGas(high, 0, 1, EIP_7691_BLOBS)).to.equal(high - target * GAS_PER_BLOB);
    // Dear gas: a blob's price does not fall any more.
    expect(nextExcessBlobGas(high, 0, 10 ** 15, EIP_7691_BLOBS)).to.equal(high);
  });
});
