import { createRequire } from "node:module";

import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import hardhatDeploy from "hardhat-deploy";
import { defineConfig } from "hardhat/config";

import { prunedBindings, sortedBindings } from "./scripts/hardhat/bindings.js";
import { guardedDeployment } from "./scripts/hardhat/deployment.js";
import { hardhatNetworks } from "./scripts/hardhat/networks.js";
import { tasksOf } from "./scripts/tasks/index.js";
import { commands } from "./sdk/cli/commands/index.js";

const require = createRequire(import.meta.url);

const compiler = {
  version: "0.8.37",
  // Each contract alone, so that its bytecode does not depend on what else was compiled beside it: the committed
  // bindings and the code on chain are then the same after a full build, an incremental one and a deployment.
  isolated: true,
  // The npm package is the compiler: nothing is downloaded.
  path: require.resolve("solc/soljson.js"),
  settings: {
    viaIR: true,
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 10_000 },
    outputSelection: { "*": { "*": ["storageLayout"] } },
  },
};

export default defineConfig({
  tasks: tasksOf(commands),
  plugins: [sortedBindings, toolbox, prunedBindings, hardhatDeploy, guardedDeployment],
  generateTypedArtifacts: { destinations: [{ mode: "typescript", folder: "./generated" }] },
  // Tests are mocha's; the Solidity under test/ is compiled by test/support/compile.ts, where a test asks for it.
  paths: { tests: { mocha: "test", solidity: "test/solidity" } },
  typechain: { outDir: "typechain-types" },
  solidity: {
    profiles: { default: compiler, production: compiler },
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
  },
  test: {
    mocha: {
      // Far more than any test takes: only one that hangs is stopped, not one on a busy machine.
      timeout: 300_000,
      reporter: require.resolve("./scripts/testing/reporter.cjs"),
      require: [require.resolve("./scripts/testing/worker.cjs")],
      parallel: process.env["STELE_TEST_PARALLEL"] === "1",
      jobs: 2,
    },
  },
  networks: await hardhatNetworks(),
});
