import {
  encodeFunctionData,
  erc20Abi,
  isAddressEqual,
  parseEventLogs,
  type Address,
  type Hex,
  type LocalAccount,
  type TransactionReceipt,
} from "viem";

import { GovernanceAbi, GovernanceProposerAbi, GSEAbi, RegistryAbi, RollupAbi } from "../upstream/abis.ts";
import registerRollupPayloadModule from "../../ignition/modules/registerRollupPayload.ts";
import { BuildAheadError } from "../errors.ts";
import { deployModule } from "./deployModule.ts";
import type { AztecNetwork } from "./contracts.ts";
import { readSignalling } from "./contracts.ts";
import { getProposer } from "./committee.ts";
import { slotAt, slotStart } from "../protocol/time.ts";
import type { Deployer } from "./deployer.ts";
import type { Rollup } from "./rollup.ts";

/** Governance did not go where the walk leads. */
export class GovernanceWalkError extends BuildAheadError {}

/**
 * `signal`: proposers of the canonical rollup signal through GovernanceProposer until a round has its quorum, and the
 * rollup votes with its validators' stake. `lock`: one holder locks tokens to propose and votes with a deposit of its own.
 */
export type GovernancePath = "signal" | "lock";

/** One transaction (or wait) of the walk, for reports. */
export interface GovernanceStep {
  readonly name: "signal" | "submit-round-winner" | "deposit" | "propose-with-lock" | "vote" | "execute";
  /** Unix seconds of the L1 block. */
  readonly timestamp: bigint;
  readonly gasUsed: bigint;
  readonly txHash: Hex;
}

/** What it took to execute a payload. */
export interface GovernanceExecution {
  readonly path: GovernancePath;
  readonly payload: Address;
  readonly proposalId: bigint;
  readonly steps: readonly GovernanceStep[];
}

export interface GovernanceWalk extends GovernanceExecution {
  /** Unix seconds at which the new rollup became canonical. */
  readonly registeredAt: bigint;
  /** Validators counted by the staking escrow for the new rollup right after, without any of them having moved. */
  readonly followers: bigint;
}

export interface ExecutePayloadOptions {
  readonly payload: Address;
  readonly path: GovernancePath;
  /** Sends what anybody may send, and for `lock` proposes and votes. */
  readonly sender: LocalAccount;
  /** The canonical rollup whose proposers signal; default the network's. */
  readonly canonical?: Rollup;
  /** For `signal`: keys of the canonical rollup's validators, as far as they are known. */
  readonly signerOf?: (validator: Address) => LocalAccount | undefined;
  /** For `lock`: gives `amount` (staking token units) to the sender; default: it has them already. */
  readonly fund?: (account: Address, amount: bigint) => Promise<unknown>;
  /** Called once the proposal can be executed, which happens one L1 block after whatever this leaves behind. */
  readonly onExecutable?: () => Promise<unknown>;
}

export interface RegisterRollupOptions extends Omit<ExecutePayloadOptions, "payload" | "sender"> {
  /** Deploys the payload, and sends what anybody may send. */
  readonly deployer: Deployer;
  readonly rollup: Rollup;
  /** A payload that was deployed before; default a new `RegisterNewRollupVersionPayload`. */
  readonly payload?: Address;
}

/** Upstream's `ProposalState`, in order. */
const PROPOSAL_STATES = [
  "pending",
  "active",
  "queued",
  "executable",
  "rejected",
  "executed",
  "droppable",
  "dropped",
  "expired",
] as const;

/** Takes the steps and keeps the book. */
class Walk {
  readonly steps: GovernanceStep[] = [];
  readonly network: AztecNetwork;
  readonly sender: LocalAccount;

  constructor(network: AztecNetwork, sender: LocalAccount) {
    this.network = network;
    this.sender = sender;
  }

  async take(
    name: GovernanceStep["name"],
    request: { from?: LocalAccount; to: Address; data: Hex; gas?: bigint },
    timestamp?: bigint,
  ): Promise<TransactionReceipt> {
    const { chain } = this.network;
    const at = timestamp ?? (await chain.now()) + chain.blockTime;
    const receipt = await chain.execute({ from: this.sender, ...request }, { timestamp: at });
    this.steps.push({ name, timestamp: at, gasUsed: receipt.gasUsed, txHash: receipt.transactionHash });
    return receipt;
  }
}

/**
 * Takes a payload through governance, from proposal to execution. Moves the clock by the configured delays (some 40 days with
 * mainnet's); nothing is impersonated.
 *
 * @throws GovernanceWalkError when a proposer's key is unknown or the proposal is not accepted.
 * @throws L1RevertError when a contract refuses a step.
 */
export async function executePayload(
  network: AztecNetwork,
  options: ExecutePayloadOptions,
): Promise<GovernanceExecution> {
  const { chain, contracts } = network;
  const { payload, path, sender } = options;
  const walk = new Walk(network, sender);
  const proposalId =
    path === "signal" ? await signal(walk, payload, options) : await lockToPropose(walk, payload, options);
  const proposal = await chain.publicClient.readContract({
    address: contracts.governance,
    abi: GovernanceAbi,
    functionName: "getProposal",
    args: [proposalId],
  });
  const { votingDelay, votingDuration, executionDelay } = proposal.config;

  // Active begins the second after the delay; power is read at its last second.
  const activeFrom = proposal.creation + votingDelay + 1n;
  if (path === "signal") {
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "vote", args: [proposalId] });
    await walk.take("vote", { to: (options.canonical ?? network.rollup).address, data }, activeFrom);
  } else {
    const power = await chain.publicClient.readContract({
      address: contracts.governance,
      abi: GovernanceAbi,
      functionName: "powerNow",
      args: [sender.address],
    });
    const data = encodeFunctionData({ abi: GovernanceAbi, functionName: "vote", args: [proposalId, power, true] });
    await walk.take("vote", { to: contracts.governance, data }, activeFrom);
  }

  const executableFrom = activeFrom + votingDuration + executionDelay;
  await chain.mineAt(executableFrom - 1n);
  await chain.mineAt(executableFrom);
  const state = await chain.publicClient.readContract({
    address: contracts.governance,
    abi: GovernanceAbi,
    functionName: "getProposalState",
    args: [proposalId],
  });
  if (PROPOSAL_STATES[state] !== "executable") {
    throw new GovernanceWalkError("The proposal was not accepted", {
      fields: { proposalId, state: PROPOSAL_STATES[state] },
    });
  }
  await options.onExecutable?.();
  await walk.take("execute", {
    to: contracts.governance,
    data: encodeFunctionData({ abi: GovernanceAbi, functionName: "execute", args: [proposalId] }),
  });

  return { path, payload, proposalId, steps: walk.steps };
}

/**
 * Makes a rollup the canonical one through governance, and checks the outcome. See {@link executePayload}.
 *
 * @throws GovernanceWalkError also when registry, staking escrow or validators did not follow.
 */
export async function registerRollup(network: AztecNetwork, options: RegisterRollupOptions): Promise<GovernanceWalk> {
  const { chain, contracts } = network;
  const { deployer, rollup, payload: known, ...rest } = options;
  const payload =
    known ??
    (
      await deployModule(deployer, registerRollupPayloadModule, {
        RegisterRollupPayload: { registry: contracts.registry, rollup: rollup.address },
      })
    ).payload;
  const execution = await executePayload(network, { ...rest, sender: deployer.account, payload });
  const registeredAt = await chain.now();
  const followers = await checkRegistered(network, rollup, registeredAt);
  return { ...execution, registeredAt, followers };
}

/** Signals slot by slot until the quorum of one round is there, then submits the winner. Returns the proposal's number. */
async function signal(walk: Walk, payload: Address, options: ExecutePayloadOptions): Promise<bigint> {
  const { chain, contracts, rollup: first } = walk.network;
  const { canonical = first, signerOf } = options;
  const { timing } = canonical;
  const { quorum, roundSize } = await readSignalling(chain, contracts);

  const next = slotAt(timing, await chain.now()) + 1n;
  const leftInRound = roundSize - (next % roundSize);
  const start = leftInRound >= quorum ? next : next + leftInRound;
  const round = start / roundSize;
  const data = encodeFunctionData({ abi: GovernanceProposerAbi, functionName: "signal", args: [payload] });
  for (let slot = start; slot < start + quorum; slot++) {
    // A later epoch's seed is known only when the chain gets there.
    if (slotStart(timing, slot - 1n) > (await chain.now())) await chain.mineAt(slotStart(timing, slot - 1n));
    const proposer = await getProposer(chain, canonical, slot);
    const from = signerOf?.(proposer);
    if (from === undefined)
      throw new GovernanceWalkError("No key for the proposer of a slot", { fields: { slot, proposer } });
    await walk.take("signal", { from, to: contracts.governanceProposer, data }, slotStart(timing, slot));
  }

  const receipt = await walk.take(
    "submit-round-winner",
    {
      to: contracts.governanceProposer,
      data: encodeFunctionData({ abi: GovernanceProposerAbi, functionName: "submitRoundWinner", args: [round] }),
    },
    slotStart(timing, (round + 1n) * roundSize),
  );
  return proposalOf(receipt);
}

/**
 * Proposes a payload by locking tokens, and leaves it at that. The sender keeps power enough to outvote everybody else.
 * @returns the proposal's number.
 * @throws L1RevertError when a contract refuses a step.
 */
export function proposeWithLock(
  network: AztecNetwork,
  payload: Address,
  options: Pick<ExecutePayloadOptions, "sender" | "fund">,
): Promise<bigint> {
  return lockToPropose(new Walk(network, options.sender), payload, options);
}

/** Locks the configured amount to propose, and deposits as much again as everybody else has, to vote with. */
async function lockToPropose(
  walk: Walk,
  payload: Address,
  options: Pick<ExecutePayloadOptions, "fund">,
): Promise<bigint> {
  const { chain, contracts } = walk.network;
  const { sender } = walk;
  const others = await chain.publicClient.readContract({
    address: contracts.governance,
    abi: GovernanceAbi,
    functionName: "totalPowerNow",
  });
  const { proposeConfig, minimumVotes } = await chain.publicClient.readContract({
    address: contracts.governance,
    abi: GovernanceAbi,
    functionName: "getConfiguration",
  });
  const amount = proposeConfig.lockAmount + others + minimumVotes;
  await options.fund?.(sender.address, amount);
  await walk.take("deposit", {
    to: contracts.stakingAsset,
    data: encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [contracts.governance, amount] }),
  });
  await walk.take("deposit", {
    to: contracts.governance,
    data: encodeFunctionData({ abi: GovernanceAbi, functionName: "deposit", args: [sender.address, amount] }),
  });
  const receipt = await walk.take("propose-with-lock", {
    to: contracts.governance,
    data: encodeFunctionData({
      abi: GovernanceAbi,
      functionName: "proposeWithLock",
      args: [payload, sender.address],
    }),
  });
  return proposalOf(receipt);
}

function proposalOf(receipt: TransactionReceipt): bigint {
  const [proposed] = parseEventLogs({ abi: GovernanceAbi, logs: receipt.logs, eventName: "Proposed" });
  if (proposed === undefined) {
    throw new GovernanceWalkError("The transaction proposed nothing", { fields: { txHash: receipt.transactionHash } });
  }
  return proposed.args.proposalId;
}

/** Registry and staking escrow must name the rollup, and the validators that move with the latest one must count for it. */
async function checkRegistered({ chain, contracts }: AztecNetwork, rollup: Rollup, at: bigint): Promise<bigint> {
  const { publicClient } = chain;
  const canonical = await publicClient.readContract({
    address: contracts.registry,
    abi: RegistryAbi,
    functionName: "getCanonicalRollup",
  });
  const gse = { address: contracts.gse, abi: GSEAbi } as const;
  const latest = await publicClient.readContract({ ...gse, functionName: "getLatestRollup" });
  if (!isAddressEqual(canonical, rollup.address) || !isAddressEqual(latest, rollup.address)) {
    throw new GovernanceWalkError("Registry and staking escrow do not name the new rollup", {
      fields: { canonical, latest, expected: rollup.address },
    });
  }
  const bonus = await publicClient.readContract({ ...gse, functionName: "getBonusInstanceAddress" });
  const count = (instance: Address) =>
    publicClient.readContract({ ...gse, functionName: "getAttesterCountAtTime", args: [instance, at] });
  const [moving, followers] = [await count(bonus), await count(rollup.address)];
  if (followers < moving) {
    throw new GovernanceWalkError("Validators that move with the latest rollup did not follow", {
      fields: { moving, followers },
    });
  }
  return followers;
}
