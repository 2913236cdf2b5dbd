import { expect } from "chai";

import { selectQuorum } from "../../../harness/consensus/slotCommittee.ts";
import { makeCommittee } from "../../support/syntheticCommittee.ts";

describe("A quorum", () => {
  it("always has the proposer in it, in committee order", () => {
    for (const proposerIndex of [0, 20, 32, 33, 47]) {
      const committee = makeCommittee({ proposerIndex });
      const quorum = selectQuorum(committee);
      expect(quorum.length, "attestations").to.equal(33);
      expect(quorum, "the proposer").to.include(committee.proposer);
      const positions = quorum.map((member) => committee.members.indexOf(member));
      expect(positions).to.deep.equal([...positions].sort((a, b) => a - b));
    }
  });
});
