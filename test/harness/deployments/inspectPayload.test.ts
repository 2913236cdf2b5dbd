import { expect } from "chai";
import type { Address, Hex } from "viem";

import { deployTermsPayload } from "../../../harness/deployments/deployPlan.ts";
import type { DeploymentRecord } from "../../../harness/deployments/deploymentRecord.ts";
import { inspectPayload, NotAPayloadError } from "../../../harness/deployments/inspectPayload.ts";
import { describeUnknownRollup, KNOWN_ROLLUPS } from "../../../harness/deployments/knownNetworks.ts";
import { RecordStore } from "../../../harness/deployments/recordStore.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { deployModule } from "../../../harness/network/deployModule.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import fixedActionsPayloadModule from "../../../ignition/modules/fixedActionsPayload.ts";
import { makeRecordFolder, runUpgrade, targetOn } from "../../support/deploymentTarget.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("A payload before anybody votes on it", () => {
  let network: EmbeddedNetwork;
  let record: DeploymentRecord;
  let folder: string;
  let remove: () => void;

  before(async () => {
    network = await embeddedNetwork();
    ({ folder, remove } = makeRecordFolder());
    record = await runUpgrade(network, folder);
  });

  after(() => remove());

  it("is taken apart into calls, and into the state that they change", async () => {
    const { rollup, payload } = record.addresses;
    const { contracts, rollup: canonical, chain } = network;
    const { uri, actions } = await inspectPayload(chain, payload as Address);
    expect(uri).to.contain("window (closed)");
    const changes = (state: string) => [{ state, now: canonical.address, then: rollup }];
    expect(actions.map(({ target, functionName, changes: all }) => [target, functionName, all])).to.deep.equal([
      [contracts.registry, "addRollup", changes("Registry.getCanonicalRollup")],
      [contracts.gse, "addRollup", changes("GSE.getLatestRollup")],
      [rollup, "setRewardsClaimable", [{ state: "Rollup.isRewardsClaimable", now: "false", then: "true" }]],
    ]);
  });

  it("opens the window if it sets terms with one; the same terms are the same payload", async () => {
    const store = RecordStore.open(folder, "test");
    const make = () => deployTermsPayload(targetOn(network), { store, record, terms: OPEN_TERMS });
    const payload = await make();
    expect(await make()).to.equal(payload);
    store.release();
    const { actions } = await inspectPayload(network.chain, payload);
    expect(actions.map(({ target, functionName }) => [target, functionName])).to.deep.equal([
      [record.addresses.rollup, "setLateSubmissionTerms"],
    ]);
    const [change] = actions[0]?.changes ?? [];
    expect(change?.now).to.contain('"windowSeconds":0');
    expect(change?.then).to.contain('"windowSeconds":24');
    expect(RecordStore.read(store.file).steps.map(({ address }) => address)).to.include(payload);
  });

  it("says when it does something that is not known here", async () => {
    const { gse } = network.contracts;
    for (const data of ["0x12345678", "0x"] satisfies Hex[]) {
      const parameters = { actions: [{ target: gse, data }], uri: "?" };
      const { payload } = await deployModule(network.deployer, fixedActionsPayloadModule, {
        FixedActionsPayload: parameters,
      });
      const { actions } = await inspectPayload(network.chain, payload);
      expect(actions).to.deep.equal([{ target: gse, data, functionName: undefined, arguments: [], changes: [] }]);
    }
  });

  it("is none where nothing answers as one", async () => {
    const error = await rejection(inspectPayload(network.chain, network.contracts.gse), NotAPayloadError);
    expect(error.fields).to.deep.equal({ address: network.contracts.gse });
  });
});

describe("A public network's rollup", () => {
  it("is doubted when it is not the one that is known, and the doubt says what was not verified", () => {
    const known = KNOWN_ROLLUPS["mainnet"]?.address as Address;
    const other: Address = "0x00000000000000000000000000000000000000fe";
    expect(describeUnknownRollup("mainnet", known)).to.equal(undefined);
    expect(describeUnknownRollup("localhost", other)).to.equal(undefined);
    expect(describeUnknownRollup("mainnet", other)).to.contain(known).and.to.contain("not verified here");
  });
});
