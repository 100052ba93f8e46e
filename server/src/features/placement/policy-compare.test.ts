import { describe, expect, test } from 'vitest';

import { comparePolicies } from './policy-compare.ts';
import { readPolicy, starterPolicy } from './policy-text.ts';

const starter = readPolicy(starterPolicy);
const without = (id: string) =>
  readPolicy(starterPolicy.replace(starter.rules.find((rule) => rule.id === id)?.cedar ?? '?', ''));
const plus = (cedar: string) =>
  readPolicy(`${starterPolicy}\n@id("added") @tag("contract") @en("a") @fr("b") @sv("c")\n${cedar}`);

describe('comparing policies over every combination of facts', () => {
  test('a policy changes nothing against itself, over all combinations', async () => {
    const same = await comparePolicies(starter, starter, 'en');
    expect(same).toMatchObject({
      widened: 0,
      narrowed: 0,
      widensRestricted: false,
      method: 'exhaustive over facts',
    });
    expect(same.combinations).toBeGreaterThan(1_000_000);
  });

  test('taking out “personal data stays in the EU/EEA” is pointed out, with the case', async () => {
    const { widensRestricted, widened, narrowed, examples } = await comparePolicies(
      starter,
      without('personal-in-eea'),
      'sv',
    );
    expect(widensRestricted).toBe(true);
    expect(widened).toBeGreaterThan(0);
    expect(narrowed).toBe(0);
    expect(examples.widened[0]).toEqual({
      dataClass: 'personal',
      role: 'engine',
      facts: [{ name: 'land', value: 'US' }],
      refusedBy: ['personal-in-eea'],
    });
  });

  test('taking out a rule that others cover changes nothing', async () => {
    expect(await comparePolicies(starter, without('fact-expired'), 'en')).toMatchObject({
      widened: 0,
      narrowed: 0,
    });
  });

  test('a rule that permits more public work widens nothing restricted', async () => {
    const from = plus(
      'forbid (principal, action, resource) when { resource.site == "falun" && context.dataClass == DataClass::"public" };',
    );
    const { widened, widensRestricted } = await comparePolicies(from, starter, 'en');
    expect(widened).toBeGreaterThan(0);
    expect(widensRestricted).toBe(false);
  });

  test('a rule for one country narrows that country alone', async () => {
    const { widened, examples } = await comparePolicies(
      starter,
      plus('forbid (principal, action, resource) when { resource has country && resource.country == "HU" };'),
      'en',
    );
    expect(widened).toBe(0);
    for (const { facts } of examples.narrowed) expect(facts).toContainEqual({ name: 'country', value: 'HU' });
  });
});

test.each([
  ['patterns', 'resource.site like "fal*"', /'like' is not used here/],
  ['arithmetic', 'resource.tier + 1 > 2', /'\+' is not used here/],
])('a rule with %s is refused, since not every case could be checked', (_, condition, reason) => {
  expect(() => plus(`forbid (principal, action, resource) when { ${condition} };`)).toThrow(reason);
});
