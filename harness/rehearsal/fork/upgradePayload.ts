import escapeHatchModule from "../../../ignition/modules/escapeHatch.ts";
import { deployModule } from "../../network/deployModule.ts";
import { readEscapeHatch } from "../../network/escapeHatch.ts";
import type { Rollup } from "../../network/rollup.ts";
import { upgradeActions } from "../../network/upgradeActions.ts";
import { expectClaimable, expectHatch, expectRegistration } from "./expectedWords.ts";
import type { ForkStage } from "./forkStage.ts";
import type { PayloadWalkOptions } from "./walkPayload.ts";

/**
 * The payload that puts a new rollup in the place of the canonical one, and every word that it has to write. Where the canonical one has an
 * escape hatch, another is deployed for the new one first.
 */
export async function makeUpgradePayload(stage: ForkStage, next: Rollup): Promise<PayloadWalkOptions> {
  const { chain, contracts, deployer, fork } = stage;
  const { rewardsClaimable } = fork.config;
  const theirs = await readEscapeHatch(chain, fork.network.rollup.address);
  const hatch =
    theirs === undefined
      ? undefined
      : (await deployModule(deployer, escapeHatchModule, { EscapeHatch: { ...theirs, rollup: next.address } })).hatch;
  return {
    name: "upgrade: register the new rollup",
    actions: upgradeActions({ contracts, rollup: next.address, escapeHatch: hatch, rewardsClaimable }),
    expect: async (at) => [
      ...(await expectRegistration(chain, contracts, next, at)),
      ...(rewardsClaimable ? expectClaimable(next) : []),
      ...(hatch === undefined ? [] : expectHatch(next, hatch, at)),
    ],
  };
}
