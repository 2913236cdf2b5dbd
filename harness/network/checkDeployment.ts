import { getContractAddress, isAddressEqual, padHex, toHex, zeroAddress, type Address } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { lateSubmissionAbi } from "../protocol/abis.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { RollupAbi, SlasherAbi } from "../upstream/abis.ts";
import { SlasherFlavor, type GenesisState, type RollupConfig } from "../upstream/rollupConfig.ts";
import { assertBuildAheadLinks } from "./buildAheadLinks.ts";
import { assertCompiledCode, WrongCodeError } from "./compiledCode.ts";
import type { AztecContracts } from "./contracts.ts";
import { readEscapeHatch, type EscapeHatchConfig } from "./escapeHatch.ts";
import {
  boosterImmutables,
  empireImmutables,
  escapeHatchImmutables,
  inboxImmutables,
  outboxImmutables,
  portalImmutables,
  rollupImmutables,
  slasherImmutables,
  slashFactoryImmutables,
  tallyImmutables,
} from "./expectedImmutables.ts";
import { readImmutables, type Immutables } from "./immutables.ts";
import { WrongLibraryLinkError } from "./linkedLibraries.ts";
import { readArtifact } from "./readArtifact.ts";
import { readRollup, type Rollup } from "./rollup.ts";
import { readRollupConfig, withoutUnusedSlashing } from "./readRollupConfig.ts";

/** What a check is about. */
export type CheckArea =
  | "code"
  | "immutable"
  | "owner"
  | "shared contract"
  | "configuration"
  | "genesis"
  | "verifier"
  | "terms"
  | "escape hatch";

/** What configurations are made of once they are taken apart. */
type Leaf = string | number | bigint | boolean;

/** One thing that was looked at on chain. */
export interface Check {
  readonly area: CheckArea;
  /** Contract and field, `Inbox.LAG` for example. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

/** What a deployment of the extended rollup is to be. */
export interface ExpectedDeployment {
  readonly contracts: Pick<AztecContracts, "feeAsset" | "stakingAsset" | "gse" | "rewardDistributor">;
  /** Owner from the constructor on; normally Governance. */
  readonly owner: Address;
  /** As the constructor took it: a zero booster is one of the rollup's own. */
  readonly config: RollupConfig;
  readonly genesis: GenesisState;
  readonly verifier: Address;
  readonly terms: LateSubmissionTerms;
  readonly slashFactory?: Address;
  /** A hatch that was deployed for this rollup. It need not be set yet: the payload does that. */
  readonly escapeHatch?: EscapeHatchConfig & { readonly address: Address };
  /** L1 block of the rollup's deployment; default what it says itself. */
  readonly block?: bigint;
}

/** A deployment is not what it should be. `findings` has what was found wrong. */
export class DeploymentCheckError extends BuildAheadError {
  readonly findings: readonly Check[];

  constructor(rollup: Address, findings: readonly Check[]) {
    const [first] = findings;
    super("The deployment on chain is not what it should be: do not propose it to governance", {
      fields: { rollup, findings: findings.length, ...(first === undefined ? {} : { first: describeCheck(first) }) },
    });
    this.findings = findings;
  }
}

/** What is wrong, one line for people. */
function describeCheck({ area, subject, expected, found }: Check): string {
  return `${area}: ${subject} is ${found}, not ${expected}`;
}

/** The checks that failed. */
export function findingsOf(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ passed }) => !passed);
}

/** @throws DeploymentCheckError when a check of {@link checkDeployment} fails. */
export async function assertDeployment(
  artifacts: Artifacts,
  node: L1Node,
  rollup: Address,
  expected: ExpectedDeployment,
): Promise<void> {
  const findings = findingsOf(await checkDeployment(artifacts, node, rollup, expected));
  if (findings.length > 0) throw new DeploymentCheckError(rollup, findings);
}

/**
 * Compares a deployed rollup, and every contract that its deployment made, with what it is to be: all runtime code, links and
 * immutables by name, owner, slasher's governance, shared contracts, configuration, genesis, verifier, terms, escape hatch.
 *
 * Two things may be otherwise later on without anything being wrong: what governance changed since (it is reported, and people
 * judge), and the price of the fee asset, which moves with every checkpoint and is compared before the first one only.
 *
 * @throws NoRollupError, UnreadableConfigError when there is nothing to compare.
 */
export async function checkDeployment(
  artifacts: Artifacts,
  node: L1Node,
  address: Address,
  expected: ExpectedDeployment,
): Promise<readonly Check[]> {
  const rollup = await readRollup(node, address);
  const list = new Checklist(artifacts, node);
  await checkRollup(list, rollup, expected);
  await checkBridges(list, rollup, expected);
  await checkSlasher(list, rollup, expected);
  await checkConfiguration(list, rollup, expected);
  await checkTerms(list, rollup, expected.terms);
  await checkEscapeHatch(list, rollup, expected.escapeHatch);
  return list.checks;
}

/** Takes the checks and keeps the book. */
class Checklist {
  readonly checks: Check[] = [];
  readonly artifacts: Artifacts;
  readonly node: L1Node;

  constructor(artifacts: Artifacts, node: L1Node) {
    this.artifacts = artifacts;
    this.node = node;
  }

  compare(area: CheckArea, subject: string, expected: Leaf, found: Leaf | undefined): void {
    const [wanted, seen] = [print(expected), print(found)];
    const passed = wanted.toLowerCase() === seen.toLowerCase();
    this.checks.push({ area, subject, expected: wanted, found: seen, passed });
  }

  /** Field by field, nested ones too. What is not expected is not looked at. */
  compareFields(area: CheckArea, subject: string, expected: object, found: object): void {
    for (const [name, value] of Object.entries(expected as Readonly<Record<string, Leaf | object>>)) {
      const seen = (found as Readonly<Record<string, Leaf | object | undefined>>)[name];
      if (typeof value === "object") this.compareFields(area, `${subject}.${name}`, value, Object(seen) as object);
      else this.compare(area, `${subject}.${name}`, value, typeof seen === "object" ? "a group" : seen);
    }
  }

  /** A contract's code, and every immutable in it by name: one that is not expected is a finding as much as a wrong one. */
  async contract(name: string, address: Address, immutables: Immutables): Promise<boolean> {
    const isCompiled = await this.code(name, () => assertCompiledCode(this.artifacts, this.node, name, address));
    await this.immutables(name, address, immutables);
    return isCompiled;
  }

  async immutables(name: string, address: Address, expected: Immutables): Promise<void> {
    try {
      const found = await readImmutables(this.artifacts, this.node, name, address);
      for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
        this.compare("immutable", `${name}.${key}`, printWord(expected[key]), printWord(found[key]));
      }
    } catch (error) {
      this.#refuse("immutable", name, error);
    }
  }

  /** Turns what an assertion about code throws into a finding. */
  async code(name: string, assertion: () => Promise<void>): Promise<boolean> {
    try {
      await assertion();
      this.compare("code", name, "as compiled", "as compiled");
      return true;
    } catch (error) {
      this.#refuse("code", name, error);
      return false;
    }
  }

  #refuse(area: CheckArea, subject: string, error: unknown): void {
    if (!(error instanceof WrongCodeError) && !(error instanceof WrongLibraryLinkError)) throw error;
    this.compare(area, subject, "as compiled", error.message);
  }
}

async function checkRollup(list: Checklist, rollup: Rollup, expected: ExpectedDeployment): Promise<void> {
  const { publicClient } = list.node;
  const { address } = rollup;
  const contract = { address, abi: RollupAbi } as const;
  await list.code("BuildAheadRollup and its libraries", () =>
    assertBuildAheadLinks(list.artifacts, list.node, address),
  );
  const block =
    expected.block ?? (await publicClient.readContract({ ...contract, functionName: "L1_BLOCK_AT_GENESIS" }));
  await list.immutables("BuildAheadRollup", address, rollupImmutables(block));
  list.compare("owner", "BuildAheadRollup.owner", expected.owner, await readOwner(list.node, address));
  const shared = {
    feeAsset: await publicClient.readContract({ ...contract, functionName: "getFeeAsset" }),
    stakingAsset: await publicClient.readContract({ ...contract, functionName: "getStakingAsset" }),
    gse: await publicClient.readContract({ ...contract, functionName: "getGSE" }),
    rewardDistributor: await publicClient.readContract({ ...contract, functionName: "getRewardDistributor" }),
  };
  const { feeAsset, stakingAsset, gse, rewardDistributor } = expected.contracts;
  list.compareFields("shared contract", "BuildAheadRollup", { feeAsset, stakingAsset, gse, rewardDistributor }, shared);
  if (expected.slashFactory !== undefined) {
    await list.contract("SlashFactory", expected.slashFactory, slashFactoryImmutables(address));
  }
}

const readOwner = ({ publicClient }: L1Node, address: Address): Promise<Address> =>
  publicClient.readContract({ address, abi: RollupAbi, functionName: "owner" });

/** Inbox, outbox and portal, which the rollup's constructor made. */
async function checkBridges(list: Checklist, rollup: Rollup, { config, contracts }: ExpectedDeployment): Promise<void> {
  await list.contract("Inbox", rollup.inbox, inboxImmutables(rollup, config));
  await list.contract("Outbox", rollup.outbox, outboxImmutables(rollup, config));
  await list.contract("FeeJuicePortal", rollup.feeJuicePortal, portalImmutables(rollup, contracts.feeAsset, config));
}

async function checkSlasher(list: Checklist, rollup: Rollup, { config, owner }: ExpectedDeployment): Promise<void> {
  const { publicClient, chainId } = list.node;
  const { slasher } = rollup;
  if (config.targetCommitteeSize === 0n || config.slasherFlavor === SlasherFlavor.none) {
    list.compare("configuration", "BuildAheadRollup.slasher", zeroAddress, slasher);
    return;
  }
  // What is no slasher names no proposer either.
  if (!(await list.contract("Slasher", slasher, slasherImmutables(owner, config)))) return;
  const proposer = await publicClient.readContract({ address: slasher, abi: SlasherAbi, functionName: "PROPOSER" });
  if (config.slasherFlavor === SlasherFlavor.empire) {
    await list.contract("EmpireSlashingProposer", proposer, empireImmutables(rollup, config, chainId, proposer));
    return;
  }
  // Source: the constructor of `TallySlashingProposer`, which salts its payloads' implementation with its own address.
  const implementation = getContractAddress({
    opcode: "CREATE2",
    from: proposer,
    salt: padHex(proposer, { size: 32, dir: "right" }),
    bytecode: (await readArtifact(list.artifacts, "SlashPayloadCloneable")).bytecode,
  });
  const immutables = tallyImmutables(rollup, config, chainId, proposer, implementation);
  await list.contract("TallySlashingProposer", proposer, immutables);
  await list.contract("SlashPayloadCloneable", implementation, {});
}

async function checkConfiguration(list: Checklist, rollup: Rollup, expected: ExpectedDeployment): Promise<void> {
  const { publicClient } = list.node;
  const { address } = rollup;
  const found = await readRollupConfig(list.node, address);
  const { rewardConfig, initialEthPerFeeAsset, ...config } = withoutUnusedSlashing(expected.config);
  const { booster, ...rewards } = rewardConfig;
  list.compareFields("configuration", "BuildAheadRollup", config, found.config);
  list.compareFields("configuration", "BuildAheadRollup.rewardConfig", rewards, found.config.rewardConfig);
  if (isAddressEqual(booster, zeroAddress)) {
    await list.contract(
      "RewardBooster",
      found.config.rewardConfig.booster,
      boosterImmutables(address, expected.config),
    );
  } else {
    list.compare("configuration", "BuildAheadRollup.rewardConfig.booster", booster, found.config.rewardConfig.booster);
  }
  const { pending } = await publicClient.readContract({ address, abi: RollupAbi, functionName: "getTips" });
  if (pending === 0n) {
    const price = found.config.initialEthPerFeeAsset;
    list.compare("configuration", "BuildAheadRollup.initialEthPerFeeAsset", initialEthPerFeeAsset, price);
  }
  list.compareFields("genesis", "BuildAheadRollup", expected.genesis, found.genesis);
  list.compare("verifier", "BuildAheadRollup.epochProofVerifier", expected.verifier, found.verifier);
  const code = (await publicClient.getCode({ address: found.verifier })) ?? "0x";
  list.compare("verifier", "code at the verifier's address", "there", code === "0x" ? "missing" : "there");
}

async function checkTerms(list: Checklist, { address }: Rollup, terms: LateSubmissionTerms): Promise<void> {
  const found = await list.node.publicClient.readContract({
    address,
    abi: lateSubmissionAbi,
    functionName: "getLateSubmissionTerms",
  });
  list.compareFields("terms", "BuildAheadRollup.terms", terms, found);
}

/** The hatch made for the rollup, and that the rollup has none but that. */
async function checkEscapeHatch(
  list: Checklist,
  { address }: Rollup,
  expected: ExpectedDeployment["escapeHatch"],
): Promise<void> {
  const set = await readEscapeHatch(list.node, address);
  if (expected !== undefined) {
    await list.contract("EscapeHatch", expected.address, escapeHatchImmutables(address, expected));
  }
  if (set !== undefined) {
    list.compare("escape hatch", "BuildAheadRollup.escapeHatch", expected?.address ?? zeroAddress, set.address);
  }
}

const print = (value: Leaf | undefined): string => (value === undefined ? "nothing" : String(value));

/** Addresses and hashes read as such, small numbers as numbers. */
function printWord(value: bigint | undefined): string {
  if (value === undefined) return "nothing";
  if (value < 2n ** 96n) return value.toString();
  return value < 2n ** 160n ? toHex(value, { size: 20 }) : toHex(value, { size: 32 });
}
