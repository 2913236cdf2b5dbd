import { expect } from "chai";
import hardhat from "hardhat";
import type { Hex } from "viem";

import { HARDFORKS } from "../../../harness/bench/record/benchOptions.ts";
import { computeCalldataGas } from "../../../harness/bench/record/calldataGas.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { openEmbeddedChain } from "../../../harness/l1/embeddedChain.ts";

describe("The price of calldata", () => {
  it("is what the EIPs say, for zero and non-zero bytes", () => {
    expect(computeCalldataGas("0x00ff00ff01", "osaka")).to.deep.equal({
      calldataBytes: 5,
      zeroBytes: 2,
      nonZeroBytes: 3,
      intrinsic: 21_000 + 2 * 4 + 3 * 16,
      calldataFloor: 21_000 + 10 * (2 + 3 * 4),
      projectedFloor: 21_000 + 5 * 64,
    });
    expect(computeCalldataGas("0x", "osaka").calldataFloor, "no bytes cost nothing").to.equal(21_000);
  });

  for (const hardfork of HARDFORKS) {
    it(`is the floor that a mined transaction without execution pays under ${hardfork}`, async () => {
      const chain = await openEmbeddedChain(hardhat, { hardfork });
      try {
        const { account } = deriveAccount("calldata", "sender");
        await chain.setBalance(account.address, 10n ** 20n);
        const data: Hex = `0x${"00ab".repeat(700)}${"cd".repeat(33)}`;
        const to = deriveAccount("calldata", "nobody").account.address;
        const { gasUsed } = await chain.execute({ from: account, to, data });
        expect(Number(gasUsed), "the receipt's gas").to.equal(computeCalldataGas(data, hardfork).calldataFloor);
      } finally {
        await chain.close();
      }
    });
  }
});
