// Field elements, addresses, numbers and signatures as upstream's client libraries pass them around.
export { BlockNumber, CheckpointNumber, IndexWithinCheckpoint, SlotNumber } from "@aztec/foundation/branded-types";
export { Buffer32 } from "@aztec/foundation/buffer";
export { flipSignature, Secp256k1Signer } from "@aztec/foundation/crypto/secp256k1-signer";
export { sha256ToField } from "@aztec/foundation/crypto/sha256";
export { Fr } from "@aztec/foundation/curves/bn254";
export { EthAddress } from "@aztec/foundation/eth-address";
export { Signature } from "@aztec/foundation/eth-signature";
export type { ViemSignature } from "@aztec/foundation/eth-signature";
export { LogLevels } from "@aztec/foundation/log";
