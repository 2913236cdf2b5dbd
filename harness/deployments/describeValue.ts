/** An argument or a getter's answer in one line. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return value;
  // Undefined alone has no JSON, and nothing on chain is undefined.
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === "bigint" ? field.toString() : field)).replaceAll(
    /^"|"$/g,
    "",
  );
}
