import { expect } from "chai";
import { zeroAddress } from "viem";

import { checkRecord } from "../../../harness/deployments/checkRecord.ts";
import { DeploymentInterruptedError } from "../../../harness/deployments/deploymentFailures.ts";
import type { DeploymentTarget } from "../../../harness/deployments/deploymentTarget.ts";
import { deployPlan } from "../../../harness/deployments/deployPlan.ts";
import { planFresh } from "../../../harness/deployments/planFresh.ts";
import { FRESH_GAS } from "../../../harness/deployments/planUpgrade.ts";
import { RecordStore } from "../../../harness/deployments/recordStore.ts";
import { pacedProvider } from "../../../harness/network/deployModule.ts";
import { MockVerifierRefusedError } from "../../../harness/network/deployRollup.ts";
import { findingsOf } from "../../../harness/network/checkDeployment.ts";
import { mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import { breakingProvider, BUILD, FULL_PARAMETERS, makeRecordFolder, targetOn } from "../../support/deploymentTarget.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { thrown } from "../../support/rejection.ts";

describe("A new network", () => {
  it("gets the mock verifier on local chains only", async () => {
    const { chain, contracts } = await embeddedNetwork();
    const config = mainnetLikeConfig();
    expect(planFresh({ node: chain }, config, FULL_PARAMETERS).verifier).to.equal("mock");
    const node = Object.create(chain, { chainId: { value: 1 } }) as typeof chain;
    thrown(() => planFresh({ node }, config, FULL_PARAMETERS), MockVerifierRefusedError);
    const named = { ...FULL_PARAMETERS, verifier: contracts.gse };
    expect(planFresh({ node }, config, named).verifier).to.equal(contracts.gse);
  });

  it("is deployed in one run or in many, belongs to its governance, and costs no more than is asked for", async () => {
    const network = await embeddedNetwork();
    const { chain, deployer } = network;
    const { folder, remove } = makeRecordFolder();
    const store = RecordStore.open(folder, "fresh");
    const plan = planFresh({ node: chain }, mainnetLikeConfig(), FULL_PARAMETERS);
    const options = { name: "fresh", store, plan, parameters: FULL_PARAMETERS, build: BUILD };
    const before = await chain.publicClient.getTransactionCount({ address: deployer.account.address });
    // Breaks off among the shared contracts, in the rollup's libraries, in the handover, and at last not at all.
    let record = undefined;
    for (let run = 0; record === undefined; run++) {
      const provider = breakingProvider(pacedProvider(deployer), 9, run % 2 === 0 ? "after" : "before");
      const target: DeploymentTarget = targetOn(network, provider);
      try {
        record = await deployPlan(target, options);
      } catch (error) {
        expect(error).to.be.instanceOf(DeploymentInterruptedError);
      }
    }
    const after = await chain.publicClient.getTransactionCount({ address: deployer.account.address });
    expect(after - before, "nothing twice").to.equal(record.steps.length);
    expect(record.plan.contracts.registry).not.to.equal(zeroAddress);
    expect(findingsOf(await checkRecord(targetOn(network), record))).to.deep.equal([]);

    const receipts = await Promise.all(
      record.steps.map(({ txHash }) => chain.publicClient.getTransactionReceipt({ hash: txHash })),
    );
    const gas = receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
    expect(gas < FRESH_GAS && gas > (FRESH_GAS * 2n) / 3n, `${gas} gas`).to.equal(true);
    remove();
  });
});
