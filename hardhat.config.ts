import { createRequire } from "node:module";
import { availableParallelism } from "node:os";

import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { configVariable, defineConfig } from "hardhat/config";

import { aztecRemappings } from "./scripts/plugins/aztecRemappings.ts";
import { mochaWorkers } from "./scripts/plugins/mochaWorkers.ts";
import { upstreamContracts } from "./scripts/plugins/upstreamContracts.ts";
import { solidityTestSettings } from "./scripts/solidityTestSettings.ts";
import { benchTask } from "./scripts/tasks/bench.ts";
import { checkDeploymentTask } from "./scripts/tasks/checkDeployment.ts";
import { deployFreshTask } from "./scripts/tasks/deployFresh.ts";
import { deployUpgradeTask } from "./scripts/tasks/deployUpgrade.ts";
import { forkSourceTask } from "./scripts/tasks/forkSource.ts";
import { ledgerCheckTask } from "./scripts/tasks/ledgerCheck.ts";
import { payloadTask } from "./scripts/tasks/payload.ts";
import { publishStudyTask } from "./scripts/tasks/publishStudy.ts";
import { rehearseTask } from "./scripts/tasks/rehearse.ts";
import { scenariosTask } from "./scripts/tasks/scenarios.ts";
import { speedTask } from "./scripts/tasks/speed.ts";
import { stormTask } from "./scripts/tasks/storm.ts";
import { sweepTask } from "./scripts/tasks/sweep.ts";
import { verifySourcesTask } from "./scripts/tasks/verifySources.ts";

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers, hardhatViem, aztecRemappings, mochaWorkers],
  tasks: [
    benchTask,
    checkDeploymentTask,
    deployFreshTask,
    deployUpgradeTask,
    forkSourceTask,
    ledgerCheckTask,
    payloadTask,
    publishStudyTask,
    rehearseTask,
    scenariosTask,
    speedTask,
    stormTask,
    sweepTask,
    verifySourcesTask,
  ],
  solidity: {
    version: "0.8.30",
    path: require.resolve("solc/soljson.js"),
    settings: {
      evmVersion: "prague",
      // 200 runs push the extended Rollup over the 24,576 bytes of EIP-170; upstream moved to 100 in v5 as well.
      optimizer: { enabled: true, runs: 100 },
    },
    npmFilesToBuild: [...upstreamContracts],
    // Building the contracts must not wait for the Solidity tests and forge-std.
    splitTestsCompilation: true,
  },
  typechain: { outDir: "typechain-types" },
  networks: {
    default: {
      type: "edr-simulated",
      chainType: "l1",
      hardfork: "osaka",
    },
    // URLs and keys come from Hardhat's keystore or the environment, and only when a task opens the network.
    mainnet: {
      type: "http",
      chainType: "l1",
      chainId: 1,
      url: configVariable("MAINNET_RPC_URL"),
      accounts: [configVariable("DEPLOYER_PRIVATE_KEY")],
    },
    sepolia: {
      type: "http",
      chainType: "l1",
      chainId: 11_155_111,
      url: configVariable("SEPOLIA_RPC_URL"),
      accounts: [configVariable("DEPLOYER_PRIVATE_KEY")],
    },
    // A local node that signs for its own accounts: anvil, or a fork of a public network in it.
    localhost: { type: "http", chainType: "l1", url: "http://127.0.0.1:8545", accounts: "remote" },
  },
  verify: { etherscan: { apiKey: configVariable("ETHERSCAN_API_KEY") } },
  test: {
    mocha: {
      timeout: 600_000,
      forbidOnly: true,
      // Test files side by side, a process for each core: every file opens chains of its own and shares nothing.
      parallel: availableParallelism() > 1,
      jobs: availableParallelism(),
    },
    solidity: solidityTestSettings,
  },
});
