/** Options every project error takes: what was expected and seen, and what caused it. */
export interface BuildAheadErrorOptions {
  /** Structured values, for tests and reports. Units belong in the names of the fields. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Base of every error this project throws on purpose. Catch the subclass, read the fields; the message is for people. */
export class BuildAheadError extends Error {
  readonly shortMessage: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(shortMessage: string, options: BuildAheadErrorOptions = {}) {
    const fields = options.fields ?? {};
    const details = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
    const message = details.length === 0 ? shortMessage : `${shortMessage} (${details.join(", ")})`;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.shortMessage = shortMessage;
    this.fields = fields;
  }
}
