import { decodeFunctionData, type Abi, type Address, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { L1Node } from "../l1/l1Node.ts";
import type { PayloadAction } from "../network/upgradeActions.ts";
import { lateSubmissionAbi } from "../protocol/abis.ts";
import { GovernanceAbi, GSEAbi, PayloadAbi, RegistryAbi, RollupAbi } from "../upstream/abis.ts";
import { describeValue } from "./describeValue.ts";

/** There is no governance payload at an address. */
export class NotAPayloadError extends BuildAheadError {
  constructor(address: Address, cause: unknown) {
    super("The contract at this address does not answer as a governance payload", { fields: { address }, cause });
  }
}

/** One call of a payload, as far as it is understood. */
export interface InspectedAction extends PayloadAction {
  /** Undefined when the call is none that is known here. */
  readonly functionName: string | undefined;
  readonly arguments: readonly unknown[];
  /** What it changes, from what to what. */
  readonly changes: readonly StateChange[];
}

export interface StateChange {
  readonly state: string;
  readonly now: string;
  readonly then: string;
}

export interface InspectedPayload {
  readonly uri: string;
  readonly actions: readonly InspectedAction[];
}

/**
 * Reads what a payload would do if governance executed it now: its actions decoded, and the state that they change.
 * @throws NotAPayloadError
 */
export async function inspectPayload(node: L1Node, payload: Address): Promise<InspectedPayload> {
  const contract = { address: payload, abi: PayloadAbi } as const;
  const { uri, actions } = await (async () => {
    try {
      return {
        uri: await node.publicClient.readContract({ ...contract, functionName: "getURI" }),
        actions: await node.publicClient.readContract({ ...contract, functionName: "getActions" }),
      };
    } catch (cause) {
      throw new NotAPayloadError(payload, cause);
    }
  })();
  const inspected: InspectedAction[] = [];
  for (const action of actions) inspected.push(await inspectAction(node, action));
  return { uri, actions: inspected };
}

async function inspectAction(node: L1Node, action: PayloadAction): Promise<InspectedAction> {
  for (const describe of DESCRIPTIONS) {
    const described = await describe(node, action);
    if (described !== undefined) return { ...action, ...described };
  }
  return { ...action, functionName: undefined, arguments: [], changes: [] };
}

type Description = Pick<InspectedAction, "functionName" | "arguments" | "changes">;
type Describe = (node: L1Node, action: PayloadAction) => Promise<Description | undefined>;

/** Knows one function: how to decode it, and how to read what it changes. */
function describing(
  abi: Abi,
  functionName: string,
  change: (node: L1Node, target: Address, args: readonly unknown[]) => Promise<readonly StateChange[]>,
): Describe {
  return async (node, { target, data }) => {
    const decoded = decode(abi, data);
    if (decoded?.functionName !== functionName) return undefined;
    const args = decoded.args ?? [];
    try {
      return { functionName, arguments: args, changes: await change(node, target, args) };
    } catch {
      // Another contract's function of the same name.
      return undefined;
    }
  };
}

function decode(abi: Abi, data: Hex) {
  try {
    return decodeFunctionData({ abi, data });
  } catch {
    return undefined;
  }
}

/** A getter that tells what a call changes to its argument. */
const getter =
  (abi: Abi, functionName: string, state: string) =>
  async ({ publicClient }: L1Node, address: Address, [value]: readonly unknown[]): Promise<readonly StateChange[]> => {
    const now = await publicClient.readContract({ address, abi, functionName });
    return [{ state, now: describeValue(now), then: describeValue(value) }];
  };

/** Registry and staking escrow share a selector: whichever getter answers tells which of them it is. */
const DESCRIPTIONS: readonly Describe[] = [
  describing(RegistryAbi, "addRollup", getter(RegistryAbi, "getCanonicalRollup", "Registry.getCanonicalRollup")),
  describing(GSEAbi, "addRollup", getter(GSEAbi, "getLatestRollup", "GSE.getLatestRollup")),
  describing(RollupAbi, "setRewardsClaimable", getter(RollupAbi, "isRewardsClaimable", "Rollup.isRewardsClaimable")),
  describing(RollupAbi, "updateEscapeHatch", getter(RollupAbi, "getEscapeHatch", "Rollup.getEscapeHatch")),
  describing(RollupAbi, "setRewardConfig", getter(RollupAbi, "getRewardConfig", "Rollup.getRewardConfig")),
  describing(RollupAbi, "setSlasher", getter(RollupAbi, "getSlasher", "Rollup.getSlasher")),
  describing(RollupAbi, "transferOwnership", getter(RollupAbi, "owner", "owner")),
  describing(GovernanceAbi, "updateConfiguration", getter(GovernanceAbi, "getConfiguration", "Governance.getConfiguration")),
  describing(
    lateSubmissionAbi,
    "setLateSubmissionTerms",
    getter(lateSubmissionAbi, "getLateSubmissionTerms", "Rollup.getLateSubmissionTerms"),
  ),
];
