import { GAS_LIMIT_BUFFER_PERCENT } from "../upstream/defaults.ts";

/**
 * What a late landing costs at most, in percent of the same checkpoint on time: with every word of its record and its log new. Measured
 * by `test/contracts/properties/livenessGas.test.ts`, which holds it.
 */
export const LATE_OVER_ON_TIME_PERCENT = 175n;

/**
 * The gas limit of an unmodified v4.1.2 publisher. Source: `bumpGasLimit` of `L1TxUtils`, with its default buffer.
 * @param simulated Gas that the transaction uses on time
 */
export function publisherGasLimit(simulated: bigint): bigint {
  return simulated + (simulated * GAS_LIMIT_BUFFER_PERCENT) / 100n;
}

/**
 * The gas limit of a publisher that knows the window: what it would set on time, times what a late landing costs more at most. What is
 * not used costs nothing.
 * @param simulated Gas that the transaction uses on time
 */
export function windowAwareGasLimit(simulated: bigint): bigint {
  return (publisherGasLimit(simulated) * LATE_OVER_ON_TIME_PERCENT) / 100n;
}
