import { encodeFunctionData, parseEventLogs, type Address, type Hex, type TransactionReceipt } from "viem";

import type { DeployedNetwork } from "../../../harness/network/deployment.ts";
import { GovernanceAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";

/**
 * Walks real governance with a payload: propose with a lock, vote, wait, execute. Moves the clock by some 40 days.
 * @throws L1RevertError when a contract refuses a step.
 */
export async function executeProposal(deployment: DeployedNetwork, payload: Address): Promise<TransactionReceipt> {
  const { chain, contracts, config, deployer } = deployment;
  const { governance, stakingAsset } = contracts;
  const send = (to: Address, data: Hex, timestamp?: bigint) =>
    chain.execute({ from: deployer, to, data }, timestamp === undefined ? {} : { timestamp });
  const call = { abi: GovernanceAbi } as const;

  const others = await chain.publicClient.readContract({ address: governance, ...call, functionName: "totalPowerNow" });
  const { lockAmount } = config.governance.proposeConfig;
  const amount = lockAmount + others + config.governance.minimumVotes;
  for (const [functionName, to] of [
    ["mint", deployer.address],
    ["approve", governance],
  ] as const) {
    await send(stakingAsset, encodeFunctionData({ abi: TestERC20Abi, functionName, args: [to, amount] }));
  }
  await send(governance, encodeFunctionData({ ...call, functionName: "deposit", args: [deployer.address, amount] }));
  const proposed = await send(
    governance,
    encodeFunctionData({ ...call, functionName: "proposeWithLock", args: [payload, deployer.address] }),
  );
  const [log] = parseEventLogs({ ...call, logs: proposed.logs, eventName: "Proposed" });
  if (log === undefined) throw new Error("nothing was proposed");
  const { proposalId } = log.args;

  const { votingDelay, votingDuration, executionDelay } = config.governance;
  const activeFrom = (await chain.now()) + votingDelay + 1n;
  const power = amount - lockAmount;
  await send(
    governance,
    encodeFunctionData({ ...call, functionName: "vote", args: [proposalId, power, true] }),
    activeFrom,
  );
  await chain.mineAt(activeFrom + votingDuration + executionDelay);
  return send(governance, encodeFunctionData({ ...call, functionName: "execute", args: [proposalId] }));
}
