import { keccak256, toFunctionSelector, type Abi, type Address, type Hex } from "viem";

import type { Artifacts } from "../../hardhatRuntime.ts";
import type { L1Node } from "../../l1/l1Node.ts";
import { assertCompiledCode, WrongCodeError } from "../../network/compiledCode.ts";
import { readLinkedLibraries } from "../../network/linkedLibraries.ts";
import type { DeployedConfig } from "../../network/readRollupConfig.ts";
import { lateSubmissionAbi } from "../../protocol/abis.ts";
import { erc7201Namespace, LATE_TERMS_WORD, toWord, upstreamNamespace } from "../../protocol/storageMap.ts";
import { RollupAbi } from "../../upstream/abis.ts";
import type { ComparisonRow } from "./forkReport.ts";

/** One rollup version as it is compared. */
export interface ComparedRollup {
  readonly address: Address;
  readonly config: DeployedConfig;
}

/** In what the new rollup is meant to differ. Everything else that differs is a finding. */
const INTENDED: Readonly<Record<string, string>> = {
  "config.version": "a version of its own",
  "config.inboxLag": "a child built before its parent landed must survive messages sent in between",
  "config.rewardConfig.booster": "a booster belongs to one rollup; the new one has the same configuration",
  verifier: "the rehearsal has no real proofs: its new rollup takes upstream's mock verifier",
  rewardsClaimable: "off after every deployment; the payload turns it on again",
};

/** Namespaces of a rollup's storage. */
const NAMESPACES = [
  "aztec.stf.storage",
  "aztec.fee.storage",
  "aztec.reward.storage",
  "aztec.validator_selection.storage",
  "aztec.core.staking.storage",
] as const;
const OURS = "buildahead.storage.LateSubmission";
/** EIP-170, in bytes. */
const MAX_CODE_SIZE = 24_576;

/** Compares the canonical rollup with the one that is to follow it, on what they are and not on what happened to them. */
export async function compareRollups(
  artifacts: Artifacts,
  node: L1Node,
  before: ComparedRollup,
  after: ComparedRollup,
): Promise<readonly ComparisonRow[]> {
  const [oldCode, newCode] = [await codeOf(node, before.address), await codeOf(node, after.address)];
  return [
    ...compareConfigs(before.config, after.config),
    ...compareSelectors(oldCode, newCode),
    ...(await compareStorage(node, before, after)),
    ...(await compareCode(artifacts, node, before, oldCode, after, newCode)),
    ...(await compareDigests(node, before, after)),
  ];
}

function compareConfigs(before: DeployedConfig, after: DeployedConfig): readonly ComparisonRow[] {
  const [old, next] = [flatten("", before), flatten("", after)];
  return [...old.keys()].map((subject) =>
    row("configuration", subject, old.get(subject) ?? "", next.get(subject) ?? ""),
  );
}

/** Every value of a configuration by its path. */
function flatten(path: string, value: unknown): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, String(value)]]);
  const prefix = path === "" ? "" : `${path}.`;
  return new Map(Object.entries(value).flatMap(([name, part]) => [...flatten(`${prefix}${name}`, part)]));
}

/** The selectors of an ABI that a contract's code compares with: the dispatcher pushes each of them. */
export function selectorsIn(code: Hex, abi: Abi): readonly Hex[] {
  const selectors = abi.flatMap((item) => (item.type === "function" ? [toFunctionSelector(item)] : []));
  // A selector that begins with zeros is pushed without them.
  const pushed = (selector: Hex) => {
    const digits = selector.slice(2).replace(/^(00)+/, "");
    return `${(0x5f + digits.length / 2).toString(16)}${digits}`;
  };
  return selectors.filter((selector) => code.includes(pushed(selector)));
}

function compareSelectors(oldCode: Hex, newCode: Hex): readonly ComparisonRow[] {
  const count = (code: Hex, abi: Abi) => `${selectorsIn(code, abi).length} of ${functionsOf(abi)}`;
  return [
    row("selectors", "upstream's v4.1.2 functions", count(oldCode, RollupAbi), count(newCode, RollupAbi)),
    row(
      "selectors",
      "functions for late submissions",
      count(oldCode, lateSubmissionAbi),
      count(newCode, lateSubmissionAbi),
      "what is new: the recipient's name, the guard, records, terms and their setter",
    ),
  ];
}

const functionsOf = (abi: Abi) => abi.filter(({ type }) => type === "function").length;

async function compareStorage(
  node: L1Node,
  before: ComparedRollup,
  after: ComparedRollup,
): Promise<readonly ComparisonRow[]> {
  const isUsed = async ({ address }: ComparedRollup) => {
    const word = await node.publicClient.getStorageAt({ address, slot: toWord(LATE_TERMS_WORD) });
    return BigInt(word ?? "0x0") === 0n ? "empty" : "terms";
  };
  const upstreams = NAMESPACES.map((name) => {
    const position = toWord(upstreamNamespace(name));
    return row("storage", name, position, position);
  });
  const own = `${OURS} (${toWord(erc7201Namespace(OURS))})`;
  const why = "a namespace of its own after ERC-7201; nothing of upstream's layout moves";
  return [...upstreams, row("storage", own, await isUsed(before), await isUsed(after), why)];
}

async function compareCode(
  artifacts: Artifacts,
  node: L1Node,
  before: ComparedRollup,
  oldCode: Hex,
  after: ComparedRollup,
  newCode: Hex,
): Promise<readonly ComparisonRow[]> {
  const isBaseline = await isCompiledFrom(artifacts, node, "Rollup", before.address);
  const rows = [
    row(
      "code",
      "runtime code, bytes",
      describeSize(oldCode),
      describeSize(newCode),
      "the rollup inherits upstream's and adds to it",
    ),
    row(
      "code",
      "hash of the runtime code",
      keccak256(oldCode),
      keccak256(newCode),
      "immutables and links differ in any case",
    ),
  ];
  if (!isBaseline) return rows;
  const [old, next] = [
    await readLinkedLibraries(artifacts, node, "Rollup", before.address),
    await readLinkedLibraries(artifacts, node, "BuildAheadRollup", after.address),
  ];
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
  const links = await Promise.all(
    names.map(async (name) => {
      const [from, to] = [await librarySize(node, old[name]), await librarySize(node, next[name])];
      return row("code", `library linked as ${name}`, from, to, WHY_LINKED[name] ?? "deployed again, the same code");
    }),
  );
  return [...rows, ...links];
}

const WHY_LINKED: Readonly<Record<string, string>> = {
  RollupOperationsExtLib: "ours stands in its place, with the same seven selectors",
  LateSubmissionExtLib: "late-only code, so that nobody else pays for it",
};

/** The two domains that signatures of validators and governance are bound to. */
async function compareDigests(
  { publicClient }: L1Node,
  before: ComparedRollup,
  after: ComparedRollup,
): Promise<readonly ComparisonRow[]> {
  const domainOf = async ({ address }: ComparedRollup) => {
    const contract = { address, abi: RollupAbi } as const;
    const [, name, version, chainId] = await publicClient.readContract({ ...contract, functionName: "eip712Domain" });
    return `${name} ${version}, chain ${chainId}`;
  };
  return [
    row("digests", "EIP-712 domain of the rollup", await domainOf(before), await domainOf(after)),
    row("digests", "what attestations sign", "v4.1.2's consensus payload", "v4.1.2's consensus payload"),
  ];
}

/** Whether the code at an address is what the pinned sources compile to here. Other compiler settings give other code. */
export async function isCompiledFrom(
  artifacts: Artifacts,
  node: L1Node,
  contract: string,
  address: Address,
): Promise<boolean> {
  try {
    await assertCompiledCode(artifacts, node, contract, address);
    return true;
  } catch (error) {
    if (error instanceof WrongCodeError) return false;
    throw error;
  }
}

async function librarySize(node: L1Node, address: Address | undefined): Promise<string> {
  return address === undefined ? "none" : `${address}, ${sizeOf(await codeOf(node, address))}`;
}

const sizeOf = (code: Hex) => (code.length - 2) / 2;
const describeSize = (code: Hex) => `${sizeOf(code)}, ${MAX_CODE_SIZE - sizeOf(code)} left`;

async function codeOf({ publicClient }: L1Node, address: Address): Promise<Hex> {
  return (await publicClient.getCode({ address })) ?? "0x";
}

function row(area: ComparisonRow["area"], subject: string, before: string, after: string, why?: string): ComparisonRow {
  const same = before === after;
  const reason = why ?? INTENDED[subject];
  return { area, subject, before, after, same, ...(same || reason === undefined ? {} : { why: reason }) };
}
