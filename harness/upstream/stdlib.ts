// What nodes gossip, sign and pack, in the encodings of the pinned version.
export { CommitteeAttestation, CommitteeAttestationsAndSigners } from "@aztec/stdlib/block";
export { accumulateCheckpointOutHashes } from "@aztec/stdlib/messaging";
export {
  CheckpointAttestation,
  CheckpointProposal,
  ConsensusPayload,
  getHashedSignaturePayload,
  getHashedSignaturePayloadEthSignedMessage,
  orderAttestations,
  SignatureDomainSeparator,
  trimAttestations,
} from "@aztec/stdlib/p2p";
export type { Signable } from "@aztec/stdlib/p2p";
export { CheckpointHeader } from "@aztec/stdlib/rollup";
