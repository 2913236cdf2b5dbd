import { expect } from "chai";
import { artifacts } from "hardhat";
import type { Address, Hex } from "viem";

import {
  checkRecord,
  checkRollup,
  IncompleteDeploymentError,
  NoPredecessorError,
} from "../../../harness/deployments/checkRecord.ts";
import type { DeploymentRecord } from "../../../harness/deployments/deploymentRecord.ts";
import { listSources } from "../../../harness/deployments/listSources.ts";
import { RecordMismatchError } from "../../../harness/deployments/validateRecord.ts";
import { findingsOf, type Check } from "../../../harness/network/checkDeployment.ts";
import { executePayload } from "../../../harness/network/governance.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { elementWord, toWord } from "../../../harness/protocol/storageMap.ts";
import { encodeSetTerms } from "../../../harness/protocol/terms.ts";
import { renderChecks, renderDeployment } from "../../../harness/report/renderDeployment.ts";
import { FULL_PARAMETERS, makeRecordFolder, runUpgrade, targetOn } from "../../support/deploymentTarget.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("The check of a record", () => {
  let network: EmbeddedNetwork;
  let record: DeploymentRecord;
  let restore: () => Promise<void>;

  before(async () => {
    network = await embeddedNetwork();
    const { folder, remove } = makeRecordFolder();
    record = await runUpgrade(network, folder, { parameters: FULL_PARAMETERS });
    remove();
    restore = await network.chain.snapshot();
  });

  afterEach(() => restore());

  const check = (changed: DeploymentRecord = record) => checkRecord(targetOn(network), changed);
  const wrong = async (checks: Promise<readonly Check[]>) =>
    findingsOf(await checks).map(({ area, subject }) => `${area}: ${subject}`);

  it("finds nothing wrong with what was just deployed, and looks at every contract and transaction", async () => {
    const checks = await check();
    expect(findingsOf(checks)).to.deep.equal([]);
    const subjects = checks.map(({ subject }) => subject).join();
    for (const { id, contract } of record.steps) expect(subjects).to.contain(id).and.to.contain(contract);
    expect(renderChecks(checks)).to.contain("| ok  | payload").and.not.to.contain("| NO");
  });

  it("finds changed code of penalties and payload, and a payload that does something else", async () => {
    const { penaltyController, payload } = record.addresses;
    await network.chain.setCode(penaltyController as Address, "0x00");
    expect(await wrong(check())).to.deep.equal([`code: LatePenaltyController at ${penaltyController}`]);
    await restore();
    // The array of actions is the payload's first variable, and a target its first element's.
    await network.chain.setStorageAt(payload as Address, toWord(elementWord(0n, 0n)), toWord(1n));
    expect(await wrong(check())).to.deep.equal(["payload: FixedActionsPayload.getActions"]);
  });

  it("finds transactions that are not on chain any more", async () => {
    const txHash: Hex = `0x${"12".repeat(32)}`;
    const [first, ...others] = record.steps as [DeploymentRecord["steps"][number], ...DeploymentRecord["steps"]];
    const steps = [{ ...first, txHash }, ...others];
    expect(await wrong(check({ ...record, steps }))).to.deep.equal([`transaction: ${first.id}`]);
  });

  it("is refused for another chain's record, and for one that is not complete", async () => {
    await rejection(check({ ...record, chainId: 1 }), RecordMismatchError);
    await rejection(check({ ...record, status: "running" }), IncompleteDeploymentError);
  });

  it("needs no record: a rollup is compared with the one that was canonical before it, before and after the upgrade", async () => {
    const { rollup, payload } = record.addresses as { rollup: Address; payload: Address };
    const { registry } = network.contracts;
    expect(await wrong(checkRollup(targetOn(network), registry, rollup))).to.deep.equal([]);
    const { deployer, provisioner, chain, contracts } = network;
    await executePayload(network, {
      payload,
      path: "lock",
      sender: deployer.account,
      fund: (account, amount) => provisioner.mintStakingAsset(account, amount),
    });
    expect(await wrong(checkRollup(targetOn(network), registry, rollup))).to.deep.equal([]);
    await chain.executeAs(contracts.governance, { to: rollup, data: encodeSetTerms(OPEN_TERMS) });
    expect(await wrong(check()), "what governance decided since is shown").to.deep.equal([
      "terms: BuildAheadRollup.terms.windowSeconds",
    ]);
    const first = checkRollup(targetOn(network), registry, network.rollup.address);
    expect((await rejection(first, NoPredecessorError)).fields).to.deep.equal({ rollup: network.rollup.address });
  });

  it("has what an explorer is sent for each contract, and a page for people", async () => {
    const sources = listSources(record);
    expect(sources.map(({ contract }) => contract)).to.include.members(["BuildAheadRollup", "LateSlashingHook"]);
    expect(sources).to.have.length(record.steps.filter(({ functionName }) => functionName === undefined).length);
    for (const { contract } of sources) await artifacts.readArtifact(contract);
    const page = renderDeployment(record);
    for (const { address, txHash } of record.steps) expect(page).to.contain(address).and.to.contain(txHash);
    expect(page).to.contain("Deployed and checked").and.to.contain("inboxLag");
    expect(renderDeployment({ ...record, status: "running" })).to.contain("Not complete");
  });
});
