import { expect } from "chai";
import { parseEventLogs, type Address, type Hex, type PrivateKeyAccount, type TransactionReceipt } from "viem";

import { firstSlotOfEpoch } from "../../../harness/protocol/time.ts";
import { EscapeHatchAbi, RollupAbi } from "../../../harness/upstream/abis.ts";
import { proveAndSettle } from "../../support/settlement.ts";
import { askOpen, expectRejected, refusal, rehearse, rehearseHeader } from "../../support/verdict.ts";
import { openTestWorld, setTerms, type TestWorld } from "../../support/world.ts";
import { ACTIVE_EPOCHS, openEscapeHatch } from "../../support/escapeHatch.ts";

describe("A late header and the escape hatch", () => {
  let world: TestWorld;
  /** The first epoch of an opening with a designated proposer. */
  let openEpoch: bigint;
  let hatchProposer: PrivateKeyAccount;
  let restore: () => Promise<void>;

  before(async () => {
    world = await openTestWorld();
    const { chain, rollup } = world;
    hatchProposer = world.rival;
    openEpoch = await openEscapeHatch(world.network, hatchProposer);
    await setTerms(world, { crossEpoch: true });
    expect(await readOpening(openEpoch), "one epoch before to one after").to.deep.equal([false, true, true, false]);
    // The last slot of the epoch before it opens, with nothing landed yet.
    await chain.mineAt(world.at(firstSlotOfEpoch(rollup.timing, openEpoch) - 1n, 1n));
    restore = await chain.snapshot();
  });

  beforeEach(() => restore());

  it("do not mix: in an open epoch nobody vouches for a late header, whatever it is attested with", async () => {
    const { rollup, rescuer } = world;
    const slot = firstSlotOfEpoch(rollup.timing, openEpoch) + 1n;
    const checkpoint = await world.build(slot);
    const timestamp = world.at(slot + 1n, 12n);
    const expected = refusal("LateSubmission__EscapeHatchOpen", slot, openEpoch);
    expect(await askOpen(world, checkpoint, timestamp), "requireOpen").to.deep.equal(expected);
    expect(await rehearseHeader(world, checkpoint, timestamp), "header alone").to.deep.equal(expected);
    await expectRejected(world, checkpoint, expected, { timestamp, from: rescuer });
    // Not even the hatch's own proposer is late and paid.
    await expectRejected(world, checkpoint, expected, { timestamp: timestamp + 1n, from: hatchProposer });
  });

  it("leave the hatch's proposer its epoch on time, and everybody else outside, as upstream", async () => {
    const { rollup, rescuer } = world;
    const slot = firstSlotOfEpoch(rollup.timing, openEpoch) + 1n;
    const checkpoint = await world.build(slot);
    const stranger = refusal("Rollup__InvalidEscapeHatchProposer", hatchProposer.address, rescuer.address);
    await expectRejected(world, checkpoint, stranger, {
      timestamp: world.at(slot, 1n),
      from: rescuer,
      // Upstream's validation knows nothing of the hatch and asks for the committee.
      rehearsal: "accepted",
    });
    const { revert, receipt } = await world.land(checkpoint, {
      timestamp: world.at(slot, 12n),
      from: hatchProposer,
    });
    expect(revert?.message).to.equal(undefined);
    expect(readUpdates(receipt), "what the hatch is told").to.deep.equal([
      [hatchProposer.address, checkpoint.proposeArgs.archive],
    ]);
    await proveAndSettle(world, { checkpoints: [checkpoint] });
  });

  it("do not meet when it opens: the last slot before lands late in the first open one", async () => {
    const { rollup, rescuer } = world;
    const slot = firstSlotOfEpoch(rollup.timing, openEpoch) - 1n;
    const checkpoint = await world.build(slot);
    expect(await rehearse(world, checkpoint, world.at(slot + 1n, 12n))).to.equal("accepted");
    const { receipt } = await world.landLate(checkpoint, { from: rescuer });
    // The hatch that is open by now has nothing to do with it: it would punish its proposer if this were not proven.
    expect(readUpdates(receipt), "what the hatch is told").to.deep.equal([]);
    const next = await world.build(slot + 2n);
    const { receipt: own } = await world.land(next, { from: hatchProposer });
    expect(readUpdates(own), "what the hatch is told of its own").to.deep.equal([
      [hatchProposer.address, next.proposeArgs.archive],
    ]);
    await proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: rescuer.address }] });
  });

  it("do not lift the epoch boundary: next to a hatch that is closed the last slot is refused all the same", async () => {
    const { rollup, rescuer, chain } = world;
    await setTerms(world, { crossEpoch: false });
    const before = firstSlotOfEpoch(rollup.timing, openEpoch) - 1n;
    const beforeHatch = await world.build(before);
    const opening = refusal("LateSubmission__CrossEpochClosed", before, openEpoch - 1n);
    await expectRejected(world, beforeHatch, opening, { timestamp: world.at(before + 1n, 1n), from: rescuer });

    const after = firstSlotOfEpoch(rollup.timing, openEpoch + ACTIVE_EPOCHS + 1n) - 1n;
    await chain.mineAt(world.at(after, 1n));
    const afterHatch = await world.build(after);
    const closed = refusal("LateSubmission__CrossEpochClosed", after, openEpoch + ACTIVE_EPOCHS);
    await expectRejected(world, afterHatch, closed, { timestamp: world.at(after + 1n, 1n), from: rescuer });
  });

  it("do not meet when it closes: the last open slot is refused late in the first closed one", async () => {
    const { rollup, rescuer, chain } = world;
    const slot = firstSlotOfEpoch(rollup.timing, openEpoch + ACTIVE_EPOCHS) - 1n;
    await chain.mineAt(world.at(slot, 1n));
    const checkpoint = await world.build(slot);
    const expected = refusal("LateSubmission__EscapeHatchOpen", slot, openEpoch + ACTIVE_EPOCHS - 1n);
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(slot + 1n, 12n), from: rescuer });
    // The first closed slot itself is open to a rescue again.
    const next = await world.build(slot + 1n);
    await world.landLate(next, { from: rescuer });
    await proveAndSettle(world, { checkpoints: [next], late: [{ checkpoint: next, submitter: rescuer.address }] });
  });

  /** Proposers and archives that the hatch was told of. */
  function readUpdates({ logs }: TransactionReceipt): readonly (readonly [Address, Hex])[] {
    const updates = parseEventLogs({ abi: EscapeHatchAbi, logs, eventName: "ArchiveUpdated" });
    return updates.map(({ args }) => [args.proposer, args.archive]);
  }

  /** Whether the hatch is open from the epoch before an opening to the one after it. */
  async function readOpening(epoch: bigint): Promise<readonly boolean[]> {
    const { publicClient } = world.chain;
    const address = await publicClient.readContract({
      address: world.rollup.address,
      abi: RollupAbi,
      functionName: "getEscapeHatch",
    });
    const hatch = { address, abi: EscapeHatchAbi, functionName: "isHatchOpen" } as const;
    const epochs = [epoch - 1n, epoch, epoch + ACTIVE_EPOCHS - 1n, epoch + ACTIVE_EPOCHS];
    return Promise.all(epochs.map(async (at) => (await publicClient.readContract({ ...hatch, args: [at] }))[0]));
  }
});
