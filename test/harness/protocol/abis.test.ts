import { expect } from "chai";
import { artifacts } from "hardhat";
import { decodeFunctionData } from "viem";

import type { ILateSubmission$Type } from "../../../artifacts/contracts/interfaces/ILateSubmission.sol/artifacts.d.ts";
import * as abis from "../../../harness/protocol/abis.ts";
import { MissingArtifactError } from "../../../harness/missingArtifactError.ts";
import { readAbi } from "../../../harness/protocol/readAbi.ts";
import { encodeSetTerms } from "../../../harness/protocol/terms.ts";

type Unbuilt = Omit<ILateSubmission$Type, "contractName"> & { readonly contractName: "Unbuilt" };

describe("The ABIs of this package's contracts", () => {
  it("are those that Hardhat has built", async () => {
    const built: Readonly<Record<keyof typeof abis, string>> = {
      lateSubmissionAbi: "ILateSubmission",
      operationsLibraryAbi: "BuildAheadOperationsExtLib",
      latePenaltyControllerAbi: "LatePenaltyController",
      lateSubmissionHookAbi: "ILateSubmissionHook",
      lateStrikeLedgerAbi: "ILateStrikeLedger",
      lateSlashingHookAbi: "ILateSlashingHook",
      lateSlashRegistryAbi: "ILateSlashRegistry",
      compactProposerAbi: "CompactProposer",
    };
    for (const [name, contract] of Object.entries(built)) {
      const { abi } = await artifacts.readArtifact(contract);
      expect(abis[name as keyof typeof abis], name).to.deep.equal(abi);
    }
  });

  it("are missed with one clear line when there was no build", () => {
    const read = () => readAbi<Unbuilt>("contracts/interfaces/ILateSubmission.sol:Unbuilt");
    expect(read).to.throw(
      MissingArtifactError,
      /^A contract is not built: run `npx hardhat build` \(contractName=contracts\/interfaces\/ILateSubmission.sol:Unbuilt\)$/,
    );
  });

  it("encode the owner's call for new terms", () => {
    const terms = { submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: true };
    expect(decodeFunctionData({ abi: abis.lateSubmissionAbi, data: encodeSetTerms(terms) })).to.deep.equal({
      functionName: "setLateSubmissionTerms",
      args: [terms],
    });
  });
});
