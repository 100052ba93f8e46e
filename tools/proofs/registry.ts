import { placementProof } from './placement.ts';
import type { Proof } from './proof.ts';

/** Every proof, one line each. */
export const proofs: readonly Proof[] = [placementProof];
