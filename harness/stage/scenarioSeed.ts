/** The seed of the runs whose evidence is committed. */
export const DEFAULT_SCENARIO_SEED = "build-ahead";
