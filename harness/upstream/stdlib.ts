// What nodes gossip, sign and pack, in the encodings of the pinned version.
export { RevertCode } from "@aztec/stdlib/avm";
export { AztecAddress } from "@aztec/stdlib/aztec-address";
export { CommitteeAttestation, CommitteeAttestationsAndSigners } from "@aztec/stdlib/block";
export { PublicLog } from "@aztec/stdlib/logs";
export { L1PublishedData } from "@aztec/stdlib/checkpoint";
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
export { TxEffect, TxHash } from "@aztec/stdlib/tx";
