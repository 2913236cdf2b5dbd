import { expect } from "chai";

import { CALM_NETWORK, Gossip, type GossipMessage, type GossipWeather } from "../../../harness/sim/gossip.ts";
import { RandomSource } from "../../../harness/sim/random.ts";
import { Scheduler } from "../../../harness/sim/scheduler.ts";

describe("Gossip", () => {
  const proposal = (author: string, slot = 1): GossipMessage => ({
    topic: "checkpoint_proposal",
    author,
    slot,
    body: undefined,
  });

  /** Sends messages and tells who got what, when. */
  async function deliver(weather: Partial<GossipWeather>, messages: readonly GossipMessage[]): Promise<string[]> {
    const scheduler = new Scheduler();
    const calm = { ...CALM_NETWORK, delay: { kind: "fixed", ms: 100 } as const };
    const gossip = new Gossip(scheduler, { ...calm, ...weather }, new RandomSource("gossip").stream("gossip"));
    const seen: string[] = [];
    for (const name of ["a", "b", "c"]) {
      gossip.join(name, ["checkpoint_proposal"], ({ author, slot }) => {
        seen.push(`${author}>${name} ${slot} @${scheduler.now}`);
      });
    }
    gossip.join("deaf", ["tx"], () => expect.fail("it does not listen to that"));
    for (const message of messages) gossip.publish(message);
    await scheduler.runUntil(10_000);
    return seen;
  }

  it("brings a message to everybody who listens, but its author", async () => {
    expect(await deliver({}, [proposal("a")])).to.deep.equal(["a>b 1 @100", "a>c 1 @100"]);
  });

  it("gives each link a delay of its own", async () => {
    const links = { "a>c": { kind: "fixed", ms: 500 } } as const;
    expect(await deliver({ links }, [proposal("a")])).to.deep.equal(["a>b 1 @100", "a>c 1 @500"]);
  });

  it("withholds or delays what a rule names: by author, by receiver, by slot", async () => {
    const rules = [
      { authors: ["a"], receivers: ["b"], effect: "withhold" },
      { slots: [2, 3], effect: { delayMs: 50 } },
    ] as const;
    const messages = [proposal("a"), proposal("b", 2)];
    expect(await deliver({ rules }, messages)).to.deep.equal(["a>c 1 @100", "b>a 2 @150", "b>c 2 @150"]);
  });

  it("keeps the sides of a partition apart while it lasts, and nobody else", async () => {
    const cut = { groups: [["a"], ["b"]], fromMs: 0, toMs: 1 } as const;
    const over = { groups: [["a"], ["c"]], fromMs: 1, toMs: 2 } as const;
    expect(await deliver({ partitions: [cut, over] }, [proposal("a")])).to.deep.equal(["a>c 1 @100"]);
    expect(await deliver({ partitions: [cut] }, [proposal("b")])).to.deep.equal(["b>c 1 @100"]);
  });

  it("loses messages as often as it is told", async () => {
    const messages = Array.from({ length: 1_000 }, () => proposal("a"));
    expect((await deliver({ loss: 0.25 }, messages)).length).to.be.closeTo(1_500, 60);
    expect(await deliver({ loss: 1 }, messages)).to.deep.equal([]);
  });

  it("changes nobody else's delays by a rule", async () => {
    const weather = { delay: { kind: "uniform", fromMs: 0, toMs: 1_000 } } as const;
    const messages = [proposal("a"), proposal("b"), proposal("c")];
    const without = await deliver(weather, messages);
    const rules = [{ authors: ["b"], effect: "withhold" }] as const;
    expect(await deliver({ ...weather, rules }, messages)).to.deep.equal(
      without.filter((line) => !line.startsWith("b>")),
    );
  });
});
