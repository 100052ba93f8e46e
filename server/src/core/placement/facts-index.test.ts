import * as fc from 'fast-check';
import { expect, test } from 'vitest';

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
