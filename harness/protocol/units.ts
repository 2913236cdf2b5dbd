// Chain values are bigints, because contracts count in them. The tags keep a slot from being passed where an epoch is wanted;
// they are optional, so that arithmetic and literals need no casts.

type Tagged<Tag extends string> = bigint & { readonly tag?: Tag };

/** A slot's number; slot 0 begins at the rollup's genesis. */
export type Slot = Tagged<"slot">;
/** An epoch's number: slots divided by the epoch's length. */
export type Epoch = Tagged<"epoch">;
/** A checkpoint's place in the chain; 0 is the genesis. */
export type CheckpointNumber = Tagged<"checkpoint">;
/** Unix seconds, or a duration in seconds where the name says so. */
export type Seconds = Tagged<"seconds">;
/** Basis points: ten thousandths. */
export type Bps = number;

/** The whole, in basis points. */
export const WHOLE_BPS = 10_000;
