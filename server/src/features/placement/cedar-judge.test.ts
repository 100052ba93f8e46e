import { describe, expect, test } from 'vitest';

import { placeOf } from '../../core/placement/place.ts';
import type { SiteFacts } from '../../core/placement/facts.ts';
import type { WorkFacts } from '../../core/policy/judge.ts';
import { createCedar } from './cedar-judge.ts';
import { readPolicy, starterPolicy } from './policy-text.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const declared = <T>(value: T, validUntil?: string) => ({
  value,
  tier: 'T0' as const,
  source: 'test',
  ...(validUntil !== undefined && { validUntil }),
});
const falun: SiteFacts = {
  id: 'site_1',
  slug: 'falun',
  name: 'Falun',
  place: 'Falun, Sweden',
  latitude: 60.6,
  longitude: 15.6,
  simulated: false,
  unclaimed: false,
  country: declared('SE'),
  operator: declared('Dalarna Compute AB'),
  parent: declared({ name: 'Dalarna Holding AB', country: 'SE' }),
  certifications: [],
};
const work = (change: Partial<WorkFacts> = {}): WorkFacts => ({
  dataClass: 'personal',
  purpose: 'support',
  demonstration: false,
  organisation: { id: 'org_1', demonstration: false },
  ...change,
});
const policy = readPolicy(starterPolicy);
const judge = createCedar().judgeOf(policy);
const idsOf = (site: SiteFacts, given = work()) =>
  judge.judge(given, placeOf(site, now), 'engine').rules.map(({ id }) => id);

describe('the starter policy', () => {
  test('permits personal data at a known site in the EEA and names the rule', () => {
    expect(judge.judge(work(), placeOf(falun, now), 'engine')).toMatchObject({ allowed: true });
    expect(idsOf(falun)).toEqual(['personal-work']);
  });

  test.each([
    ['an unclassified call', falun, work({ dataClass: 'unclassified' }), ['unclassified']],
    [
      'a site that opens next year',
      { ...falun, opensAt: declared('2027-06-01') },
      work({ dataClass: 'public' }),
      ['not-open-yet'],
    ],
    [
      'a closed site',
      { ...falun, closesAt: declared('2026-01-01') },
      work({ dataClass: 'public' }),
      ['closed'],
    ],
    ['personal data at a simulated site', { ...falun, simulated: true }, work(), ['simulated']],
    [
      'personal data in the United States',
      { ...falun, country: declared('US') },
      work(),
      ['personal-in-eea'],
    ],
    [
      'special data under an American parent',
      { ...falun, parent: declared({ name: 'Example Inc.', country: 'US' }) },
      work({ dataClass: 'special' }),
      ['special-under-eea-parent'],
    ],
    [
      'a fact that has expired',
      { ...falun, operator: declared('Dalarna Compute AB', '2026-11-22T12:00:00Z') },
      work({ dataClass: 'internal' }),
      ['operator-unknown', 'fact-expired'],
    ],
    [
      'personal data after a certification ran out',
      { ...falun, certifications: [declared('ISO/IEC 27001', '2026-01-01')] },
      work(),
      ['certification-expired'],
    ],
  ])('refuses %s', (_, site, given, expected) => {
    expect(judge.judge(given, placeOf(site, now), 'engine').allowed).toBe(false);
    expect(idsOf(site, given)).toEqual(expected);
  });

  test('refuses everything but public work on a machine that nobody has claimed', () => {
    const { country: _, operator: __, parent: ___, ...nothing } = falun;
    const unclaimed = { ...nothing, unclaimed: true };
    expect(judge.judge(work({ dataClass: 'public' }), placeOf(unclaimed, now), 'ingress').allowed).toBe(true);
    expect(idsOf(unclaimed)[0]).toBe('machine-unclaimed');
  });

  test('holds a licence to its limits, and an unknown revenue is above every limit', () => {
    const model = {
      name: 'large',
      licence: 'modified MIT',
      nonCommercial: false,
      toy: false,
      revenueCapEurPerMonth: 18_500_000,
    };
    const place = placeOf(falun, now, model);
    const of = (revenueEurPerMonth?: number) => {
      const organisation = {
        id: 'org_1',
        demonstration: false,
        ...(revenueEurPerMonth !== undefined && { revenueEurPerMonth }),
      };
      return judge.judge(work({ organisation }), place, 'engine').rules.map(({ id }) => id);
    };
    expect(of(18_500_000)).toEqual(['personal-work']);
    expect(of(18_500_001)).toEqual(['licence-revenue-cap']);
    expect(of()).toEqual(['licence-revenue-unknown']);
  });
});

test('a policy that permits nothing still names why', () => {
  const empty = readPolicy(
    '@id("never") @tag("house") @en("a") @fr("b") @sv("c") forbid (principal, action, resource) when { resource.unclaimed };',
  );
  const verdict = createCedar().judgeOf(empty).judge(work(), placeOf(falun, now), 'engine');
  expect(verdict).toMatchObject({ allowed: false, rules: [{ id: 'no-rule-permits' }] });
});

test('a rule that cannot be evaluated refuses', () => {
  const permit = '@id("all") @tag("house") @en("a") @fr("b") @sv("c") permit (principal, action, resource);';
  const { hash, rules } = readPolicy(permit);
  const [all] = rules;
  const overflow =
    'forbid (principal, action, resource) when { resource.tier + 9223372036854775807 + 1 > 0 };';
  const withSum = { hash, rules: [all!, { ...all!, id: 'sum', effect: 'forbid' as const, cedar: overflow }] };
  const verdict = createCedar().verdictOf(withSum, work(), placeOf(falun, now), 'engine');
  expect(verdict).toMatchObject({ allowed: false, rules: [{ id: 'sum' }] });
});

test('many policies take turns in a few names, and each keeps its own verdicts', () => {
  const cedar = createCedar({ policies: 2, verdicts: 1 });
  const words = '@tag("house") @en("a") @fr("b") @sv("c")';
  const judges = ['public', 'internal', 'personal', 'special'].map((name) =>
    cedar.judgeOf(
      readPolicy(
        `@id("${name}") ${words} permit (principal, action, resource) when { context.dataClass == DataClass::"${name}" };`,
      ),
    ),
  );
  for (let round = 0; round < 2; round++) {
    const allowed = judges.map((each) => each.judge(work(), placeOf(falun, now), 'engine').allowed);
    expect(allowed).toEqual([false, false, true, false]);
    judges[2]?.judge(work({ purpose: `other ${round}` }), placeOf(falun, now), 'engine');
  }
});
