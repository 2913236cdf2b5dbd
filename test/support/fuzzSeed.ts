/** The seed of the random sequences: `BUILD_AHEAD_FUZZ_SEED`, or a fixed one. Printed, so that a red run can be repeated. */
export function fuzzSeed(fallback: number): number {
  const given = process.env["BUILD_AHEAD_FUZZ_SEED"];
  const seed = given === undefined ? fallback : Number(given);
  if (!Number.isSafeInteger(seed)) throw new Error(`BUILD_AHEAD_FUZZ_SEED must be an integer, not ${given ?? ""}`);
  return seed;
}
