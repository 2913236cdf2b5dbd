import { expect } from "chai";

import { attestCheckpoint, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { ContentStore, UnknownContentError, type CheckpointKey } from "../../../harness/consensus/contentStore.ts";
import { makeCheckpoint } from "../../support/syntheticCheckpoint.ts";
import { field, makeCommittee } from "../../support/syntheticCommittee.ts";

describe("A store of contents", () => {
  const committee = makeCommittee({ size: 4, proposerIndex: 0 });
  let first: AttestedCheckpoint;
  let second: AttestedCheckpoint;

  before(async () => {
    first = attestCheckpoint(await makeCheckpoint("first"), committee, committee.keys);
    second = attestCheckpoint(await makeCheckpoint("second"), committee, committee.keys);
  });

  it("tells two checkpoints of one number and slot apart by their content", () => {
    const store = new ContentStore();
    store.add(first);
    store.add(second);
    expect([first.number, first.slot]).to.deep.equal([second.number, second.slot]);
    for (const checkpoint of [first, second]) {
      const { number, slot, archive } = checkpoint;
      expect(store.get({ number, slot, archive })).to.equal(checkpoint);
    }
  });

  it("keeps the later attestations to one content", () => {
    const store = new ContentStore();
    store.add(first);
    const again = attestCheckpoint(first, committee, committee.keys, committee.members);
    store.add(again);
    expect(store.get(first)).to.equal(again);
  });

  it("does not know a checkpoint that differs in number, slot or archive, and says which one it was asked for", () => {
    const store = new ContentStore();
    store.add(first);
    const { number, slot, archive } = first;
    const others: CheckpointKey[] = [
      { number: number + 1n, slot, archive },
      { number, slot: slot + 1n, archive },
      { number, slot, archive: field(99) },
    ];
    for (const key of others) {
      expect(store.find(key)).to.equal(undefined);
      expect(() => store.get(key))
        .to.throw(UnknownContentError)
        .with.property("fields")
        .that.deep.equals(key);
    }
  });
});
