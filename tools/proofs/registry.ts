import { crashProof } from './crash.ts';
import { gatewayCrashProof } from './gateway-crash.ts';
import { llamaServerProof } from './llama-server.ts';
import { placementProof } from './placement.ts';
import type { Proof } from './proof.ts';
import { soakProof } from './soak.ts';
import { spoolProof } from './spool.ts';

/** Every proof, one line each. */
export const proofs: readonly Proof[] = [
  crashProof,
  gatewayCrashProof,
  llamaServerProof,
  placementProof,
  soakProof,
  spoolProof,
];
