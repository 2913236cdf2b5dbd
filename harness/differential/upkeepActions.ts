import { encodeFunctionData, isAddressEqual, zeroAddress, type Address, type Hex } from "viem";

import { EscapeHatchAbi, InboxAbi, RollupAbi } from "../upstream/abis.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import { plainPlan, type Plan } from "./plan.ts";
import { contractOf, readManaTarget, toRollup } from "./rollupCalls.ts";

export async function updateOracle(world: FuzzWorld): Promise<Plan> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateL1GasFeeOracle" });
  const gwei = 10n ** 9n;
  const baseFee = world.dice.between(1n, 100n) * gwei;
  return plainPlan("update the fee oracle", toRollup(world, world.stranger, data), baseFee);
}

export async function configure(world: FuzzWorld): Promise<Plan> {
  const { dice, rollup, hatch, stranger, owner } = world;
  const from = dice.chance(90) ? owner : stranger;
  const manaTarget = await readManaTarget(world);
  const reward = await world.twin.chain.publicClient.readContract({
    ...contractOf(world),
    functionName: "getRewardConfig",
  });
  const encode = encodeFunctionData<typeof RollupAbi>;
  const [name, data] = dice.pickWeighted<readonly [string, () => Hex]>([
    [
      2,
      [
        "mana target",
        () => {
          // From ignition to transactions in one step: fees have no meaning at a target of some mana.
          const change = manaTarget === 0n ? 10n ** 8n : dice.pick([0n, 1n, manaTarget / 100n, -1n, 2n ** 32n]);
          return encode({ abi: RollupAbi, functionName: "updateManaTarget", args: [manaTarget + change] });
        },
      ],
    ],
    [
      2,
      [
        "proving cost",
        () => encode({ abi: RollupAbi, functionName: "setProvingCostPerMana", args: [dice.between(0n, 500n)] }),
      ],
    ],
    [
      3,
      [
        "rewards",
        () => {
          const sequencerBps = dice.pick([0, 7_000, 9_999, 10_000, 10_001]);
          const checkpointReward = dice.pick([0n, 1n, 333n, 500n * 10n ** 18n]);
          const config = { ...reward, sequencerBps, checkpointReward };
          return encode({ abi: RollupAbi, functionName: "setRewardConfig", args: [config] });
        },
      ],
    ],
    [
      2,
      ["claimability", () => encode({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [dice.chance(85)] })],
    ],
    [
      4,
      [
        "slasher",
        () => {
          const slasher = dice.chance(40) ? rollup.slasher : stranger.address;
          return encode({ abi: RollupAbi, functionName: "setSlasher", args: [slasher] });
        },
      ],
    ],
    [
      1,
      [
        "ejection threshold",
        () => {
          const threshold = dice.between(0n, 98n) * 10n ** 18n;
          return encode({ abi: RollupAbi, functionName: "setLocalEjectionThreshold", args: [threshold] });
        },
      ],
    ],
    [
      2,
      [
        "escape hatch",
        () => {
          const address = dice.chance(75) ? hatch : zeroAddress;
          return encode({ abi: RollupAbi, functionName: "updateEscapeHatch", args: [address] });
        },
      ],
    ],
  ]);
  return plainPlan(`configure ${name}`, toRollup(world, from, data()));
}

export async function claim(world: FuzzWorld): Promise<Plan> {
  const { dice, epoch, provers, stranger, coinbases, twin } = world;
  if (dice.chance(50)) {
    const who = dice.chance(80) ? dice.pick(coinbases) : dice.pick(twin.validators).address;
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [who] });
    return plainPlan("claim a sequencer's rewards", toRollup(world, stranger, data));
  }
  // Epochs that accept proofs still refuse.
  const newest = epoch - (dice.chance(80) ? 2n : 1n);
  const epochs = [newest, newest - 1n, newest - 2n].slice(0, 1 + dice.below(3));
  const args = [dice.pick(provers).address, epochs] as const;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimProverRewards", args });
  return plainPlan("claim a prover's rewards", toRollup(world, stranger, data));
}

export async function sendMessage(world: FuzzWorld): Promise<Plan> {
  const { dice, rollup, stranger } = world;
  const version = BigInt(rollup.config.version) + (dice.chance(10) ? 1n : 0n);
  const recipient = { actor: dice.field(), version };
  const args = [recipient, dice.field(), dice.field()] as const;
  const data = encodeFunctionData({ abi: InboxAbi, functionName: "sendL2Message", args });
  return plainPlan("send a message", { from: stranger, to: rollup.inbox, data });
}

export async function setUpSeeds(world: FuzzWorld): Promise<Plan> {
  const functionName = world.dice.pick(["setupEpoch", "checkpointRandao"] as const);
  const data = encodeFunctionData({ abi: RollupAbi, functionName });
  return plainPlan(functionName, toRollup(world, world.stranger, data));
}

/** Takes the next step of a candidate's life in the escape hatch. */
export async function tendHatch(world: FuzzWorld): Promise<Plan> {
  const { dice, hatch, candidates, twin } = world;
  const encode = encodeFunctionData<typeof EscapeHatchAbi>;
  const select = () => encode({ abi: EscapeHatchAbi, functionName: "selectCandidates" });
  if (dice.chance(50)) return plainPlan("hatch: select", { from: world.stranger, to: hatch, data: select() });
  const from = dice.pick(candidates);
  const contract = { address: hatch, abi: EscapeHatchAbi } as const;
  const { status } = await twin.chain.publicClient.readContract({
    ...contract,
    functionName: "getCandidateInfo",
    args: [from.address],
  });
  // Upstream's `Status`: none, active, proposing, exiting.
  const [name, data] = [
    ["join", () => encode({ abi: EscapeHatchAbi, functionName: "joinCandidateSet" })] as const,
    [
      "exit",
      () => (dice.chance(20) ? encode({ abi: EscapeHatchAbi, functionName: "initiateExit" }) : select()),
    ] as const,
    [
      "validate",
      () =>
        encode({ abi: EscapeHatchAbi, functionName: "validateProofSubmission", args: [hatchOf(world, from.address)] }),
    ] as const,
    ["leave", () => encode({ abi: EscapeHatchAbi, functionName: "leaveCandidateSet" })] as const,
  ][status] ?? ["select", select];
  return plainPlan(`hatch: ${name}`, { from, to: hatch, data: data() });
}

/** The newest hatch for which a candidate was seen as proposer. */
function hatchOf(world: FuzzWorld, candidate: Address): bigint {
  const seen = world.hatchesSeen.filter(({ proposer }) => isAddressEqual(proposer, candidate));
  return seen.at(-1)?.hatch ?? 0n;
}
