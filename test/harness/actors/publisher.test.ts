import { expect } from "chai";

import type { ActorEvent } from "../../../harness/actors/actorEvents.ts";
import type { NodePorts } from "../../../harness/actors/nodePorts.ts";
import { NodeView } from "../../../harness/actors/nodeView.ts";
import { DEFAULT_PUBLISHER, Publisher, type PublisherPolicy } from "../../../harness/actors/publisher.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import type { L1Block, Submission } from "../../../harness/sim/l1.ts";
import type { RollupState } from "../../../harness/sim/ledger.ts";
import { Scheduler } from "../../../harness/sim/scheduler.ts";

const GWEI = 1_000_000_000;
const SEEN: RollupState = { tip: undefined, proven: 0 };
const PROPOSAL = {
  purpose: "rescue",
  slot: 1,
  sender: "X",
  action: { kind: "propose", checkpoint: "s1", attesters: [], authorisation: "proposal" },
} as const;

/** A publisher of a node that has seen one block, at 120 s, and what it does. */
class Desk {
  readonly scheduler = new Scheduler(125_000);
  readonly waiting: Submission[] = [];
  readonly events: ActorEvent[] = [];
  readonly asked: { readonly ms: number; readonly seen: RollupState }[] = [];
  readonly publisher: Publisher;
  verdict: string | undefined;

  constructor(policy: Partial<PublisherPolicy>) {
    const l1 = {
      submit: (submission: Submission) => this.waiting.push(submission),
      withdraw: (id: string) => {
        const place = this.waiting.findIndex(({ transaction }) => transaction.id === id);
        return place >= 0 && this.waiting.splice(place, 1).length > 0;
      },
    } as unknown as NodePorts["l1"];
    const calendar = { slotMs: 72_000, epochSlots: 8, slotsBefore: 0, proofSubmissionEpochs: 1 };
    const view = new NodeView(calendar, OPEN_TERMS, () => this.scheduler.now);
    view.see({ sequence: 1, ms: 120_000, baseFee: 3 * GWEI, rollup: SEEN } as L1Block);
    const ports = {
      l1,
      scheduler: this.scheduler,
      emit: (event: ActorEvent) => this.events.push(event),
      note: () => {},
      foresee: ({ ms }: { readonly ms: number }, _proposal: unknown, seen: RollupState) => {
        this.asked.push({ ms, seen });
        return Promise.resolve(this.verdict);
      },
    };
    this.publisher = new Publisher("X", { ...DEFAULT_PUBLISHER, ...policy }, ports, view);
  }

  get ids(): readonly string[] {
    return this.waiting.map(({ transaction }) => transaction.id);
  }

  get kinds(): readonly string[] {
    return this.events.map(({ kind }) => kind);
  }

  settle(): Promise<void> {
    return this.scheduler.runUntil(this.scheduler.now);
  }
}

describe("A simulated publisher", () => {
  it("that does not simulate sends at once, and asks nobody", () => {
    const desk = new Desk({});
    expect(desk.ids).to.deep.equal([]);
    const id = desk.publisher.send(PROPOSAL);
    expect([desk.ids, desk.asked, desk.kinds]).to.deep.equal([[id], [], ["sent"]]);
  });

  it("that simulates asks what its node has seen, at the block that it aims at, or the next one", async () => {
    const desk = new Desk({ simulates: true });
    const id = desk.publisher.send({ ...PROPOSAL, aimMs: 144_000 });
    expect(desk.ids, "not before the answer").to.deep.equal([]);
    await desk.settle();
    expect(desk.ids).to.deep.equal([id]);
    desk.publisher.send(PROPOSAL);
    await desk.settle();
    expect(desk.asked).to.deep.equal([
      { ms: 144_000, seen: SEEN },
      { ms: 132_000, seen: SEEN },
    ]);
  });

  it("does not send what would revert, and says why", async () => {
    const desk = new Desk({ simulates: true });
    desk.verdict = "Rollup__SlotAlreadyInChain";
    desk.publisher.send(PROPOSAL);
    await desk.settle();
    expect(desk.ids).to.deep.equal([]);
    expect(desk.events).to.deep.equal([
      { kind: "dropped", node: "X", slot: 1, purpose: "rescue", error: "Rollup__SlotAlreadyInChain" },
    ]);
  });

  it("sends nothing that was withdrawn while it was judged, and judges proposals alone", async () => {
    const desk = new Desk({ simulates: true });
    const id = desk.publisher.send(PROPOSAL);
    desk.publisher.withdraw(id);
    await desk.settle();
    expect([desk.ids, desk.kinds]).to.deep.equal([[], []]);
    desk.verdict = "no";
    desk.publisher.send({ ...PROPOSAL, purpose: "other", action: { kind: "prune" } });
    expect(desk.ids).to.have.length(1);
  });

  it("leaves what it has sent if it is one who does, until it replaces it or takes it back for good", async () => {
    const desk = new Desk({ withdraws: false });
    const first = desk.publisher.send(PROPOSAL);
    desk.publisher.withdraw(first);
    expect(desk.ids).to.deep.equal([first]);
    const second = desk.publisher.send({ ...PROPOSAL, factor: 2, replaces: first });
    expect(desk.ids).to.deep.equal([second]);
    expect(desk.waiting[0]?.transaction.priorityFee).to.equal(2 * GWEI);
    desk.publisher.takeBack(second);
    desk.publisher.takeBack(second);
    expect(desk.ids).to.deep.equal([]);
    expect(desk.events.flatMap((event) => (event.kind === "taken-back" ? [event.isReplaced] : []))).to.deep.equal([
      true,
      false,
    ]);
    await desk.settle();
  });
});
