import { encodeFunctionData, multicall3Abi, type Address, type Hex, type LocalAccount } from "viem";

import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { makeSidecars } from "../consensus/blobs.ts";
import type { RollupView } from "../consensus/rollupView.ts";
import { BuildAheadError } from "../errors.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import { aztecClient } from "../network/aztecClient.ts";
import type { AztecDeployment } from "../network/deployment.ts";
import type { Validator } from "../network/validator.ts";
import { lateSubmissionAbi } from "../protocol/abis.ts";
import { GovernanceProposerContract, RollupContract } from "../upstream/contracts.ts";
import { SlotNumber } from "../upstream/foundation.ts";

/** One entry of a Multicall3 bundle. */
export interface BundledCall {
  readonly target: Address;
  readonly callData: Hex;
  /** Whether the bundle goes on when this call reverts. */
  readonly allowFailure: boolean;
}

/** What is set for every transaction; see `L1TransactionRequest` for the defaults. */
export type TransactionOverrides = Omit<L1TransactionRequest, "from" | "to" | "data" | "value">;

export interface Bundle {
  readonly multicall3: Address;
  /** Calls before and after the proposal, in order. */
  readonly before?: readonly BundledCall[];
  readonly after?: readonly BundledCall[];
  /** Whether the other calls survive a proposal that reverts; upstream's publisher allows it. Default true. */
  readonly allowFailure?: boolean;
}

/** The blob transaction that calls `propose` itself. */
export function makeProposeTransaction(
  { chain, rollup }: RollupView,
  checkpoint: AttestedCheckpoint,
  from: LocalAccount,
  overrides: TransactionOverrides = {},
): L1BlobTransactionRequest {
  const sidecars = makeSidecars(checkpoint.blobs, chain);
  return { ...overrides, from, to: rollup.address, data: checkpoint.proposeCalldata, sidecars };
}

/** The blob transaction that calls `propose` through Multicall3, with other calls around it. */
export function makeBundledProposeTransaction(
  view: RollupView,
  checkpoint: AttestedCheckpoint,
  from: LocalAccount,
  bundle: Bundle,
  overrides: TransactionOverrides = {},
): L1BlobTransactionRequest {
  const { multicall3, before = [], after = [], allowFailure = true } = bundle;
  const propose = { target: view.rollup.address, callData: checkpoint.proposeCalldata, allowFailure };
  return {
    ...makeProposeTransaction(view, checkpoint, from, overrides),
    to: multicall3,
    data: encodeFunctionData({
      abi: multicall3Abi,
      functionName: "aggregate3",
      args: [[...before, propose, ...after]],
    }),
  };
}

/** Names who is credited for a late landing later in the same bundle. Fails on a rollup without the window. */
export function nameLateRecipientCall({ rollup }: RollupView, recipient: Address, allowFailure = true): BundledCall {
  const callData = encodeFunctionData({
    abi: lateSubmissionAbi,
    functionName: "nameLateRecipient",
    args: [recipient],
  });
  return { target: rollup.address, callData, allowFailure };
}

/** The proposer's governance signal for `payload`, signed for `slot` because the bundle's sender is Multicall3. */
export async function governanceSignalCall(
  { chain, contracts }: AztecDeployment,
  proposer: Validator,
  slot: bigint,
  payload: Address,
  allowFailure = true,
): Promise<BundledCall> {
  const governanceProposer = new GovernanceProposerContract(aztecClient(chain), contracts.governanceProposer);
  const { data } = await governanceProposer.createSignalRequestWithSignature(
    payload,
    SlotNumber.fromBigInt(slot),
    chain.chainId,
    proposer.address,
    (message) => proposer.account.signTypedData(message),
  );
  return { target: contracts.governanceProposer, callData: data as Hex, allowFailure };
}

/**
 * The proposer's vote in the rollup's tally slashing round, signed for `slot`. Two bits per committee member and epoch judged.
 * @throws BuildAheadError when the rollup slashes in another way.
 */
export async function slashingVoteCall(
  { chain, rollup }: RollupView,
  proposer: Validator,
  slot: bigint,
  votes: Hex,
  allowFailure = true,
): Promise<BundledCall> {
  const slashingProposer = await new RollupContract(aztecClient(chain), rollup.address).getSlashingProposer();
  if (slashingProposer?.type !== "tally") {
    throw new BuildAheadError("The rollup has no tally to vote in", { fields: { slashing: slashingProposer?.type } });
  }
  const { data } = await slashingProposer.buildVoteRequestFromSigner(votes, SlotNumber.fromBigInt(slot), (message) =>
    proposer.account.signTypedData(message),
  );
  return { target: slashingProposer.address.toString(), callData: data as Hex, allowFailure };
}
