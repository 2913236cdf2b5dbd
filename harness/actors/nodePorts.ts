import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { Calendar } from "../sim/calendar.ts";
import type { Gossip } from "../sim/gossip.ts";
import type { SimulatedL1 } from "../sim/l1.ts";
import type { EpochCommittee, Ledger } from "../sim/ledger.ts";
import type { Scheduler } from "../sim/scheduler.ts";
import type { ActorEvent } from "./actorEvents.ts";
import type { CheckpointContent } from "./content.ts";

/** What a node is plugged into: wires, and nothing that anybody else has thought. */
export interface NodePorts {
  readonly calendar: Calendar;
  readonly terms: LateSubmissionTerms;
  readonly scheduler: Scheduler;
  readonly gossip: Gossip;
  readonly l1: SimulatedL1;
  /** Fixes a header; see `Ledger.build`. */
  readonly build: Ledger["build"];
  /** What a simulation tells; see `Ledger.foresee`. */
  readonly foresee: Ledger["foresee"];
  /** A committee that L1 has determined. */
  readonly committee: (epoch: number) => EpochCommittee;
  /** What a checkpoint that has landed contains: anybody can read it from L1's blobs. */
  readonly readFromL1: (id: string) => CheckpointContent | undefined;
  /** Tells whoever watches the run. */
  readonly emit: (event: ActorEvent) => void;
  /** Writes a line of the trace. */
  readonly note: (actor: string, text: () => string) => void;
}
