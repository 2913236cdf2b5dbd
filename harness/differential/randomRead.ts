import { encodeFunctionData, maxUint256, toHex, type Hex } from "viem";

import { epochOfSlot } from "../protocol/time.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";

/** A read-only call, for what the two rollups answer. */
export function randomRead(world: FuzzWorld): Hex {
  const { dice, tip, slot, epoch, timestamp, rollup } = world;
  const number = dice.pick([tip.number, tip.number === 0n ? 0n : tip.number - 1n, tip.number + 1n, 0n, maxUint256]);
  const when = timestamp + dice.pick([0n, 12n, 36n, -36n]);
  const who = dice.pick([...world.coinbases, dice.pick(world.twin.validators).address]);
  const prover = dice.pick(world.provers).address;
  const old = dice.pick([epoch, epoch - 1n, epoch - 2n]);
  const encode = encodeFunctionData<typeof RollupAbi>;
  return dice.pick<() => Hex>([
    () => encode({ abi: RollupAbi, functionName: "getCheckpoint", args: [number] }),
    () => encode({ abi: RollupAbi, functionName: "getTips" }),
    () => encode({ abi: RollupAbi, functionName: "status", args: [number] }),
    () => encode({ abi: RollupAbi, functionName: "canPruneAtTime", args: [when] }),
    () => encode({ abi: RollupAbi, functionName: "getManaMinFeeComponentsAt", args: [when, true] }),
    () => encode({ abi: RollupAbi, functionName: "canProposeAtTime", args: [when, tip.archive, who] }),
    () => encode({ abi: RollupAbi, functionName: "getEpochCommittee", args: [old] }),
    () => encode({ abi: RollupAbi, functionName: "getProposerAt", args: [when] }),
    () => encode({ abi: RollupAbi, functionName: "getSampleSeedAt", args: [when] }),
    () => encode({ abi: RollupAbi, functionName: "getSequencerRewards", args: [who] }),
    () => encode({ abi: RollupAbi, functionName: "getCollectiveProverRewardsForEpoch", args: [old] }),
    () => encode({ abi: RollupAbi, functionName: "getSpecificProverRewardsForEpoch", args: [old, prover] }),
    () => encode({ abi: RollupAbi, functionName: "getHasSubmitted", args: [old, 1n + BigInt(dice.below(4)), prover] }),
    () => encode({ abi: RollupAbi, functionName: "getL1FeesAt", args: [when] }),
    () => encode({ abi: RollupAbi, functionName: "getEscapeHatchForEpoch", args: [old] }),
    () => encode({ abi: RollupAbi, functionName: "validateBlobs", args: [world.pool.at(epoch, 0).blobInput] }),
    () =>
      encode({
        abi: RollupAbi,
        functionName: "validateBlobs",
        args: [dice.pick<Hex>(["0x", "0x00", "0x01", "0x0102"])],
      }),
    () =>
      encode({
        abi: RollupAbi,
        functionName: "getEpochProofPublicInputs",
        args: [
          number,
          tip.number,
          { previousArchive: tip.archive, endArchive: tip.archive, outHash: tip.archive, proverId: prover },
          Array.from({ length: dice.pick([96, 2]) }, () => tip.archive),
          toHex(new Uint8Array(192)),
        ],
      }),
    () => encode({ abi: RollupAbi, functionName: "getEpochAtSlot", args: [slot + epochOfSlot(rollup.timing, slot)] }),
  ])();
}
