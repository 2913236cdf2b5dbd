import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** Upstream's verifier that accepts any proof. For local chains only: `deployRollup` refuses it elsewhere. */
export default buildModule("MockVerifier", (m) => ({ verifier: m.contract("MockVerifier") }));
