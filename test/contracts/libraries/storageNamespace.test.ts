import { readFile } from "node:fs/promises";

import { expect } from "chai";
import { AbiCoder, id, keccak256, toBeHex } from "ethers";
import { network } from "hardhat";

/** The ERC-7201 position of a namespace. */
function erc7201Position(namespace: string): string {
  const inner = AbiCoder.defaultAbiCoder().encode(["uint256"], [BigInt(id(namespace)) - 1n]);
  return toBeHex(BigInt(keccak256(inner)) & ~0xffn, 32);
}

const SOURCE = new URL("../../../contracts/libraries/LateSubmissionLib.sol", import.meta.url);

describe("The storage of late submissions", () => {
  it("lies where its annotation says by ERC-7201", async () => {
    const source = await readFile(SOURCE, "utf8");
    const annotated = [...source.matchAll(/@custom:storage-location erc7201:(\S+)/g)].map((match) => match[1]);
    expect(annotated, "one annotated namespace").to.have.lengthOf(1);

    const { ethers } = await network.create();
    const harness = await ethers.deployContract("LateSubmissionLib__Harness");
    expect(await harness.storagePosition(), "position of the annotated namespace").to.equal(
      erc7201Position(annotated[0] ?? ""),
    );
  });

  it("states each position as the literal that its formula gives", async () => {
    const source = await readFile(SOURCE, "utf8");
    const stated = [
      ...source.matchAll(
        /uint256\(keccak256\("([^"]+)"\)\) - 1\)\) & ~bytes32\(uint256\(0xff\)\)\s+bytes32 private constant \w+ =\s+(0x[0-9a-f]{64});/g,
      ),
    ];
    expect(stated, "the namespaces of storage and of the transient recipient").to.have.lengthOf(2);
    for (const [, namespace, literal] of stated) {
      expect(literal, `position of ${namespace}`).to.equal(erc7201Position(namespace ?? ""));
    }
  });

  it("shares no position with upstream's namespaces", async () => {
    const { ethers } = await network.create();
    const harness = await ethers.deployContract("LateSubmissionLib__Harness");
    const position = BigInt(await harness.storagePosition());
    for (const upstream of ["stf", "time", "fee", "reward", "staking", "validator_selection"]) {
      const distance = position - BigInt(id(`aztec.${upstream}.storage`));
      expect(distance < -1_000n || distance > 1_000n, `distance to aztec.${upstream}.storage`).to.equal(true);
    }
  });
});
