import { expect } from "chai";
import hardhat from "hardhat";
import { encodeFunctionData, toEventSelector, toHex, type Hex } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import {
  makeBundledProposeTransaction,
  makeProposeTransaction,
} from "../../../harness/consensus/proposeTransaction.ts";
import { openComparedTwin, type ComparedTwin } from "../../../harness/differential/comparedTwin.ts";
import type { OutcomeLog } from "../../../harness/differential/outcome.ts";
import { DEFAULT_SEED } from "../../../harness/l1/embeddedChain.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../../../harness/l1/l1Transaction.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import { epochStart } from "../../../harness/protocol/time.ts";
import { InboxAbi, RollupAbi } from "../../../harness/upstream/abis.ts";

describe("Neutrality: one epoch of mainnet's shape on both rollups", function () {
  let twin: ComparedTwin;
  /** Of both sides, which have the same. */
  const logs: OutcomeLog[] = [];
  /** Insists that both accept a transaction and that it leaves the same behind. */
  const send = async (request: L1TransactionRequest | L1BlobTransactionRequest, timestamp?: bigint) => {
    const outcome = await twin.sendAlike(request, timestamp ?? (await twin.chain.now()) + 12n);
    logs.push(...outcome.logs);
    return outcome;
  };

  before(async () => {
    const config = mainnetLikeConfig();
    const options = { validatorCount: 64, seed: DEFAULT_SEED, contentSeed: "one epoch", terms: OPEN_TERMS };
    twin = await openComparedTwin(hardhat, { config, ...options });
  });
  after(() => twin.close());

  /** A whole epoch, the first one of the run complete from its first slot to its last: messages, checkpoints alone and bundled. */
  async function landEpoch(epoch: bigint): Promise<readonly AttestedCheckpoint[]> {
    const { upstream } = twin;
    const { rollup, network, contracts } = upstream;
    const landed: AttestedCheckpoint[] = [];
    for (let index = 0; index < Number(rollup.timing.epochSlots); index++) {
      const slot = upstream.firstSlotOf(epoch) + BigInt(index);
      await twin.advance(upstream.at(slot));
      if (index % 5 === 0) {
        const recipient = { actor: toHex(index + 1, { size: 32 }), version: rollup.version };
        const args = [recipient, toHex(index, { size: 32 }), toHex(7, { size: 32 })] as const;
        const data = encodeFunctionData({ abi: InboxAbi, functionName: "sendL2Message", args });
        await send({ from: network.deployer.account, to: rollup.inbox, data }, upstream.at(slot, 1n));
      }
      const checkpoint = await upstream.build(slot, {
        parent: landed.at(-1) ?? (await upstream.tipFor(slot)),
        manaUsed: index % 3 === 0 ? rollup.config.manaTarget * 2n : rollup.config.manaTarget,
        feeAssetPriceModifier: BigInt(index % 7) - 3n,
        header: { outHash: toHex(index + 1, { size: 32 }) },
      });
      const proposer = await upstream.proposerOf(slot);
      const bundle = { multicall3: contracts.multicall3, allowFailure: false };
      const request =
        index % 2 === 0
          ? makeProposeTransaction(upstream, checkpoint, proposer)
          : makeBundledProposeTransaction(upstream, checkpoint, proposer, bundle);
      await send(request, upstream.at(slot, 12n));
      landed.push(checkpoint);
    }
    return landed;
  }

  /** Proves a part and all of an epoch, and claims for everybody once it takes no more proofs. */
  async function settle(landed: readonly AttestedCheckpoint[], epoch: bigint): Promise<void> {
    const { rollup, network } = twin.upstream;
    const from = network.deployer.account;
    const prover = await twin.account("prover");
    for (const checkpoints of [landed.slice(0, 3), landed]) {
      await send(await makeEpochProofTransaction(twin.upstream, prover, { checkpoints }, { gas: 16_000_000n }));
    }
    await twin.advance(epochStart(rollup.timing, epoch + rollup.timing.proofSubmissionEpochs + 1n));
    for (const coinbase of new Set(landed.map(({ header }) => header.coinbase.toString()))) {
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [coinbase] });
      const { output } = await send({ from, to: rollup.address, data });
      expect(BigInt(output) > 0n, "every coinbase has earned something").to.equal(true);
    }
    const args = [prover.address, [epoch]] as const;
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimProverRewards", args });
    const claimed = await send({ from, to: rollup.address, data });
    expect(BigInt(claimed.output) > 0n, "the prover has earned something").to.equal(true);
  }

  it("leaves the same events, words, return data and answers behind, proof and claims included", async function () {
    const epoch = twin.firstEpoch + 1n;
    const landed = await landEpoch(epoch);
    await settle(landed, epoch);

    const count = (topic: Hex) => logs.filter(({ topics }) => topics[0] === topic).length;
    expect(count(topicOf("CheckpointProposed")), "checkpoints landed").to.equal(landed.length);
    expect(count(topicOf("L2ProofVerified")), "proofs accepted").to.equal(2);

    // Word by word, then all words there are, by the roots of the storage tries.
    let compared = 0;
    for (const [address, words] of twin.changed) {
      for (const slot of words) {
        const { upstream, extended } = await twin.onBoth(({ chain }) =>
          chain.publicClient.getStorageAt({ address, slot }),
        );
        expect(extended, `word ${slot} of ${address}`).to.equal(upstream);
        compared++;
      }
    }
    expect(compared, "words that the epoch has written").to.be.at.least(landed.length * 8);
    await twin.assertSameStorage();

    await expectSameAnswers(twin, landed);
  });
});

function topicOf(name: "CheckpointProposed" | "L2ProofVerified"): Hex {
  const item = RollupAbi.find((candidate) => candidate.type === "event" && candidate.name === name);
  if (item?.type !== "event") throw new RangeError(`There is no event ${name}`);
  return toEventSelector(item);
}

/** Every getter without arguments, and those of each checkpoint, answer alike: no address is left to differ. */
async function expectSameAnswers(twin: ComparedTwin, landed: readonly AttestedCheckpoint[]): Promise<void> {
  const { address } = twin.upstream.rollup;
  let answers = 0;
  const ask = async (what: string, data: Hex) => {
    const { upstream, extended } = await twin.call(address, data);
    expect(extended, what).to.deep.equal(upstream);
    if (!upstream.reverted) answers++;
  };
  for (const item of RollupAbi) {
    if (item.type !== "function" || item.stateMutability !== "view" || item.inputs.length > 0) continue;
    await ask(item.name, encodeFunctionData({ abi: [item], functionName: item.name }));
  }
  for (const { number } of landed) {
    const encode = encodeFunctionData<typeof RollupAbi>;
    await ask("getCheckpoint", encode({ abi: RollupAbi, functionName: "getCheckpoint", args: [number] }));
    await ask("archiveAt", encode({ abi: RollupAbi, functionName: "archiveAt", args: [number] }));
  }
  expect(answers, "getters that answered").to.be.at.least(40 + 2 * landed.length);
}
