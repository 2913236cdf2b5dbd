import { trackTransaction, wipe } from "@nomicfoundation/ignition-core";
import { TransactionReceiptNotFoundError, type Address, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { L1Provider } from "../l1/l1Backend.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { QuietArtifactResolver } from "../network/runModule.ts";
import type { DeploymentTarget } from "./deploymentTarget.ts";
import { listJournals, mendJournal, readJournal, type DeploymentStep, type LostTransaction } from "./ignitionJournal.ts";

/** A transaction of the last run waits to be mined: what comes after it cannot be sent yet. */
export class TransactionWaitingError extends BuildAheadError {
  constructor({ id, from, nonce }: LostTransaction) {
    super("A transaction of the last run is still waiting to be mined: run the same command again when it is", {
      fields: { step: id, from, nonce },
    });
  }
}

/** What was done about the end of the last run. */
export interface Resumption {
  /** Steps whose transactions were on their way when the run ended, and arrived. */
  readonly found: readonly string[];
  /** Steps that are done again: never sent, failed, or removed from the chain by a reorganisation. */
  readonly redone: readonly string[];
}

type ResumptionTarget = Pick<DeploymentTarget, "node" | "artifacts" | "provider" | "confirmations">;

/**
 * Brings Ignition's journals and the chain together, so that the next run can go on where the last one ended, wherever that was:
 * before a transaction was sent, after it was sent and before anybody heard of it, or long before the chain forgot it again.
 *
 * @param directory Of all journals of a deployment
 * @param startBlock Before the deployment's first transaction
 * @throws TransactionWaitingError
 */
export async function resumeJournals(
  target: ResumptionTarget,
  directory: string,
  startBlock: bigint,
): Promise<Resumption> {
  const all: Resumption[] = [];
  for (const journal of listJournals(directory)) all.push(await resumeJournal(target, journal, startBlock));
  return { found: all.flatMap(({ found }) => found), redone: all.flatMap(({ redone }) => redone) };
}

async function resumeJournal(target: ResumptionTarget, journal: string, startBlock: bigint): Promise<Resumption> {
  const { node, artifacts, provider, confirmations } = target;
  mendJournal(journal);
  const resolver = new QuietArtifactResolver(artifacts);
  const [found, redone]: [string[], string[]] = [[], []];
  const redo = async (id: string) => {
    await wipe(journal, resolver, id);
    redone.push(id);
  };

  const { lost, failed } = readJournal(journal);
  for (const transaction of lost) {
    const txHash = await findTransaction(node, transaction, startBlock);
    if (txHash === undefined) await redo(transaction.id);
    else {
      await trackTransaction(journal, txHash, inJournalsLetters(provider, transaction), confirmations);
      found.push(transaction.id);
    }
  }
  for (const id of failed) await redo(id);

  // Backwards, because Ignition lets nothing be wiped on which something else depends.
  const gone = await findGone(node, readJournal(journal).steps);
  for (const { id } of gone.reverse()) await redo(id);
  return { found, redone };
}

/**
 * Ignition compares calldata letter by letter, and keeps the addresses of libraries with their checksums' capitals: it would not know
 * its own transaction again.
 */
function inJournalsLetters(provider: L1Provider, { data }: LostTransaction): L1Provider {
  return {
    request: async (request) => {
      const answer = await provider.request(request);
      if (request.method !== "eth_getTransactionByHash") return answer;
      const { input } = answer as { readonly input: Hex };
      return input.toLowerCase() === data.toLowerCase() ? { ...(answer as object), input: data } : answer;
    },
  };
}

/** The steps whose transactions are in no block any more. */
async function findGone(node: L1Node, steps: readonly DeploymentStep[]): Promise<DeploymentStep[]> {
  const receipts = await Promise.all(steps.map(({ txHash }) => findReceipt(node, txHash)));
  return steps.filter((_, index) => receipts[index] === undefined);
}

/** A transaction's receipt, or undefined when it is in no block. */
async function findReceipt({ publicClient }: L1Node, hash: Hex) {
  try {
    return await publicClient.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}

/** The hash of what an account sent with a nonce, or undefined when it sent nothing with it. */
async function findTransaction(
  node: L1Node,
  transaction: LostTransaction,
  startBlock: bigint,
): Promise<Hex | undefined> {
  const { publicClient } = node;
  const { from, nonce } = transaction;
  const count = (block: { blockTag: "pending" } | { blockNumber: bigint }) =>
    publicClient.getTransactionCount({ address: from, ...block });
  const latest = await publicClient.getBlockNumber();
  if ((await count({ blockNumber: latest })) <= nonce) {
    if ((await count({ blockTag: "pending" })) > nonce) throw new TransactionWaitingError(transaction);
    return undefined;
  }
  // The first block after which the account had sent it.
  let [low, high] = [startBlock, latest];
  while (low < high) {
    const middle = (low + high) / 2n;
    if ((await count({ blockNumber: middle })) > nonce) high = middle;
    else low = middle + 1n;
  }
  const { transactions } = await publicClient.getBlock({ blockNumber: low, includeTransactions: true });
  return transactions.find((sent) => isSentBy(sent, from) && sent.nonce === nonce)?.hash;
}

const isSentBy = (sent: { readonly from: Address }, from: Address) => sent.from.toLowerCase() === from.toLowerCase();
