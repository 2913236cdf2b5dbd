import { createExtendedL1Client } from "@aztec/ethereum/client";
import {
  GovernanceContract,
  GSEContract,
  InboxContract,
  RegistryContract,
  RollupContract,
} from "@aztec/ethereum/contracts";
import { createL1TxUtils } from "@aztec/ethereum/l1-tx-utils";
import { ChainMonitor, type ChainMonitorEventMap } from "@aztec/ethereum/test";
import { CheckpointNumber, SlotNumber } from "@aztec/foundation/branded-types";
import { expect } from "chai";
import { artifacts } from "hardhat";
import { hexToBytes } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { compactConfig } from "../../../harness/differential/compactConfig.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { openRpcChain } from "../../../harness/l1/openRpcChain.ts";
import { startAnvil, type AnvilProcess } from "../../../harness/l1/startAnvil.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { deployV4Stack } from "../../../harness/network/deployV4Stack.ts";
import { errorAbiOf } from "../../../harness/network/errorAbi.ts";
import { makeValidators } from "../../../harness/network/makeValidators.ts";
import { upgradeToBuildAhead, type UpgradedNetwork } from "../../../harness/network/upgradeToBuildAhead.ts";
import { Blob } from "../../../harness/upstream/blobLib.ts";
import { World } from "../../../harness/world/world.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

const SEED = "real client";
/** Upstream's `ProposalState.Executed`. */
const EXECUTED = 5;
/** L1TxUtils sends with 1.2 times what a simulation on time has used; a late landing needs more. */
const LATE_GAS_BUFFER_PERCENTAGE = 60;

describeWithAnvil("The unmodified client of v4.1.2", () => {
  let anvil: AnvilProcess;
  let network: UpgradedNetwork;
  let world: World;
  let client: ReturnType<typeof createExtendedL1Client>;
  let rollup: RollupContract;

  before(async () => {
    anvil = await startAnvil();
    const chain = await openRpcChain({ url: anvil.url, baseFeePerGas: 10n ** 9n, errorAbi: errorAbiOf(artifacts) });
    const config = compactConfig({ aztecEpochDuration: 16n, slashingRoundSize: 32n, slashingQuorum: 17n });
    const stack = await deployV4Stack(artifacts, chain, { config, seed: SEED });
    const validators = await makeValidators(chain, { seed: SEED, count: 8, gse: stack.contracts.gse });
    const firstEpoch = await stack.provisioner.ensureStaked(validators, stack.rollup);
    network = await upgradeToBuildAhead({ ...stack, validators, firstEpoch }, { terms: OPEN_TERMS });
    world = new World({ network, rollup: network.buildAhead, keys: validators, seed: SEED });
    const { account } = deriveAccount(SEED, "client");
    await chain.setBalance(account.address, 10n ** 20n);
    client = createExtendedL1Client([anvil.url], deriveAccount(SEED, "client").privateKey);
    rollup = new RollupContract(client, network.buildAhead.address);
  });
  after(() => anvil.stop());

  /** Sends a checkpoint as upstream's publisher does: simulated, with blobs, watched until it is mined. */
  const send = async (checkpoint: AttestedCheckpoint, timestamp: bigint): Promise<string> => {
    const { chain } = world;
    const kzg = Blob.getViemKzgInstance();
    const utils = createL1TxUtils(
      client,
      { kzg },
      {
        gasLimitBufferPercentage: LATE_GAS_BUFFER_PERCENTAGE,
        checkIntervalMs: 100,
      },
    );
    await chain.mineAt(timestamp - chain.blockTime);
    await chain.rpc("evm_setNextBlockTimestamp", [Number(timestamp)]);
    await chain.rpc("evm_setAutomine", [true]);
    try {
      const { receipt } = await utils.sendAndMonitorTransaction(
        { to: world.rollup.address, data: checkpoint.proposeCalldata },
        { gasLimit: 3_000_000n },
        { blobs: checkpoint.blobs.map(({ data }) => data), kzg },
      );
      return receipt.status;
    } finally {
      await chain.rpc("evm_setAutomine", [false]);
    }
  };

  it("finds the upgraded rollup through RegistryContract, and everything else from there", async () => {
    const { contracts, buildAhead, walk } = network;
    const registry = new RegistryContract(client, contracts.registry);
    const found = await RegistryContract.collectAddresses(client, contracts.registry, "canonical");
    expect(found.rollupAddress.toString()).to.equal(buildAhead.address.toLowerCase());
    expect(found.inboxAddress.toString()).to.equal(buildAhead.inbox.toLowerCase());
    expect(found.gseAddress?.toString()).to.equal(contracts.gse.toLowerCase());
    expect(await registry.getNumberOfVersions()).to.equal(2);
    expect(await registry.getRollupVersions()).to.include(buildAhead.version);
    const at = await registry.getCanonicalRollupRegistrationTimestamp(found.rollupAddress);
    expect(at, "seconds").to.equal(walk.registeredAt);
  });

  it("reads its configuration and its committee through RollupContract", async () => {
    const { buildAhead } = network;
    const { timing, config, genesis } = buildAhead;
    const constants = await rollup.getRollupConstants();
    expect([constants.slotDuration, constants.epochDuration]).to.deep.equal([
      Number(timing.slotSeconds),
      Number(timing.epochSlots),
    ]);
    expect(constants.l1GenesisTime).to.equal(timing.genesisTime);
    expect(await rollup.getVersion()).to.equal(buildAhead.version);
    expect((await rollup.getGenesisArchiveTreeRoot()).toString()).to.equal(genesis.genesisArchiveRoot);
    expect(await rollup.getManaTarget()).to.equal(config.manaTarget);
    expect(await rollup.getActiveAttesterCount()).to.equal(8);
    expect(await rollup.getAttesters()).to.have.lengthOf(8);
    const slot = await world.nextSlot();
    const { members, proposer } = await world.committee(slot);
    const committee = (await rollup.getCommitteeAt(world.at(slot))) ?? [];
    expect(committee.map(String)).to.deep.equal(members.map((member) => member.toLowerCase()));
    expect((await rollup.getProposerAt(world.at(slot))).toString()).to.equal(proposer.toLowerCase());
  });

  it("reads what belongs to it: inbox, slasher, and who owns it", async () => {
    const { buildAhead, contracts } = network;
    const inbox = new InboxContract(client, buildAhead.inbox);
    expect(await inbox.getLag()).to.equal(2n);
    expect((await inbox.getState()).totalMessagesInserted).to.equal(0n);
    const slasher = await rollup.getSlasherContract();
    expect((await slasher?.getGovernance())?.toString()).to.equal(contracts.governance.toLowerCase());
    expect(await slasher?.isSlashingEnabled()).to.equal(true);
    expect((await rollup.getSlashingProposer())?.type).to.equal("tally");
    expect((await rollup.getOwner()).toString()).to.equal(contracts.governance.toLowerCase());
  });

  it("reads governance and the staking escrow, which know of the upgrade", async () => {
    const { contracts, walk } = network;
    const governance = new GovernanceContract(contracts.governance, client);
    expect(await governance.getProposalState(walk.proposalId)).to.equal(EXECUTED);
    const gse = new GSEContract(client, contracts.gse);
    expect((await gse.getGovernance()).toString()).to.equal(contracts.governance.toLowerCase());
    const [first] = await gse.getAttestersFromIndicesAtTime(network.buildAhead.address, await world.chain.now(), [0n]);
    expect(network.validators.map(({ address }) => address)).to.include(first);
  });

  it("drives it by L1TxUtils, on time and late, while ChainMonitor tells of both", async () => {
    // The node's first blob makes it load the KZG set-up, for which the client's ten seconds are too short on a busy machine.
    await world.landOnTime(await world.nextSlot());
    const monitor = new ChainMonitor(rollup);
    const told: ChainMonitorEventMap["checkpoint"][0][] = [];
    monitor.on("checkpoint", (event) => told.push(event));
    await monitor.run();
    const before = Number(await rollup.getCheckpointNumber());

    const slot = (await world.nextSlot()) + 1n;
    const onTime = await world.build(slot);
    const { proposer } = await world.committee(slot);
    await world.chain.mineAt(world.at(slot) - world.chain.blockTime);
    const can = await rollup.canProposeAtNextEthBlock(
      archiveOf(onTime),
      proposer,
      Number(world.rollup.timing.slotSeconds),
    );
    expect([can.slot, can.checkpointNumber]).to.deep.equal([SlotNumber.fromBigInt(slot), CheckpointNumber(before + 1)]);
    expect(await send(onTime, world.at(slot) + 12n)).to.equal("success");
    await monitor.run();

    const late = await world.build(slot + 1n, { parent: onTime });
    expect(await send(late, world.at(slot + 2n) + 12n), "landed in the slot after its own").to.equal("success");
    await monitor.run();
    await monitor.stop();

    // It begins with what it finds.
    const numbers = told.map(({ checkpointNumber }) => Number(checkpointNumber));
    expect(numbers).to.deep.equal([before, before + 1, before + 2]);
    expect(Number((await rollup.getTips()).pending)).to.equal(before + 2);
    const landed = await rollup.getCheckpoint(CheckpointNumber(before + 2));
    expect(Number(landed.slotNumber), "the header's own slot").to.equal(Number(slot + 1n));
    const events = await rollup.getCheckpointProposedEvents(0n, await world.chain.publicClient.getBlockNumber());
    expect(events).to.have.lengthOf(before + 2);
  });
});

/** The archive root that a checkpoint builds on. */
function archiveOf({ parent }: AttestedCheckpoint): Buffer {
  return Buffer.from(hexToBytes(parent.archive));
}
