import { encodeFunctionData, type Address, type Hex } from "viem";

import { auditHistory } from "../accounting/auditHistory.ts";
import type { ProofAudit } from "../accounting/auditProof.ts";
import { epochStart } from "../protocol/time.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { World } from "../world/world.ts";
import { tellReceipt, type StepLabel } from "./expectations.ts";
import { PROVER, SECOND_ADDRESS, THIRD_PARTY } from "./people.ts";
import { ScenarioFailedError, type Scenario, type ScenarioContext } from "./scenario.ts";

/** What was claimed for somebody, in fee token units (1e18). */
export interface Claim {
  readonly who: string;
  readonly address: Address;
  readonly amount: bigint;
}

/** Everybody whom proofs have credited is paid, once their epochs take no more of them. Governance must have opened rewards. */
export const claims: Scenario<ScenarioContext, readonly Claim[]> = {
  id: "claims",
  needs: {},
  run: async ({ world }) => {
    const { chain, rollup, follower, view } = world;
    await follower.sync();
    const audits = await auditHistory(view, follower.history);
    const last = audits.reduce((latest, { epoch }) => (epoch > latest ? epoch : latest), 0n);
    await chain.mineAt(epochStart(rollup.timing, last + rollup.timing.proofSubmissionEpochs + 1n));
    const paid = [...(await claimForSequencers(world, audits)), ...(await claimForProvers(world, audits))];

    const total = (amounts: readonly bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);
    const expected = total(audits.map(({ uses }) => uses.coinbaseCredits + uses.submitterCredits + uses.proverRewards));
    const actual = total(paid.map(({ amount }) => amount));
    if (actual !== expected) throw new ScenarioFailedError("claims", `${expected} in all`, `${actual}`);
    return paid;
  },
};

/** In the order in which proofs have credited them. */
async function claimForSequencers(world: World, audits: readonly ProofAudit[]): Promise<readonly Claim[]> {
  const people = new Map([
    [(await world.account(THIRD_PARTY)).address, { word: "thirdParty", who: THIRD_PARTY }],
    [(await world.account(SECOND_ADDRESS)).address, { word: "secondAddress", who: SECOND_ADDRESS }],
  ]);
  const paid: Claim[] = [];
  let validators = 0;
  for (const address of new Set(audits.flatMap(({ credits }) => Object.keys(credits) as Address[]))) {
    const { word, who } = people.get(address) ?? {
      word: `validator${++validators}`,
      who: `validator ${address.slice(0, 8)}`,
    };
    const amount = await world.chain.publicClient.readContract({
      address: world.rollup.address,
      abi: RollupAbi,
      functionName: "getSequencerRewards",
      args: [address],
    });
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [address] });
    await claim(world, data, { id: `claims.${word}`, name: `claim for ${who}` });
    paid.push({ who, address, amount });
  }
  return paid;
}

async function claimForProvers(world: World, audits: readonly ProofAudit[]): Promise<readonly Claim[]> {
  const paid: Claim[] = [];
  const epochs = audits.map(({ epoch }) => epoch);
  for (const address of new Set(audits.map(({ prover }) => prover))) {
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimProverRewards", args: [address, epochs] });
    const amount = BigInt(await world.chain.call({ to: world.rollup.address, data }));
    await claim(world, data, { id: `claims.prover${paid.length + 1}`, name: "claim for the prover" });
    paid.push({ who: PROVER, address, amount });
  }
  return paid;
}

/** Anybody may claim for anybody. */
async function claim(world: World, data: Hex, label: StepLabel): Promise<void> {
  const from = await world.account(THIRD_PARTY);
  tellReceipt(world, label, await world.chain.execute({ from, to: world.rollup.address, data }));
}
