import type { CheckpointId, ValidatorId } from "../sim/ledger.ts";
import type { CheckpointContent } from "./content.ts";
import type { NodePorts } from "./nodePorts.ts";
import type { NodeView } from "./nodeView.ts";
import type { Publisher } from "./publisher.ts";
import type { TxPool } from "./txPool.ts";

/** What a node lends to its actors. */
export interface NodeHost {
  readonly name: string;
  /** Undefined for a node without a validator's key. */
  readonly validator: ValidatorId | undefined;
  readonly ports: NodePorts;
  readonly view: NodeView;
  readonly pool: TxPool;
  readonly publisher: Publisher;
  /** The node's own clock, in milliseconds of the run. */
  readonly now: () => number;
  /** Runs something after so long, unless the node is down then. */
  readonly after: (ms: number, action: () => void | Promise<void>) => void;
  /** Runs something at a moment by the node's own clock; at once if that has passed. */
  readonly at: (ms: number, action: () => void) => void;
  /** Attestations that make a slot's checkpoint landable. */
  readonly quorumOf: (slot: number) => number;
  /** Whether a validator sits on the committee of a slot. */
  readonly isMember: (validator: ValidatorId, slot: number) => boolean;
  /** Who proposes in a slot. */
  readonly proposerOf: (slot: number) => ValidatorId;
  /** What this node has sent for a slot of its own. */
  readonly ownTransaction: (slot: number) => string | undefined;
  /** Its own proposal is out. */
  readonly onProposed: (content: CheckpointContent) => void;
  /** An attestation has come, or was made here. */
  readonly onAttestation: (checkpoint: CheckpointId, slot: number) => void;
}
