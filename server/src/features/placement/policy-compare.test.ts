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
      facts: [{ name: 'land', value: 'utanför EU/EES' }],
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

describe('no case is overlooked', () => {
  const rule = (id: string, cedar: string) =>
    `@id("${id}") @tag("house") @en("a") @fr("b") @sv("c")\n${cedar};\n`;
  const all = rule('all', 'permit (principal, action, resource)');
  const forbid = (condition: string, index: number) =>
    rule(`r${index}`, `forbid (principal, action, resource) when { ${condition} }`);
  const narrows = async (earlier: string, later: string) => {
    const before = all + forbid(earlier, 0);
    return (
      (await comparePolicies(readPolicy(before), readPolicy(before + forbid(later, 1)), 'en')).narrowed > 0
    );
  };
  const revenue = 'principal has revenueEurPerMonth && principal.revenueEurPerMonth';
  const cap =
    'resource has model && resource.model has revenueCapEurPerMonth && resource.model.revenueCapEurPerMonth';

  test.each([
    [
      'another country of the EEA than the one that is named',
      'resource has country && resource.country == "AT"',
      'resource.inEea && resource has country && resource.country != "AT"',
    ],
    [
      'another purpose than one that is called as a stand-in is',
      'context.purpose == "other0"',
      'context.purpose != "other0"',
    ],
    [
      'a name that only another fact is asked for',
      'resource.site != "falun"',
      'context.purpose == resource.site',
    ],
    [
      'an amount beyond a named one, compared with another amount',
      `${revenue} != 500`,
      `${revenue} == 500 && ${cap} > principal.revenueEurPerMonth`,
    ],
    [
      'two certifications at once',
      '!resource.certifications.contains("A")',
      'resource.certifications.containsAll(["A", "B"])',
    ],
  ])('%s', async (_, earlier, later) => {
    expect(await narrows(earlier, later)).toBe(true);
  });

  test('and none is invented: what is already refused narrows nothing', async () => {
    expect(await narrows('resource.inEea', 'resource has country && resource.country == "SE"')).toBe(false);
  });
});

test.each([
  ['patterns', 'resource.site like "fal*"', /'like' is not used here/],
  ['arithmetic', 'resource.tier + 1 > 2', /'\+' is not used here/],
])('a rule with %s is refused, since not every case could be checked', (_, condition, reason) => {
  expect(() => plus(`forbid (principal, action, resource) when { ${condition} };`)).toThrow(reason);
});
