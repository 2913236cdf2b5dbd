import { verifyContract } from "@nomicfoundation/hardhat-verify/verify";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { listSources, type SourceToVerify } from "../../harness/deployments/listSources.ts";
import { stringifyRecord } from "../../harness/deployments/recordJson.ts";
import { RecordStore } from "../../harness/deployments/recordStore.ts";
import { BuildAheadError } from "../../harness/errors.ts";
import { readArtifact } from "../../harness/network/readArtifact.ts";
import { findRecord } from "./openTarget.ts";
import { runAction } from "./runAction.ts";

interface VerifySourcesArguments {
  readonly name: string;
  readonly send: boolean;
}

/** The block explorer did not take the sources of a contract. */
class SourceNotVerifiedError extends BuildAheadError {
  constructor({ contract, address }: SourceToVerify, cause: unknown) {
    super("The sources of a contract were not verified: run the same command again, what is verified stays so", {
      fields: { contract, address, reason: (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] },
      cause,
    });
  }
}

/** Reads the record only: what is published is what was deployed, and a dry run needs neither a node nor a key. */
export default function verifySourcesAction(
  { name, send }: VerifySourcesArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runAction(async () => {
    const sources = listSources(RecordStore.read(findRecord(hre, name)));
    for (const source of sources) {
      const contract = await fullyQualify(hre, source.contract);
      if (send) await publish(hre, { ...source, contract });
      else console.log(describe({ ...source, contract }));
    }
    if (!send) console.log(`${sources.length} contracts would be published; nothing was sent. Say --send to do it.`);
  });
}

/** Explorers want source and contract. */
async function fullyQualify({ artifacts }: HardhatRuntimeEnvironment, contract: string): Promise<string> {
  const { sourceName, contractName } = await readArtifact(artifacts, contract);
  return `${sourceName}:${contractName}`;
}

async function publish(hre: HardhatRuntimeEnvironment, source: SourceToVerify): Promise<void> {
  const { contract, address, constructorArgs, libraries } = source;
  try {
    await verifyContract({ contract, address, constructorArgs: [...constructorArgs], libraries }, hre);
  } catch (cause) {
    throw new SourceNotVerifiedError(source, cause);
  }
}

function describe({ contract, address, constructorArgs, libraries }: SourceToVerify): string {
  const args = constructorArgs.length === 0 ? "" : `\n  constructor ${stringifyRecord(constructorArgs).trim()}`;
  const links = Object.entries(libraries).map(([library, at]) => `\n  links ${library} to ${at}`);
  return `${contract} at ${address}${links.join("")}${args}`;
}
