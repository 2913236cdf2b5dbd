import { packAttestations, signAttestation, signAttestationsAndSigners } from "../consensus/attestations.ts";
import { ABSENT_SIGNATURE, withAttestations, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { CheckpointBlobs } from "../consensus/blobs.ts";
import { buildCheckpoint, type Checkpoint } from "../consensus/checkpoint.ts";
import { readTip, type CheckpointTip } from "../consensus/checkpointTip.ts";
import { signProposal } from "../consensus/gossipMessages.ts";
import { readManaTarget } from "../consensus/quoteFee.ts";
import {
  GENESIS,
  type CheckpointDraft,
  type CheckpointId,
  type ProposeAction,
  type ValidatorId,
} from "../sim/ledger.ts";
import type { Secp256k1Signer } from "../upstream/foundation.ts";
import type { CommitteeAttestation } from "../upstream/stdlib.ts";
import type { World } from "../world/world.ts";
import type { AddressedCommittee } from "./epochCommittee.ts";
import { InvalidLedgerCallError, UnknownCheckpointError } from "./ledgerErrors.ts";

/** A checkpoint as it was built, and what was signed of it. */
interface Built {
  readonly draft: CheckpointDraft;
  readonly checkpoint: Checkpoint;
  readonly committee: AddressedCommittee;
  /** Attestations that somebody asked for. */
  readonly signed: Map<ValidatorId, CommitteeAttestation>;
}

/** Ancestors that a checkpoint remembers: no honest node builds deeper on what has not landed. */
const REMEMBERED_ANCESTORS = 3;
/** Slots after which nobody asks for what was built: the longest that a proof is accepted, in slots, is counted on top. */
const KEPT_SLOTS = 8;

/**
 * Everything that was built in a run, with real headers, and signed as far as L1 is to see it: signatures are the same whenever they are
 * made (RFC 6979), so those that nobody sends are never computed.
 */
export class BuiltCheckpoints {
  readonly #world: World;
  readonly #built = new Map<CheckpointId, Built>();
  /** The chain before the run. */
  #genesis: CheckpointTip | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  has(id: CheckpointId): boolean {
    return this.#built.has(id);
  }

  /** @throws UnknownCheckpointError */
  get(id: CheckpointId): Built {
    const built = this.#built.get(id);
    if (built === undefined) throw new UnknownCheckpointError(id);
    return built;
  }

  /** @param slot Absolute @param blobs What to carry instead of its own content */
  async build(
    draft: CheckpointDraft,
    slot: bigint,
    committee: AddressedCommittee,
    blobs: CheckpointBlobs | undefined,
  ): Promise<void> {
    const { view, keys } = this.#world;
    const { id, proposer, fill } = draft;
    const coinbase = committee.addressOf(proposer);
    if (!keys.holds(coinbase)) throw new InvalidLedgerCallError("Nobody has the key of a proposer", { fields: { id } });
    const checkpoint = await buildCheckpoint(view, {
      slot,
      parent: await this.#parentOf(draft),
      seed: id,
      coinbase,
      manaUsed: BigInt(Math.round(Number(await readManaTarget(view)) * fill)),
      blobs,
    });
    this.#built.set(id, { draft, checkpoint, committee, signed: new Map() });
  }

  /** Forgets what nobody will ask for any more. @param slot Of the run @param proofSlots How long proofs are accepted */
  forgetBefore(slot: number, proofSlots: number): void {
    for (const [id, { draft }] of this.#built) {
      if (draft.slot >= slot - proofSlots - KEPT_SLOTS) break;
      this.#built.delete(id);
    }
  }

  /** What `propose` is sent with. */
  async attest({ checkpoint: id, attesters, authorisation }: ProposeAction): Promise<AttestedCheckpoint> {
    const built = this.get(id);
    const { checkpoint, committee, draft } = built;
    const proposer = committee.addressOf(draft.proposer);
    const packed = packAttestations(
      committee.addresses,
      attesters.map((member) => this.#attestationOf(built, member)),
    );
    const whole = { ...checkpoint, proposer };
    switch (authorisation) {
      case "own":
        return withAttestations(
          whole,
          packed,
          signAttestationsAndSigners(packed, this.#signerOf(built, draft.proposer)),
        );
      case "proposal": {
        const { signature } = await signProposal(checkpoint, this.#signerOf(built, draft.proposer));
        return withAttestations(whole, { ...packed, signers: [] }, signature.toViemSignature());
      }
      case "none":
        return withAttestations(whole, { ...packed, signers: [] }, ABSENT_SIGNATURE);
    }
  }

  #attestationOf(built: Built, member: ValidatorId): CommitteeAttestation {
    const attestation =
      built.signed.get(member) ?? signAttestation(built.checkpoint.payload, this.#signerOf(built, member));
    built.signed.set(member, attestation);
    return attestation;
  }

  #signerOf({ committee, draft }: Built, member: ValidatorId): Secp256k1Signer {
    const signer = this.#world.keys.signerOf(committee.addressOf(member));
    if (signer === undefined) {
      throw new InvalidLedgerCallError("Nobody has the key of a member", { fields: { id: draft.id, member } });
    }
    return signer;
  }

  async #parentOf({ parent }: CheckpointDraft): Promise<CheckpointTip> {
    if (parent !== GENESIS) return remember(this.get(parent).checkpoint, REMEMBERED_ANCESTORS);
    this.#genesis ??= await readTip(this.#world.view);
    return this.#genesis;
  }
}

/** A tip without its content, and with so many ancestors only: otherwise every checkpoint would hold all before it. */
function remember({ number, slot, archive, feeHeader, parent }: CheckpointTip, ancestors: number): CheckpointTip {
  const tip = { number, slot, archive, feeHeader };
  return parent === undefined || ancestors === 0 ? tip : { ...tip, parent: remember(parent, ancestors - 1) };
}
