import { slotStartMs } from "../sim/calendar.ts";
import { GENESIS, validatorAccount, type AccountName, type ValidatorId } from "../sim/ledger.ts";
import { trimToQuorum } from "./attesters.ts";
import type { CheckpointContent } from "./content.ts";
import { MISSED_AFTER_MS } from "./nodeView.ts";
import type { NodeHost } from "./nodeHost.ts";
import {
  RESCUE_TABLE,
  type RescueAction,
  type RescueEvent,
  type RescueGuard,
  type RescueState,
} from "./rescueTable.ts";
import { StateMachine } from "./stateTable.ts";

/** Whether and when a node lands what somebody else has not landed. */
export interface RescuePolicy {
  /** `successor`: only what it would build on; `anybody`: every slot; `own`: what it has proposed itself. */
  readonly whose: "successor" | "anybody" | "own";
  /** Milliseconds after the next slot has begun; may be negative, for the slot's first L1 block. */
  readonly afterMs: number;
  /** Who sends, and is credited. */
  readonly account: AccountName;
  /** Sends through Multicall3 and names the account as recipient there. */
  readonly isBundled: boolean;
  /** Sends at its moment whatever L1 looks like then, and leaves the judgement to its publisher. */
  readonly isBlind?: boolean;
}

/** L1 blocks take what has been on the way for so long. */
const ON_THE_WAY_MS = 3_000;

/** A node's work on one slot that has not landed in time. What it does when is in {@link RESCUE_TABLE}. */
export class Rescuer {
  readonly slot: number;
  readonly #host: NodeHost;
  readonly #policy: RescuePolicy;
  readonly #machine: StateMachine<RescueState, RescueEvent, RescueGuard, RescueAction>;
  #sent: { readonly txId: string; readonly ms: number } | undefined;
  #isDue = false;
  #isBlind = false;

  constructor(host: NodeHost, policy: RescuePolicy, slot: number) {
    this.slot = slot;
    this.#host = host;
    this.#policy = policy;
    this.#machine = new StateMachine({
      table: RESCUE_TABLE,
      initial: "waiting",
      behaviour: {
        guards: {
          "has landed": () => this.#hasLanded(),
          "can be rescued": () => this.#canBeRescued(),
          "is hopeless": () => this.#isHopeless(),
        },
        actions: {
          send: () => {
            this.#send(1);
          },
          "send again": () => {
            this.#send(2);
          },
          withdraw: () => {
            if (this.#sent !== undefined) host.publisher.withdraw(this.#sent.txId);
          },
        },
      },
      onTransition: (from, on, to) => {
        // Nearly every slot ends like that, and there is nothing to tell.
        if (this.#sent === undefined && from === "waiting" && to !== "first try") return;
        host.ports.emit({ kind: "transition", node: host.name, slot, from: `rescue: ${from}`, on, to });
        host.ports.note(host.name, () => `rescue of slot ${slot}: ${from} > ${to} (${on})`);
      },
    });
    host.at(slotStartMs(host.ports.calendar, slot + 1) + policy.afterMs, () => {
      this.#isDue = true;
      this.#isBlind = policy.isBlind === true;
      this.#machine.fire("rescue due");
      this.#isBlind = false;
    });
    host.at(host.view.deadline(slot) + MISSED_AFTER_MS, () => {
      this.#machine.fire("window ends");
    });
  }

  get state(): RescueState {
    return this.#machine.state;
  }

  onL1(): void {
    if (!this.#isDue) return;
    this.#machine.fire("L1 seen");
    const head = this.#host.view.head?.ms ?? Number.NEGATIVE_INFINITY;
    if (this.#sent !== undefined && head >= this.#sent.ms + ON_THE_WAY_MS) this.#machine.fire("passed over");
  }

  onRefused(txId: string): void {
    if (this.#sent?.txId === txId) this.#machine.fire("refused");
  }

  #proposal(): CheckpointContent | undefined {
    return this.#host.view.checkedProposal(this.slot);
  }

  #hasLanded(): boolean {
    const proposal = this.#proposal();
    return proposal !== undefined && this.#host.view.hasLanded(proposal.id, this.slot);
  }

  #isHopeless(): boolean {
    const proposal = this.#proposal();
    return proposal !== undefined && this.#host.view.isHopeless(proposal.id, this.slot, proposal.parent);
  }

  #canBeRescued(): boolean {
    const { view, quorumOf } = this.#host;
    const proposal = this.#proposal();
    if (proposal === undefined || view.attesters(proposal.id).size < quorumOf(this.slot)) return false;
    if (this.#isBlind) return true;
    const isOnTip = (view.tipFor(this.slot)?.id ?? GENESIS) === proposal.parent;
    return isOnTip && !view.isHopeless(proposal.id, this.slot, proposal.parent);
  }

  #send(factor: number): void {
    const proposal = this.#proposal();
    if (proposal === undefined) return;
    const { publisher, view, quorumOf, validator, now, ports } = this.#host;
    const { account, isBundled } = this.#policy;
    const attesters = view.attesters(proposal.id);
    const txId = publisher.send({
      purpose: factor === 1 ? "rescue" : "retry",
      slot: this.slot,
      sender: account,
      factor,
      aimMs: slotStartMs(ports.calendar, this.slot + 1),
      replaces: this.#sent?.txId ?? this.#ownOf(account),
      action: {
        kind: "propose",
        checkpoint: proposal.id,
        attesters: trimToQuorum([...attesters], proposal.proposer, quorumOf(this.slot)),
        authorisation: authorisationFor(proposal, attesters, validator),
        ...(isBundled ? { recipient: account } : {}),
      },
    });
    this.#sent = { txId, ms: now() };
  }

  /** What the same account has sent for this slot as its proposer. */
  #ownOf(account: AccountName): string | undefined {
    const { validator, ownTransaction } = this.#host;
    const isSame = validator !== undefined && account === validatorAccount(validator);
    return isSame ? ownTransaction(this.slot) : undefined;
  }
}

/** A rescuer has no second signature; the proposer's attestation does, or else its signed proposal. */
function authorisationFor(
  { proposer }: CheckpointContent,
  attesters: ReadonlySet<ValidatorId>,
  rescuer: ValidatorId | undefined,
): "own" | "proposal" | "none" {
  if (proposer === rescuer) return "own";
  return attesters.has(proposer) ? "none" : "proposal";
}
