/** EIP-7825: no transaction may have a higher limit. */
export const MAX_GAS_LIMIT = 16_777_216n;
/**
 * Where nothing could be measured: nearly twice what the dearest bundle with a proposal takes, an epoch's first one, late, on words that are
 * all new, with six blobs, a signal and a vote (measured beside the test). A limit at the maximum would leave a builder no room for it in most
 * blocks.
 */
export const FIXED_GAS_LIMIT = 3_000_000n;
/**
 * Gas for a blob that a simulation does not see, because simulated transactions have no blobs and the check is switched off. The check compares
 * two hashes, and opens nothing: less than half of this was measured.
 */
export const BLOB_CHECK_GAS = 100n;
/** Percent on top of what was simulated, as upstream's default: refunds, the 64th that every call holds back, another basefee. */
const BUFFER = 20n;

export interface MeasuredGas {
  /** Gas of the bundle in the first L1 block of the slot that it is for. */
  readonly aimed: bigint;
  /** Gas of the same bundle in the first L1 block of the next slot; undefined where it could not land there. */
  readonly turnedLate: bigint | undefined;
  readonly blobs: number;
}

/** The limit of a bundle: what the dearer of both landings takes, a buffer, and the blobs. */
export function computeGasLimit({ aimed, turnedLate = 0n, blobs }: MeasuredGas): bigint {
  const dearer = turnedLate > aimed ? turnedLate : aimed;
  const limit = (dearer * (100n + BUFFER)) / 100n + BLOB_CHECK_GAS * BigInt(blobs);
  return limit > MAX_GAS_LIMIT ? MAX_GAS_LIMIT : limit;
}
