import { hexToBigInt, isAddressEqual, type Address } from "viem";

import { BuildAheadError } from "../../errors.ts";
import type { L1Node } from "../../l1/l1Node.ts";
import type { StateDiff } from "../../l1/stateDiff.ts";
import type { AztecContracts } from "../../network/contracts.ts";
import type { Rollup } from "../../network/rollup.ts";
import {
  elementWord,
  LATE_TERMS_WORD,
  mappingWord,
  SELECTION_NAMESPACE,
  toWord,
  upstreamNamespace,
} from "../../protocol/storageMap.ts";
import { epochAt, epochStart } from "../../protocol/time.ts";
import type { ExplainedWord } from "./forkReport.ts";

/** A word that a payload's execution is to write, and what it says. */
interface ExpectedWord {
  readonly contract: string;
  readonly address: Address;
  readonly word: bigint;
  readonly meaning: string;
  /** Left out where a getter is the better witness. */
  readonly after?: (before: bigint) => bigint;
}

/** A payload wrote what it should not have, or not what it should have. */
export class UnexplainedWordError extends BuildAheadError {}

// Where upstream's contracts keep what a registration writes. Sources: `Registry.sol`, `GSE.sol`, `Governance.sol`, `RewardLib.sol`.
const REGISTRY_ROLLUPS = 1n;
const REGISTRY_VERSIONS = 2n;
const GSE_ROLLUPS = 1n;
const GSE_INSTANCES = 2n;
/** `InstanceAttesterRegistry`: a set of three words before it. */
const EXISTS = 3n;
const GOVERNANCE_PROPOSALS = 3n;
/** The second word of a proposal begins with its state. */
const PROPOSAL_STATE = 1n;
const STATE_MASK = 0xffn;
const EXECUTED = 5n;
const REWARDS_CLAIMABLE_WORD = upstreamNamespace("aztec.reward.storage") + 5n;
const REWARDS_CLAIMABLE_BIT = 1n << 32n;
const ESCAPE_HATCHES = SELECTION_NAMESPACE + 3n;

const increment = (before: bigint) => before + 1n;

/** Every execution marks its proposal. */
export function expectExecution({ governance }: AztecContracts, proposalId: bigint): readonly ExpectedWord[] {
  return [
    {
      contract: "Governance",
      address: governance,
      word: mappingWord(proposalId, GOVERNANCE_PROPOSALS) + PROPOSAL_STATE,
      meaning: `proposal ${proposalId} is executed`,
      after: (before) => (before & ~STATE_MASK) | EXECUTED,
    },
  ];
}

/** What registering a rollup writes, read from the state after it. @param at Unix seconds of the execution */
export async function expectRegistration(
  node: L1Node,
  { registry, gse }: AztecContracts,
  rollup: Rollup,
  at: bigint,
): Promise<readonly ExpectedWord[]> {
  const { address, version } = rollup;
  const place = (await readWord(node, registry, REGISTRY_VERSIONS)) - 1n;
  const point = (await readWord(node, gse, GSE_ROLLUPS)) - 1n;
  const inRegistry = { contract: "Registry", address: registry };
  const inGse = { contract: "GSE", address: gse };
  return [
    {
      ...inRegistry,
      word: mappingWord(version, REGISTRY_ROLLUPS),
      meaning: `version ${version} is the new rollup`,
      after: () => hexToBigInt(address),
    },
    { ...inRegistry, word: REGISTRY_VERSIONS, meaning: "one more version", after: increment },
    {
      ...inRegistry,
      word: elementWord(place, REGISTRY_VERSIONS),
      meaning: "the last version, hence canonical",
      after: () => version,
    },
    { ...inGse, word: GSE_ROLLUPS, meaning: "one more rollup in the history", after: increment },
    {
      ...inGse,
      word: elementWord(point, GSE_ROLLUPS),
      meaning: "from this second on the new rollup is the latest, and has the stakes that move",
      after: () => (hexToBigInt(address) << 32n) | at,
    },
    {
      ...inGse,
      word: mappingWord(hexToBigInt(address), GSE_INSTANCES) + EXISTS,
      meaning: "the new rollup is an instance and may take deposits",
      after: () => 1n,
    },
  ];
}

export function expectClaimable({ address }: Rollup): readonly ExpectedWord[] {
  return [
    {
      contract: "new rollup",
      address,
      word: REWARDS_CLAIMABLE_WORD,
      meaning: "rewards can be claimed",
      after: (before) => before | REWARDS_CLAIMABLE_BIT,
    },
  ];
}

/** What setting a rollup's first escape hatch writes. @param at Unix seconds of the execution */
export function expectHatch({ address, timing }: Rollup, hatch: Address, at: bigint): readonly ExpectedWord[] {
  const from = epochStart(timing, epochAt(timing, at) + 1n);
  return [
    { contract: "new rollup", address, word: ESCAPE_HATCHES, meaning: "one more escape hatch", after: increment },
    {
      contract: "new rollup",
      address,
      word: elementWord(0n, ESCAPE_HATCHES),
      meaning: "its escape hatch, from the next epoch on",
      after: () => (hexToBigInt(hatch) << 96n) | from,
    },
  ];
}

export function expectTerms({ address }: Rollup): readonly ExpectedWord[] {
  return [
    {
      contract: "new rollup",
      address,
      word: LATE_TERMS_WORD,
      meaning: "the terms of late submissions, window included",
    },
  ];
}

/**
 * Holds what a transaction wrote against what it was to write, word for word.
 * @throws UnexplainedWordError on a word that nobody expected, on another value, on a word that was not written, and on an account
 *   other than the sender that was created or has sent something.
 */
export function explainDiff(
  diff: StateDiff,
  expected: readonly ExpectedWord[],
  sender: Address,
): readonly ExplainedWord[] {
  const strange = diff.accounts.find((account) => !isAddressEqual(account, sender));
  if (strange !== undefined) {
    throw new UnexplainedWordError("A payload's execution created or moved an account", {
      fields: { account: strange },
    });
  }
  for (const { contract, word, address, meaning } of expected) {
    if (diff.words.some((change) => change.word === word && isAddressEqual(change.address, address))) continue;
    throw new UnexplainedWordError("A payload's execution left out a word", {
      fields: { contract, word: toWord(word), meaning },
    });
  }
  return diff.words.map(({ address, word, before, after }) => {
    const known = expected.find((candidate) => candidate.word === word && isAddressEqual(candidate.address, address));
    const due = known?.after?.(before) ?? after;
    if (known === undefined || due !== after) {
      throw new UnexplainedWordError("A payload's execution wrote a word that nobody can explain", {
        fields: { address, word: toWord(word), before: toWord(before), after: toWord(after) },
      });
    }
    const { contract, meaning } = known;
    return { contract, address, word: toWord(word), before: toWord(before), after: toWord(after), meaning };
  });
}

async function readWord({ publicClient }: L1Node, address: Address, word: bigint): Promise<bigint> {
  return hexToBigInt((await publicClient.getStorageAt({ address, slot: toWord(word) })) ?? "0x0");
}
