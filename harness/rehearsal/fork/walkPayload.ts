import { decodeFunctionData, getAddress, isAddressEqual, type Abi, type Address } from "viem";

import fixedActionsPayloadModule from "../../../ignition/modules/fixedActionsPayload.ts";
import { readStateDiff } from "../../l1/stateDiff.ts";
import { deployModule } from "../../network/deployModule.ts";
import { executePayload, GovernanceWalkError } from "../../network/governance.ts";
import type { PayloadAction } from "../../network/upgradeActions.ts";
import { lateSubmissionAbi } from "../../protocol/abis.ts";
import { tellGovernance } from "../../scenarios/governanceSteps.ts";
import { GSEAbi, RegistryAbi, RollupAbi } from "../../upstream/abis.ts";
import type { World } from "../../world/world.ts";
import { expectExecution, explainDiff } from "./expectedWords.ts";
import type { PayloadReport } from "./forkReport.ts";
import type { SignerOf } from "./findSigners.ts";
import type { ForkStage } from "./forkStage.ts";

type ExpectedWords = ReturnType<typeof expectExecution>;

export interface PayloadWalkOptions {
  readonly name: string;
  readonly actions: readonly PayloadAction[];
  /** Words that the actions write. @param at Unix seconds of the execution */
  readonly expect: (at: bigint) => Promise<ExpectedWords> | ExpectedWords;
  readonly onExecutable?: () => Promise<unknown>;
  /** Keys of all proposers of the canonical rollup: then they signal. Left out: tokens are locked to propose. */
  readonly signerOf?: SignerOf;
}

/** A payload that was executed. */
export interface WalkedPayload {
  readonly report: PayloadReport;
  /** Unix seconds. */
  readonly executedAt: bigint;
}

const DAY_SECONDS = 86_400n;

/**
 * Deploys a payload and takes it through governance, by signals where the keys of the chain's proposers are known and else by locked
 * tokens; then holds every word that its execution wrote against what it was to write.
 *
 * @throws GovernanceWalkError, L1RevertError when governance does not go along.
 * @throws UnexplainedWordError
 */
export async function walkPayload(stage: ForkStage, world: World, options: PayloadWalkOptions): Promise<WalkedPayload> {
  const { chain, contracts, deployer, fork } = stage;
  const { name, actions, expect, onExecutable, signerOf } = options;
  const { payload } = await deployModule(deployer, fixedActionsPayloadModule, {
    FixedActionsPayload: { actions: actions.map((action) => ({ ...action })), uri: name },
  });
  const from = await chain.now();
  const { steps, proposalId } = await executePayload(fork.network, {
    payload,
    path: signerOf === undefined ? "lock" : "signal",
    sender: deployer.account,
    fund: stage.fundStake,
    ...(signerOf === undefined ? {} : { signerOf }),
    ...(onExecutable === undefined ? {} : { onExecutable }),
  });
  tellGovernance(world, "governance", steps);
  const execution = steps.at(-1);
  if (execution === undefined) throw new GovernanceWalkError("The walk has no steps", { fields: { payload } });
  const { txHash, timestamp } = execution;
  const expected = [...expectExecution(contracts, proposalId), ...(await expect(timestamp))];
  const words = explainDiff(await readStateDiff(chain, txHash), expected, deployer.account.address);
  const names = new Map(
    Object.entries<Address>({ ...contracts }).map(([contract, address]) => [getAddress(address), contract]),
  );
  return {
    executedAt: timestamp,
    report: {
      name,
      payload,
      path: signerOf === undefined ? "lock" : "signal",
      proposalId: Number(proposalId),
      actions: actions.map((action) => describeAction(action, names)),
      days: Number((timestamp - from) / DAY_SECONDS),
      executedBy: txHash,
      words,
    },
  };
}

const ABIS: Abi = [RegistryAbi, GSEAbi, RollupAbi, lateSubmissionAbi].flat();

function describeAction({ target, data }: PayloadAction, names: ReadonlyMap<Address, string>): string {
  const known = [...names].find(([address]) => isAddressEqual(address, target));
  const decoded: { readonly functionName: string; readonly args?: readonly unknown[] | undefined } = decodeFunctionData(
    {
      abi: ABIS,
      data,
    },
  );
  const told = (decoded.args ?? []).map((value) => (typeof value === "string" ? value : JSON.stringify(value, plain)));
  return `${known?.[1] ?? `new rollup ${target}`}.${decoded.functionName}(${told.join(", ")})`;
}

const plain = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
