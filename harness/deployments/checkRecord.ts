import { isAddressEqual, zeroAddress, type Address } from "viem";

import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { assertCompiledCode, WrongCodeError } from "../network/compiledCode.ts";
import { checkDeployment, type Check, type ExpectedDeployment } from "../network/checkDeployment.ts";
import { readNetwork } from "../network/contracts.ts";
import { buildAheadConfig } from "../network/deployBuildAhead.ts";
import { completeConfig } from "../network/deployRollup.ts";
import { readEscapeHatch } from "../network/escapeHatch.ts";
import { readRollupConfig } from "../network/readRollupConfig.ts";
import { upgradeActions, type PayloadAction } from "../network/upgradeActions.ts";
import { lateSubmissionAbi } from "../protocol/abis.ts";
import { GSEAbi, RegistryAbi } from "../upstream/abis.ts";
import { BuildAheadError } from "../errors.ts";
import type { DeploymentRecord } from "./deploymentRecord.ts";
import { expectedDeployment } from "./deployPlan.ts";
import { inspectPayload } from "./inspectPayload.ts";
import { findGone } from "./resumeJournal.ts";
import { assertSameChain } from "./validateRecord.ts";

/** A deployment that is not complete cannot be checked. */
export class IncompleteDeploymentError extends BuildAheadError {
  constructor({ name, network, steps }: DeploymentRecord) {
    super("The deployment is not complete: run `deploy-upgrade` again first", {
      fields: { name, network, transactions: steps.length },
    });
  }
}

/** There is nothing with which a rollup could be compared. */
export class NoPredecessorError extends BuildAheadError {
  constructor(rollup: Address) {
    super("The registry has no rollup before this one: check its record instead", { fields: { rollup } });
  }
}

/** What is needed to check. */
export interface CheckPlace {
  readonly network: string;
  readonly node: L1Node;
  readonly artifacts: Artifacts;
}

/**
 * Compares everything that a record says with the chain and the compiled contracts.
 * @throws RecordMismatchError when the record is of another chain; IncompleteDeploymentError
 */
export async function checkRecord(place: CheckPlace, record: DeploymentRecord): Promise<readonly Check[]> {
  const { node, artifacts } = place;
  const { plan, addresses, steps } = record;
  await assertSameChain(place, record);
  const { rollup, escapeHatch, payload } = addresses;
  if (record.status !== "complete" || rollup === undefined) {
    throw new IncompleteDeploymentError(record);
  }
  const gone = new Set((await findGone(node, steps)).map(({ id }) => id));
  const transactions = steps.map(({ id }) => check("transaction", id, "on chain", gone.has(id) ? "gone" : "on chain"));
  const others: Check[] = [];
  for (const { contract, address, functionName } of steps) {
    // Rollup, libraries and hatch are looked at in the round; what remains is penalties and payload.
    if (functionName === undefined) others.push(await checkCode(place, contract, address));
  }
  return [
    ...transactions,
    ...(await checkDeployment(artifacts, node, rollup, expectedDeployment(record))),
    ...others,
    ...(payload === undefined
      ? await checkHandover(node, record)
      : [await checkPayload(node, payload, upgradeActions({ ...plan, rollup, escapeHatch }))]),
  ];
}

async function checkPayload(node: L1Node, payload: Address, expected: readonly PayloadAction[]): Promise<Check> {
  const { actions } = await inspectPayload(node, payload);
  const print = (list: readonly PayloadAction[]) => list.map(({ target, data }) => `${target}:${data}`.toLowerCase());
  return check("payload", "FixedActionsPayload.getActions", print(expected).join(), print(actions).join());
}

/** A new network belongs to its governance, and its rollup is the canonical one. */
async function checkHandover({ publicClient }: L1Node, { plan, addresses }: DeploymentRecord): Promise<Check[]> {
  const { registry, gse, governance } = plan.contracts;
  const contract = { address: registry, abi: RegistryAbi } as const;
  const canonical = await publicClient.readContract({ ...contract, functionName: "getCanonicalRollup" });
  const owner = await publicClient.readContract({ ...contract, functionName: "owner" });
  const escrowOwner = await publicClient.readContract({ address: gse, abi: GSEAbi, functionName: "owner" });
  return [
    check("shared contract", "Registry.getCanonicalRollup", addresses.rollup ?? zeroAddress, canonical),
    check("owner", "Registry.owner", governance, owner),
    check("owner", "GSE.owner", governance, escrowOwner),
  ];
}

/**
 * Checks any rollup against the one that was canonical before it, as far as the chain tells: where the configuration, the verifier or the
 * owner differs, that is a finding. The terms are taken as they are.
 *
 * @throws NoPredecessorError, NotARegistryError, NoRollupError
 */
export async function checkRollup(place: CheckPlace, registry: Address, rollup: Address): Promise<readonly Check[]> {
  const { node, artifacts } = place;
  const { contracts } = await readNetwork(node, registry);
  const predecessor = await findPredecessor(node, registry, rollup);
  const current = await readRollupConfig(node, predecessor);
  const { rewardConfig } = current.config;
  const planned = buildAheadConfig({ ...current.config, rewardConfig: { ...rewardConfig, booster: zeroAddress } });
  const terms = await node.publicClient.readContract({
    address: rollup,
    abi: lateSubmissionAbi,
    functionName: "getLateSubmissionTerms",
  });
  const hatch = await readEscapeHatch(node, rollup);
  const theirs = await readEscapeHatch(node, predecessor);
  const expected: ExpectedDeployment = {
    contracts,
    owner: contracts.governance,
    config: completeConfig(planned, contracts, current.genesis),
    genesis: current.genesis,
    verifier: current.verifier,
    terms,
    ...(hatch === undefined ? {} : { escapeHatch: { ...(theirs ?? hatch), address: hatch.address } }),
  };
  return checkDeployment(artifacts, node, rollup, expected);
}

/** The rollup before this one in the registry, or its last one when this one is not registered. */
async function findPredecessor({ publicClient }: L1Node, registry: Address, rollup: Address): Promise<Address> {
  const contract = { address: registry, abi: RegistryAbi } as const;
  let predecessor: Address | undefined;
  const count = await publicClient.readContract({ ...contract, functionName: "numberOfVersions" });
  for (let index = 0n; index < count; index++) {
    const version = await publicClient.readContract({ ...contract, functionName: "getVersion", args: [index] });
    const known = await publicClient.readContract({ ...contract, functionName: "getRollup", args: [version] });
    if (isAddressEqual(known, rollup)) break;
    predecessor = known;
  }
  if (predecessor === undefined) throw new NoPredecessorError(rollup);
  return predecessor;
}

async function checkCode({ node, artifacts }: CheckPlace, contract: string, address: Address): Promise<Check> {
  try {
    await assertCompiledCode(artifacts, node, contract, address);
    return check("code", `${contract} at ${address}`, "as compiled", "as compiled");
  } catch (error) {
    if (!(error instanceof WrongCodeError)) throw error;
    return check("code", `${contract} at ${address}`, "as compiled", error.message);
  }
}

function check(area: Check["area"], subject: string, expected: string, found: string): Check {
  return { area, subject, expected, found, passed: expected === found };
}
