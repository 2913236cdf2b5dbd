// How a publisher can go about it, as the study crosses it.

/** Whether a submitter has its node simulate what it is about to send. Blind ones send at their moment, whatever L1 looks like. */
export const SIMULATIONS = ["blind", "simulated"] as const;
export type Simulation = (typeof SIMULATIONS)[number];

/**
 * What a proposer does when its slot ends and it has not landed. `goesOn`: it lands its checkpoint late itself, paying twice as much in place of
 * what is on its way. `stops`: it sends nothing more, and takes nothing back. `takesBack`: what is on its way is taken back as well.
 */
export const HANDOFFS = ["goesOn", "stops", "takesBack"] as const;
export type Handoff = (typeof HANDOFFS)[number];

/** When rescuers send, in milliseconds before the next slot begins; negative: after it. */
export const LEADS = {
  /** One L1 block ahead, so that the slot's first block is sure to have it in time. */
  early: 12_000,
  /** As the slot begins: before its first block's builder is done. */
  start: 0,
  /** When everybody has seen that first block. */
  after: -3_000,
} as const;
export type Lead = keyof typeof LEADS;

export interface PublishPolicy {
  readonly simulation: Simulation;
  readonly handoff: Handoff;
  readonly lead: Lead;
}

/** Taking back is looked at where it can matter: with rescuers that aim at the first block. */
export const POLICIES: readonly PublishPolicy[] = SIMULATIONS.flatMap((simulation) =>
  HANDOFFS.flatMap((handoff) =>
    (Object.keys(LEADS) as Lead[]).flatMap((lead) =>
      handoff === "takesBack" && lead !== "start" ? [] : [{ simulation, handoff, lead }],
    ),
  ),
);

/** `blind.goesOn.early` */
export function policyId({ simulation, handoff, lead }: PublishPolicy): string {
  return `${simulation}.${handoff}.${lead}`;
}
