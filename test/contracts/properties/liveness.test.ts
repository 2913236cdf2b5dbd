import { expect } from "chai";
import { encodeFunctionData, getAddress, toHex, type Address, type Hex } from "viem";

import { decodeSettled } from "../../../harness/accounting/lateSubmissionEvents.ts";
import { nameLateRecipientCall } from "../../../harness/consensus/bundledCalls.ts";
import { buildEpochProof } from "../../../harness/consensus/epochProof.ts";
import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import { encodeSetTerms, type LateSubmissionTerms } from "../../../harness/protocol/terms.ts";
import { RewardDistributorAbi, RollupAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";
import { traceCallTargets } from "../../support/callTargets.ts";
import { runAsUpstream } from "../../support/runAsUpstream.ts";
import { openShortEpochWorld } from "../../support/shortEpochs.ts";

const OPEN: LateSubmissionTerms = {
  firstBps: 5_000,
  submitterBps: 5_000,
  burnBps: 2_500,
  windowSeconds: 24,
  crossEpoch: true,
};
/** INVALID: takes all gas and gives no reason. */
const HOSTILE_CODE: Hex = "0xfe";
const HOSTILE: Readonly<Record<"recipient" | "coinbase" | "prover", Address>> = {
  recipient: getAddress("0x000000000000000000000000000000000badc0de"),
  coinbase: getAddress("0x00000000000000000000000000000000c01dba5e"),
  prover: getAddress("0x0000000000000000000000000000000bad0badba"),
};

describe("The path of proposals and proofs", () => {
  async function open() {
    const world = await openShortEpochWorld("liveness", { terms: OPEN });
    const { chain, rollup, contracts } = world;
    for (const address of Object.values(HOSTILE)) await chain.setCode(address, HOSTILE_CODE);
    const booster = (
      await chain.publicClient.readContract({
        address: rollup.address,
        abi: RollupAbi,
        functionName: "getRewardConfig",
      })
    ).booster;
    const precompile = (number: bigint) => getAddress(toHex(number, { size: 20 }));
    const names = new Map<Address, string>(
      Object.entries({
        ...contracts,
        ...rollup.libraries,
        rollup: rollup.address,
        inbox: rollup.inbox,
        outbox: rollup.outbox,
        verifier: rollup.verifier,
        portal: rollup.feeJuicePortal,
        booster,
        "precompile ecrecover": precompile(1n),
        "precompile sha256": precompile(2n),
        "precompile identity": precompile(4n),
        "precompile point evaluation": precompile(10n),
        ...HOSTILE,
      }).map(([name, address]) => [getAddress(address), name]),
    );
    /** What a transaction called, by name. */
    const targets = async (txHash: Hex): Promise<readonly string[]> => {
      const found = [...(await traceCallTargets(chain, txHash))].map((target) => {
        const [type = "", address = ""] = target.split(" ");
        return `${type} ${names.get(address as Address) ?? address}`;
      });
      return [...new Set(found)].sort();
    };
    const slot = world.firstSlotOf(world.firstEpoch + 1n);
    return { world, slot, targets };
  }

  const PROPOSAL = [
    "CALL inbox",
    "CALL rollup",
    "DELEGATECALL RollupOperationsExtLib",
    "STATICCALL precompile ecrecover",
    "STATICCALL precompile sha256",
  ];
  // The committee is sampled once an epoch.
  const SAMPLING = ["STATICCALL gse"];
  const LATE = ["DELEGATECALL LateSubmissionExtLib"];
  const SETTLEMENT = ["DELEGATECALL LateSettlementExtLib"];
  const PROOF = [
    "CALL booster",
    "CALL feeAsset",
    "CALL portal",
    "CALL rewardDistributor",
    "CALL rollup",
    "DELEGATECALL RollupOperationsExtLib",
    "STATICCALL feeAsset",
    "STATICCALL precompile ecrecover",
    "STATICCALL precompile point evaluation",
    "STATICCALL registry",
    "STATICCALL rewardDistributor",
    "STATICCALL rollup",
    "STATICCALL verifier",
  ];

  it("calls only upstream's contracts and the linked libraries when a checkpoint lands, on time or late", async () => {
    const { world, slot, targets } = await open();
    const { rescuer } = world;
    const onTimeFirst = await world.landOnTime(slot);
    expect(await targets(onTimeFirst.receipt.transactionHash), "on time, first of its epoch").to.deep.equal(
      [...PROPOSAL, ...SAMPLING].sort(),
    );
    const onTime = await world.landOnTime(slot + 1n);
    expect(await targets(onTime.receipt.transactionHash), "on time").to.deep.equal(PROPOSAL);

    const late = await world.landLate(await world.build(slot + 2n), { from: rescuer });
    expect(await targets(late.receipt.transactionHash), "late").to.deep.equal([...PROPOSAL, ...LATE].sort());
    const lateLast = await world.landLate(await world.build(slot + 3n), { from: rescuer });
    expect(await targets(lateLast.receipt.transactionHash), "late, last of its epoch").to.deep.equal(
      [...PROPOSAL, ...LATE].sort(),
    );
    // Nobody has set this epoch up: the late landing does.
    const lateFirst = await world.landLate(await world.build(slot + 4n), { from: rescuer });
    expect(await targets(lateFirst.receipt.transactionHash), "late, first of its epoch").to.deep.equal(
      [...PROPOSAL, ...SAMPLING, ...LATE].sort(),
    );
  });

  it("never calls a recipient, a coinbase or a prover, which may be contracts that fail", async () => {
    const { world, slot, targets } = await open();
    const { chain, rollup, rescuer, prover } = world;
    const before = [nameLateRecipientCall(world.view, HOSTILE.recipient, false)];
    const landing = await world.landLate(await world.build(slot + 1n, { coinbase: HOSTILE.coinbase }), {
      from: rescuer,
      bundle: { before, allowFailure: false },
    });
    expect(await targets(landing.receipt.transactionHash)).to.deep.equal(
      ["CALL multicall3", ...PROPOSAL, ...SAMPLING, ...LATE].sort(),
    );
    const { calldata } = await buildEpochProof({ checkpoints: [landing.checkpoint], prover: HOSTILE.prover });
    const receipt = await chain.execute({ from: prover, to: rollup.address, data: calldata });
    const [settled] = decodeSettled(receipt, rollup.address);
    expect(settled?.submitter, "submitter").to.equal(HOSTILE.recipient);
    expect(settled?.coinbase, "coinbase").to.equal(HOSTILE.coinbase);
    expect(await targets(receipt.transactionHash), "the proof").to.deep.equal([...PROOF, ...SETTLEMENT].sort());
    // The control: the code at these addresses does fail whoever calls it.
    for (const address of Object.values(HOSTILE)) {
      const call = await chain.call({ to: address, data: "0x", gas: 100_000n }).then(
        () => "succeeded",
        () => "failed",
      );
      expect(call, `a call to ${address}`).to.equal("failed");
    }
  });

  it("adds the late library to what upstream's proof of the same epoch calls, and nothing else", async () => {
    const { world, slot, targets } = await open();
    const { chain, rollup, rescuer, prover } = world;
    const { checkpoint } = await world.landLate(await world.build(slot + 1n), { from: rescuer });
    const request = await makeEpochProofTransaction(world.view, prover, { checkpoints: [checkpoint] });
    const timestamp = (await chain.now()) + 12n;
    const upstream = await runAsUpstream(world.network, rollup, request, timestamp, ({ transactionHash }) =>
      traceCallTargets(chain, transactionHash),
    );
    const receipt = await chain.execute(request, { timestamp });
    const ours = await traceCallTargets(chain, receipt.transactionHash);
    const libraries = Object.values(rollup.libraries).concat(Object.values(world.network.rollup.libraries));
    const outside = (found: ReadonlySet<string>) =>
      [...found].filter((target) => !libraries.some((library) => target.endsWith(getAddress(library)))).sort();
    expect(outside(ours)).to.deep.equal(outside(upstream));
    expect(await targets(receipt.transactionHash)).to.deep.equal([...PROOF, ...SETTLEMENT].sort());
  });

  for (const [change, terms] of Object.entries({
    "switched off": { firstBps: 0, submitterBps: 0, burnBps: 0, windowSeconds: 0, crossEpoch: false },
    "set to burn everything": { firstBps: 0, submitterBps: 0, burnBps: 10_000, windowSeconds: 1, crossEpoch: false },
  })) {
    it(`proves a late epoch after the terms were ${change}, under the split it was accepted with`, async () => {
      const { world, slot } = await open();
      const { chain, rollup, contracts, rescuer, prover } = world;
      const late = [];
      for (const at of [slot + 1n, slot + 3n])
        late.push(await world.landLate(await world.build(at), { from: rescuer }));
      const data = encodeSetTerms(terms);
      await chain.executeAs(contracts.governance, { to: rollup.address, data });
      const receipt = await world.prove(
        late.map(({ checkpoint }) => checkpoint),
        prover,
      );
      const settled = decodeSettled(receipt, rollup.address);
      expect(settled.map((settlement) => settlement.slot)).to.deep.equal([slot + 1n, slot + 3n]);
      for (const { share, submitterCut, forfeited } of settled) {
        expect(submitterCut, "half of the share").to.equal(share / 2n);
        expect(forfeited, "a quarter of the share").to.equal(share / 4n);
      }
      // On time goes on as ever.
      await world.landOnTime(slot + 6n);
    });
  }

  it("proves an epoch with late slots when there is no money at all", async () => {
    const { world, slot } = await open();
    const { chain, rollup, contracts, rescuer, prover } = world;
    const { checkpoint } = await world.landLate(await world.build(slot + 1n, { manaUsed: 0n }), { from: rescuer });
    const balance = await chain.publicClient.readContract({
      address: contracts.feeAsset,
      abi: TestERC20Abi,
      functionName: "balanceOf",
      args: [contracts.rewardDistributor],
    });
    const data = encodeFunctionData({
      abi: RewardDistributorAbi,
      functionName: "recover",
      args: [contracts.feeAsset, contracts.governance, balance],
    });
    await chain.executeAs(contracts.governance, { to: contracts.rewardDistributor, data });
    const receipt = await world.prove([checkpoint], prover);
    const [settled] = decodeSettled(receipt, rollup.address);
    expect(settled, "settled with nothing").to.include({ share: 0n, submitterCut: 0n, forfeited: 0n });
  });
});
