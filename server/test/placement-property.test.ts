import { randomInt } from 'node:crypto';

import { expect, test } from 'vitest';

import { createCedar } from '../src/features/placement/cedar-judge.ts';
import { readPolicy, starterPolicy } from '../src/features/placement/policy-text.ts';
import { checkWorld, newTally } from './placement-check.ts';

const starter = readPolicy(starterPolicy);

test('places 10,000 random calls as an oracle written from the words of the rules does', () => {
  const seed = Number(process.env['KULNING_TEST_SEED'] ?? randomInt(2 ** 31));
  const judge = createCedar().judgeOf(starter);
  const tally = newTally();
  for (let world = 0; world < 50; world++) checkWorld(seed + world, 200, judge, tally);
  const { violations, ...counts } = tally;
  process.stdout.write(`placement: seed ${seed}, ${JSON.stringify(counts)}\n`);
  expect(violations).toEqual([]);
  expect(counts.cases).toBe(10_000);
  expect(counts.allowed).toBeGreaterThan(1000);
  expect(counts.placed / counts.allowed).toBeGreaterThanOrEqual(0.999);
});

/** These two only say more clearly what others refuse anyway: nothing permits unclassified work, and what has expired is unknown. */
const onlyWords = new Set(['unclassified', 'fact-expired']);
const deciding = starter.rules.map(({ id }) => id).filter((id) => !onlyWords.has(id));

test.each(deciding)('the oracle notices when the rule %s is missing', (id) => {
  const rules = starter.rules.filter((rule) => rule.id !== id);
  const judge = createCedar({ policies: 1 }).judgeOf({ ...starter, rules });
  const tally = newTally();
  for (let world = 0; world < 200 && tally.violations.length === 0; world++)
    checkWorld(world, 20, judge, tally);
  expect(tally.violations[0]?.what).toMatch(/forbidden candidate|permitted candidate|refused as/);
});
