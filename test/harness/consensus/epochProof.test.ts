import { expect } from "chai";
import { encodeFunctionData, parseEventLogs, type Address, type Hex } from "viem";

import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { InvalidCheckpointError } from "../../../harness/consensus/consensusErrors.ts";
import { batchBlobs, buildEpochProof, computeFee, proveBlobsOfEpoch } from "../../../harness/consensus/epochProof.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { RollupAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";
import { getEthBlobEvaluationInputs } from "../../../harness/upstream/blobLib.ts";
import { rejection } from "../../support/rejection.ts";
import { openV4World, type V4World } from "../../support/world.ts";

const TOKEN = 10n ** 18n;
const prover = deriveAccount("epoch proof", "prover").account;
const coinbase = deriveAccount("epoch proof", "coinbase").account.address;

describe("An epoch proof on the v4 rollup", () => {
  let world: V4World;
  let checkpoints: AttestedCheckpoint[];

  beforeEach(async () => {
    world = await openV4World();
    await world.chain.setBalance(prover.address, 10n * TOKEN);
    checkpoints = [];
    for (let index = 0n; index < 3n; index++) {
      const { checkpoint } = await world.landOnTime(world.firstSlot + 1n + index, {
        coinbase,
        blobCount: index === 1n ? 2 : 1,
        // Twice the target: the third checkpoint burns for the congestion that the first two caused.
        manaUsed: world.rollup.config.manaTarget * 2n,
      });
      checkpoints.push(checkpoint);
    }
  });

  const read = <Name extends "getProvenCheckpointNumber" | "getBurnAddress">(functionName: Name) =>
    world.chain.publicClient.readContract({ address: world.rollup.address, abi: RollupAbi, functionName });
  const rewardsOf = (address: Address) =>
    world.chain.publicClient.readContract({
      address: world.rollup.address,
      abi: RollupAbi,
      functionName: "getSequencerRewards",
      args: [address],
    });
  const balanceOf = (address: Address) =>
    world.chain.publicClient.readContract({
      address: world.contracts.feeAsset,
      abi: TestERC20Abi,
      functionName: "balanceOf",
      args: [address],
    });
  const callRollup = (data: Hex) => ({ from: prover, to: world.rollup.address, data });

  async function proofRevert(options: Parameters<typeof makeEpochProofTransaction>[2]): Promise<string> {
    const transaction = await makeEpochProofTransaction(world, prover, options);
    const error = await rejection(world.chain.execute(transaction), L1RevertError);
    return error.errorName ?? error.data;
  }

  it("proves a part of an epoch with a real opening of its blobs, and the rewards can be claimed", async () => {
    const fees = checkpoints.map((checkpoint) => computeFee(checkpoint).value);
    const burnAddress = await read("getBurnAddress");
    const burnedBefore = await balanceOf(burnAddress);
    const receipt = await world.chain.execute(await makeEpochProofTransaction(world, prover, { checkpoints }));

    const [proven] = parseEventLogs({ abi: RollupAbi, eventName: "L2ProofVerified", logs: receipt.logs });
    expect(proven?.args, "the event").to.deep.equal({ checkpointNumber: 3n, proverId: prover.address });
    expect(await read("getProvenCheckpointNumber"), "proven tip").to.equal(3n);

    // Upstream's RewardLib, over the fee headers that the checkpoints predicted.
    const { checkpointReward, sequencerBps } = world.rollup.config.rewardConfig;
    let expected = ((checkpointReward * 3n * BigInt(sequencerBps)) / 10_000n / 3n) * 3n;
    let burned = 0n;
    checkpoints.forEach(({ feeHeader }, index) => {
      const burn = feeHeader.congestionCost * feeHeader.manaUsed;
      burned += burn;
      expected += (fees[index] as bigint) - burn - feeHeader.proverCost * feeHeader.manaUsed;
    });
    expect(burned > 0n, "congestion burns something").to.equal(true);
    expect((await balanceOf(burnAddress)) - burnedBefore, "burned").to.equal(burned);
    expect(await rewardsOf(coinbase), "sequencer rewards").to.equal(expected);

    const claim = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [coinbase] });
    await world.chain.execute(callRollup(claim));
    expect(await balanceOf(coinbase), "claimed").to.equal(expected);
    expect(await rewardsOf(coinbase), "left over").to.equal(0n);
  });

  it("pays nobody before governance opens the claims", async () => {
    const { chain, contracts, rollup } = world;
    const setClaimable = (isClaimable: boolean) => {
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [isClaimable] });
      return chain.executeAs(contracts.governance, { to: rollup.address, data });
    };
    await setClaimable(false);
    await chain.execute(await makeEpochProofTransaction(world, prover, { checkpoints }));
    const claim = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [coinbase] });
    const error = await rejection(chain.execute(callRollup(claim)), L1RevertError);
    expect(error.errorName).to.equal("Rollup__RewardsNotClaimable");
    await setClaimable(true);
    await chain.execute(callRollup(claim));
    expect((await balanceOf(coinbase)) > 0n, "claimed").to.equal(true);
  });

  it("can be extended by a longer one of the same epoch", async () => {
    const start = checkpoints.slice(0, 1);
    await world.chain.execute(await makeEpochProofTransaction(world, prover, { checkpoints: start }));
    expect(await read("getProvenCheckpointNumber"), "the prefix").to.equal(1n);
    const once = await rewardsOf(coinbase);
    await world.chain.execute(await makeEpochProofTransaction(world, prover, { checkpoints }));
    expect(await read("getProvenCheckpointNumber"), "all of it").to.equal(3n);
    expect((await rewardsOf(coinbase)) > once, "paid for the rest").to.equal(true);
  });

  it("is refused with an opening that is not one", async () => {
    const opening = getEthBlobEvaluationInputs(await batchBlobs(checkpoints));
    const digit = opening.endsWith("0") ? "1" : "0";
    const forged: Hex = `0x${opening.slice(2, -1)}${digit}`;
    expect(await proofRevert({ checkpoints, blobInputs: forged })).to.equal("Rollup__InvalidBlobProof");
  });

  it("is refused with attestations, archives or an out hash that L1 does not have", async () => {
    const last = checkpoints.at(-1) as AttestedCheckpoint;
    const before = checkpoints.slice(0, -1);
    const blobInputs = getEthBlobEvaluationInputs(await batchBlobs(checkpoints));
    const [first, ...rest] = checkpoints as [AttestedCheckpoint, ...AttestedCheckpoint[]];
    const others = { ...last, attestations: first.attestations };
    expect(await proofRevert({ checkpoints: [...before, others], blobInputs })).to.equal("Rollup__InvalidAttestations");
    const elsewhere = { ...first, parent: { ...first.parent, archive: last.archive } };
    expect(await proofRevert({ checkpoints: [elsewhere, ...rest], blobInputs })).to.equal(
      "Rollup__InvalidPreviousArchive",
    );
    const wrongEnd = { ...last, archive: first.archive };
    expect(await proofRevert({ checkpoints: [...before, wrongEnd], blobInputs })).to.equal("Rollup__InvalidArchive");
  });

  it("cannot pay less than the congestion burn", async () => {
    const fee = (checkpoint: AttestedCheckpoint) => ({ ...computeFee(checkpoint), value: 1n });
    expect(await proofRevert({ checkpoints, fee })).to.equal("Panic");
  });

  it("is not assembled from what is no run of checkpoints of one epoch", async () => {
    const [first, , third] = checkpoints as [AttestedCheckpoint, AttestedCheckpoint, AttestedCheckpoint];
    const options = { prover: prover.address };
    await rejection(buildEpochProof({ ...options, checkpoints: [] }), InvalidCheckpointError);
    await rejection(buildEpochProof({ ...options, checkpoints: [first, third] }), InvalidCheckpointError);
    const nextEpoch = { ...(checkpoints[1] as AttestedCheckpoint), epoch: first.epoch + 1n };
    await rejection(buildEpochProof({ ...options, checkpoints: [first, nextEpoch] }), InvalidCheckpointError);
  });

  it("opens data that all its checkpoints share once for each number of them", async () => {
    const [first] = checkpoints as [AttestedCheckpoint];
    const shared = [first, first];
    const opening = proveBlobsOfEpoch(shared);
    expect(await opening).to.equal(getEthBlobEvaluationInputs(await batchBlobs(shared)));
    expect(proveBlobsOfEpoch([...shared])).to.equal(opening);
    expect(await proveBlobsOfEpoch([first])).to.not.equal(await opening);
  });

  it("opens the blobs that L1 has seen, with the same result in every run", async () => {
    const batched = await batchBlobs(checkpoints);
    const onL1 = await world.chain.publicClient.readContract({
      address: world.rollup.address,
      abi: RollupAbi,
      functionName: "getBlobCommitmentsHash",
      args: [3n],
    });
    expect(batched.blobCommitmentsHash.toString(), "hash of all commitments").to.equal(onL1);
    expect(await batchBlobs(checkpoints)).to.deep.equal(batched);
  });
});
