import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * Registers the first rollup of a new network and hands over what the deployer still owns. Other than in `handover.ts` the rollup is
 * governance's from its constructor on, so what only its owner may do is left to governance: rewards cannot be claimed yet.
 */
export default buildModule("FreshHandover", (m) => {
  const at = (contract: string, parameter: string) =>
    m.contractAt(contract, m.getParameter<string>(parameter), { id: parameter });
  const registry = at("Registry", "registry");
  const gse = at("@aztec/governance/GSE.sol:GSE", "gse");
  const feeAsset = at("TestERC20", "feeAsset");
  const coinIssuer = at("CoinIssuer", "coinIssuer");
  const governance = m.getParameter<string>("governance");
  const rollup = m.getParameter<string>("rollup");

  const funded = m.call(
    feeAsset,
    "mint",
    [m.getParameter<string>("feeJuicePortal"), m.getParameter<bigint>("feeJuicePortalFunding")],
    { id: "FundFeeJuicePortal" },
  );
  const inRegistry = m.call(registry, "addRollup", [rollup], { id: "RollupToRegistry" });
  const inEscrow = m.call(gse, "addRollup", [rollup], { id: "RollupToGse" });
  m.call(registry, "transferOwnership", [governance], { id: "RegistryToGovernance", after: [inRegistry] });
  m.call(gse, "transferOwnership", [governance], { id: "GseToGovernance", after: [inEscrow] });
  const offered = m.call(feeAsset, "transferOwnership", [coinIssuer], { id: "TokenToCoinIssuer", after: [funded] });
  const accepted = m.call(coinIssuer, "acceptTokenOwnership", [], { after: [offered] });
  m.call(coinIssuer, "transferOwnership", [m.getParameter<string>("dateGatedRelayer")], {
    id: "CoinIssuerToRelayer",
    after: [accepted],
  });
  return { registry, gse };
});
