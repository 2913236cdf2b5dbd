import { expect } from "chai";
import { network } from "hardhat";

describe("The recipient of a late submission", () => {
  it("is forgotten at the end of the transaction that named it", async () => {
    const { ethers } = await network.create();
    const harness = await ethers.deployContract("LateSubmissionLib__Harness");
    const [sender, recipient] = await ethers.getSigners();
    if (sender === undefined || recipient === undefined) throw new Error("the chain has no funded accounts");

    await harness.nameRecipient(recipient.address);

    const taken = await harness.takeRecipient.staticCall();
    expect(taken, "the next transaction credits its sender").to.equal(sender.address);
  });
});
