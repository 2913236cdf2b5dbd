import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * The contracts that outlive a rollup: tokens, registry, staking escrow, governance. Same order and arguments as upstream's
 * `DeployAztecL1Contracts`, without its test faucets.
 */
export default buildModule("AztecGovernance", (m) => {
  const deployer = m.getAccount(0);

  const stakingAsset = m.contract("TestERC20", ["Staking", "STK", deployer], { id: "StakingAsset" });
  const feeAsset = m.contract("TestERC20", ["FeeJuice", "FEE", deployer], { id: "FeeAsset" });
  // CoinIssuer refuses a token without supply.
  const initialSupply = m.call(feeAsset, "mint", [deployer, m.getParameter<bigint>("initialFeeAssetSupply")], {
    id: "InitialFeeAssetSupply",
  });

  const coinIssuer = m.contract("CoinIssuer", [feeAsset, m.getParameter<bigint>("coinIssuerRate"), deployer], {
    after: [initialSupply],
  });
  const gse = m.contract("@aztec/governance/GSE.sol:GSE", [
    deployer,
    stakingAsset,
    m.getParameter<bigint>("activationThreshold"),
    m.getParameter<bigint>("ejectionThreshold"),
  ]);
  const registry = m.contract("Registry", [deployer, feeAsset]);
  const rewardDistributor = m.contractAt(
    "RewardDistributor",
    m.staticCall(registry, "getRewardDistributor", [], 0, { id: "RewardDistributorAddress" }),
  );
  const governanceProposer = m.contract("GovernanceProposer", [
    registry,
    gse,
    m.getParameter<bigint>("governanceProposerQuorum"),
    m.getParameter<bigint>("governanceProposerRoundSize"),
  ]);
  const governance = m.contract("Governance", [
    stakingAsset,
    governanceProposer,
    // Anyone may deposit into governance.
    "0x0000000000000000000000000000000000000000",
    m.getParameter("governanceConfig"),
  ]);
  m.call(gse, "setGovernance", [governance]);
  const dateGatedRelayer = m.contract("DateGatedRelayer", [governance, m.getParameter<bigint>("coinIssuerGatedUntil")]);
  m.call(feeAsset, "mint", [rewardDistributor, m.getParameter<bigint>("rewardDistributorFunding")], {
    id: "FundRewardDistributor",
  });

  return {
    feeAsset,
    stakingAsset,
    coinIssuer,
    gse,
    registry,
    rewardDistributor,
    governanceProposer,
    governance,
    dateGatedRelayer,
  };
});
