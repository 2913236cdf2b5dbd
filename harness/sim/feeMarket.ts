// What a block of L1 costs and holds. Fees are wei, as whole numbers below 2^53; products are taken in bigints.

/** What a hardfork says about blobs. They change by configuration alone (EIP-7892). */
export interface BlobSchedule {
  /** Blobs of a block at which their price stands still. */
  readonly target: number;
  /** Blobs that a block holds at most. */
  readonly max: number;
  readonly updateFraction: number;
}

/** Prague's and Osaka's: EIP-7691. */
export const EIP_7691_BLOBS: BlobSchedule = { target: 6, max: 9, updateFraction: 5_007_716 };
/** Mainnet's since 2026-01-07, the second blob-parameter-only fork: EIP-7892, list in EIP-7607. */
export const BPO2_BLOBS: BlobSchedule = { target: 14, max: 21, updateFraction: 11_684_671 };

/** EIP-1559. */
const BASE_FEE_MAX_CHANGE_DENOMINATOR = 8n;
const ELASTICITY = 2;
/** EIP-4844: gas of a blob, and the least that a unit of it costs. */
export const GAS_PER_BLOB = 131_072;
const MIN_BLOB_BASE_FEE = 1n;
/** EIP-7918: below this many gas of execution a blob gets no cheaper. */
const BLOB_BASE_COST = 8_192;

/** The base fee after a block, in wei per gas. Source: EIP-1559. */
export function nextBaseFee(baseFee: number, gasUsed: number, gasLimit: number): number {
  const target = Math.floor(gasLimit / ELASTICITY);
  if (gasUsed === target) return baseFee;
  const distance = BigInt(Math.abs(gasUsed - target));
  const change = (BigInt(baseFee) * distance) / BigInt(target) / BASE_FEE_MAX_CHANGE_DENOMINATOR;
  if (gasUsed < target) return baseFee - Number(change);
  return baseFee + Math.max(Number(change), 1);
}

/** The blob base fee that an excess of blob gas means, in wei per blob gas. Source: EIP-4844, `fake_exponential`. */
export function blobBaseFeeOf(excessBlobGas: number, { updateFraction }: BlobSchedule): number {
  const [numerator, denominator] = [BigInt(excessBlobGas), BigInt(updateFraction)];
  let sum = 0n;
  let term = MIN_BLOB_BASE_FEE * denominator;
  for (let index = 1n; term > 0n; index++) {
    sum += term;
    term = (term * numerator) / (denominator * index);
  }
  return Number(sum / denominator);
}

/** The excess of blob gas after a block. Source: EIP-4844, with the reserve price of EIP-7918. */
export function nextExcessBlobGas(excess: number, blobsUsed: number, baseFee: number, schedule: BlobSchedule): number {
  const used = blobsUsed * GAS_PER_BLOB;
  const target = schedule.target * GAS_PER_BLOB;
  if (excess + used < target) return 0;
  if (BLOB_BASE_COST * baseFee > GAS_PER_BLOB * blobBaseFeeOf(excess, schedule)) {
    return excess + Math.floor((used * (schedule.max - schedule.target)) / schedule.max);
  }
  return excess + used - target;
}
