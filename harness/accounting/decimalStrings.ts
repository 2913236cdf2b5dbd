/** A result as JSON can carry it: every bigint as a decimal string, everything else as it is. */
export type DecimalStrings<Value> = Value extends bigint
  ? string
  : Value extends string | number | boolean | undefined | null
    ? Value
    : { readonly [Key in keyof Value]: DecimalStrings<Value[Key]> };

/** Turns a plain result (records, arrays, scalars) into its JSON form. */
export function decimalStrings<Value>(value: Value): DecimalStrings<Value> {
  return JSON.parse(
    JSON.stringify(value, (_key, field: unknown) => (typeof field === "bigint" ? field.toString() : field)),
  ) as DecimalStrings<Value>;
}
