import { encodeFunctionData, parseEventLogs, type Address } from "viem";

import { proveBlobsOfEpoch } from "../consensus/epochProof.ts";
import { latePenaltyControllerAbi } from "../protocol/abis.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { BenchContext } from "./benchContext.ts";
import { BenchContradictionError } from "./benchErrors.ts";
import { makeRecord } from "./benchRecord.ts";
import { deployBenchContract } from "./deployBenchContract.ts";
import { submitProof } from "./epochCases.ts";
import { executeAsOwner } from "./executeAsOwner.ts";
import { expectSuccess } from "./expectations.ts";
import { landLate } from "./lateCases.ts";
import { measureTransaction } from "./measurement.ts";
import type { Lane } from "./openLane.ts";

/** `SlashPath.Governance`: the one that needs no slashing round. */
const GOVERNANCE_PATH = 0;
/** Slots: four epochs of 32. */
const WINDOW_SLOTS = 128n;
const WEIGHTS = { late: 1, missed: 1 };
const LEDGER_GAS = 200_000;
const SLASHING_GAS = 1_500_000;

/** Which hooks judge, and from which weight on the slashing hook opens a payload. */
const VARIANTS = [
  { name: "one hook: strike ledger", threshold: undefined },
  { name: "all hooks: strike ledger, slashing below its threshold", threshold: 8 },
  { name: "all hooks: strike ledger, slashing opens a payload", threshold: 1 },
];

/** `penalize` for the first settled late slot of its proposer. Hooks judge slots after their registration only. */
export async function measurePenalties(context: BenchContext, firstSlot: bigint): Promise<void> {
  const { pair, hardfork, add, wants, progress } = context;
  if (pair.committeeSize === 0 || !wants("penalize")) return;
  const lane = pair.buildAhead;
  for (const { name, threshold } of VARIANTS) {
    progress(`penalize, ${name}`);
    const restore = await pair.snapshot();
    const controller = await deployPenalties(lane, threshold);
    // Deployment and registration take L1 blocks of the epoch's first two slots.
    const late = await pair.build(firstSlot + 3n);
    await landLate(pair, late);
    await submitProof(lane, [late], pair.prover, await proveBlobsOfEpoch([late]));
    const data = encodeFunctionData({ abi: latePenaltyControllerAbi, functionName: "penalize", args: [late.slot] });
    const receipt = await lane.chain.execute({ from: pair.rescuer, to: controller, data });
    const applied = parseEventLogs({
      abi: latePenaltyControllerAbi,
      eventName: "PenaltyApplied",
      logs: receipt.logs,
    }).length;
    if (applied !== (threshold === undefined ? 1 : 2)) {
      throw new BenchContradictionError("Not every hook has judged the slot", { fields: { name, applied } });
    }
    const measured = expectSuccess(await measureTransaction(lane.chain, receipt), name);
    add(
      makeRecord(
        { hardfork, case: "penalize", variant: name, committee: pair.committeeSize, signatures: 0, blobs: 0 },
        measured,
      ),
    );
    await restore();
  }
}

async function deployPenalties(lane: Lane, threshold: number | undefined): Promise<Address> {
  const { deployer, rollup, contracts } = lane;
  const controller = await deployBenchContract(lane, "LatePenaltyController", [rollup.address, deployer.address]);
  const addHook = async (hook: Address, gasLimit: number) => {
    const data = encodeFunctionData({ abi: latePenaltyControllerAbi, functionName: "addHook", args: [hook, gasLimit] });
    await lane.chain.execute({ from: deployer, to: controller, data });
  };
  const { governance } = contracts;
  const ledger = await deployBenchContract(lane, "LateStrikeLedger", [controller, governance, WINDOW_SLOTS, WEIGHTS]);
  await addHook(ledger, LEDGER_GAS);
  if (threshold === undefined) return controller;
  await obeyGovernance(lane);
  const registry = await deployBenchContract(lane, "LateSlashRegistry");
  const terms = { threshold, amountPerWeight: lane.rollup.config.slashAmounts[0] };
  const hook = await deployBenchContract(lane, "LateSlashingHook", [
    ledger,
    registry,
    GOVERNANCE_PATH,
    governance,
    terms,
  ]);
  await addHook(hook, SLASHING_GAS);
  return controller;
}

/**
 * A network's first rollup is deployed by its deployer, whom its slasher obeys for good. A build-ahead rollup that joins a network is
 * governance's from its constructor on; this gives the lane the slasher that such a rollup has.
 */
async function obeyGovernance(lane: Lane): Promise<void> {
  const { slashingVetoer, slashingDisableDuration } = lane.rollup.config;
  const slasher = await deployBenchContract(lane, "Slasher", [
    slashingVetoer,
    lane.contracts.governance,
    slashingDisableDuration,
  ]);
  await executeAsOwner(lane, encodeFunctionData({ abi: RollupAbi, functionName: "setSlasher", args: [slasher] }));
}
