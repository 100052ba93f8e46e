import { asSaid, KulningError } from '@kulning/sdk';
import { describe, expect, it } from 'vitest';

import { en } from '../words/en.ts';
import { createFormat } from '../words/format.ts';
import { errorAt } from './form.ts';
import { pageOf, sectionOf, sections } from './navigation.ts';
import { safeNext } from './safe-next.ts';
import { whereSentence, type Whereabouts } from './where-sentence-text.ts';

describe('navigation', () => {
  it('has the eight sections in their order', () => {
    expect(sections.map(({ name }) => en.nav[name])).toEqual([
      'Home',
      'Agents',
      'Models',
      'Jobs',
      'Sites',
      'Placement',
      'Proof',
      'Settings',
    ]);
  });

  it('knows the page of an address, and none for a stranger’s', () => {
    expect(pageOf('/models/playground')?.name).toBe('playground');
    expect(pageOf('/models')?.name).toBe('models');
    expect([sectionOf('/modelsx'), pageOf('/settings/nothing')]).toEqual([undefined, undefined]);
  });
});

describe('after signing in', () => {
  it('goes only to an address of this console', () => {
    const elsewhere = [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'javascript:1',
      undefined,
    ];
    expect(elsewhere.map(safeNext)).toEqual(['/', '/', '/', '/', '/']);
    expect(safeNext('/proof/receipts?receipt=call_1')).toBe('/proof/receipts?receipt=call_1');
  });
});

describe('an error of a form', () => {
  it('stands at the field that its path names', () => {
    const error = new KulningError({
      code: 'body.invalid',
      status: 400,
      text: asSaid({ message: 'two capitals' }),
      path: 'body.machine.parent.country',
    });
    expect([errorAt(error, 'parent.country'), errorAt(error, 'operator'), errorAt(null, 'x')]).toEqual([
      'two capitals',
      undefined,
      undefined,
    ]);
  });
});

describe('the one sentence about where the data is', () => {
  const format = createFormat('en');
  const place = {
    site: 'this-machine',
    place: 'Falun',
    country: 'SE',
    tier: 'T0' as const,
    simulated: false,
  };
  const where = (part: Partial<Whereabouts>): Whereabouts => ({
    processing: [place],
    storage: [place],
    backups: [],
    keys: [],
    simulated: [],
    ...part,
  });
  const say = (part: Partial<Whereabouts>) => whereSentence(where(part), en, format);

  it('says where, and on what evidence', () => {
    expect(say({})).toBe('Your data is on this machine, in Sweden (declared).');
    expect(say({ processing: [{ ...place, tier: 'T2' }], storage: [] })).toContain('(attested)');
  });

  it('never passes a country that nobody declared off as known', () => {
    const unknown = { ...place, country: null, tier: null };
    expect(say({ processing: [unknown], storage: [unknown] })).toBe(
      'Your data is on this machine. Nobody has said in which country that is.',
    );
    expect(say({ backups: [{ ...unknown, site: 'NAS' }] })).toContain('For one place, nobody has said');
  });

  it('names what is simulated', () => {
    const twin = { ...place, site: 'Borlänge (simulated)', simulated: true };
    expect(say({ simulated: [twin] })).toMatch(/ Borlänge is simulated\.$/);
    expect(say({ simulated: [twin, { ...twin, site: 'Essonne (simulated)' }] })).toMatch(
      / Borlänge and Essonne are simulated\.$/,
    );
  });
});
