import { encodeFunctionData, parseAbi, type Address, type Hex, type LocalAccount } from "viem";

import { BuildAheadError } from "../errors.ts";
import { aztecClient } from "../network/aztecClient.ts";
import type { AztecNetwork } from "../network/contracts.ts";
import type { DeployedNetwork } from "../network/deployment.ts";
import { lateSubmissionAbi } from "../protocol/abis.ts";
import { GovernanceProposerContract, RollupContract } from "../upstream/contracts.ts";
import { SlotNumber } from "../upstream/foundation.ts";
import type { RollupView } from "./rollupView.ts";

/** One entry of a Multicall3 bundle. */
export interface BundledCall {
  readonly target: Address;
  readonly callData: Hex;
  /** Whether the bundle goes on when this call reverts. */
  readonly allowFailure: boolean;
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
  { chain, contracts }: Pick<AztecNetwork, "chain" | "contracts">,
  proposer: LocalAccount,
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
    (message) => proposer.signTypedData(message),
  );
  return { target: contracts.governanceProposer, callData: data as Hex, allowFailure };
}

/**
 * The proposer's vote in the rollup's tally slashing round, signed for `slot`. Two bits per committee member and epoch judged.
 * @throws BuildAheadError when the rollup slashes in another way.
 */
export async function slashingVoteCall(
  { chain, rollup }: RollupView,
  proposer: LocalAccount,
  slot: bigint,
  votes: Hex,
  allowFailure = true,
): Promise<BundledCall> {
  const slashingProposer = await new RollupContract(aztecClient(chain), rollup.address).getSlashingProposer();
  if (slashingProposer?.type !== "tally") {
    throw new BuildAheadError("The rollup has no tally to vote in", { fields: { slashing: slashingProposer?.type } });
  }
  const { data } = await slashingProposer.buildVoteRequestFromSigner(votes, SlotNumber.fromBigInt(slot), (message) =>
    proposer.signTypedData(message),
  );
  return { target: slashingProposer.address.toString(), callData: data as Hex, allowFailure };
}
