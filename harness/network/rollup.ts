import { getAddress, type Address, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { L1Node } from "../l1/l1Node.ts";
import type { RollupTiming } from "../protocol/time.ts";
import { RollupAbi } from "../upstream/abis.ts";

/** One rollup version, as it tells about itself on chain: the contracts that belong to it alone, and its clock. */
export interface Rollup {
  readonly address: Address;
  readonly inbox: Address;
  readonly outbox: Address;
  readonly feeJuicePortal: Address;
  /** Zero without a committee. */
  readonly slasher: Address;
  /** The rollup's version, as registry and headers name it. */
  readonly version: bigint;
  readonly timing: RollupTiming;
  /** Members that a committee is to have; 0 lets anyone propose. */
  readonly committeeSize: bigint;
  /** The archive root before the first checkpoint. */
  readonly genesisArchiveRoot: Hex;
}

/** There is no rollup where one was looked for. */
export class NoRollupError extends BuildAheadError {
  constructor(address: Address, cause: unknown) {
    super("The contract at this address does not answer as a rollup", { fields: { address }, cause });
  }
}

/** Reads a rollup's contracts and clock from the chain. @throws NoRollupError */
export async function readRollup({ publicClient }: L1Node, rollup: Address): Promise<Rollup> {
  const address = getAddress(rollup);
  const contract = { address, abi: RollupAbi } as const;
  const read = <Name extends "getInbox" | "getOutbox" | "getFeeAssetPortal" | "getSlasher">(functionName: Name) =>
    publicClient.readContract({ ...contract, functionName });
  const count = <
    Name extends
      | "getVersion"
      | "getGenesisTime"
      | "getSlotDuration"
      | "getEpochDuration"
      | "getProofSubmissionEpochs"
      | "getLagInEpochsForValidatorSet"
      | "getTargetCommitteeSize",
  >(
    functionName: Name,
  ) => publicClient.readContract({ ...contract, functionName });
  try {
    return {
      address,
      inbox: await read("getInbox"),
      outbox: await read("getOutbox"),
      feeJuicePortal: await read("getFeeAssetPortal"),
      slasher: await read("getSlasher"),
      version: await count("getVersion"),
      timing: {
        genesisTime: await count("getGenesisTime"),
        slotSeconds: await count("getSlotDuration"),
        epochSlots: await count("getEpochDuration"),
        proofSubmissionEpochs: await count("getProofSubmissionEpochs"),
        validatorSetLagEpochs: await count("getLagInEpochsForValidatorSet"),
      },
      committeeSize: await count("getTargetCommitteeSize"),
      genesisArchiveRoot: await publicClient.readContract({ ...contract, functionName: "archiveAt", args: [0n] }),
    };
  } catch (cause) {
    throw new NoRollupError(address, cause);
  }
}
