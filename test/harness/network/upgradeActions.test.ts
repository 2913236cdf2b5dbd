import { expect } from "chai";
import { encodeFunctionData, type Address } from "viem";

import { deployBuildAhead } from "../../../harness/network/deployBuildAhead.ts";
import { deployModule } from "../../../harness/network/deployModule.ts";
import { readEscapeHatch } from "../../../harness/network/escapeHatch.ts";
import { executePayload } from "../../../harness/network/governance.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { readRollupConfig } from "../../../harness/network/readRollupConfig.ts";
import { upgradeActions } from "../../../harness/network/upgradeActions.ts";
import { GSEAbi, RegistryAbi, RollupAbi } from "../../../harness/upstream/abis.ts";
import escapeHatchModule from "../../../ignition/modules/escapeHatch.ts";
import fixedActionsPayloadModule from "../../../ignition/modules/fixedActionsPayload.ts";
import { HATCH } from "../../support/escapeHatch.ts";
import { embeddedNetwork } from "../../support/networks.ts";

describe("What the upgrade's payload does", () => {
  it("leaves the new rollup with everything that the canonical one had, its escape hatch and claimable rewards too", async () => {
    const network = await embeddedNetwork();
    const { chain, contracts, deployer, provisioner } = network;
    await setHatch(network, network.rollup.address, await deployHatch(network, network.rollup.address));
    const theirs = await readEscapeHatch(chain, network.rollup.address);

    const rollup = await deployBuildAhead(network);
    const actions = upgradeActions({
      contracts,
      rollup: rollup.address,
      escapeHatch: await deployHatch(network, rollup.address),
      rewardsClaimable: (await readRollupConfig(chain, network.rollup.address)).rewardsClaimable,
    });
    const { payload } = await deployModule(deployer, fixedActionsPayloadModule, {
      FixedActionsPayload: { actions: actions.map((action) => ({ ...action })), uri: "upgrade" },
    });
    expect(await readEscapeHatch(chain, rollup.address), "before").to.equal(undefined);
    await executePayload(network, {
      payload,
      path: "lock",
      sender: deployer.account,
      fund: (account, amount) => provisioner.mintStakingAsset(account, amount),
    });

    const { publicClient } = chain;
    const registry = { address: contracts.registry, abi: RegistryAbi } as const;
    const gse = { address: contracts.gse, abi: GSEAbi } as const;
    const { address } = rollup;
    expect(await publicClient.readContract({ ...registry, functionName: "getCanonicalRollup" })).to.equal(address);
    expect(await publicClient.readContract({ ...gse, functionName: "getLatestRollup" })).to.equal(address);
    expect((await readRollupConfig(chain, address)).rewardsClaimable).to.equal(true);
    const ours = await readEscapeHatch(chain, address);
    expect(ours).to.deep.equal({ ...theirs, address: ours?.address, rollup: address });
  });

  it("is what upstream's own payload does where there is neither hatch nor anything to claim", () => {
    const [registry, gse, rollup] = ["01", "02", "03"].map((end): Address => `0x${end.padStart(40, "0")}`) as [
      Address,
      Address,
      Address,
    ];
    const actions = upgradeActions({ contracts: { registry, gse }, rollup, rewardsClaimable: false });
    expect(actions).to.deep.equal([
      {
        target: registry,
        data: encodeFunctionData({ abi: RegistryAbi, functionName: "addRollup", args: [rollup] }),
      },
      { target: gse, data: encodeFunctionData({ abi: GSEAbi, functionName: "addRollup", args: [rollup] }) },
    ]);
  });
});

async function deployHatch({ deployer, contracts }: EmbeddedNetwork, rollup: Address): Promise<Address> {
  const parameters = { rollup, bondToken: contracts.feeAsset, ...HATCH };
  return (await deployModule(deployer, escapeHatchModule, { EscapeHatch: parameters })).hatch;
}

/** In governance's name. */
async function setHatch({ chain, contracts }: EmbeddedNetwork, rollup: Address, hatch: Address): Promise<void> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateEscapeHatch", args: [hatch] });
  await chain.executeAs(contracts.governance, { to: rollup, data });
}
