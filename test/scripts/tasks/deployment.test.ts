import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";
import hardhat, { artifacts } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Address } from "viem";

import { RecordStore } from "../../../harness/deployments/recordStore.ts";
import type { L1Chain } from "../../../harness/l1/l1Chain.ts";
import { openRpcChain } from "../../../harness/l1/openRpcChain.ts";
import { startAnvil, type AnvilProcess } from "../../../harness/l1/startAnvil.ts";
import { attachNetwork } from "../../../harness/network/contracts.ts";
import { deployV4Stack } from "../../../harness/network/deployV4Stack.ts";
import { errorAbiOf } from "../../../harness/network/errorAbi.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

/** A network of this name has its records to itself. */
const NETWORK = `task-test-${process.pid}`;
const RECORDS = path.join("tmp", "deployments", NETWORK);

describeWithAnvil("The tasks of a deployment", () => {
  let anvil: AnvilProcess;
  let chain: L1Chain;
  let hre: HardhatRuntimeEnvironment;
  let registry: Address;
  let restoreConsole: () => void;
  let printed: string[];

  before(async () => {
    anvil = await startAnvil();
    chain = await openRpcChain({ url: anvil.url, errorAbi: errorAbiOf(artifacts) });
    ({ registry } = (await deployV4Stack(artifacts, chain)).contracts);
    await chain.rpc("evm_setAutomine", [true]);
    hre = await runtimeFor(anvil.url);
  });

  after(async () => {
    await anvil.stop();
    rmSync(RECORDS, { recursive: true, force: true });
  });

  beforeEach(() => {
    printed = [];
    const { log, error } = console;
    console.log = console.error = (words: string) => printed.push(words);
    restoreConsole = () => Object.assign(console, { log, error });
  });

  afterEach(() => {
    restoreConsole();
    process.exitCode = undefined;
  });

  /** Runs a task as the command line would, and gives what it printed and its exit code. */
  async function run(name: string, options: object = {}, runtime = hre) {
    printed.length = 0;
    process.exitCode = undefined;
    await runtime.tasks.getTask(name).run({ ...options });
    const { exitCode = 0 } = process;
    process.exitCode = undefined;
    return { output: printed.join("\n"), exitCode };
  }

  it("refuse in one line what cannot be, and send nothing", async () => {
    const nobody = "0x00000000000000000000000000000000000000fe";
    const cases: readonly [string, object, RegExp][] = [
      ["deploy-upgrade", { registry: "" }, /^--registry : expected an address/],
      ["deploy-upgrade", { registry: nobody, yes: true }, /^There is no contract at this address/],
      ["deploy-upgrade", { registry, parameters: "nowhere.json" }, /^The file nowhere.json cannot be read as JSON/],
      ["deploy-upgrade", { registry, name: "../up", yes: true }, /^A record's name has letters/],
      ["check-deployment", {}, /^There is no record to be read here/],
      ["payload", { inspect: registry }, /^The contract at this address does not answer as a governance payload/],
      ["verify-sources", {}, /^There is no record to be read here/],
    ];
    for (const [name, options, message] of cases) {
      const { output, exitCode } = await run(name, options);
      expect(output, name).to.match(message).and.not.to.contain("\n");
      expect(exitCode, name).to.equal(1);
    }
    const unnamed = await createHardhatRuntimeEnvironment(hardhat.userConfig, {}, hardhat.config.paths.root);
    expect((await run("verify-sources", {}, unnamed)).output).to.contain("deployments/default/build-ahead.json");
    const down = await run("check-deployment", {}, await runtimeFor("http://127.0.0.1:1"));
    expect(down.output).to.match(/^The network cannot be used: look at its RPC URL/);
  });

  it("show what will differ and ask, and without anybody to ask send nothing", async () => {
    Object.defineProperty(process.stdin, "isTTY", { value: false, configurable: true });
    const { output, exitCode } = await run("deploy-upgrade", { registry });
    expect(output).to.contain("| inboxLag ").and.to.contain("There is nobody to ask");
    expect(exitCode).to.equal(1);
    expect(existsSync(path.join(RECORDS, "build-ahead.json"))).to.equal(false);
  });

  it("deploy, check, inspect and list, and keep a development chain's record apart from real ones", async () => {
    const parameters = path.join(RECORDS, "parameters.json");
    writeFileSync(parameters, JSON.stringify({ inboxLag: 3 }));
    const deployed = await run("deploy-upgrade", { registry, parameters, yes: true });
    expect(deployed.output)
      .to.contain("Deployed and checked:")
      .and.to.match(/rollup +0x/);
    expect(deployed.exitCode).to.equal(0);
    expect(existsSync(path.join("deployments", NETWORK))).to.equal(false);
    expect(existsSync(path.join(RECORDS, "build-ahead.md"))).to.equal(true);

    const checked = await run("check-deployment");
    expect(checked.output).to.match(/^\d+ checks of .*build-ahead.json, 0 found wrong.$/);
    expect(checked.exitCode).to.equal(0);
    const inspected = await run("payload");
    expect(inspected.output).to.contain("Registry.getCanonicalRollup: 0x");
    const listed = await run("verify-sources");
    expect(listed.output).to.contain("contracts/BuildAheadRollup.sol:BuildAheadRollup at 0x");
    expect(listed.output).to.contain("nothing was sent");

    const terms = path.join(RECORDS, "terms.json");
    const open = { firstBps: 1_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: false };
    writeFileSync(terms, JSON.stringify(open));
    const opening = await run("payload", { setTerms: terms, yes: true });
    expect(opening.output).to.contain("Rollup.getLateSubmissionTerms");
    writeFileSync(terms, JSON.stringify({ ...open, windowSeconds: 73 }));
    const tooLong = await run("payload", { setTerms: terms, yes: true });
    expect(tooLong.output).to.contain("terms.windowSeconds must be a whole number from 0 to 72");
    const elsewhere = await run("deploy-upgrade", {
      registry: "0x00000000000000000000000000000000000000fe",
      yes: true,
    });
    expect(elsewhere.output).to.contain("The record is of another deployment, its registry differs");
  });

  it("make a new network that belongs to its governance, and whose first rollup has the window", async () => {
    const deployed = await run("deploy-fresh", { yes: true });
    expect(deployed.exitCode, deployed.output).to.equal(0);
    const checked = await run("check-deployment", { name: "fresh" });
    expect(checked.output).to.match(/0 found wrong.$/);
    const { plan, addresses } = RecordStore.read(path.join(RECORDS, "fresh.json"));
    const { rollup } = await attachNetwork(chain, plan.contracts.registry);
    expect(rollup.address).to.equal(addresses.rollup);
    const nothing = await run("deploy-upgrade", { registry: plan.contracts.registry, name: "again", yes: true });
    expect(nothing.output).to.match(/^The canonical rollup is the extended one already/);
    const refused = await run("payload", { name: "fresh" });
    expect(refused.output).to.contain("--name fresh: expected the record of a complete");
  });
});

/** Hardhat with the project's configuration and one network more, which is the one in use. */
function runtimeFor(url: string): Promise<HardhatRuntimeEnvironment> {
  const { userConfig } = hardhat;
  const networks = { ...userConfig.networks, [NETWORK]: { type: "http", url, accounts: "remote" } as const };
  return createHardhatRuntimeEnvironment({ ...userConfig, networks }, { network: NETWORK }, hardhat.config.paths.root);
}
