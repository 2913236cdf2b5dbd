/** Bytes of a signature in packed attestations: v, r and s. Source: `AttestationLib.SIGNATURE_LENGTH`. */
export const SIGNATURE_BYTES = 65;
/** Bytes of the address that stands for a member who has not signed. Source: `AttestationLib.ADDRESS_LENGTH`. */
export const ADDRESS_BYTES = 20;
