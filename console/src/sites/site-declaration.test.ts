import { siteChange, siteInput } from '@kulning/sdk';
import { describe, expect, it } from 'vitest';

import { declarationOf, numberOf, stated } from './site-declaration.ts';

describe('what a site form declares', () => {
  it('leaves an untouched field out, so that its source and tier stay', () => {
    expect(declarationOf({ country: 'SE', operator: 'A' }, { country: 'SE', operator: 'B' })).toEqual({
      operator: 'A',
    });
  });

  it('withdraws what was emptied', () => {
    const change = declarationOf(
      {},
      { country: 'SE', pue: '1.2', parentName: 'A', parentCountry: 'SE', certifications: 'X' },
    );
    expect(change).toEqual({ country: null, pue: null, parent: null, certifications: null });
    expect(siteChange.safeParse(change).success).toBe(true);
  });

  it('makes an input that the contract takes', () => {
    const texts = {
      country: 'FR',
      powerLimitMw: '12,5',
      parentName: 'A',
      parentCountry: 'FR',
      certifications: 'ISO 27001\n HDS ',
      opensAt: '2027-06-01',
    };
    const input = { slug: 'essonne', name: 'Essonne', place: 'Essonne', ...stated(declarationOf(texts, {})) };
    expect(siteInput.parse(input)).toMatchObject({
      powerLimitMw: 12.5,
      certifications: ['ISO 27001', 'HDS'],
      parent: { name: 'A', country: 'FR' },
    });
  });

  it('reads decimals as people write them', () => {
    expect(['1,5', '1.5', '12 000'].map(numberOf)).toEqual([1.5, 1.5, 12_000]);
  });
});
