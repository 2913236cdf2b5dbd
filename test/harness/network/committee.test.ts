import { expect } from "chai";

import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { getCommittee, getProposer } from "../../../harness/network/committee.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { epochStart, firstSlotOfEpoch } from "../../../harness/protocol/time.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("The committees of the v4 rollup", () => {
  let network: EmbeddedNetwork;

  before(async () => {
    network = await embeddedNetwork();
  });

  it("are 48 different validators in an epoch, and other ones in another order for the next", async () => {
    const { chain, validators, firstEpoch } = network;
    expect(await chain.now(), "the clock stands at the epoch's first second").to.equal(
      epochStart(network.rollup.timing, firstEpoch),
    );
    const known = new Set(validators.map(({ address }) => address));
    const committees = [firstEpoch, firstEpoch + 1n].map((epoch) => getCommittee(chain, network.rollup, epoch));
    for (const committee of await Promise.all(committees)) {
      expect(new Set(committee).size, "members").to.equal(48);
      expect(
        committee.every((member) => known.has(member)),
        "every key is ours",
      ).to.equal(true);
    }
    expect(await committees[0]).not.to.deep.equal(await committees[1]);
  });

  it("give each slot of the epoch one of their members", async () => {
    const { chain, firstEpoch } = network;
    const committee = new Set(await getCommittee(chain, network.rollup, firstEpoch));
    const first = firstSlotOfEpoch(network.rollup.timing, firstEpoch);
    const proposers = [];
    for (let slot = first; slot < first + 32n; slot++) {
      const proposer = await getProposer(chain, network.rollup, slot);
      expect(committee.has(proposer), `proposer of slot ${slot.toString()}`).to.equal(true);
      proposers.push(proposer);
    }
    expect(new Set(proposers).size, "different proposers in an epoch").to.be.greaterThan(10);
  });

  it("are unknown, by upstream's error, for an epoch whose seed is not determined yet", async () => {
    const far = network.firstEpoch + 5n;
    const error = await rejection(getCommittee(network.chain, network.rollup, far), L1RevertError);
    expect(error.errorName).to.equal("ValidatorSelection__EpochNotStable");
    expect(error.args[0], "epoch").to.equal(far);
  });
});
