import type { RewardBooster$Type } from "../../artifacts/@aztec/core/reward-boost/RewardBooster.sol/artifacts.d.ts";
import { readAbi } from "../protocol/readAbi.ts";

/** From the build: the one ABI that the pinned package does not ship. */
export const RewardBoosterAbi = readAbi<RewardBooster$Type>("@aztec/core/reward-boost/RewardBooster.sol:RewardBooster");
