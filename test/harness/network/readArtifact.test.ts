import { expect } from "chai";
import { artifacts } from "hardhat";

import { readArtifact, readArtifactOf } from "../../../harness/network/readArtifact.ts";
import { MissingArtifactError } from "../../../harness/missingArtifactError.ts";
import { rejection } from "../../support/rejection.ts";

describe("A compiled contract", () => {
  it("is read with its code and where its libraries go", async () => {
    const { abi, bytecode, linkReferences } = await readArtifact(artifacts, "BuildAheadRollup");
    expect(abi.length).to.be.greaterThan(100);
    expect(bytecode.length).to.be.greaterThan(10_000);
    const libraries = Object.values(linkReferences).flatMap((source) => Object.keys(source));
    expect(libraries).to.include.members(["LateSubmissionExtLib", "RollupOperationsExtLib"]);
  });

  it("is read as the contract that deploys it carries it, also when both were compiled at different times", async () => {
    const creator = await readArtifact(artifacts, "BuildAheadRollup");
    const { bytecode } = await readArtifactOf("BuildAheadRollup", artifacts, "Inbox");
    expect(creator.bytecode).to.include(bytecode.slice(2));
    // As if the artifact came from an earlier build.
    const outdated = {
      readArtifact: async (name: string) => ({
        ...(await artifacts.readArtifact(name)),
        ...(name === "Inbox" ? { buildInfoId: "earlier", bytecode: "0x" } : {}),
      }),
      getBuildInfoOutputPath: (id: string) => artifacts.getBuildInfoOutputPath(id),
    } as unknown as typeof artifacts;
    expect((await readArtifactOf("BuildAheadRollup", outdated, "Inbox")).bytecode).to.equal(bytecode);
  });

  it("is missed by name when nobody has compiled it", async () => {
    const error = await rejection(readArtifact(artifacts, "NobodyWroteThis"), MissingArtifactError);
    expect(error.fields).to.deep.equal({ contractName: "NobodyWroteThis" });
    expect(error.message).to.include("npx hardhat build");
    expect(error.cause, "what Hardhat said").to.be.instanceOf(Error);
  });
});
