import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";
import { artifacts } from "hardhat";
import { encodeFunctionData, hexToBigInt, hexToNumber, zeroAddress, zeroHash, type Address, type Hex } from "viem";

import {
  ChangedBuildError,
  DeploymentInterruptedError,
  OutOfFundsError,
  RefusedByContractError,
  UnsettledTransactionsError,
} from "../../../harness/deployments/deploymentFailures.ts";
import type { DeploymentRecord } from "../../../harness/deployments/deploymentRecord.ts";
import { expectedDeployment } from "../../../harness/deployments/deployPlan.ts";
import { listJournals } from "../../../harness/deployments/ignitionJournal.ts";
import {
  AlreadyUpgradedError,
  planUpgrade,
  UnfundedDeployerError,
  UPGRADE_GAS,
} from "../../../harness/deployments/planUpgrade.ts";
import { stringifyRecord } from "../../../harness/deployments/recordJson.ts";
import { RecordLockedError, RecordStore } from "../../../harness/deployments/recordStore.ts";
import { NoNewBlockError } from "../../../harness/deployments/requireBlocks.ts";
import { TransactionWaitingError, type Resumption } from "../../../harness/deployments/resumeJournal.ts";
import { DEFAULT_PARAMETERS, type PenaltyParameters } from "../../../harness/deployments/upgradeParameters.ts";
import { ChangedParametersError, RecordMismatchError } from "../../../harness/deployments/validateRecord.ts";
import type { L1Provider } from "../../../harness/l1/l1Backend.ts";
import { checkDeployment, DeploymentCheckError, findingsOf } from "../../../harness/network/checkDeployment.ts";
import { attachNetwork } from "../../../harness/network/contracts.ts";
import { deployModule, pacedProvider } from "../../../harness/network/deployModule.ts";
import { readEscapeHatch } from "../../../harness/network/escapeHatch.ts";
import { executePayload } from "../../../harness/network/governance.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { readRollupConfig } from "../../../harness/network/readRollupConfig.ts";
import { readRollup } from "../../../harness/network/rollup.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import escapeHatchModule from "../../../ignition/modules/escapeHatch.ts";
import {
  breakingProvider,
  BUILD,
  FULL_PARAMETERS,
  makeRecordFolder,
  runUpgrade,
  targetOn,
} from "../../support/deploymentTarget.ts";
import { HATCH } from "../../support/escapeHatch.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("Deploying the upgrade", () => {
  let network: EmbeddedNetwork;
  let folder: string;
  let remove: () => void;
  /** What an undisturbed run left. */
  let reference: DeploymentRecord;
  let restore: () => Promise<void>;

  before(async () => {
    network = await embeddedNetwork();
    await setHatch(network);
    restore = await network.chain.snapshot();
    const records = makeRecordFolder();
    reference = await runUpgrade(network, records.folder, { parameters: FULL_PARAMETERS });
    records.remove();
  });

  beforeEach(async () => {
    await restore();
    ({ folder, remove } = makeRecordFolder());
  });

  afterEach(() => remove());

  it("leaves a record of everything, and on chain what the record says", async () => {
    const { chain, contracts, deployer } = network;
    const record = await runUpgrade(network, folder, { parameters: FULL_PARAMETERS });
    expect(record).to.deep.include({ status: "complete", network: "default", chainId: 31_337, build: BUILD });
    expect(record.deployer).to.equal(deployer.account.address);
    expect(RecordStore.read(path.join(folder, "test.json")), "as it was written").to.deep.equal(record);
    const rollup = record.addresses.rollup as Address;
    const checks = await checkDeployment(artifacts, chain, rollup, expectedDeployment(record));
    expect(findingsOf(checks)).to.deep.equal([]);

    const receipts = await Promise.all(
      record.steps.map(({ txHash }) => chain.publicClient.getTransactionReceipt({ hash: txHash })),
    );
    expect(receipts.map(({ blockHash }) => blockHash)).to.deep.equal(record.steps.map(({ blockHash }) => blockHash));
    const gas = receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
    expect(gas < UPGRADE_GAS && gas > (UPGRADE_GAS * 2n) / 3n, `${gas} gas`).to.equal(true);
    const step = record.steps.find(({ contract }) => contract === "BuildAheadRollup");
    expect(step?.arguments.slice(0, 3)).to.deep.equal([contracts.feeAsset, contracts.stakingAsset, contracts.gse]);
    expect(Object.keys(step?.libraries ?? {})).to.include("RollupOperationsExtLib");
  });

  it("sends nothing when it is all there, whoever runs it again", async () => {
    const first = await runUpgrade(network, folder);
    const nonce = await nonceOf(network);
    expect(await runUpgrade(network, folder)).to.deep.equal(first);
    expect(await nonceOf(network)).to.equal(nonce);
  });

  it("makes a payload that governance can execute, after which the hatch is set and rewards can be claimed", async () => {
    const { addresses } = await runUpgrade(network, folder);
    const { chain, deployer, provisioner } = network;
    await executePayload(network, {
      payload: addresses.payload as Address,
      path: "lock",
      sender: deployer.account,
      fund: (account, amount) => provisioner.mintStakingAsset(account, amount),
    });
    const { rollup } = await attachNetwork(chain, network.contracts.registry);
    expect(rollup.address).to.equal(addresses.rollup);
    expect((await readEscapeHatch(chain, rollup.address))?.address).to.equal(addresses.escapeHatch);
    expect((await readRollupConfig(chain, rollup.address)).rewardsClaimable).to.equal(true);
    const again = planUpgrade(targetOn(network), network.contracts.registry, DEFAULT_PARAMETERS);
    expect((await rejection(again, AlreadyUpgradedError)).fields).to.deep.equal({ rollup: rollup.address });
  });

  for (const moment of ["before", "after"] as const) {
    it(`goes on after a run that broke off right ${moment} a transaction was sent, at every transaction`, async () => {
      const nonce = await nonceOf(network);
      const resumptions: Resumption[] = [];
      // Each run gets one transaction further, and the last one to the end.
      const broken = reference.steps.length - (moment === "before" ? 1 : 0);
      for (let run = 0; run < broken; run++) {
        const provider = breakingProvider(pacedProvider(network.deployer), moment === "before" ? 2 : 1, moment);
        const onResume = (resumption: Resumption) => resumptions.push(resumption);
        const upgrade = runUpgrade(network, folder, { parameters: FULL_PARAMETERS, provider, onResume });
        const error = await rejection(upgrade, DeploymentInterruptedError);
        expect(error.fields["reason"]).to.match(/ECONNREFUSED|hang up/);
      }
      const record = await runUpgrade(network, folder, { parameters: FULL_PARAMETERS });
      expect(record.status).to.equal("complete");
      expect(record.steps.map(({ id }) => id).sort()).to.deep.equal(reference.steps.map(({ id }) => id).sort());
      expect((await nonceOf(network)) - nonce, "nothing twice").to.equal(reference.steps.length);
      for (const { found, redone } of resumptions) {
        expect([found.length, redone.length]).to.deep.equal(moment === "before" ? [0, 1] : [1, 0]);
      }
    });
  }

  it("sends again what a reorganisation took out of the chain", async () => {
    const target = targetOn(network);
    const provider = breakingProvider(target.provider, 8, "before");
    await rejection(runUpgrade(network, folder, { provider }), DeploymentInterruptedError);
    const rewind = await network.chain.snapshot();
    await rejection(
      runUpgrade(network, folder, { provider: breakingProvider(target.provider, 3, "after") }),
      DeploymentInterruptedError,
    );
    await rewind();
    let resumption: Resumption | undefined;
    const record = await runUpgrade(network, folder, { onResume: (done) => (resumption = done) });
    expect(record.status).to.equal("complete");
    expect(resumption?.redone, "two that counted, and one of which nobody had heard").to.have.length(3);
  });

  it("goes on when its account sent something else meanwhile, and when the last entry of a journal is half written", async () => {
    const { chain, deployer } = network;
    const { account } = deployer;
    const provider = breakingProvider(pacedProvider(deployer), 3, "before");
    await rejection(runUpgrade(network, folder, { provider }), DeploymentInterruptedError);
    await chain.execute({ from: account, to: account.address });
    const [journal = ""] = listJournals(path.join(folder, "test.ignition"));
    appendFileSync(path.join(journal, "journal.jsonl"), '\n{"type":"TRANSACTION_SE');
    const record = await runUpgrade(network, folder);
    expect(record.status).to.equal("complete");
    expect(record.addresses.rollup).not.to.equal(undefined);
  });

  it("waits for a transaction that the node has and no block", async () => {
    const { chain, deployer } = network;
    await rejection(
      runUpgrade(network, folder, { provider: breakingProvider(pacedProvider(deployer), 2, "before") }),
      DeploymentInterruptedError,
    );
    const nonce = await nonceOf(network);
    const pending = await deployer.account.signTransaction({
      chainId: chain.chainId,
      nonce,
      gas: 21_000n,
      maxFeePerGas: 10n ** 11n,
      to: deployer.account.address,
      type: "eip1559",
    });
    await chain.rpc("eth_sendRawTransaction", [pending]);
    const error = await rejection(runUpgrade(network, folder), TransactionWaitingError);
    expect(error.fields).to.include({ nonce, from: deployer.account.address });
    // The same for a transaction of which the journal knows nothing.
    const other = runUpgrade(network, folder, { name: "other" });
    const unsettled = await rejection(other, UnsettledTransactionsError);
    expect(unsettled.fields["deployer"]).to.equal(deployer.account.address);
  });

  it("gives up when the node makes no blocks, and goes on with what it had sent once there are some", async () => {
    const { chain, deployer } = network;
    const paced = pacedProvider(deployer);
    /** Takes the first transaction, and leaves it where it is. */
    const asleep: L1Provider = {
      request: async (request) => {
        if (request.method === "hardhat_getAutomine") return false;
        if (request.method !== "eth_sendTransaction") return paced.request(request);
        const [{ data, gas, nonce }] = request.params as [{ data: Hex; gas: Hex; nonce: Hex }];
        const signed = await deployer.account.signTransaction({
          chainId: chain.chainId,
          nonce: hexToNumber(nonce),
          gas: hexToBigInt(gas),
          maxFeePerGas: 10n ** 11n,
          data,
          type: "eip1559",
        });
        return chain.rpc("eth_sendRawTransaction", [signed]);
      },
    };
    const nonce = await nonceOf(network);
    const error = await rejection(
      runUpgrade(network, folder, { provider: asleep, blockPatience: 0.2 }),
      NoNewBlockError,
    );
    expect(error.fields["block"]).to.equal(await chain.publicClient.getBlockNumber());
    await chain.mineAt((await chain.now()) + 12n);
    expect((await runUpgrade(network, folder)).status).to.equal("complete");
    const { steps } = RecordStore.read(path.join(folder, "test.json"));
    expect((await nonceOf(network)) - nonce, "nothing twice").to.equal(steps.length);
  });

  it("says when the money ends, before it begins and on the way, and goes on when there is more", async () => {
    const { chain, deployer } = network;
    const { address } = deployer.account;
    await chain.setBalance(address, 10n ** 16n);
    const poor = await rejection(runUpgrade(network, folder), UnfundedDeployerError);
    expect(poor.fields).to.deep.include({ deployer: address, balance: "0.01" });
    expect(Number(poor.fields["needed"])).to.be.greaterThan(0.05);
    await chain.setBalance(address, 10n ** 20n);
    const drained: L1Provider = {
      request: async (request) => {
        const answer = await pacedProvider(deployer).request(request);
        if (request.method === "eth_sendTransaction") await chain.setBalance(address, 1n);
        return answer;
      },
    };
    await rejection(runUpgrade(network, folder, { provider: drained }), OutOfFundsError);
    await chain.setBalance(address, 10n ** 20n);
    expect((await runUpgrade(network, folder)).status).to.equal("complete");
  });

  it("says which contract refuses what", async () => {
    const penalties = { ...(FULL_PARAMETERS.penalties as PenaltyParameters), windowSlots: 1n };
    const run = runUpgrade(network, folder, { parameters: { ...FULL_PARAMETERS, penalties } });
    const error = await rejection(run, RefusedByContractError);
    expect(error.fields["reasons"]).to.match(/LateStrikeLedger: .*LateStrikeLedger__InvalidWindow\(1, /);
  });

  it("makes no payload for a rollup that is not what was planned", async () => {
    const { deployer, chain } = network;
    const tampering: L1Provider = {
      request: async (request) => {
        const answer = await pacedProvider(deployer).request(request);
        const record = RecordStore.read(path.join(folder, "test.json"));
        const { rollup } = record.addresses;
        if (rollup !== undefined) await chain.setCode((await readRollup(chain, rollup)).outbox, "0x00");
        return answer;
      },
    };
    const error = await rejection(runUpgrade(network, folder, { provider: tampering }), DeploymentCheckError);
    expect(error.findings.map(({ subject }) => subject)).to.include("Outbox");
    const record = RecordStore.read(path.join(folder, "test.json"));
    expect(record.status).to.equal("running");
    expect(record.addresses.payload).to.equal(undefined);
  });

  it("goes on with what was decided, and not with another build, other parameters or by somebody else", async () => {
    const provider = breakingProvider(pacedProvider(network.deployer), 10, "before");
    await rejection(runUpgrade(network, folder, { provider }), DeploymentInterruptedError);
    await rejection(runUpgrade(network, folder, { parameters: FULL_PARAMETERS }), ChangedParametersError);
    const file = path.join(folder, "test.json");
    const record = RecordStore.read(file);
    const rewrite = (change: Partial<DeploymentRecord>) => {
      writeFileSync(file, stringifyRecord({ ...record, ...change }));
      return runUpgrade(network, folder);
    };
    const elsewhere = { genesisHash: zeroHash, network: "mainnet", chainId: 1, deployer: zeroAddress };
    for (const [field, value] of Object.entries(elsewhere)) {
      const error = await rejection(rewrite({ [field]: value }), RecordMismatchError);
      expect(error.fields["recorded"], field).to.equal(value);
    }
    const plan = { ...record.plan, genesis: { ...record.plan.genesis, vkTreeRoot: zeroHash } };
    await rejection(rewrite({ plan }), ChangedBuildError);
    expect((await rewrite({})).status).to.equal("complete");
  });

  it("is done by one run at a time", async () => {
    const store = RecordStore.open(folder, "test");
    const nonce = await nonceOf(network);
    const error = await rejection(runUpgrade(network, folder), RecordLockedError);
    expect(error.fields["pid"]).to.equal(process.pid);
    expect(await nonceOf(network)).to.equal(nonce);
    store.release();
    expect((await runUpgrade(network, folder)).status).to.equal("complete");
  });
});

const nonceOf = ({ chain, deployer }: EmbeddedNetwork): Promise<number> =>
  chain.publicClient.getTransactionCount({ address: deployer.account.address });

/** Gives the canonical rollup a hatch, in governance's name. */
async function setHatch({ chain, contracts, deployer, rollup }: EmbeddedNetwork): Promise<void> {
  const { hatch } = await deployModule(deployer, escapeHatchModule, {
    EscapeHatch: { rollup: rollup.address, bondToken: contracts.feeAsset, ...HATCH },
  });
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateEscapeHatch", args: [hatch] });
  await chain.executeAs(contracts.governance, { to: rollup.address, data });
}
