import { DeploymentResultType } from "@nomicfoundation/ignition-core";
import type { Address } from "viem";

import { BuildAheadError } from "../errors.ts";
import { IgnitionDeploymentError } from "../network/runModule.ts";

/** A run ended before the deployment did. What it sent is in the journal. */
export class DeploymentInterruptedError extends BuildAheadError {
  constructor(record: string, cause: unknown) {
    super("The deployment was interrupted, nothing is lost: run the same command again and it goes on", {
      fields: { record, reason: firstLine(cause) },
      cause,
    });
  }
}

/** A contract does not take what it was deployed with. */
export class RefusedByContractError extends BuildAheadError {
  constructor(reasons: readonly string[], cause: unknown) {
    super("A contract refused what it was to be deployed with: mend the parameters and name another record with --name", {
      fields: { reasons: reasons.join("; ") },
      cause,
    });
  }
}

/** The deployer's earlier transactions have to settle first. */
export class UnsettledTransactionsError extends BuildAheadError {
  constructor(deployer: Address, cause: unknown) {
    super("Transactions of the deployer are not settled yet: run the same command again in a minute, and send none besides", {
      fields: { deployer, reason: firstLine(cause) },
      cause,
    });
  }
}

/** What was begun with one build is not gone on with by another. */
export class ChangedBuildError extends BuildAheadError {
  constructor(record: string, cause: IgnitionDeploymentError) {
    super("The contracts changed since the deployment began: go back to the record's revision, or name another with --name", {
      fields: { record, reason: String(cause.fields["detail"]) },
      cause,
    });
  }
}

/** The deployer's money ended on the way. */
export class OutOfFundsError extends BuildAheadError {
  constructor(deployer: Address, record: string, cause: unknown) {
    super("The deployer ran out of ether, nothing is lost: fund it and run the same command again", {
      fields: { deployer, record },
      cause,
    });
  }
}

/** Numbers of Hardhat's errors about nonces and confirmations: WAITING_FOR_…, NONCE_TOO_HIGH and NONCE_TOO_LOW. */
const UNSETTLED = [10_402, 10_403, 10_411, 10_412];

/** Says of a failure what it means for the deployment and what to do. What is clear already stays as it is. */
export function explainFailure(error: unknown, deployer: Address, record: string): unknown {
  if (error instanceof IgnitionDeploymentError) return explainResult(error, record);
  if (/insufficient funds|doesn't have enough funds/i.test(firstLine(error))) {
    return new OutOfFundsError(deployer, record, error);
  }
  if (error instanceof BuildAheadError) return error;
  if (UNSETTLED.includes((error as { number?: number }).number ?? 0)) {
    return new UnsettledTransactionsError(deployer, error);
  }
  return new DeploymentInterruptedError(record, error);
}

function explainResult(error: IgnitionDeploymentError, record: string): BuildAheadError {
  const { result } = error;
  if (result.type === DeploymentResultType.RECONCILIATION_ERROR) return new ChangedBuildError(record, error);
  if (result.type !== DeploymentResultType.EXECUTION_ERROR || result.failed.length === 0) {
    return new DeploymentInterruptedError(record, error);
  }
  const reasons = result.failed.map(({ futureId, error: reason }) => `${futureId}: ${reason}`);
  return new RefusedByContractError(reasons, error);
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
}
