import type { AccountName } from "../sim/ledger.ts";

// Messages to L2 are gathered in a tree for each checkpoint. Source: `Inbox`.

/** The inbox as a block leaves it. */
export interface ModelInbox {
  /** The checkpoint whose tree takes the next message. */
  readonly inProgress: number;
  /** Trees with messages that a proposal can still ask for. */
  readonly trees: ReadonlyMap<number, MessageRoot>;
}

/** Stands for a tree's root: equal if and only if the messages are. Leaves differ in nothing but place and sender. */
export type MessageRoot = string;

const EMPTY_ROOT: MessageRoot = "";
/** Source: `Constants.INITIAL_CHECKPOINT_NUMBER`. */
const INITIAL_CHECKPOINT = 1;

/** @param lag See `LedgerSetup.inboxLag` */
export function openInbox(lag: number): ModelInbox {
  return { inProgress: INITIAL_CHECKPOINT + lag, trees: new Map() };
}

/** What a checkpoint of that number has to consume, as far as it is known. */
export function rootOf({ trees }: ModelInbox, checkpoint: number): MessageRoot {
  return trees.get(checkpoint) ?? EMPTY_ROOT;
}

/** Source: `Inbox.sendL2Message`. */
export function insertMessage({ inProgress, trees }: ModelInbox, sender: AccountName): ModelInbox {
  const root = `${trees.get(inProgress) ?? EMPTY_ROOT}/${sender}`;
  return { inProgress, trees: new Map(trees).set(inProgress, root) };
}

/** A proposal opens another tree, unless there is one already. Source: `Inbox.consume`. */
export function consumeMessages({ inProgress, trees }: ModelInbox, lag: number, checkpoint: number): ModelInbox {
  return { inProgress: checkpoint + lag === inProgress ? inProgress + 1 : inProgress, trees };
}

/** Forgets the trees of proven checkpoints: nobody can propose one of those numbers again. */
export function forgetTrees({ inProgress, trees }: ModelInbox, proven: number): ModelInbox {
  return { inProgress, trees: new Map([...trees].filter(([checkpoint]) => checkpoint > proven)) };
}
