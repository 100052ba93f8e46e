import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { catalogued, licenceAllows, licenceTerms, loadCatalogue, requireRights } from './catalogue.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../../../data/models/', import.meta.url)));

test('every file is a model, names are nobody else’s, and what is not known is said to be unverified', () => {
  expect(catalogue.length).toBeGreaterThanOrEqual(20);
  const names = catalogue.flatMap((model) => model.names);
  expect(new Set(names).size).toBe(names.length);
  for (const model of catalogue) {
    expect(Object.keys(model)).toEqual(expect.arrayContaining(model.unverified));
    if (model.licence === null) expect(model.unverified, model.id).toContain('licence');
    if (model.card === null) expect(model.unverified.length, model.id).toBeGreaterThan(0);
  }
});

test.each([
  ['Mistral-Small-3.2-24B-Instruct-2506-Q4_K_M', 'mistral-small-3.2'],
  ['mistralai/Devstral-Small-2-24B-Instruct-2512', 'devstral-small-2'],
  ['Devstral-2-123B-Instruct-2512', 'devstral-2'],
  ['Ministral-3-8B-Instruct-2512-Q4_K_M', 'ministral-3-8b'],
  ['Ministral-8B-Instruct-2410', undefined],
  ['my-devstral-20-model', undefined],
  ['kulning-triage', undefined],
])('%s is %s of the catalogue', (given, id) => {
  expect(catalogued(catalogue, [undefined, given])?.id).toBe(id);
});

test('the terms of a licence are those that policy reads', () => {
  const devstral = catalogued(catalogue, ['Devstral-2-123B']);
  const licence = devstral && licenceTerms(devstral);
  expect(licence).toMatchObject({ id: 'modified-MIT', source: 'card', revenueCapEurPerMonth: 17_000_000 });
  expect([undefined, 200e6, 300e6].map((revenue) => licenceAllows(licence, revenue))).toEqual([
    null,
    true,
    false,
  ]);
  expect(licenceAllows({ nonCommercial: true }, 1)).toBe(false);
  expect(licenceAllows(undefined, 1)).toBeNull();
  if (licence === undefined) throw new Error('it has terms');
  requireRights('devstral-2', licence, 200e6);
  requireRights('devstral-2', licence, undefined);
  expect(() => requireRights('devstral-2', licence, 300e6)).toThrow(
    expect.objectContaining({
      code: 'licence.revenue_cap',
      message:
        'The licence of devstral-2 (modified-MIT) gives no rights to groups with more than EUR 17,000,000 of revenue a month; yours has EUR 25,000,000.',
    }),
  );
});
