import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * The penalties of one rollup version: controller, strike ledger and slashing hook, on the network's registry. The deployer
 * registers both hooks, the ledger first because the other reads it, and hands everything over to governance.
 */
export default buildModule("Penalties", (m) => {
  const governance = m.getParameter<string>("governance");
  const deployer = m.getAccount(0);

  const controller = m.contract("LatePenaltyController", [m.getParameter<string>("rollup"), deployer]);
  const ledger = m.contract("LateStrikeLedger", [
    controller,
    governance,
    m.getParameter<bigint>("windowSlots"),
    m.getParameter("strikeWeights"),
  ]);
  const hook = m.contract("LateSlashingHook", [
    ledger,
    m.getParameter<string>("registry"),
    m.getParameter<number>("slashPath"),
    governance,
    m.getParameter("slashTerms"),
  ]);
  const ledgerAdded = m.call(controller, "addHook", [ledger, m.getParameter<number>("ledgerGasLimit", 200_000)], {
    id: "AddLedger",
  });
  const hookAdded = m.call(controller, "addHook", [hook, m.getParameter<number>("slashingGasLimit", 1_500_000)], {
    id: "AddSlashingHook",
    after: [ledgerAdded],
  });
  m.call(controller, "transferOwnership", [governance], { id: "ControllerToGovernance", after: [hookAdded] });
  return { controller, ledger, hook };
});
