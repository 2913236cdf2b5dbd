import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** The registry of consumed strikes. Once per network: it outlives rollup versions, ledgers and hooks. */
export default buildModule("PenaltiesRegistry", (m) => ({ registry: m.contract("LateSlashRegistry") }));
