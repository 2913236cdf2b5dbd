import { expect } from "chai";
import { encodeFunctionData, type Address } from "viem";

import { NoContractError, planUpgrade, VersionTakenError } from "../../../harness/deployments/planUpgrade.ts";
import { DEFAULT_PARAMETERS, type UpgradeParameters } from "../../../harness/deployments/upgradeParameters.ts";
import { NotARegistryError } from "../../../harness/network/contracts.ts";
import { CLOSED_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { deployRollup, MockVerifierRefusedError } from "../../../harness/network/deployRollup.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { RegistryAbi } from "../../../harness/upstream/abis.ts";
import { targetOn } from "../../support/deploymentTarget.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("The plan of an upgrade", () => {
  let network: EmbeddedNetwork;

  beforeEach(async () => (network = await embeddedNetwork()));

  const plan = (parameters: Partial<UpgradeParameters> = {}, registry: Address = network.contracts.registry) =>
    planUpgrade(targetOn(network), registry, { ...DEFAULT_PARAMETERS, ...parameters });

  it("is the canonical rollup's configuration, and names everything that differs", async () => {
    const { config, genesis, verifier } = network.rollup;
    const planned = await plan();
    expect(planned.config).to.deep.equal({ ...config, inboxLag: 2n, version: planned.config.version });
    expect(planned.genesis).to.deep.equal(genesis);
    expect(planned.verifier).to.equal(verifier);
    expect(planned.terms).to.deep.equal(CLOSED_TERMS);
    expect(planned.rewardsClaimable).to.equal(true);
    expect(planned.escapeHatch).to.equal(undefined);
    expect(planned.differences.map(({ field }) => field)).to.deep.equal([
      "inboxLag",
      "version",
      "rewardConfig.booster",
    ]);
    const other = await plan({ inboxLag: 4n, verifier: "mock" });
    expect(other.config.inboxLag).to.equal(4n);
    expect(other.differences.map(({ field }) => field)).to.include("verifier");
  });

  it("is refused where there is no registry, or nothing at all", async () => {
    const nobody: Address = "0x00000000000000000000000000000000000000fe";
    const empty = await rejection(plan({}, nobody), NoContractError);
    expect(empty.fields).to.deep.equal({ address: nobody, network: "default", chainId: 31_337 });
    await rejection(plan({}, network.contracts.gse), NotARegistryError);
  });

  it("is refused where the verifier would accept anything and that matters", async () => {
    const elsewhere = Object.create(network.chain, { chainId: { value: 1 } }) as typeof network.chain;
    const target = { ...targetOn(network), node: elsewhere };
    for (const verifier of ["mock", "canonical", network.rollup.verifier] as const) {
      const parameters = { ...DEFAULT_PARAMETERS, verifier };
      const planned = planUpgrade(target, network.contracts.registry, parameters);
      expect((await rejection(planned, MockVerifierRefusedError)).fields, verifier).to.deep.equal({ chainId: 1 });
    }
    const real = { ...DEFAULT_PARAMETERS, verifier: network.contracts.gse };
    const planned = await planUpgrade(target, network.contracts.registry, real);
    expect(planned.verifier, "one that accepts not everything").to.equal(network.contracts.gse);
  });

  it("is refused when the registry has a rollup of the new one's version", async () => {
    const { config } = await plan();
    const { chain, contracts, deployer, rollup: first } = network;
    const { genesis, verifier } = first;
    const rollup = await deployRollup(deployer, { contracts, owner: contracts.governance, config, genesis, verifier });
    const data = encodeFunctionData({ abi: RegistryAbi, functionName: "addRollup", args: [rollup.address] });
    await chain.executeAs(contracts.governance, { to: contracts.registry, data });
    const error = await rejection(plan(), VersionTakenError);
    expect(error.fields).to.deep.equal({ version: config.version, rollup: rollup.address });
  });
});
