import { readFile } from "node:fs/promises";

import { expect } from "chai";
import hardhat from "hardhat";

import { readCheckpointAsArchiver } from "../../../harness/consensus/archiverDecoding.ts";
import type { LateKind, RehearsalReport } from "../../../harness/rehearsal/rehearsalReport.ts";
import { rehearse, type Rehearsal } from "../../../harness/rehearsal/rehearse.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { renderRehearsal, renderSummary } from "../../../harness/report/renderRehearsal.ts";

/** The most a late landing may cost, as a multiple of an on-time one. */
const MAX_LATE_RATIO = 1.75;

describe("Rehearsal of the upgrade", () => {
  describe("with the default terms", () => {
    let rehearsal: Rehearsal;

    before(async () => {
      rehearsal = await rehearse(hardhat, { seed: "rehearsal test", slots: 2, committee: 48, terms: OPEN_TERMS });
    });
    after(() => rehearsal.network.chain.close());

    it("makes the extended rollup canonical, with every validator following", () => {
      expect(rehearsal.report.upgrade.followers).to.equal(64, "validators that followed");
    });

    it("lands late in every way and settles each of them once", () => {
      const kinds: LateKind[] = [
        "next-proposer",
        "third-party",
        "by-proposal",
        "original-proposer",
        "boundary-slip",
        "cross-epoch",
      ];
      expect(rehearsal.report.lateSlots.map(({ kind }) => kind)).to.deep.equal(kinds);
    });

    it("splits each share to the wei, dust to the coinbase", () => {
      for (const { slot, delaySeconds, share, submitterCut, forfeited, coinbaseKept } of rehearsal.report.lateSlots) {
        const whole = BigInt(share);
        const cut = delaySeconds === 0 ? 1_000n : 3_000n;
        expect(whole > 0n, `share of slot ${slot}`).to.equal(true);
        expect(BigInt(submitterCut)).to.equal((whole * cut) / 10_000n, `submitter's cut of slot ${slot}`);
        expect(BigInt(forfeited)).to.equal((whole * (7_500n - cut)) / 10_000n, `forfeited part of slot ${slot}`);
        expect(BigInt(submitterCut) + BigInt(forfeited) + BigInt(coinbaseKept)).to.equal(
          whole,
          `parts of slot ${slot}`,
        );
      }
    });

    it("says which split the delay of each has led to", () => {
      const splits = rehearsal.report.lateSlots.map((late) => [late.delaySeconds, late.submitterBps, late.burnBps]);
      expect(splits).to.deep.equal([
        [0, 1_000, 6_500],
        [12, 3_000, 4_500],
        [12, 3_000, 4_500],
        [12, 3_000, 4_500],
        [0, 1_000, 6_500],
        [0, 1_000, 6_500],
      ]);
    });

    it("credits who was named, who sent, and nobody else", () => {
      for (const { kind, submitter, originalProposer } of rehearsal.report.lateSlots) {
        const isOwn = submitter === originalProposer;
        expect(isOwn, `submitter of ${kind}`).to.equal(kind === "boundary-slip");
      }
    });

    it("conserves money over every proof", () => {
      expect(rehearsal.report.conservation).to.have.lengthOf(3);
      for (const { epoch, sumOfSources, sumOfUses, holds } of rehearsal.report.conservation) {
        expect(sumOfSources).to.equal(sumOfUses, `conservation over epoch ${epoch}`);
        expect(holds).to.equal(true, `conservation over epoch ${epoch}`);
      }
    });

    it("pays out at claim what the proofs have credited", () => {
      const claimed = rehearsal.report.claims.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      const credited = rehearsal.audits
        .map(({ uses }) => uses.coinbaseCredits + uses.submitterCredits + uses.proverRewards)
        .reduce((sum, part) => sum + part, 0n);
      expect(claimed).to.equal(credited, "claims against credits");
    });

    it("refuses what must be refused, each with its own error", () => {
      const refusals = rehearsal.report.steps.filter(({ revert }) => revert !== undefined);
      expect(refusals.map(({ id, revert, outcome }) => [id, revert?.error, outcome])).to.deep.equal([
        ["upstream.late.refused", "HeaderLib__InvalidSlotNumber", "reverted"],
        ["closed.late.refused", "HeaderLib__InvalidSlotNumber", "reverted"],
        ["unpaidSlip.burned", "0x", "reverted"],
        ["duplicates.alone", "Rollup__SlotAlreadyInChain", "reverted"],
        ["duplicates.bundled", "Rollup__SlotAlreadyInChain", "skipped-in-bundle"],
        ["refused.windowClosed", "LateSubmission__WindowClosed", "reverted"],
        ["refused.wrongParent", "Rollup__InvalidArchive", "reverted"],
        ["refused.quorumShort", "ValidatorSelection__InsufficientAttestations", "reverted"],
        ["refused.withoutProposer", "ValidatorSelection__MissingProposerSignature", "reverted"],
        ["lastSlot.crossEpochOff.refused", "LateSubmission__CrossEpochClosed", "reverted"],
      ]);
    });

    it("lands nothing that v4.1.2's archiver cannot read without a trace", async () => {
      const { landed, network } = rehearsal;
      expect(landed.length).to.be.greaterThan(15, "transactions that landed a checkpoint");
      for (const { rollup, txHash } of landed) {
        const read = await readCheckpointAsArchiver({ chain: network.chain, rollup }, txHash);
        expect(read.neededTrace, `trace for ${txHash}`).to.equal(false);
      }
    });

    it("keeps a late landing within its limit and every contract within EIP-170", () => {
      const { gas, codeSizes } = rehearsal.report;
      expect(gas.lateRatio).to.be.greaterThan(1).and.at.most(MAX_LATE_RATIO, "gas of a late landing");
      for (const { contract, margin } of codeSizes) expect(margin, contract).to.be.at.least(0);
    });

    it("gives every step an id of its own, in words joined by dots", () => {
      const ids = rehearsal.report.steps.map(({ id }) => id);
      expect(new Set(ids).size).to.equal(ids.length, "ids");
      for (const id of ids) expect(id).to.match(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)+$/);
    });

    it("gives a step the id that the committed evidence knows it by", async () => {
      const committed = JSON.parse(await readFile("evidence/rehearsal.json", "utf8")) as RehearsalReport;
      // Another seed draws other committees, hence another number of claims; and fewer slots were asked for.
      const varies = /\.landing\d+$|^claims\.validator\d+$/;
      const ids = ({ steps }: RehearsalReport) => steps.map(({ id }) => id).filter((id) => !varies.test(id));
      expect(ids(rehearsal.report)).to.deep.equal(ids(committed));
    });

    it("says which slot a step is about in a field, as in its name", () => {
      for (const { id, name, slot } of rehearsal.report.steps) {
        const named = /^slot (\d+)/.exec(name)?.[1];
        expect(slot, id).to.equal(named === undefined ? undefined : Number(named));
      }
    });

    it("reports for people and for programs", () => {
      const { report } = rehearsal;
      const again = JSON.parse(JSON.stringify(report)) as typeof report;
      expect(again.lateSlots).to.deep.equal(report.lateSlots);
      for (const { kind } of report.lateSlots) expect(renderSummary(report)).to.include(kind);
      for (const { id, name } of report.steps) {
        expect(renderRehearsal(report)).to.include(name).and.to.include(`\`${id}\``);
      }
    });
  });

  it("is the same run again with the same seed, and another with another", async () => {
    const options = { slots: 1, committee: 8, terms: { ...TERMS_AT_THE_EDGE } };
    const [first, second, other] = [
      await rehearse(hardhat, { ...options, seed: "one" }),
      await rehearse(hardhat, { ...options, seed: "one" }),
      await rehearse(hardhat, { ...options, seed: "other" }),
    ];
    for (const { network } of [first, second, other]) await network.chain.close();
    expect(second.report).to.deep.equal(first.report);
    expect(other.report.lateSlots[0]?.submitter).to.not.equal(first.report.lateSlots[0]?.submitter);
    // Opened with it, so that the first last slot is the one that lands.
    expect(first.report.lateSlots.map(({ kind }) => kind)).to.include("cross-epoch");
    for (const { forfeited, coinbaseKept } of first.report.lateSlots) {
      expect([forfeited, coinbaseKept]).to.deep.equal(["0", "0"], "everything to the submitter");
    }
  });
});

const TERMS_AT_THE_EDGE = { firstBps: 10_000, submitterBps: 10_000, burnBps: 0, windowSeconds: 72, crossEpoch: true };
