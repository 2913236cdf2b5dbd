import { isProposal, type LedgerAction, type LedgerProposal, type LedgerTransaction } from "../sim/ledger.ts";
import type { SendPurpose } from "./actorEvents.ts";
import type { NodePorts } from "./nodePorts.ts";
import type { NodeView } from "./nodeView.ts";

/** What a node pays and allows for, and how careful it is. Fees in wei per gas. */
export interface PublisherPolicy {
  readonly priorityFee: number;
  /** Base fees, as multiples of the last one seen, that a transaction still pays. */
  readonly headroom: number;
  readonly maxBlobFee: number;
  /** Gas limit of a proposal: enough for a landing that turns late. */
  readonly proposeGas: number;
  readonly proofGas: number;
  /** Has its node simulate a proposal right before it is sent, as `eth_simulateV1` does, and sends none that would revert. */
  readonly simulates: boolean;
  /** Whether what has become needless is taken back. That is free here; on a public mempool it costs a replacement, and may come too late. */
  readonly withdraws: boolean;
}

/** Above what a landing of a committee of 48 takes that is not its epoch's first, and a proof of an epoch of 32. */
export const DEFAULT_PUBLISHER: PublisherPolicy = {
  priorityFee: 1_000_000_000,
  headroom: 2,
  maxBlobFee: 100_000_000_000,
  proposeGas: 1_000_000,
  proofGas: 8_000_000,
  simulates: false,
  withdraws: true,
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
  /** Milliseconds of the run: no block before that one is meant to have it. Left out: the next one. */
  readonly aimMs?: number;
  /** A transaction of the same account: of one nonce only one can be mined. */
  readonly replaces?: string | undefined;
}

type PublisherPorts = Pick<NodePorts, "l1" | "emit" | "note" | "foresee" | "scheduler">;

/** Sends a node's transactions, and remembers which are its own. */
export class Publisher {
  readonly #name: string;
  readonly #policy: PublisherPolicy;
  readonly #ports: PublisherPorts;
  readonly #view: NodeView;
  /** What is being simulated. */
  readonly #judged = new Set<string>();
  #sent = 0;

  constructor(name: string, policy: PublisherPolicy, ports: PublisherPorts, view: NodeView) {
    this.#name = name;
    this.#policy = policy;
    this.#ports = ports;
    this.#view = view;
  }

  /** @returns The transaction's id. */
  send(options: SendOptions): string {
    const { action, sender, factor = 1, replaces } = options;
    const { priorityFee, proposeGas, proofGas, simulates } = this.#policy;
    if (replaces !== undefined) this.#takeBack(replaces, true);
    const what = action.kind === "propose" ? action.checkpoint : action.kind;
    const transaction = {
      id: `${this.#name}:${what}#${++this.#sent}`,
      sender,
      action,
      gasLimit: action.kind === "prove" ? proofGas : proposeGas,
      priorityFee: priorityFee * factor,
    };
    if (simulates && isProposal(transaction)) this.#judge(transaction, options);
    else this.#submit(transaction, options);
    return transaction.id;
  }

  /** A transaction that is still waiting will not be mined, if its sender is one who takes things back. */
  withdraw(id: string): void {
    if (this.#policy.withdraws) this.takeBack(id);
  }

  /** A transaction that is still waiting will not be mined. @returns Whether it was. */
  takeBack(id: string): boolean {
    return this.#takeBack(id, false);
  }

  #takeBack(id: string, isReplaced: boolean): boolean {
    if (this.#judged.delete(id)) return true;
    if (!this.#ports.l1.withdraw(id)) return false;
    this.#ports.note(this.#name, () => `takes back ${id}`);
    this.#ports.emit({ kind: "taken-back", node: this.#name, txId: id, isReplaced });
    return true;
  }

  /** By what its node has seen, in the first block that it is meant for and that this node still expects. */
  #judge(proposal: LedgerProposal, options: SendOptions): void {
    const { id, priorityFee } = proposal;
    this.#judged.add(id);
    this.#ports.scheduler.after(0, async () => {
      const { head, rollup } = this.#view;
      const ms = Math.max(this.#view.nextBlockMs(), options.aimMs ?? 0);
      const error = await this.#ports.foresee({ ms, baseFee: head?.baseFee ?? priorityFee }, proposal, rollup);
      // Taken back before it was sent.
      if (!this.#judged.delete(id)) return;
      if (error === undefined) {
        this.#submit(proposal, options);
        return;
      }
      const { slot, purpose } = options;
      this.#ports.note(this.#name, () => `does not send ${id}: ${error}`);
      this.#ports.emit({ kind: "dropped", node: this.#name, slot, purpose, error });
    });
  }

  #submit(transaction: LedgerTransaction, { purpose, slot, factor = 1 }: SendOptions): void {
    const { priorityFee, headroom, maxBlobFee } = this.#policy;
    const { id, action } = transaction;
    this.#ports.l1.submit({
      transaction,
      maxFee: (this.#view.head?.baseFee ?? priorityFee) * headroom * factor + transaction.priorityFee,
      maxBlobFee: maxBlobFee * factor,
      blobs: action.kind === "propose" ? 1 : 0,
    });
    const what = action.kind === "propose" ? action.checkpoint : action.kind;
    this.#ports.note(this.#name, () => `sends ${what} (${purpose})`);
    this.#ports.emit({
      kind: "sent",
      node: this.#name,
      slot,
      txId: id,
      purpose,
      action: action.kind === "propose" ? action : undefined,
    });
  }
}
