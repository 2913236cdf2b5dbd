import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** Registers the first rollup and hands every ownership over, as upstream's deployment script does. */
export default buildModule("Handover", (m) => {
  const at = (contract: string, parameter: string, id = parameter) =>
    m.contractAt(contract, m.getParameter<string>(parameter), { id });
  const registry = at("Registry", "registry");
  const gse = at("@aztec/governance/GSE.sol:GSE", "gse");
  const rollup = at("Rollup", "rollup");
  const feeAsset = at("TestERC20", "feeAsset");
  const coinIssuer = at("CoinIssuer", "coinIssuer");
  const governance = m.getParameter<string>("governance");

  const fundPortal = m.call(
    feeAsset,
    "mint",
    [m.getParameter<string>("feeJuicePortal"), m.getParameter<bigint>("feeJuicePortalFunding")],
    { id: "FundFeeJuicePortal" },
  );
  const registered = [m.call(registry, "addRollup", [rollup]), m.call(gse, "addRollup", [rollup])];
  const claimable = m.call(rollup, "setRewardsClaimable", [m.getParameter<boolean>("rewardsClaimable")]);

  m.call(rollup, "transferOwnership", [governance], { id: "RollupToGovernance", after: [claimable] });
  m.call(registry, "transferOwnership", [governance], { id: "RegistryToGovernance", after: registered });
  m.call(gse, "transferOwnership", [governance], { id: "GseToGovernance", after: registered });
  const offered = m.call(feeAsset, "transferOwnership", [coinIssuer], { id: "TokenToCoinIssuer", after: [fundPortal] });
  const accepted = m.call(coinIssuer, "acceptTokenOwnership", [], { after: [offered] });
  m.call(coinIssuer, "transferOwnership", [m.getParameter<string>("dateGatedRelayer")], {
    id: "CoinIssuerToRelayer",
    after: [accepted],
  });
  return { registry, gse, rollup };
});
