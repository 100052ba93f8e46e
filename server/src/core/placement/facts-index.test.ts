import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { PolicyJudge } from '../policy/judge.ts';
import type { RuleRef } from '../policy/rule.ts';
import { decide } from './decide.ts';
import { FactsIndex } from './facts-index.ts';
import type { Fact, SiteFacts } from './facts.ts';
import { placeOf } from './place.ts';

const time = fc.integer({ min: 0, max: 20 });
const date = time.map((at) => new Date(at).toISOString());
const fact = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> =>
  fc.record(
    {
      value,
      tier: fc.constantFrom('T0' as const, 'T1' as const),
      source: fc.constant('test'),
      validUntil: date,
    },
    { requiredKeys: ['value', 'tier', 'source'] },
  );
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const country = fc.constantFrom('SE', 'FR', 'US');

const site: fc.Arbitrary<SiteFacts> = fc
  .record({
    country: maybe(fact(country)),
    operator: maybe(fact(fc.constant('operator'))),
    parent: maybe(fact(country.map((home) => ({ name: 'parent', country: home })))),
    opensAt: maybe(fact(date)),
    closesAt: maybe(fact(date)),
    certifications: fc.array(fact(fc.constantFrom('ISO/IEC 27001', 'HDS')), { maxLength: 3 }),
  })
  .map(({ certifications, ...known }) => ({
    id: 'site',
    slug: 'site',
    name: 'Site',
    place: 'somewhere',
    simulated: false,
    unclaimed: false,
    certifications,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
  }));

test('an index says of a place at any moment what the facts say, whatever it was asked before', () => {
  fc.assert(
    fc.property(site, fc.array(fc.integer({ min: -1, max: 22 }), { minLength: 1 }), (given, moments) => {
      const index = new FactsIndex({
        sites: [given],
        deployments: [],
        weights: { carbon: 1, cost: 1, latency: 1, load: 1 },
      });
      for (const now of moments) expect(index.placeAt(given, now)).toEqual(placeOf(given, now));
    }),
  );
});

test('a decision with an index that has seen other moments and other work equals one with a new index', () => {
  const work = fc.record({
    dataClass: fc.constantFrom('public' as const, 'personal' as const),
    purpose: fc.constantFrom('general', 'support'),
    revenueEur: fc.constantFrom(12_000, 24_000_000),
    storageSiteIds: fc.constantFrom([], ['site']),
    now: fc.integer({ min: -1, max: 22 }),
  });
  fc.assert(
    fc.property(site, fc.array(work, { minLength: 1 }), (given, asked) => {
      const facts = {
        sites: [given],
        deployments: ['a', 'b'].map((id) => ({
          id,
          model: 'herd',
          modelVersion: id,
          licence: { id },
          siteId: given.id,
          engine: { id, kind: 'llama' as const },
          ready: true,
        })),
        weights: { carbon: 1, cost: 1, latency: 1, load: 1 },
      };
      const index = new FactsIndex(facts);
      for (const { now, revenueEur, ...kind } of asked) {
        const request = {
          callId: `call_${now}`,
          organisationId: 'org',
          organisation: { demonstration: false, revenueEur },
          model: 'herd',
          demonstration: false,
          ingressSiteId: given.id,
          backupSiteIds: [],
          ...kind,
        };
        const inputs = { now, inFlight: {}, breakers: {}, seed: 1 };
        expect(decide(request, facts, inputs, strict, index)).toEqual(
          decide(request, facts, inputs, strict, new FactsIndex(facts)),
        );
      }
    }),
  );
});

/** Looks at all that a rule can look at. */
const strict: PolicyJudge = {
  hash: 'sha256:strict',
  judge: ({ dataClass, purpose, organisation }, place, role) => ({
    allowed:
      place.state === 'open' &&
      (dataClass === 'public' || place.country === 'SE') &&
      (purpose !== 'support' || role !== 'storage' || place.certifications.length > 0) &&
      (organisation.revenueEurPerMonth !== 1_000 || place.expiredFacts.length === 0),
    rules: [rule(`${role} ${purpose} ${place.state} ${place.model?.licence}`)],
  }),
};

const rule = (id: string): RuleRef => ({ id, tag: 'house', text: { en: id, fr: id, sv: id } });
