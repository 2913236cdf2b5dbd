import type { Row } from "./stateTable.ts";

/** What a node is doing about somebody's checkpoint that has not landed in its slot. */
export type RescueState = "waiting" | "first try" | "second try" | "landed" | "given up";

export type RescueEvent =
  /** The next slot has begun, and the rescuer's own patience is over. */
  | "rescue due"
  /** Another L1 block has come. */
  | "L1 seen"
  /** Its transaction is in a block, and did not do what it was for. */
  | "refused"
  /** Its transaction was not taken by the block that could have had it. */
  | "passed over"
  | "window ends";

export type RescueGuard =
  | "has landed"
  /** Its proposal and a quorum are at hand, its parent has landed, and a block is still to come in which it could land. */
  | "can be rescued";

export type RescueAction = "send" | "send again";

/** What whoever rescues does about a slot: once, once more, and no further. Source: section 4.2 of the specification, "Handoff". */
export const RESCUE_TABLE: readonly Row<RescueState, RescueEvent, RescueGuard, RescueAction>[] = [
  { from: ["waiting", "first try", "second try", "given up"], on: "L1 seen", when: ["has landed"], to: "landed" },
  { from: ["waiting"], on: "rescue due", when: ["can be rescued"], to: "first try", then: ["send"] },
  // Its parent landed only now, or its quorum came only now.
  { from: ["waiting"], on: "L1 seen", when: ["can be rescued"], to: "first try", then: ["send"] },
  { from: ["first try"], on: "refused", when: ["can be rescued"], to: "second try", then: ["send again"] },
  { from: ["first try"], on: "passed over", when: ["can be rescued"], to: "second try", then: ["send again"] },
  { from: ["first try", "second try"], on: "refused", to: "given up" },
  { from: ["waiting", "first try", "second try"], on: "window ends", when: ["!has landed"], to: "given up" },
  { from: ["landed"], on: "L1 seen", when: ["!has landed", "can be rescued"], to: "second try", then: ["send again"] },
];
