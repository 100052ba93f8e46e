import { createCedar } from '../../server/src/features/placement/cedar-judge.ts';
import { checkWorld, newTally } from '../../server/test/placement-check.ts';
import type { Proof } from './proof.ts';

const worlds = 1000;
const casesPerWorld = 1000;
const cedar = createCedar();

/** A million random calls against the oracle (server/test/placement-oracle.ts): a thousand in each of a thousand worlds, each with its own policy. */
export const placementProof: Proof = {
  name: 'placement',
  claim:
    'Of random requests × policies × paths × site states, none is placed where an oracle written from the words of the rules forbids it, and at least 99.9 % of what it allows is placed.',
  covers: [
    'server/src/core/placement/*.ts',
    'server/src/core/policy/*.ts',
    'server/src/features/placement/cedar-judge.ts',
    'server/src/features/placement/policy-text.ts',
    'server/test/placement-*.ts',
    'server/test/chance.ts',
    'data/policy/*.cedar*',
  ],
  parts: worlds,
  async run(part, seed) {
    const tally = newTally();
    checkWorld(seed + part, casesPerWorld, cedar, tally);
    const [violation] = tally.violations;
    if (violation)
      throw new Error(
        `${violation.what}: world ${violation.world}, case ${violation.number} of ${casesPerWorld}`,
      );
    return { cases: tally.cases, allowed: tally.allowed, placed: tally.placed, forbiddenPlacements: 0 };
  },
  objection({ cases = 0, allowed = 0, placed = 0 }) {
    if (cases !== worlds * casesPerWorld) return `only ${cases} cases were run`;
    if (allowed < cases / 40)
      return `the oracle allowed only ${allowed} cases, too few to say that they are placed`;
    return placed < allowed * 0.999 ? `only ${placed} of ${allowed} allowed cases were placed` : undefined;
  },
};
