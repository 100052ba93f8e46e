import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { acceptedLanguage, chooseLanguage, languages } from './language.ts';

test('an option goes before KULNING_LANGUAGE, and that before the locale', () => {
  const environment = { KULNING_LANGUAGE: 'sv', LC_ALL: 'fr_FR.UTF-8' };
  expect(chooseLanguage('en', environment)).toBe('en');
  expect(chooseLanguage(undefined, environment)).toBe('sv');
  expect(chooseLanguage(undefined, { LC_ALL: 'fr_FR.UTF-8', LANG: 'sv_SE' })).toBe('fr');
  expect(chooseLanguage(undefined, { LC_ALL: '', LANG: 'sv_FI.UTF-8' })).toBe('sv');
});

test('a locale that is none of ours is passed over, and nothing at all is English', () => {
  expect(chooseLanguage('de', { LC_ALL: 'C.UTF-8', LANG: 'fr' })).toBe('fr');
  expect(chooseLanguage(undefined, { LANG: 'C' })).toBe('en');
  expect(chooseLanguage(undefined, { LANG: 'french' })).toBe('en');
});

test.each([
  ['fr', 'fr'],
  ['sv-FI,en;q=0.7', 'sv'],
  ['en;q=0.3, de, fr;q=0.8', 'fr'],
  ['sv;q=0, en;q=0.1', 'en'],
  ['SV', 'sv'],
  ['*', undefined],
  ['de-AT', undefined],
  ['', undefined],
  [undefined, undefined],
])('Accept-Language %s is %s', (header, language) => {
  expect(acceptedLanguage(header)).toBe(language);
});

test('any header at all has an answer', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      expect([undefined, ...languages]).toContain(acceptedLanguage(header));
    }),
  );
});
