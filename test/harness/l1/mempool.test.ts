import { expect } from "chai";
import type { Hex } from "viem";

import { UnderpricedReplacementError } from "../../../harness/l1/l1Errors.ts";
import type { PendingTransaction } from "../../../harness/l1/l1Transaction.ts";
import { Mempool, priceReplacement } from "../../../harness/l1/mempool.ts";
import { other, sender } from "../../support/l1Accounts.ts";

const transaction = (hash: Hex, fee: bigint, changes: Partial<PendingTransaction> = {}): PendingTransaction => ({
  hash,
  from: sender.address,
  to: undefined,
  nonce: 0,
  serialized: "0x",
  blobCount: 0,
  fees: { maxFeePerGas: fee, maxPriorityFeePerGas: fee, maxFeePerBlobGas: changes.blobCount === undefined ? 0n : fee },
  ...changes,
});

describe("The mempool", () => {
  it("lets one transaction wait for each sender and nonce", () => {
    const mempool = new Mempool();
    mempool.add(transaction("0x01", 100n));
    mempool.add(transaction("0x02", 100n, { nonce: 1 }));
    mempool.add(transaction("0x03", 100n, { from: other.address }));
    mempool.add(transaction("0x04", 110n));
    expect(mempool.waiting.map(({ hash }) => hash)).to.deep.equal(["0x02", "0x03", "0x04"]);
  });

  for (const [what, blobCount, enough] of [
    ["a tenth", 0, 110n],
    ["as much again, with blobs,", 1, 200n],
  ] as const) {
    it(`wants ${what} more in every fee of what takes another's place`, () => {
      const mempool = new Mempool();
      const first = mempool.add(transaction("0x01", 100n, { blobCount }));
      const cheap = transaction("0x02", enough, { blobCount });
      for (const fee of ["maxFeePerGas", "maxPriorityFeePerGas"] as const) {
        const underpriced = { ...cheap, fees: { ...cheap.fees, [fee]: enough - 1n } };
        expect(() => mempool.add(underpriced), fee).to.throw(UnderpricedReplacementError);
      }
      expect(mempool.waiting).to.deep.equal([first]);
      expect(priceReplacement(first).maxFeePerGas).to.equal(enough);
      expect(mempool.add(cheap)).to.equal(mempool.waiting[0]);
    });
  }
});
