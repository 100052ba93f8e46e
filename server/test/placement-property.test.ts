import { randomInt } from 'node:crypto';

import { expect, test } from 'vitest';

import { createCedar } from '../src/features/placement/cedar-judge.ts';
import { readPolicy, starterPolicy } from '../src/features/placement/policy-text.ts';
import { checkWorld, newTally } from './placement-check.ts';
import { policyOf } from './placement-policies.ts';

const starter = readPolicy(starterPolicy);

test('places 10,000 random calls under random policies as an oracle written from the words of the rules does', () => {
  const seed = Number(process.env['KULNING_TEST_SEED'] ?? randomInt(2 ** 31));
  const cedar = createCedar();
  const tally = newTally();
  for (let world = 0; world < 50; world++) checkWorld(seed + world, 200, cedar, tally);
  const { violations, ...counts } = tally;
  process.stdout.write(`placement: seed ${seed}, ${JSON.stringify(counts)}\n`);
  expect(violations).toEqual([]);
  expect(counts.cases).toBe(10_000);
  expect(counts.allowed).toBeGreaterThan(500);
  expect(counts.placed / counts.allowed).toBeGreaterThanOrEqual(0.999);
}, 300_000);

test('random policies use every rule, and leave every rule out', () => {
  const seen = Array.from({ length: 300 }, (_, seed) => new Set(policyOf(seed).rules.map(({ id }) => id)));
  for (const { id } of starter.rules) expect(seen.some((ids) => !ids.has(id))).toBe(true);
  const ids = new Set(seen.flatMap((each) => [...each]));
  expect(ids.size).toBe(starter.rules.length + 6);
});

/** These two only say more clearly what others refuse anyway: nothing permits unclassified work, and what has expired is unknown. */
const onlyWords = new Set(['unclassified', 'fact-expired']);
const deciding = starter.rules.map(({ id }) => id).filter((id) => !onlyWords.has(id));

test.each(deciding)('the oracle notices when the rule %s is said to be in force and is not', (id) => {
  const cedar = createCedar();
  const tally = newTally();
  const rules = starter.rules.map((rule) =>
    rule.id === id ? { ...rule, cedar: neverApplies(rule.effect) } : rule,
  );
  for (let world = 0; world < 200 && tally.violations.length === 0; world++)
    checkWorld(world, 20, cedar, tally, { ...starter, hash: `without:${id}`, rules });
  expect(tally.violations[0]?.what).toMatch(/forbidden candidate|permitted candidate|refused as/);
});

const neverApplies = (effect: string) => `${effect} (principal, action, resource) when { false };`;
