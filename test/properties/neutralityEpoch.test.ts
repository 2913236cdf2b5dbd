import { expect } from "chai";
import { encodeFunctionData, toEventSelector, toHex, type Address, type Hex } from "viem";

import { makeBundledProposeTransaction, makeProposeTransaction } from "../../harness/consensus/proposeTransaction.ts";
import { Sequencer } from "../../harness/world/world.ts";
import type { AttestedCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { buildEpochProof } from "../../harness/consensus/epochProof.ts";
import type { Outcome } from "../../harness/differential/outcome.ts";
import { Twin } from "../../harness/differential/twin.ts";
import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import { DEFAULT_SEED } from "../../harness/l1/embeddedChain.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../../harness/l1/l1Transaction.ts";
import { OPEN_TERMS } from "../../harness/network/deployBuildAhead.ts";
import { mainnetLikeConfig } from "../../harness/network/networkConfig.ts";
import { epochStart, firstSlotOfEpoch, slotStart } from "../../harness/protocol/time.ts";
import { InboxAbi, RollupAbi } from "../../harness/upstream/abis.ts";

/** Sends to both rollups what a test wants, insists that it leaves the same behind, and remembers every word that changed. */
class EpochRun {
  readonly twin: Twin;
  readonly words = new Map<Address, Set<Hex>>();
  readonly events = new Map<Hex, number>();

  constructor(twin: Twin) {
    this.twin = twin;
  }

  async send(
    what: string,
    request: L1TransactionRequest | L1BlobTransactionRequest,
    timestamp?: bigint,
  ): Promise<Outcome> {
    const { upstream, extended } = await this.twin.execute(request, timestamp ?? (await this.twin.chain.now()) + 12n);
    // Gas is compared elsewhere.
    const [theirs, ours] = [upstream, extended].map((outcome) => ({ ...outcome, gasUsed: undefined }));
    expect(upstream.status, `${what}: upstream accepts`).to.equal("success");
    expect(ours, `${what}: status, return data, logs and changed words`).to.deep.equal(theirs);
    for (const change of [upstream.pre, upstream.post, extended.pre, extended.post]) {
      for (const [account, { storage = {} }] of Object.entries(change)) {
        const known = this.words.get(account as Address) ?? new Set<Hex>();
        for (const word of Object.keys(storage)) known.add(word as Hex);
        this.words.set(account as Address, known);
      }
    }
    for (const { topics } of upstream.logs) {
      const topic = topics[0] ?? "0x";
      this.events.set(topic, (this.events.get(topic) ?? 0) + 1);
    }
    return upstream;
  }
}

describe("Neutrality: one epoch of mainnet's shape on both rollups", function () {
  it("leaves the same events, words, return data and answers behind, proof and claims included", async function () {
    const config = mainnetLikeConfig();
    const twin = await Twin.open({ config, validatorCount: 64, seed: DEFAULT_SEED, terms: OPEN_TERMS });
    const { deployer, contracts, rollup, chain } = twin.upstream;
    const run = new EpochRun(twin);
    const sequencer = new Sequencer({
      deployment: twin.upstream,
      rollup,
      validators: twin.validators,
      seed: "one epoch",
    });
    const prover = deriveAccount(DEFAULT_SEED, "validator", 0).account;

    // A whole epoch, the first one of the run complete from its first slot to its last.
    const epoch = twin.firstEpoch + 1n;
    const slots = Number(rollup.timing.epochSlots);
    const landed: AttestedCheckpoint[] = [];
    for (let index = 0; index < slots; index++) {
      const slot = firstSlotOfEpoch(rollup.timing, epoch) + BigInt(index);
      await twin.advance(slotStart(rollup.timing, slot));
      if (index % 5 === 0) {
        const recipient = { actor: toHex(index + 1, { size: 32 }), version: BigInt(rollup.config.version) };
        const args = [recipient, toHex(index, { size: 32 }), toHex(7, { size: 32 })] as const;
        const data = encodeFunctionData({ abi: InboxAbi, functionName: "sendL2Message", args });
        await run.send("a message", { from: deployer, to: rollup.inbox, data }, slotStart(rollup.timing, slot) + 1n);
      }
      const { proposer } = await sequencer.committee(slot);
      const checkpoint = await sequencer.build(slot, {
        parent: landed.at(-1) ?? (await sequencer.tipFor(slot)),
        manaUsed: index % 3 === 0 ? rollup.config.manaTarget * 2n : rollup.config.manaTarget,
        feeAssetPriceModifier: BigInt(index % 7) - 3n,
        header: { outHash: toHex(index + 1, { size: 32 }) },
      });
      const request =
        index % 2 === 0
          ? makeProposeTransaction(twin.view, checkpoint, proposer.account)
          : makeBundledProposeTransaction(twin.view, checkpoint, proposer.account, {
              multicall3: contracts.multicall3,
              allowFailure: false,
            });
      await run.send(`checkpoint ${index}`, request, slotStart(rollup.timing, slot) + 12n);
      landed.push(checkpoint);
    }

    const first = landed.slice(0, 3);
    for (const checkpoints of [first, landed]) {
      const { calldata } = await buildEpochProof({ checkpoints, prover: prover.address });
      await run.send(`a proof of ${checkpoints.length}`, {
        from: prover,
        to: rollup.address,
        data: calldata,
        gas: 16_000_000n,
      });
    }
    const claimFrom = epochStart(rollup.timing, epoch + rollup.timing.proofSubmissionEpochs + 1n);
    await twin.advance(claimFrom);
    for (const coinbase of new Set(landed.map(({ header }) => header.coinbase.toString()))) {
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [coinbase] });
      const { output } = await run.send("a claim", { from: deployer, to: rollup.address, data });
      expect(BigInt(output) > 0n, "every coinbase has earned something").to.equal(true);
    }
    const args = [prover.address, [epoch]] as const;
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimProverRewards", args });
    const claimed = await run.send("the prover's claim", { from: deployer, to: rollup.address, data });
    expect(BigInt(claimed.output) > 0n, "the prover has earned something").to.equal(true);

    expect(run.events.get(topicOf("CheckpointProposed")), "checkpoints landed").to.equal(slots);
    expect(run.events.get(topicOf("L2ProofVerified")), "proofs accepted").to.equal(2);

    // Word by word, then all words there are, by the roots of the storage tries.
    let compared = 0;
    for (const [address, words] of run.words) {
      for (const slot of words) {
        const [theirs, ours] = await Promise.all(
          [chain, twin.extended.chain].map(({ publicClient }) => publicClient.getStorageAt({ address, slot })),
        );
        expect(ours, `word ${slot} of ${address}`).to.equal(theirs);
        compared++;
      }
    }
    expect(compared, "words that the epoch has written").to.be.at.least(slots * 8);
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
async function expectSameAnswers(twin: Twin, landed: readonly AttestedCheckpoint[]): Promise<void> {
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
