import { expect } from "chai";
import { hexToBigInt } from "viem";

import {
  archiveWord,
  committeeCommitmentWord,
  elementWord,
  erc7201Namespace,
  LATE_TERMS_WORD,
  LOG_FIELDS,
  logWord,
  mappingWord,
  marksWord,
  packTips,
  RANDAO_COUNT_WORD,
  randaoWord,
  recordWord,
  SELECTION_NAMESPACE,
  TIPS_WORD,
  toWord,
  unpackMarks,
} from "../../../harness/protocol/storageMap.ts";
import { RollupContract } from "../../../harness/upstream/contracts.ts";

const TIMING = { epochSlots: 32n, proofSubmissionEpochs: 1n };

describe("The storage map", () => {
  it("agrees with upstream's cheat codes and with the literal in the contract", () => {
    expect(toWord(TIPS_WORD)).to.equal(RollupContract.stfStorageSlot);
    expect(toWord(LATE_TERMS_WORD)).to.equal("0x742aee15f6c12670272603ecdb47e531f5068b1e9c8e80f10d05a6426e2c7100");
  });

  it("has the ERC's own example", () => {
    const example = "0x183a6125c38840424c4a85fa12bab2ab606c4b6d0e7cc73c0c06ba5300eab500";
    expect(toWord(erc7201Namespace("example.main"))).to.equal(example);
  });

  it("places keys and elements as Solidity does", () => {
    // keccak256 of two words of zero, and of one.
    expect(toWord(mappingWord(0n, 0n))).to.equal("0xad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5");
    const first = hexToBigInt("0x290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563");
    expect(elementWord(0n, 0n)).to.equal(first);
    expect(elementWord(7n, 0n)).to.equal(first + 7n);
  });

  it("has archives by number and logs in their ring, seven words each", () => {
    expect(archiveWord(65n)).to.equal(mappingWord(65n, TIPS_WORD + 1n));
    const fields = LOG_FIELDS.map((field) => logWord(TIMING, 66n, field));
    expect(fields).to.deep.equal([0n, 1n, 2n, 3n, 4n, 5n, 6n].map((n) => mappingWord(1n, TIPS_WORD + 2n) + n));
    expect(packTips(3n, 1n)).to.equal((3n << 128n) + 1n);
  });

  it("has commitments by epoch and randaos in a list", () => {
    expect(committeeCommitmentWord(9n)).to.equal(mappingWord(9n, SELECTION_NAMESPACE));
    expect(randaoWord(2n)).to.equal(elementWord(2n, RANDAO_COUNT_WORD));
  });

  it("has marks and records in rings of eight epochs", () => {
    expect(marksWord(TIMING, 9n)).to.equal(mappingWord(1n, LATE_TERMS_WORD + 1n));
    expect(recordWord(TIMING, 256n + 5n)).to.equal(mappingWord(5n, LATE_TERMS_WORD + 2n));
    expect(unpackMarks((9n << 224n) | 0b101n)).to.deep.equal({ epoch: 9n, bits: 0b101n });
  });
});
