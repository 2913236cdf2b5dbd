import { drawDelay, type DelayDistribution } from "./delay.ts";
import type { RandomStream } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** Topics of v4.1.2's p2p network. */
export type Topic = "tx" | "block_proposal" | "checkpoint_proposal" | "checkpoint_attestation";

/** A message on its way. What is in it is the actors' business. */
export interface GossipMessage<Body = unknown> {
  readonly topic: Topic;
  readonly author: string;
  /** The header slot that it is about; for a transaction the slot in which it was sent. */
  readonly slot: number;
  readonly body: Body;
}

/** What is done to messages of a kind. A field that is left out matches everything. The first rule that matches counts. */
export interface GossipRule {
  readonly topics?: readonly Topic[];
  readonly authors?: readonly string[];
  readonly receivers?: readonly string[];
  /** Header slots, both included. */
  readonly slots?: readonly [from: number, to: number];
  /** Probability that it does something to a message on a link; left out: always. */
  readonly chance?: number;
  /** Never arrives, or arrives so much later: withheld by its author, or by its receiver. */
  readonly effect: "withhold" | { readonly delayMs: number };
}

/** Two groups that hear nothing of each other for a while; who is in neither hears both. */
export interface Partition {
  /** `others`: everybody who is not in the first. */
  readonly groups: readonly [readonly string[], readonly string[] | "others"];
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

/** What the network is like. Plain data: a run can be told by it. */
export interface GossipWeather {
  /** Of every link; a link is a pair of nodes and a direction. */
  readonly delay: DelayDistribution;
  /** Delays of some links, named `author>receiver`. */
  readonly links?: Readonly<Record<string, DelayDistribution>>;
  /** Probability that a link loses a message. */
  readonly loss: number;
  readonly partitions: readonly Partition[];
  readonly rules: readonly GossipRule[];
}

/** The network as the timetable takes it: within its budget, and nothing is lost. */
export const CALM_NETWORK: GossipWeather = {
  delay: { kind: "uniform", fromMs: 400, toMs: 2_000 },
  loss: 0,
  partitions: [],
  rules: [],
};

interface Peer {
  readonly name: string;
  readonly topics: ReadonlySet<Topic>;
  readonly receive: (message: GossipMessage) => void;
}

/** Carries messages from one node to all others, each over a link of its own. */
export class Gossip {
  readonly #scheduler: Scheduler;
  readonly #weather: GossipWeather;
  readonly #random: RandomStream;
  readonly #peers: Peer[] = [];

  constructor(scheduler: Scheduler, weather: GossipWeather, random: RandomStream) {
    this.#scheduler = scheduler;
    this.#weather = weather;
    this.#random = random;
  }

  /** Lets a node listen. A node that wants few topics costs little. */
  join(name: string, topics: readonly Topic[], receive: (message: GossipMessage) => void): void {
    this.#peers.push({ name, topics: new Set(topics), receive });
  }

  /** Sends a message to everybody but its author. */
  publish(message: GossipMessage): void {
    const { now } = this.#scheduler;
    const { delay, links, loss } = this.#weather;
    for (const { name, topics, receive } of this.#peers) {
      if (name === message.author || !topics.has(message.topic)) continue;
      // Drawn before anything is decided: a fault changes its own messages, and nobody else's delays.
      const onTheWay = drawDelay(links?.[`${message.author}>${name}`] ?? delay, this.#random);
      if (this.#random.chance(loss) || this.#isCut(message.author, name, now)) continue;
      const effect = this.#effectOn(message, name);
      if (effect === "withhold") continue;
      this.#scheduler.after(onTheWay + (effect?.delayMs ?? 0), () => {
        receive(message);
      });
    }
  }

  #isCut(author: string, receiver: string, now: number): boolean {
    return this.#weather.partitions.some(
      ({ groups: [one, other], fromMs, toMs }) =>
        fromMs <= now &&
        now < toMs &&
        (other === "others"
          ? one.includes(author) !== one.includes(receiver)
          : (one.includes(author) && other.includes(receiver)) || (other.includes(author) && one.includes(receiver))),
    );
  }

  #effectOn({ topic, author, slot }: GossipMessage, receiver: string): GossipRule["effect"] | undefined {
    return this.#weather.rules.find(
      ({ topics, authors, receivers, slots, chance }) =>
        (topics?.includes(topic) ?? true) &&
        (authors?.includes(author) ?? true) &&
        (receivers?.includes(receiver) ?? true) &&
        (slots === undefined || (slots[0] <= slot && slot <= slots[1])) &&
        (chance === undefined || this.#random.chance(chance)),
    )?.effect;
  }
}
