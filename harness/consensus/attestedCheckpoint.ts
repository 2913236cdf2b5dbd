import { zeroHash, type Address, type Hex } from "viem";

import type { ViemSignature } from "../upstream/foundation.ts";
import { encodePropose } from "../upstream/propose.ts";
import type { CommitteeAttestation } from "../upstream/stdlib.ts";
import {
  packAttestations,
  signAttestation,
  signAttestationsAndSigners,
  type AttestationsAndSigners,
} from "./attestations.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { InvalidCheckpointError } from "./consensusErrors.ts";
import type { KeyRing } from "./keyRing.ts";
import { selectQuorum, type SlotCommittee } from "./slotCommittee.ts";

/** A checkpoint with everything `propose` wants. */
export interface AttestedCheckpoint extends Checkpoint, AttestationsAndSigners {
  /** Whose slot it is, if a committee was asked to attest. */
  readonly proposer?: Address;
  /** The proposer's, over the attestations and signers. */
  readonly signature: ViemSignature;
  readonly proposeCalldata: Hex;
}

/**
 * In place of the proposer's second signature, which no rescuer has: upstream's empty signature. A late `propose` does not read
 * it if the proposer has attested.
 */
export const ABSENT_SIGNATURE: ViemSignature = { v: 0, r: zeroHash, s: zeroHash };

/**
 * Lets committee members attest, as far as their keys are there, and packs the result. Without the proposer's key the
 * signature over the attestations is {@link ABSENT_SIGNATURE}: what is left can still land late.
 * @param signers Default: the smallest landable quorum, see `selectQuorum`.
 * @throws InvalidCheckpointError when the committee is another slot's.
 */
export function attestCheckpoint(
  checkpoint: Checkpoint,
  committee: SlotCommittee,
  keys: KeyRing,
  signers: readonly Address[] = selectQuorum(committee),
): AttestedCheckpoint {
  const signed = signers.flatMap((member) => {
    const signer = keys.signerOf(member);
    return signer === undefined ? [] : [signAttestation(checkpoint.payload, signer)];
  });
  return assembleCheckpoint(checkpoint, committee, keys, signed);
}

/** Packs attestations that came from elsewhere (gossip), signed for L1 by the proposer if its key is there. */
export function assembleCheckpoint(
  checkpoint: Checkpoint,
  committee: SlotCommittee,
  keys: KeyRing,
  signed: readonly CommitteeAttestation[],
): AttestedCheckpoint {
  if (committee.slot !== checkpoint.slot) {
    throw new InvalidCheckpointError("The committee is another slot's", {
      fields: { checkpointSlot: checkpoint.slot, committeeSlot: committee.slot },
    });
  }
  const packed = packAttestations(committee.members, signed);
  const proposer = keys.signerOf(committee.proposer);
  return withAttestations(
    { ...checkpoint, proposer: committee.proposer },
    packed,
    proposer === undefined ? ABSENT_SIGNATURE : signAttestationsAndSigners(packed, proposer),
  );
}

/** Any attestations, signers and signature, right or wrong. Default signature: {@link ABSENT_SIGNATURE}. */
export function withAttestations(
  checkpoint: Checkpoint & Pick<AttestedCheckpoint, "proposer">,
  { attestations, signers }: AttestationsAndSigners,
  signature: ViemSignature = ABSENT_SIGNATURE,
): AttestedCheckpoint {
  const { proposeArgs, blobInput } = checkpoint;
  const proposeCalldata = encodePropose({ proposeArgs, attestations, signers, signature, blobInput });
  return { ...checkpoint, attestations, signers, signature, proposeCalldata };
}

/**
 * A checkpoint as a rescuer sends it: nothing but what was gossiped. The proposer's second signature and its list of signers were not,
 * and late `propose` needs neither. One that names no signers is a rescue already and stays what it is.
 */
export function asRescued(checkpoint: AttestedCheckpoint): AttestedCheckpoint {
  return checkpoint.signers.length === 0 ? checkpoint : withAttestations(checkpoint, { ...checkpoint, signers: [] });
}
