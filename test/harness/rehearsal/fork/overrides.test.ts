import { expect } from "chai";

import { OverrideBook, UnexplainedOverrideError } from "../../../../harness/rehearsal/fork/overrides.ts";

const ADDRESS = "0x00000000000000000000000000000000000000fe";

describe("The book of overrides", () => {
  const open = () => new OverrideBook(1_000n);

  it("keeps what is not a transaction, with the reason for it", async () => {
    const book = open();
    await book.because("there is no other way", async () => {
      book.hear("hardhat_setStorageAt", [ADDRESS, "0x1", "0x2"]);
    });
    book.hear("hardhat_setBalance", [ADDRESS, "0x1"]);
    expect(book.overrides).to.deep.equal([
      { kind: "storage", what: `word 0x1 of ${ADDRESS} = 0x2`, reason: "there is no other way" },
      { kind: "balance", what: `ether of ${ADDRESS}`, reason: "an account of the rehearsal pays for its gas" },
    ]);
  });

  it("takes no storage, code or impersonation without a reason", () => {
    for (const method of ["hardhat_setStorageAt", "hardhat_setCode", "hardhat_impersonateAccount"]) {
      expect(() => open().hear(method, [ADDRESS]), method).to.throw(UnexplainedOverrideError, /without a reason/);
    }
  });

  it("refuses a kind that it does not know", () => {
    expect(() => open().hear("hardhat_setNonce", [ADDRESS, "0x1"])).to.throw(
      UnexplainedOverrideError,
      /no report has a row/,
    );
  });

  it("mentions time that passes at once, and no ordinary slot", () => {
    const book = open();
    book.hear("evm_setNextBlockTimestamp", [1_072]);
    book.hear("evm_setNextBlockTimestamp", [1_072 + 90_000]);
    expect(book.overrides.map(({ what }) => what)).to.deep.equal(["1 days 1 hours pass at once"]);
  });

  it("passes over transactions, reads, and what every producer of blocks decides", () => {
    const book = open();
    for (const method of [
      "eth_sendRawTransaction",
      "eth_call",
      "hardhat_setPrevRandao",
      "evm_setAutomine",
      "evm_mine",
    ]) {
      book.hear(method, []);
    }
    expect(book.overrides).to.deep.equal([]);
  });
});
