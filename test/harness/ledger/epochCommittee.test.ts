import { expect } from "chai";

import { readEpochCommittee } from "../../../harness/ledger/epochCommittee.ts";
import { getProposer } from "../../../harness/network/committee.ts";
import { mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import { firstSlotOfEpoch } from "../../../harness/protocol/time.ts";
import { embeddedNetwork } from "../../support/networks.ts";

describe("Committee of an epoch", () => {
  it("has the proposers that L1 names, slot by slot", async () => {
    const { rollup, ...config } = mainnetLikeConfig();
    const network = await embeddedNetwork({
      config: { ...config, rollup: { ...rollup, targetCommitteeSize: 4n } },
      validatorCount: 6,
    });
    const { members, addresses, proposers, quorum, addressOf } = await readEpochCommittee(network, network.firstEpoch);
    expect(members.map(addressOf)).to.deep.equal(addresses);
    expect(quorum).to.equal(3);
    const first = firstSlotOfEpoch(network.rollup.timing, network.firstEpoch);
    for (const [place, proposer] of proposers.entries()) {
      const slot = first + BigInt(place);
      expect(addressOf(proposer), `slot ${slot}`).to.equal(await getProposer(network.chain, network.rollup, slot));
    }
    expect(proposers).to.have.lengthOf(32);
  });
});
