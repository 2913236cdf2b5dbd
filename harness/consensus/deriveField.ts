import { sha256ToField, type Fr } from "../upstream/foundation.ts";

/** A field element from words and numbers alone: the same parts give the same element in every run. */
export function deriveField(...parts: readonly (string | number | bigint)[]): Fr {
  // Lengths are part of the preimage, so that ("ab", "c") and ("a", "bc") differ.
  return sha256ToField([Buffer.from(parts.map((part) => `${String(part).length}:${part}`).join(""))]);
}
