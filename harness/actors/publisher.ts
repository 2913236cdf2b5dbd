import type { LedgerAction } from "../sim/ledger.ts";
import type { SendPurpose } from "./actorEvents.ts";
import type { NodePorts } from "./nodePorts.ts";
import type { NodeView } from "./nodeView.ts";

/** What a node pays and allows for. Fees in wei per gas. */
export interface PublisherPolicy {
  readonly priorityFee: number;
  /** Base fees, as multiples of the last one seen, that a transaction still pays. */
  readonly headroom: number;
  readonly maxBlobFee: number;
  /** Gas limit of a proposal: enough for a landing that turns late. */
  readonly proposeGas: number;
  readonly proofGas: number;
}

/** Above what any landing of a committee of 48 takes, and a proof of an epoch of 32. */
export const DEFAULT_PUBLISHER: PublisherPolicy = {
  priorityFee: 1_000_000_000,
  headroom: 2,
  maxBlobFee: 100_000_000_000,
  proposeGas: 1_000_000,
  proofGas: 8_000_000,
};

export interface SendOptions {
  readonly purpose: SendPurpose;
  /** The header slot that it is about. */
  readonly slot: number;
  readonly action: LedgerAction;
  /** Who sends. */
  readonly sender: string;
  /** Of the priority fee and the headroom; a replacement has to pay twice as much. */
  readonly factor?: number;
}

/** Sends a node's transactions, and remembers which are its own. */
export class Publisher {
  readonly #name: string;
  readonly #policy: PublisherPolicy;
  readonly #ports: Pick<NodePorts, "l1" | "emit" | "note">;
  readonly #view: NodeView;
  #sent = 0;

  constructor(name: string, policy: PublisherPolicy, ports: Pick<NodePorts, "l1" | "emit" | "note">, view: NodeView) {
    this.#name = name;
    this.#policy = policy;
    this.#ports = ports;
    this.#view = view;
  }

  /** @returns The transaction's id. */
  send({ purpose, slot, action, sender, factor = 1 }: SendOptions): string {
    const { priorityFee, headroom, maxBlobFee, proposeGas, proofGas } = this.#policy;
    const what = action.kind === "propose" ? action.checkpoint : action.kind;
    const id = `${this.#name}:${what}#${++this.#sent}`;
    const tip = priorityFee * factor;
    this.#ports.l1.submit({
      transaction: {
        id,
        sender,
        action,
        gasLimit: action.kind === "prove" ? proofGas : proposeGas,
        priorityFee: tip,
      },
      maxFee: (this.#view.head?.baseFee ?? priorityFee) * headroom * factor + tip,
      maxBlobFee: maxBlobFee * factor,
      blobs: action.kind === "propose" ? 1 : 0,
    });
    this.#ports.note(this.#name, () => `sends ${what} (${purpose})`);
    this.#ports.emit({
      kind: "sent",
      node: this.#name,
      slot,
      txId: id,
      purpose,
      action: action.kind === "propose" ? action : undefined,
    });
    return id;
  }

  /** A transaction that is still waiting will not be mined. @returns Whether it was. */
  withdraw(id: string): boolean {
    const wasWaiting = this.#ports.l1.withdraw(id);
    if (wasWaiting) this.#ports.note(this.#name, () => `takes back ${id}`);
    return wasWaiting;
  }
}
