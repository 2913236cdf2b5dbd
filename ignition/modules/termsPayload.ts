import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** A governance payload that makes one call, under a name of its own: a deployment may get several in its lifetime. */
export default (name: string) =>
  buildModule(`TermsPayload_${name}`, (m) => ({
    payload: m.contract("FixedActionsPayload", [
      [{ target: m.getParameter<string>("target"), data: m.getParameter<string>("data") }],
      m.getParameter<string>("uri"),
    ]),
  }));
