import { createHash } from "node:crypto";

/** Brings items into an order that depends on nothing but the seed and their names. */
export function shuffle<Item extends { readonly id: string }>(items: readonly Item[], seed: string): Item[] {
  const keyOf = ({ id }: Item): string => createHash("sha256").update(`${seed}\0${id}`).digest("hex");
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
}
