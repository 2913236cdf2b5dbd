import { sha256ToField } from "@aztec/foundation/crypto/sha256";
import type { Fr } from "@aztec/foundation/curves/bn254";

/** A field element from words and numbers alone: the same parts give the same element in every run. */
export function deriveField(...parts: readonly (string | number | bigint)[]): Fr {
  // Lengths are part of the preimage, so that ("ab", "c") and ("a", "bc") differ.
  return sha256ToField([Buffer.from(parts.map((part) => `${String(part).length}:${part}`).join(""))]);
}
