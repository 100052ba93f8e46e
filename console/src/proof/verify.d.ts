/** The part of the verifier's face that the console uses; the verifier itself is plain JavaScript that a person can copy. */
declare module '@kulning/verify' {
  export interface Report {
    readonly verdict: 'verified' | 'wrong' | 'unpinned' | 'pending';
    readonly passed: readonly string[];
    readonly unchecked: readonly string[];
    readonly failure: { readonly check: string; readonly expected: string; readonly found: string } | undefined;
    readonly witnesses: readonly string[];
  }

  export function verifyReceipt(receipt: object | Uint8Array, options: { readonly pinnedKeys: readonly string[]; readonly pinnedWitnesses: readonly string[] }): Promise<Report>;
}
