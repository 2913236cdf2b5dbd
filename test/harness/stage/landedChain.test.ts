import { expect } from "chai";

import type { LandedCheckpoint } from "../../../harness/sim/ledger.ts";
import { LandedChain } from "../../../harness/stage/landedChain.ts";

function land(parent: LandedCheckpoint | undefined, slot: number): LandedCheckpoint {
  const number = (parent?.number ?? 0) + 1;
  return { id: `s${slot}`, number, slot, parent, isLate: false, txId: `tx${slot}`, attesters: [] };
}

const idsOf = (checkpoints: readonly LandedCheckpoint[]) => checkpoints.map(({ id }) => id);

describe("L1's chain of checkpoints", () => {
  const [one, three] = [land(undefined, 1), land(land(land(undefined, 1), 2), 3)];

  it("is followed forwards and back, several at once too", () => {
    const chain = new LandedChain();
    expect(idsOf(chain.follow(three).added)).to.deep.equal(["s1", "s2", "s3"]);
    const other = land(three.parent, 4);
    const { added, removed } = chain.follow(other);
    expect([idsOf(added), idsOf(removed)]).to.deep.equal([["s4"], ["s3"]]);
    expect(chain.tip).to.equal(other);
    expect(idsOf(chain.follow(undefined).removed)).to.deep.equal(["s1", "s2", "s4"]);
    expect(idsOf(chain.follow(one).added)).to.deep.equal(["s1"]);
  });

  it("goes on where it was when the oldest are forgotten", () => {
    const chain = new LandedChain();
    chain.follow(three);
    expect(idsOf(chain.forgetBefore(3))).to.deep.equal(["s1", "s2"]);
    const next = land(three, 5);
    // As ledgers do: what hangs from it is gone.
    Object.assign(three, { parent: undefined });
    expect(idsOf(chain.follow(next).added)).to.deep.equal(["s5"]);
    expect(idsOf(chain.entries)).to.deep.equal(["s3", "s5"]);
  });
});
