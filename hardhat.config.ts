import { createRequire } from "node:module";
import { availableParallelism } from "node:os";

import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { defineConfig } from "hardhat/config";

import { aztecRemappings } from "./scripts/plugins/aztecRemappings.ts";
import { mochaWorkers } from "./scripts/plugins/mochaWorkers.ts";
import { upstreamContracts } from "./scripts/plugins/upstreamContracts.ts";
import { solidityTestSettings } from "./scripts/solidityTestSettings.ts";
import { benchTask } from "./scripts/tasks/bench.ts";
import { forkSourceTask } from "./scripts/tasks/forkSource.ts";
import { rehearseTask } from "./scripts/tasks/rehearse.ts";
import { scenariosTask } from "./scripts/tasks/scenarios.ts";
import { stormTask } from "./scripts/tasks/storm.ts";

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers, hardhatViem, aztecRemappings, mochaWorkers],
  tasks: [benchTask, forkSourceTask, rehearseTask, scenariosTask, stormTask],
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
  },
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
