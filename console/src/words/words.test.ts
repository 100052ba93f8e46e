import { describe, expect, it } from 'vitest';

import { en } from './en.ts';
import { createFormat, languages, plural } from './format.ts';
import { fr } from './fr.ts';
import { sv } from './sv.ts';

const narrowSpace = '\u202f';
const tables = { en, fr, sv };

/** Every text of a table with its path; functions are called with stand-ins, so that their words are read too. */
function textsOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function')
    return [[path, String((value as (...given: unknown[]) => unknown)(2, 3, 4))]];
  return Object.entries(value as object).flatMap(([name, child]) => textsOf(child, `${path}.${name}`));
}

/** What is code, an address or a unit keeps its own spelling. */
const withoutCode = (text: string) => text.replaceAll(/`[^`]*`|https?:\/\/\S*/g, '');

describe('words', () => {
  it('are written with French spaces in French', () => {
    const wrong = textsOf(fr).filter(([, text]) =>
      /[^\u202f\s][;:?!»](\s|$)|[^\u202f][;?!»]|« |[^\u202f]»|«[^\u202f]/.test(withoutCode(text)),
    );
    expect(wrong).toEqual([]);
    expect(textsOf(fr).filter(([, text]) => text.includes(narrowSpace)).length).toBeGreaterThan(20);
  });

  it.each(Object.entries(tables))('shout in no language: %s', (_, table) => {
    expect(textsOf(table).filter(([, text]) => text.includes('!'))).toEqual([]);
  });

  it.each(Object.entries(tables))('claim evidence, never compliance: %s', (_, table) => {
    expect(textsOf(table).filter(([, text]) => /complian|conforme|conformité|efterlev/i.test(text))).toEqual(
      [],
    );
  });

  it('say "vous" in French and "du" in Swedish', () => {
    expect(textsOf(fr).filter(([, text]) => /(?<!\p{L})(tu|ton|ta|tes|toi)(?!\p{L})/iu.test(text))).toEqual(
      [],
    );
    expect(textsOf(sv).filter(([, text]) => /(?<!\p{L})(ni|er|ert|era)(?!\p{L})/iu.test(text))).toEqual([]);
  });

  it('are translated, not copied', () => {
    const english = new Map(textsOf(en));
    const shared = (table: object) =>
      textsOf(table).filter(([path, text]) => text.length > 24 && english.get(path) === text);
    expect([...shared(fr), ...shared(sv)]).toEqual([]);
  });
});

describe('format', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const format = createFormat('en', 'Europe/Stockholm');

  it('counts as each language does', () => {
    const forms = { one: '# jour', other: '# jours' };
    expect([0, 1, 2].map((number) => plural('fr', number, forms))).toEqual(['0 jour', '1 jour', '2 jours']);
    expect([0, 1, 2].map((number) => plural('en', number, { one: '# day', other: '# days' }))).toEqual([
      '0 days',
      '1 day',
      '2 days',
    ]);
  });

  it('is relative under a day and dated beyond', () => {
    expect(format.ago(new Date(now - 3 * 60_000).toISOString(), now)).toBe('3 minutes ago');
    expect(format.ago(new Date(now - 86_400_000).toISOString(), now)).toBe('21 Nov 2026');
  });

  it('names countries in each language, and leaves what is no country alone', () => {
    expect(languages.map(({ id }) => createFormat(id).country('SE'))).toEqual(['Sweden', 'Suède', 'Sverige']);
    expect(format.country('nowhere')).toBe('nowhere');
  });
});
