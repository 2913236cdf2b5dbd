import { expect } from "chai";
import { encodeFunctionData, getAddress, parseAbi, type Address } from "viem";

import type { L1Chain } from "../../../harness/l1/l1Chain.ts";
import { attachNetwork, NotARegistryError, readSignalling } from "../../../harness/network/contracts.ts";
import type { DeployedRollup } from "../../../harness/network/deployment.ts";
import { NoRollupError, readRollup, type Rollup } from "../../../harness/network/rollup.ts";
import { embeddedNetwork, upgradedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";

const NOBODY: Address = "0x00000000000000000000000000000000000000fe";

/** What the chain can tell of what was deployed. */
function told(rollup: DeployedRollup): Rollup {
  const { address, inbox, outbox, feeJuicePortal, slasher, version, timing, committeeSize, genesisArchiveRoot } =
    rollup;
  return { address, inbox, outbox, feeJuicePortal, slasher, version, timing, committeeSize, genesisArchiveRoot };
}

describe("A network found from its Registry alone", () => {
  it("has the contracts and the rollup that were deployed", async () => {
    const { chain, contracts, rollup } = await embeddedNetwork();
    const attached = await attachNetwork(chain, contracts.registry);
    const { coinIssuer, dateGatedRelayer } = contracts;
    expect({ ...attached.contracts, coinIssuer, dateGatedRelayer }).to.deep.equal(contracts);
    expect(attached.rollup).to.deep.equal(told(rollup));
    expect(attached.chain).to.equal(chain);
  });

  it("has the rollup that governance made canonical, under the same contracts", async () => {
    const { chain, contracts, rollup, buildAhead } = await upgradedNetwork();
    const attached = await attachNetwork(chain, contracts.registry.toLowerCase() as Address);
    expect(attached.rollup).to.deep.equal(told(buildAhead));
    expect(attached.rollup.address).not.to.equal(rollup.address);
    expect(attached.contracts.registry, "checksummed").to.equal(contracts.registry);
  });

  it("knows how many must signal", async () => {
    const { chain, contracts, config } = await embeddedNetwork();
    expect(await readSignalling(chain, contracts)).to.deep.equal(config.governanceProposer);
  });

  it("is not there where nothing is, nor behind another contract of Aztec's", async () => {
    const { chain, contracts, rollup } = await embeddedNetwork();
    for (const address of [NOBODY, contracts.feeAsset, contracts.governance, rollup.address]) {
      const error = await rejection(attachNetwork(chain, address), NotARegistryError);
      expect(error.fields).to.deep.equal({ address });
      expect(error.cause, "what the node said").to.be.instanceOf(Error);
    }
  });

  it("has no rollup when what the Registry names does not answer as one", async () => {
    const { chain, contracts, rollup } = await embeddedNetwork();
    await chain.setCode(rollup.address, "0x");
    const error = await rejection(attachNetwork(chain, contracts.registry), NoRollupError);
    expect(error.fields).to.deep.equal({ address: rollup.address });
  });
});

describe("A rollup read from the chain", () => {
  it("tells what its deployment was told", async () => {
    const { chain, buildAhead } = await upgradedNetwork();
    const { config, genesis } = buildAhead;
    const read = await readRollup(chain, buildAhead.address);
    expect(read.timing).to.deep.equal({
      genesisTime: await genesisOf(chain, buildAhead.address),
      slotSeconds: config.aztecSlotDuration,
      epochSlots: config.aztecEpochDuration,
      proofSubmissionEpochs: config.aztecProofSubmissionEpochs,
      validatorSetLagEpochs: config.lagInEpochsForValidatorSet,
    });
    expect(read.version).to.equal(BigInt(config.version));
    expect(read.committeeSize).to.equal(config.targetCommitteeSize);
    expect(read.genesisArchiveRoot).to.equal(genesis.genesisArchiveRoot);
  });

  it("is none at an address without one", async () => {
    const { chain, contracts } = await embeddedNetwork();
    for (const address of [NOBODY, contracts.registry]) {
      const error = await rejection(readRollup(chain, address), NoRollupError);
      expect(error.fields).to.deep.equal({ address: getAddress(address) });
    }
  });
});

async function genesisOf(chain: L1Chain, rollup: Address): Promise<bigint> {
  const abi = parseAbi(["function getTimestampForSlot(uint256 slot) view returns (uint256)"]);
  return BigInt(await chain.call({ to: rollup, data: encodeFunctionData({ abi, args: [0n] }) }));
}
