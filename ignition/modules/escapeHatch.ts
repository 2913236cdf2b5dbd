import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** Upstream's escape hatch for one rollup version: its constructor takes the rollup, so it does not move on with an upgrade. */
export default buildModule("EscapeHatch", (m) => ({
  hatch: m.contract("EscapeHatch", [
    m.getParameter<string>("rollup"),
    m.getParameter<string>("bondToken"),
    m.getParameter<bigint>("bondSize"),
    m.getParameter<bigint>("withdrawalTax"),
    m.getParameter<bigint>("failedHatchPunishment"),
    m.getParameter<bigint>("frequency"),
    m.getParameter<bigint>("activeDuration"),
    m.getParameter<bigint>("lagInHatches"),
    m.getParameter<bigint>("proposingExitDelay"),
  ]),
}));
