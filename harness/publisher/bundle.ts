import { decodeFunctionResult, encodeFunctionData, multicall3Abi, parseEventLogs, isAddressEqual } from "viem";
import type { Address, Hex, TransactionReceipt } from "viem";

import { nameLateRecipientCall, type BundledCall } from "../consensus/bundledCalls.ts";
import type { RollupView } from "../consensus/rollupView.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { ACTIONS, type ProposeRequest, type PublishRequest } from "./publisher.ts";

/** Requests that share a transaction. */
export interface Bundle {
  readonly requests: readonly PublishRequest[];
  /** The proposal among them; there is room for one, because blobs are read from the first on. */
  readonly proposal: ProposeRequest | undefined;
  /** Multicall3's calldata. */
  readonly data: Hex;
  /** Which of Multicall3's results is which request's. */
  readonly places: readonly number[];
}

/**
 * Puts requests into the order in which they have to happen, each allowed to fail, with the name of who is to be credited right before
 * the proposal: it may turn late on its way.
 */
export function assembleBundle(view: RollupView, unordered: readonly PublishRequest[], recipient: Address): Bundle {
  const requests = unordered.toSorted((one, other) => ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action));
  const calls: BundledCall[] = [];
  const places: number[] = [];
  for (const request of requests) {
    if (request.action === "propose") calls.push(nameLateRecipientCall(view, recipient));
    places.push(calls.length);
    calls.push(toCall(view, request));
  }
  return {
    requests,
    proposal: requests.find((request) => request.action === "propose"),
    data: encodeFunctionData({ abi: multicall3Abi, functionName: "aggregate3", args: [calls] }),
    places,
  };
}

/** What became of each request of a bundle: the revert data of those that failed. Throws when it is no answer of Multicall3. */
export function readBundleResult(bundle: Bundle, returnData: Hex): readonly (Hex | undefined)[] {
  const results = decodeFunctionResult({ abi: multicall3Abi, functionName: "aggregate3", data: returnData });
  return bundle.places.map((place) => {
    const result = results[place];
    return result?.success === true ? undefined : (result?.returnData ?? "0x");
  });
}

/**
 * Whether a bundle that was mined has done what a request asked for. Seen by its traces in the log: the proposal's own event, and for
 * anything else that its target had something to say.
 */
export function wasDone({ rollup }: RollupView, request: PublishRequest, { logs }: TransactionReceipt): boolean {
  const saidBy = (address: Address) => logs.filter((log) => isAddressEqual(log.address, address));
  if (request.action === "propose") {
    const events = parseEventLogs({ abi: RollupAbi, eventName: "CheckpointProposed", logs: saidBy(rollup.address) });
    return events.some(({ args }) => args.archive === request.checkpoint.archive);
  }
  if (request.action === "invalidate") {
    return parseEventLogs({ abi: RollupAbi, eventName: "CheckpointInvalidated", logs: [...logs] }).length > 0;
  }
  return saidBy(request.call.target).length > 0;
}

function toCall({ rollup }: RollupView, request: PublishRequest): BundledCall {
  return request.action === "propose"
    ? { target: rollup.address, callData: request.checkpoint.proposeCalldata, allowFailure: true }
    : { ...request.call, allowFailure: true };
}
