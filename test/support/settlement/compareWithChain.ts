import { expect } from "chai";
import { ContractFunctionExecutionError, type Address } from "viem";

import { lateSubmissionAbi } from "../../../harness/protocol/abis.ts";
import { RollupAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";
import { sumOf } from "./modelBooks.ts";
import type { ModelRecord } from "./modelChain.ts";
import type { SettlementRun } from "./settlementRun.ts";

/** Compares books, chain and records with the model. */
export async function compareWithChain(run: SettlementRun): Promise<void> {
  await Promise.all([compareBooks(run), compareCheckpoints(run), compareRecords(run)]);
}

/** Rewards are the model's, and the rollup owns what it owes. */
async function compareBooks({ world, books, accounts, provers }: SettlementRun): Promise<void> {
  const client = world.chain.publicClient;
  const contract = { address: world.rollup.address, abi: RollupAbi } as const;
  const read = (account: Address) =>
    client.readContract({ ...contract, functionName: "getSequencerRewards", args: [account] });
  const claimable = (epoch: bigint, prover: Address) =>
    client.readContract({ ...contract, functionName: "getSpecificProverRewardsForEpoch", args: [epoch, prover] });
  const [credited, ofProvers, balance] = await Promise.all([
    Promise.all(accounts.map(read)),
    Promise.all(books.epochs.flatMap((epoch) => provers.map(({ address }) => claimable(epoch, address)))),
    client.readContract({
      address: world.contracts.feeAsset,
      abi: TestERC20Abi,
      functionName: "balanceOf",
      args: [contract.address],
    }),
  ]);
  accounts.forEach((account, index) => {
    expect(credited[index], `sequencer rewards of ${account}`).to.equal(books.rewardOf(account));
  });
  const owed = sumOf(credited) + sumOf(ofProvers);
  expect(balance >= owed, `solvency: the rollup has ${balance} and owes ${owed}`).to.equal(true);
  expect(balance, "the rollup's balance is what it owes and what it claimed itself").to.equal(books.balance);
}

/** A slot is in the chain at most once, slots strictly increase, and the chain is the model's. */
async function compareCheckpoints({ world, chain }: SettlementRun): Promise<void> {
  const client = world.chain.publicClient;
  const contract = { address: world.rollup.address, abi: RollupAbi } as const;
  const remembered = chain.checkpoints.filter(({ checkpoint }) => chain.hasLog(checkpoint.number));
  const [{ pending, proven }, landed] = await Promise.all([
    client.readContract({ ...contract, functionName: "getTips" }),
    Promise.all(
      remembered.map(({ checkpoint }) =>
        client.readContract({ ...contract, functionName: "getCheckpoint", args: [checkpoint.number] }),
      ),
    ),
  ]);
  expect(pending, "pending tip").to.equal(BigInt(chain.checkpoints.length));
  expect(proven, "proven tip").to.equal(BigInt(chain.proven));
  let previous = -1n;
  landed.forEach(({ slotNumber, archive, feeHeader }, index) => {
    const expected = remembered[index]?.checkpoint;
    const name = `checkpoint ${expected?.number}`;
    expect(slotNumber > previous, `${name} has a later slot than its parent`).to.equal(true);
    previous = slotNumber;
    expect(slotNumber, `slot of ${name}`).to.equal(expected?.slot);
    expect(archive, `archive of ${name}`).to.equal(expected?.archive);
    expect(feeHeader, `fee header of ${name}`).to.deep.equal(expected?.feeHeader);
  });
}

/** Records are readable exactly as long as the model says. */
async function compareRecords({ world, chain }: SettlementRun): Promise<void> {
  const client = world.chain.publicClient;
  const contract = { address: world.rollup.address, abi: lateSubmissionAbi } as const;
  const read = async ({ slot }: ModelRecord) => {
    try {
      return await client.readContract({ ...contract, functionName: "getLateSubmission", args: [slot] });
    } catch (error) {
      if (error instanceof ContractFunctionExecutionError) return undefined;
      throw error;
    }
  };
  const found = await Promise.all(chain.records.map(read));
  chain.records.forEach((record, index) => {
    const expected = chain.isReadable(record) ? record : undefined;
    expect(found[index], `record of slot ${record.slot}`).to.deep.equal(expected);
  });
}
