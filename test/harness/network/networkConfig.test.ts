import { expect } from "chai";
import hardhat from "hardhat";

import { openEmbeddedChain } from "../../../harness/l1/embeddedChain.ts";
import { UnsupportedL1FeatureError } from "../../../harness/l1/l1Errors.ts";
import { deployV4Stack } from "../../../harness/network/deployV4Stack.ts";
import { InvalidNetworkConfigError, mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import { openEmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { TooFewValidatorsError } from "../../../harness/network/stakeValidators.ts";
import { rejection } from "../../support/rejection.ts";

describe("A network that cannot work", () => {
  it("is refused when the committee is larger than the validator set", async () => {
    const error = await rejection(openEmbeddedNetwork(hardhat, { validatorCount: 47 }), TooFewValidatorsError);
    expect(error.fields).to.deep.equal({ validators: 47, committee: 48n });
  });

  it("is refused when the hardfork is unknown", async () => {
    await rejection(openEmbeddedNetwork(hardhat, { hardfork: "unheard-of" }), UnsupportedL1FeatureError);
  });

  const valid = mainnetLikeConfig();
  const broken = {
    "a slot is not a whole number of L1 blocks": { ...valid, rollup: { ...valid.rollup, aztecSlotDuration: 70n } },
    "an epoch has no slot": { ...valid, rollup: { ...valid.rollup, aztecEpochDuration: 0n } },
    "the seed is known before the set is fixed": { ...valid, rollup: { ...valid.rollup, lagInEpochsForRandao: 3n } },
    "the sequencer gets more than everything": {
      ...valid,
      rollup: { ...valid.rollup, rewardConfig: { ...valid.rollup.rewardConfig, sequencerBps: 10_001 } },
    },
    "half a round is a quorum": { ...valid, governanceProposer: { quorum: 150n, roundSize: 300n } },
  };
  for (const [name, config] of Object.entries(broken)) {
    it(`is refused when ${name}`, async () => {
      const chain = await openEmbeddedChain(hardhat);
      await rejection(deployV4Stack(hardhat.artifacts, chain, { config }), InvalidNetworkConfigError);
      expect(await chain.publicClient.getBlockNumber(), "nothing was sent").to.equal(0n);
      await chain.close();
    });
  }
});
