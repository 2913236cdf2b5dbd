import { encodeFunctionData, parseEventLogs, type Address } from "viem";

import type { Deployer } from "../network/deployer.ts";
import { latePenaltyControllerAbi } from "../protocol/abis.ts";
import type { Side } from "../twin/side.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { BenchContext } from "./benchContext.ts";
import { BenchContradictionError } from "./record/benchErrors.ts";
import { makeRecord } from "./record/benchRecord.ts";
import { deployBenchContract } from "./deployBenchContract.ts";
import { expectSuccess } from "./expectations.ts";
import { measureTransaction } from "./measurement.ts";

/** `SlashPath.Governance`: the one that needs no slashing round. */
const GOVERNANCE_PATH = 0;
/** Slots: four epochs of 32. */
const WINDOW_SLOTS = 128n;
const WEIGHTS = { late: 1, missed: 1 };
const LEDGER_GAS = 200_000;
const SLASHING_GAS = 1_500_000;

/** Which hooks judge, and from which weight on the slashing hook opens a payload. */
const VARIANTS = [
  { parts: ["ledger"], name: "one hook: strike ledger", threshold: undefined },
  {
    parts: ["allHooks", "belowThreshold"],
    name: "all hooks: strike ledger, slashing below its threshold",
    threshold: 8,
  },
  { parts: ["allHooks", "payload"], name: "all hooks: strike ledger, slashing opens a payload", threshold: 1 },
];

/** `penalize` for the first settled late slot of its proposer. Hooks judge slots after their registration only. */
export async function measurePenalties(context: BenchContext, firstSlot: bigint): Promise<void> {
  const { twin, circumstances, add, wants, progress } = context;
  if (twin.committeeSize === 0 || !wants("penalize")) return;
  const { extended: side, rescuer, prover } = twin;
  for (const { parts, name, threshold } of VARIANTS) {
    progress(`penalize, ${name}`);
    const restore = await twin.snapshot();
    const controller = await deployPenalties(side, threshold);
    // Deployment and registration take L1 blocks of the epoch's first two slots.
    const late = await twin.build(firstSlot + 3n);
    await side.landLate(late, { from: rescuer });
    await side.prove([late], prover);
    const data = encodeFunctionData({ abi: latePenaltyControllerAbi, functionName: "penalize", args: [late.slot] });
    const receipt = await side.chain.execute({ from: rescuer, to: controller, data });
    const applied = parseEventLogs({
      abi: latePenaltyControllerAbi,
      eventName: "PenaltyApplied",
      logs: receipt.logs,
    }).length;
    if (applied !== (threshold === undefined ? 1 : 2)) {
      throw new BenchContradictionError("Not every hook has judged the slot", { fields: { name, applied } });
    }
    const measured = expectSuccess(await measureTransaction(side, receipt), name);
    add(makeRecord({ ...circumstances, case: "penalize", parts, variant: name, signatures: 0, blobs: 0 }, measured));
    await restore();
  }
}

async function deployPenalties(side: Side, threshold: number | undefined): Promise<Address> {
  const { rollup, network, contracts } = side;
  const { deployer } = network;
  const { governance } = contracts;
  const controller = await deployBenchContract(deployer, "LatePenaltyController", [
    rollup.address,
    deployer.account.address,
  ]);
  const ledger = await deployBenchContract(deployer, "LateStrikeLedger", [
    controller,
    governance,
    WINDOW_SLOTS,
    WEIGHTS,
  ]);
  await addHook(deployer, controller, ledger, LEDGER_GAS);
  if (threshold === undefined) return controller;
  await obeyGovernance(side);
  const registry = await deployBenchContract(deployer, "LateSlashRegistry");
  const terms = { threshold, amountPerWeight: rollup.config.slashAmounts[0] };
  const hook = await deployBenchContract(deployer, "LateSlashingHook", [
    ledger,
    registry,
    GOVERNANCE_PATH,
    governance,
    terms,
  ]);
  await addHook(deployer, controller, hook, SLASHING_GAS);
  return controller;
}

async function addHook(
  { chain, account }: Deployer,
  controller: Address,
  hook: Address,
  gasLimit: number,
): Promise<void> {
  const data = encodeFunctionData({ abi: latePenaltyControllerAbi, functionName: "addHook", args: [hook, gasLimit] });
  await chain.execute({ from: account, to: controller, data });
}

/**
 * A network's first rollup is deployed by its deployer, whom its slasher obeys for good. A build-ahead rollup that joins a network is
 * governance's from its constructor on; this gives the side the slasher that such a rollup has.
 */
async function obeyGovernance(side: Side): Promise<void> {
  const { slashingVetoer, slashingDisableDuration } = side.rollup.config;
  const slasher = await deployBenchContract(side.network.deployer, "Slasher", [
    slashingVetoer,
    side.contracts.governance,
    slashingDisableDuration,
  ]);
  await side.executeAsOwner(encodeFunctionData({ abi: RollupAbi, functionName: "setSlasher", args: [slasher] }));
}
