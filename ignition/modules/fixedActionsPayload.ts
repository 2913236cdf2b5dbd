import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** A governance payload that makes the given calls. */
export default buildModule("FixedActionsPayload", (m) => ({
  payload: m.contract("FixedActionsPayload", [
    m.getParameter<{ [field: string]: string }[]>("actions"),
    m.getParameter<string>("uri"),
  ]),
}));
