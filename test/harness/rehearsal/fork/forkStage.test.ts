import { expect } from "chai";
import { erc20Abi, type Address } from "viem";

import { slotAt } from "../../../../harness/protocol/time.ts";
import { dealTokens, findBalances, UnknownTokenLayoutError } from "../../../../harness/rehearsal/fork/dealTokens.ts";
import { OverrideBook } from "../../../../harness/rehearsal/fork/overrides.ts";
import { CommitteeTooSmallError, OwnCommittee } from "../../../../harness/rehearsal/fork/ownCommittee.ts";
import { embeddedNetwork } from "../../../support/networks.ts";
import { rejection } from "../../../support/rejection.ts";
import { smallConfig } from "../../../support/world.ts";

const NOBODY: Address = "0x00000000000000000000000000000000000000fe";

describe("What a rehearsal brings onto a fork", () => {
  const open = () => embeddedNetwork({ config: smallConfig(), validatorCount: 8 });

  it("tokens: balances are found by somebody who holds some, and written", async () => {
    const { chain, contracts } = await open();
    const address = contracts.stakingAsset;
    const balances = await findBalances(chain, address, contracts.governance);
    expect(balances, "where OpenZeppelin has them").to.equal(0n);
    await dealTokens(chain, { address, balances }, NOBODY, 5n);
    await dealTokens(chain, { address, balances }, NOBODY, 2n);
    const args = [NOBODY] as const;
    const balance = await chain.publicClient.readContract({ address, abi: erc20Abi, functionName: "balanceOf", args });
    expect(balance).to.equal(7n);
  });

  it("no tokens where nobody holds any, or the balances are elsewhere", async () => {
    const { chain, contracts } = await open();
    await rejection(findBalances(chain, contracts.stakingAsset, NOBODY), UnknownTokenLayoutError);
  });

  it("committees of its own validators, with the proposer that the rollup's seed draws", async () => {
    const { chain, rollup, deployer, validators } = await open();
    const members = validators.map(({ address }) => address);
    const committee = new OwnCommittee(chain, rollup, members, deployer.account, new OverrideBook(0n));
    const slot = slotAt(rollup.timing, await chain.now());
    const { members: seated, proposer, proposerIndex, quorum } = await committee.of(slot);
    expect(seated).to.deep.equal(members.slice(0, 4));
    expect([proposer, quorum]).to.deep.equal([seated[proposerIndex], 3]);
  });

  it("no committee of fewer members than the rollup wants", async () => {
    const { chain, rollup, deployer } = await open();
    const book = new OverrideBook(0n);
    const seat = () => new OwnCommittee(chain, rollup, [NOBODY], deployer.account, book);
    expect(seat).to.throw(CommitteeTooSmallError, /fewer own validators/);
  });
});
