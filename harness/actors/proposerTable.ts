import type { Row } from "./stateTable.ts";

/** What a proposer is doing about one slot of its own. */
export type ProposerState =
  /** Nothing yet. */
  | "idle"
  /** Builds on a predecessor that may never land: what is built stays at home. */
  | "silent"
  /** Builds, and everybody hears of it. */
  | "open"
  /** Its checkpoint proposal is out, attestations come in. */
  | "gathering"
  /** Attested, and waits for its parent to land. */
  | "attested"
  /** Its transaction is on the way. */
  | "sent"
  /** Its slot is over and its checkpoint has not landed: anybody may land it. */
  | "handed-over"
  | "landed"
  | "lost";

export type ProposerEvent =
  /** The predecessor's checkpoint proposal has come and was checked; staggered: has come. */
  | "predecessor proposed"
  /** More than two thirds have attested to it, and its proposer's signed proposal is at hand. */
  | "predecessor landable"
  /** Its own checkpoint of the slot before is assembled. */
  | "own predecessor assembled"
  /** One L1 slot before its own slot. */
  | "early start"
  /** Long enough into the slot before. */
  | "liveness timeout"
  | "slot begins"
  | "last block due"
  | "quorum"
  /** Another L1 block has come, or a moment has passed after which one would have. */
  | "L1 seen"
  /** Its transaction is in a block, and did not do what it was for. */
  | "refused"
  | "slot ends"
  /** The last second at which its checkpoint could land has passed. */
  | "window ends";

export type ProposerGuard =
  /** The proposer builds ahead; otherwise it is one that knows nothing of it. */
  | "builds ahead"
  | "is staggered"
  /** Fewer than two checkpoints wait below what it would build. */
  | "has depth left"
  /** The predecessor's proposal is checked, alive, and its own to build on. */
  | "can build on predecessor"
  | "predecessor is landable"
  | "predecessor was proposed"
  | "early start is past"
  /** What it builds cannot land any more: something else did, or its parent cannot. */
  | "is hopeless"
  | "parent has landed"
  | "own has landed"
  /** There is time for a block. */
  | "has time left"
  | "has a block"
  | "slot is over"
  /** Its checkpoint cannot land in the next slot, or others are to land it. */
  | "takes back at boundary";

export type ProposerAction =
  | "build on predecessor"
  | "build on own predecessor"
  | "build on confirmed tip"
  | "broadcast buffer"
  | "discard silently"
  | "discard"
  | "assemble"
  | "send"
  /** If it is one who does. */
  | "withdraw"
  | "take back";

type ProposerRow = Row<ProposerState, ProposerEvent, ProposerGuard, ProposerAction>;

/**
 * What a proposer does, from the moment the slot before its own begins. The proposer executes this table, and the documentation draws
 * it. Sources: section 4.2 of the specification; a proposer that does not build ahead is upstream's.
 */
export const PROPOSER_TABLE: readonly ProposerRow[] = [
  // ---- when to begin, and on what ----
  {
    from: ["idle"],
    on: "own predecessor assembled",
    when: ["builds ahead", "can build on predecessor", "has depth left"],
    to: "open",
    then: ["build on own predecessor"],
  },
  {
    from: ["idle"],
    on: "predecessor proposed",
    when: ["is staggered", "can build on predecessor", "has depth left"],
    to: "open",
    then: ["build on predecessor"],
  },
  {
    from: ["idle"],
    on: "predecessor proposed",
    when: ["builds ahead", "can build on predecessor", "has depth left", "predecessor is landable"],
    to: "open",
    then: ["build on predecessor"],
  },
  {
    from: ["idle"],
    on: "predecessor proposed",
    when: ["builds ahead", "can build on predecessor", "has depth left"],
    to: "silent",
    then: ["build on predecessor"],
  },
  { from: ["silent"], on: "predecessor landable", to: "open", then: ["broadcast buffer"] },
  // Waited for depth, and one has landed.
  {
    from: ["idle"],
    on: "L1 seen",
    when: ["builds ahead", "can build on predecessor", "has depth left", "predecessor is landable"],
    to: "open",
    then: ["build on predecessor"],
  },
  {
    from: ["idle"],
    on: "L1 seen",
    when: ["builds ahead", "!is staggered", "can build on predecessor", "has depth left"],
    to: "silent",
    then: ["build on predecessor"],
  },
  {
    from: ["idle"],
    on: "liveness timeout",
    when: ["builds ahead", "!predecessor was proposed"],
    to: "open",
    then: ["build on confirmed tip"],
  },
  {
    from: ["idle"],
    on: "early start",
    when: ["!can build on predecessor"],
    to: "open",
    then: ["build on confirmed tip"],
  },
  { from: ["idle"], on: "early start", when: ["!builds ahead"], to: "open", then: ["build on confirmed tip"] },
  // Waited for depth in vain.
  {
    from: ["idle"],
    on: "L1 seen",
    when: ["builds ahead", "early start is past", "!can build on predecessor", "has time left"],
    to: "open",
    then: ["build on confirmed tip"],
  },
  // ---- when to give up, and what then ----
  {
    from: ["silent"],
    on: "slot begins",
    when: ["!parent has landed"],
    to: "open",
    then: ["discard silently", "build on confirmed tip"],
  },
  { from: ["silent"], on: "L1 seen", when: ["parent has landed"], to: "open", then: ["broadcast buffer"] },
  {
    from: ["silent"],
    on: "L1 seen",
    when: ["is hopeless"],
    to: "open",
    then: ["discard silently", "build on confirmed tip"],
  },
  {
    from: ["open"],
    on: "L1 seen",
    when: ["builds ahead", "is hopeless", "has time left"],
    to: "open",
    then: ["discard", "build on confirmed tip"],
  },
  { from: ["open"], on: "L1 seen", when: ["builds ahead", "is hopeless"], to: "lost", then: ["discard"] },
  // What the committee was asked to attest is not exchanged for something else: nobody attests twice for a slot.
  { from: ["gathering", "attested"], on: "L1 seen", when: ["is hopeless"], to: "lost", then: ["discard"] },
  // ---- from blocks to L1 ----
  { from: ["open"], on: "last block due", when: ["has a block"], to: "gathering", then: ["assemble"] },
  { from: ["open"], on: "last block due", to: "lost", then: ["discard"] },
  { from: ["gathering"], on: "quorum", when: ["parent has landed"], to: "sent", then: ["send"] },
  { from: ["gathering"], on: "quorum", to: "attested" },
  { from: ["attested"], on: "L1 seen", when: ["parent has landed"], to: "sent", then: ["send"] },
  { from: ["sent"], on: "L1 seen", when: ["own has landed"], to: "landed" },
  { from: ["sent"], on: "refused", to: "lost", then: ["discard"] },
  // ---- the slot's end ----
  { from: ["sent"], on: "slot ends", when: ["takes back at boundary"], to: "handed-over", then: ["take back"] },
  { from: ["gathering", "attested", "sent"], on: "slot ends", to: "handed-over" },
  { from: ["idle", "silent", "open"], on: "slot ends", to: "lost", then: ["discard"] },
  { from: ["handed-over"], on: "L1 seen", when: ["own has landed"], to: "landed", then: ["withdraw"] },
  { from: ["handed-over"], on: "L1 seen", when: ["is hopeless"], to: "lost", then: ["withdraw", "discard"] },
  { from: ["handed-over"], on: "window ends", when: ["!own has landed"], to: "lost", then: ["withdraw", "discard"] },
  // ---- what L1 takes back ----
  { from: ["landed"], on: "L1 seen", when: ["!own has landed", "is hopeless"], to: "lost", then: ["discard"] },
  { from: ["landed"], on: "L1 seen", when: ["!own has landed", "slot is over"], to: "handed-over" },
  { from: ["landed"], on: "L1 seen", when: ["!own has landed"], to: "sent" },
  { from: ["lost"], on: "L1 seen", when: ["own has landed"], to: "landed" },
];
