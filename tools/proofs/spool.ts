import * as fc from 'fast-check';

import { emptyTally, failedWriteProperty, powerCutProperty } from '../../server/test/spool-power-cut.ts';
import type { Proof } from './proof.ts';

const parts = 100;
const cutsPerPart = 1000;
const failedWritesPerPart = 100;

/** The fault-injecting disk (server/src/platform/spool/spool-fault-files.ts): power cuts and failed writes, each part with a seed of its own. */
export const spoolProof: Proof = {
  name: 'spool',
  claim:
    'After a power cut at any operation of the disk, the journal holds every frame that was acknowledged and not yet shipped, in order, once, and nothing that was never written; a write that fails refuses its own frames and loses no other.',
  covers: ['server/src/platform/spool/*.ts', 'server/test/spool-power-cut.ts'],
  parts,
  async run(part, seed) {
    const tally = emptyTally();
    const its = (numRuns: number) => ({ numRuns, seed: (seed + part) | 0 });
    await fc.assert(powerCutProperty(tally), its(cutsPerPart));
    await fc.assert(failedWriteProperty(), its(failedWritesPerPart));
    return { ...tally, failedWrites: failedWritesPerPart };
  },
  objection({ runs = 0, cutAtWork = 0, shipped = 0, foundBesides = 0 }) {
    if (runs !== parts * cutsPerPart) return `only ${runs} power cuts were tried`;
    if (cutAtWork < runs / 2) return `only ${cutAtWork} of ${runs} cuts met the journal at work`;
    if (shipped === 0 || foundBesides === 0) return 'no segment was used again, or no torn write survived';
    return undefined;
  },
};
