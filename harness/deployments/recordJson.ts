/** Writes a value as JSON for people to read and programs to read back: whole numbers beyond JSON's own end in `n`. */
export function stringifyRecord(value: unknown): string {
  return `${JSON.stringify(value, (_key, field: unknown) => (typeof field === "bigint" ? `${field}n` : field), 2)}\n`;
}

/** @throws SyntaxError */
export function parseRecord(text: string): unknown {
  return JSON.parse(text, (_key, field: unknown) =>
    typeof field === "string" && /^-?\d+n$/.test(field) ? BigInt(field.slice(0, -1)) : field,
  );
}
