import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** Upstream's governance payload: make `rollup` the canonical version in Registry and GSE. */
export default buildModule("RegisterRollupPayload", (m) => ({
  payload: m.contract("RegisterNewRollupVersionPayload", [
    m.getParameter<string>("registry"),
    m.getParameter<string>("rollup"),
  ]),
}));
