import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { publisherGasLimit } from "../consensus/publisherGas.ts";
import type { Landing, LandOptions, World } from "../world/world.ts";

/** Lands a checkpoint as its proposer's publisher sends it: with the gas limit of an unmodified v4.1.2 one, unless told otherwise. */
export function publish(world: World, checkpoint: AttestedCheckpoint, options: LandOptions = {}): Promise<Landing> {
  return world.land(checkpoint, { gasLimit: publisherGasLimit, ...options });
}
