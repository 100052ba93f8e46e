import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

import { inEachLanguage, languages, type Language, type Localized, type Notice } from '@kulning/sdk';

import { wordsOf } from '../packages/cli/src/words/index.ts';

const root = resolve(import.meta.dirname, '..');
const folders = ['packages/sdk/src', 'packages/cli/src', 'server/src'];

/** The same word in two languages, and not forgotten. */
const cognates = new Set([
  'organisation',
  'site',
  'simulated',
  'demonstration',
  'public',
  'home',
  'console',
  'Console',
  'gateway',
  'Node',
  'disk',
  'table ⟦0⟧',
  'Options',
]);

interface Sentence {
  /** File, table and name, as in `site-words.ts siteWords.unknown`. */
  readonly at: string;
  readonly said: Localized<readonly string[]>;
  /** A message with a hint beside it, or room for one; other sentences may stand within sentences. */
  readonly notice: boolean;
}

/** Values that no sentence holds by itself, as text or as words; a count of them is never one, so plurals show. */
const valueAt = (index: number) => {
  const text = `⟦${index}⟧`;
  return { ...inEachLanguage(() => text), toString: () => text };
};
const valuesIn = (texts: readonly string[]) =>
  [...new Set(texts.join(' ').match(/⟦\d+⟧|\{\w+\}/g))].toSorted();

function isLocalized(thing: unknown): thing is Localized<string | Notice> {
  return typeof thing === 'object' && thing !== null && languages.every((language) => language in thing);
}

const texts = (said: string | Notice) =>
  typeof said === 'string' ? [said] : [said.message, ...(said.hint === undefined ? [] : [said.hint])];

function sentencesIn(thing: unknown, at: string): Sentence[] {
  if (typeof thing === 'function' && at.includes('.ts ')) {
    const values = Array.from({ length: thing.length }, (_, index) => valueAt(index));
    return sentencesIn(thing(...values) as unknown, at);
  }
  if (isLocalized(thing))
    return [
      {
        at,
        said: { en: texts(thing.en), fr: texts(thing.fr), sv: texts(thing.sv) },
        notice: typeof thing.en !== 'string',
      },
    ];
  if (typeof thing !== 'object' || thing === null) return [];
  return Object.entries(thing).flatMap(([name, child]) => sentencesIn(child, `${at}.${name}`));
}

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('-words.ts'))
    .map((name) => join(root, folder, name)),
);

const sentences: Sentence[] = [];
for (const file of files) {
  const module = (await import(file)) as Record<string, unknown>;
  for (const [name, table] of Object.entries(module))
    if (typeof table === 'object')
      sentences.push(...sentencesIn(table, `${file.slice(root.length + 1)} ${name}`));
}
for (const name of Object.keys(wordsOf.en) as (keyof typeof wordsOf.en)[]) {
  const said = (language: Language) => {
    const words: unknown = wordsOf[language][name];
    return typeof words === 'function'
      ? [
          String(
            words(...Array.from({ length: wordsOf.en[name].length }, (_, index) => String(valueAt(index)))),
          ),
        ]
      : [String(words)];
  };
  sentences.push({
    at: `packages/cli/src/words ${name}`,
    said: { en: said('en'), fr: said('fr'), sv: said('sv') },
    notice: false,
  });
}

describe('what Kulning says', () => {
  test('sees the sentences it judges', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(sentences.length).toBeGreaterThan(250);
  });

  test.each(['fr', 'sv'] as const)('is not English by accident in %s', (language) => {
    const same = sentences.flatMap(({ at, said }) =>
      said.en.flatMap((english, index) =>
        english === said[language][index] && !isTheSameEverywhere(english) ? [`${at}: ${english}`] : [],
      ),
    );
    expect(same).toEqual([]);
  });

  test.each(['fr', 'sv'] as const)('names every value in %s that it names in English', (language) => {
    const differing = sentences
      .filter(({ said }) => String(valuesIn(said.en)) !== String(valuesIn(said[language])))
      .map(({ at }) => at);
    expect(differing).toEqual([]);
  });

  test('has a hint in every language or in none', () => {
    const uneven = sentences.filter(
      ({ said }) => new Set(languages.map((each) => said[each].length)).size > 1,
    );
    expect(uneven.map(({ at }) => at)).toEqual([]);
  });

  test('begins a message as a sentence, and ends it as one, or with what somebody else said', () => {
    const wrong = sentences.flatMap(({ at, said, notice }) =>
      languages.flatMap((language) => {
        const [message = ''] = said[language];
        const whole = !/^\p{Ll}/u.test(message) && /[.?!…]$|[:\u00a0] ⟦\d+⟧$/u.test(message);
        return notice && !whole ? [`${at}: ${message}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('is written as French is: with its own apostrophe, quotation marks and spaces', () => {
    const wrong = sentences.flatMap(({ at, said }) =>
      withoutCode(said.fr).some((text) => /\p{L}'\p{L}|[“”]|« | [;:?!»]/u.test(text)) ? [at] : [],
    );
    expect(wrong).toEqual([]);
  });
});

/** Commands, addresses and values alone are no language. */
function isTheSameEverywhere(text: string): boolean {
  const words = text.replaceAll(/`[^`]*`|⟦\d+⟧|\{\w+\}|https?:\S+|--\S+|[^\p{L}]+/gu, ' ').trim();
  return words === '' || cognates.has(text);
}

const withoutCode = (all: readonly string[]) => all.map((text) => text.replaceAll(/`[^`]*`/g, ''));
