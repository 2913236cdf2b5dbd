import { encodeFunctionData, zeroHash, type Hex } from "viem";

import { nameLateRecipientCall } from "../consensus/bundledCalls.ts";
import { buildEpochProof } from "../consensus/epochProof.ts";
import { makeBundledProposeTransaction, makeProposeTransaction } from "../consensus/proposeTransaction.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import type { CheckpointId, LedgerTransaction, ValidatorId } from "../sim/ledger.ts";
import { InboxAbi, RollupAbi } from "../upstream/abis.ts";
import type { World } from "../world/world.ts";
import type { BuiltCheckpoints } from "./builtCheckpoints.ts";
import type { ChainAccounts } from "./chainAccounts.ts";
import { InvalidLedgerCallError } from "./ledgerErrors.ts";

/** Where the parts of a transaction come from. */
interface RequestSources {
  readonly world: World;
  readonly built: BuiltCheckpoints;
  readonly accounts: ChainAccounts;
  /** With which attestations a checkpoint landed; undefined for one that never did. */
  readonly attestersOf: (id: CheckpointId) => readonly ValidatorId[] | undefined;
}

/** Somebody on L2. */
const L2_ACTOR: Hex = `0x${"00".repeat(31)}01`;

/** Writes a transaction of a run as L1 takes it, signed by nobody yet. @param baseFee Of its block, wei per gas */
export async function makeRequest(
  sources: RequestSources,
  { sender, action, gasLimit, priorityFee }: LedgerTransaction,
  baseFee: number,
): Promise<L1TransactionRequest | L1BlobTransactionRequest> {
  const { world, built, accounts } = sources;
  const { view, rollup, contracts } = world;
  const from = await accounts.get(sender);
  const overrides = {
    gas: BigInt(gasLimit),
    maxFeePerGas: BigInt(baseFee + priorityFee),
    maxPriorityFeePerGas: BigInt(priorityFee),
  };
  const callRollup = (data: Hex) => ({ ...overrides, from, to: rollup.address, data });
  switch (action.kind) {
    case "propose": {
      const checkpoint = await built.attest(action);
      if (action.recipient === undefined) return makeProposeTransaction(view, checkpoint, from, overrides);
      const recipient = await accounts.get(action.recipient);
      const bundle = { multicall3: contracts.multicall3, before: [nameLateRecipientCall(view, recipient.address)] };
      return makeBundledProposeTransaction(view, checkpoint, from, bundle, overrides);
    }
    case "prove": {
      const checkpoints = await Promise.all(action.checkpoints.map((id) => attestAsLanded(sources, id)));
      const { calldata } = await buildEpochProof({ checkpoints, prover: from.address });
      return callRollup(calldata);
    }
    case "invalidate": {
      const { number, attestations } = await attestAsLanded(sources, action.checkpoint);
      const { addresses } = built.get(action.checkpoint).committee;
      return callRollup(
        encodeFunctionData({
          abi: RollupAbi,
          functionName: "invalidateInsufficientAttestations",
          args: [number, attestations, addresses],
        }),
      );
    }
    case "prune":
      return callRollup(encodeFunctionData({ abi: RollupAbi, functionName: "prune" }));
    case "message": {
      const data = encodeFunctionData({
        abi: InboxAbi,
        functionName: "sendL2Message",
        args: [{ actor: L2_ACTOR, version: rollup.version }, zeroHash, zeroHash],
      });
      return { ...overrides, from, to: rollup.inbox, data };
    }
  }
}

/** A checkpoint with the attestations that it landed with: whoever speaks of it to L1 has to repeat them. */
async function attestAsLanded({ built, attestersOf }: RequestSources, id: CheckpointId) {
  const attesters = attestersOf(id);
  if (attesters === undefined) throw new InvalidLedgerCallError("This checkpoint never landed", { fields: { id } });
  return built.attest({ kind: "propose", checkpoint: id, attesters, authorisation: "none" });
}
