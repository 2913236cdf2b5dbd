import { expect } from "chai";

import type { Address } from "viem";

import { KeyRing } from "../../../harness/consensus/keyRing.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import type { DeployedRollup } from "../../../harness/network/deployment.ts";
import { deployRollup } from "../../../harness/network/deployRollup.ts";
import { GovernanceWalkError, registerRollup } from "../../../harness/network/governance.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { firstEpochSampledAfter } from "../../../harness/protocol/time.ts";
import { getCommittee } from "../../../harness/network/committee.ts";
import { advanceToEpoch } from "../../../harness/network/advance.ts";
import { GSEAbi, RegistryAbi } from "../../../harness/upstream/abis.ts";
import { embeddedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

describe("The governance walk", () => {
  let network: EmbeddedNetwork;
  let second: DeployedRollup;

  beforeEach(async () => {
    network = await embeddedNetwork();
    const { deployer, contracts, config } = network;
    second = await deployRollup(deployer, {
      contracts,
      owner: contracts.governance,
      config: { ...config.rollup, version: 2 },
      genesis: config.genesis,
    });
  });

  for (const path of ["signal", "lock"] as const) {
    it(`makes a second rollup canonical by ${path}, and the validators follow`, async () => {
      const { chain, contracts, validators, config, deployer, provisioner } = network;
      const keys = new KeyRing(validators);
      const before = await chain.now();

      const walk = await registerRollup(network, {
        deployer,
        rollup: second,
        path,
        signerOf: (address) => keys.accountOf(address),
        fund: (account, amount) => provisioner.mintStakingAsset(account, amount),
      });

      expect(walk.followers, "validators").to.equal(64n);
      const waited = walk.registeredAt - before;
      const { votingDelay, votingDuration, executionDelay } = config.governance;
      expect(waited > votingDelay + votingDuration + executionDelay, `${waited.toString()} s`).to.equal(true);
      const signals = walk.steps.filter(({ name }) => name === "signal");
      expect(signals.length, "signals").to.equal(path === "signal" ? 151 : 0);

      const registry = { address: contracts.registry, abi: RegistryAbi } as const;
      expect(await chain.publicClient.readContract({ ...registry, functionName: "getCanonicalRollup" })).to.equal(
        second.address,
      );
      expect(await chain.publicClient.readContract({ ...registry, functionName: "numberOfVersions" })).to.equal(2n);
      for (const { address } of validators) {
        const effective = (instance: DeployedRollup) =>
          chain.publicClient.readContract({
            address: contracts.gse,
            abi: GSEAbi,
            functionName: "effectiveBalanceOf",
            args: [instance.address, address],
          });
        expect(await effective(second), "stake behind the new rollup").to.equal(config.gse.activationThreshold);
        expect(await effective(network.rollup), "stake behind the old rollup").to.equal(0n);
      }

      const epoch = firstEpochSampledAfter(second.timing, walk.registeredAt);
      await advanceToEpoch(chain, second, epoch);
      expect(await getCommittee(chain, second, epoch), "members").to.have.length(48);
      // One epoch earlier the set was sampled before the validators came over.
      const early = await rejection(getCommittee(chain, second, epoch - 1n), L1RevertError);
      expect(early.errorName).to.equal("ValidatorSelection__InsufficientValidatorSetSize");
    });
  }

  it("stops when it has no key for a proposer", async () => {
    const walk = registerRollup(network, { deployer: network.deployer, rollup: second, path: "signal" });
    const error = await rejection(walk, GovernanceWalkError);
    expect(error.shortMessage).to.equal("No key for the proposer of a slot");
  });

  it("fails by name when the payload cannot be executed", async () => {
    // The first rollup is registered already: Registry refuses its version, so governance's call fails.
    const { deployer, provisioner, rollup } = network;
    const fund = (account: Address, amount: bigint) => provisioner.mintStakingAsset(account, amount);
    const error = await rejection(registerRollup(network, { deployer, rollup, path: "lock", fund }), L1RevertError);
    expect(error.errorName).to.equal("Governance__CallFailed");
    expect(error.args).to.deep.equal([network.contracts.registry]);
  });
});
