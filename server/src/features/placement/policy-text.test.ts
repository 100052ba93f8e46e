import { KulningError } from '@kulning/sdk';
import { describe, expect, test } from 'vitest';

import { readPolicy, starterPolicy } from './policy-text.ts';

const words = '@tag("house") @en("word") @fr("mot") @sv("ord")';
const permit = (id: string) => `@id("${id}") ${words}\npermit (principal, action, resource);`;

const refusalOf = (text: string): KulningError => {
  try {
    readPolicy(text);
  } catch (error) {
    if (error instanceof KulningError) return error;
    throw error;
  }
  throw new Error('was not refused');
};

describe('reading a policy', () => {
  test('keeps the rules in the order of the text, with words in three languages', () => {
    const { rules, hash } = readPolicy(starterPolicy);
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(rules[0]?.id).toBe('public-work');
    expect(rules.at(-1)?.id).toBe('licence-revenue-unknown');
    for (const { text } of rules) expect(new Set(Object.values(text)).size).toBe(3);
  });

  test.each([
    [
      'a word that is none',
      `${permit('a')}\n// é\nforbid (principal, action, resource) wen { true };`,
      4,
      /wen/,
    ],
    [
      'a class that does not exist',
      `${permit('a')}\n@id("b") ${words}\nforbid (principal, action, resource) when { context.dataClass == DataClass::"personnal" };`,
      4,
      /personnal/,
    ],
    [
      'a fact that may be unknown, read without asking',
      `@id("b") ${words}\nforbid (principal, action, resource)\nwhen { resource.country == "SE" };`,
      3,
      /optional attribute/,
    ],
    ['a rule without an id', `${permit('a')}\n${words}\npermit (principal, action, resource);`, 3, /@id/],
    [
      'a rule without its Swedish words',
      '@id("a") @tag("house") @en("word") @fr("mot")\npermit (principal, action, resource);',
      1,
      /@sv/,
    ],
    ['a tag that does not exist', permit('a').replace('house', 'hose'), 1, /@tag/],
    ['an id used twice', `${permit('a')}\n${permit('a').replace('word', 'other')}`, 3, /earlier rule/],
    ['words with an unknown brace', permit('a').replace('word', '{sight}'), 1, /\{sight\}/],
    [
      'a template',
      `${permit('a')}\n@id("b") ${words}\npermit (principal == ?principal, action, resource);`,
      4,
      /template/,
    ],
  ])('refuses %s with its line', (_, text, line, reason) => {
    const error = refusalOf(text);
    expect(error).toMatchObject({ code: 'policy.invalid', status: 422, path: `text:${line}` });
    expect(error.message).toMatch(reason);
  });

  test('says the kind of a fault in each language, and quotes Cedar', () => {
    const { text } = refusalOf(`${permit('a')}\nforbid (principal, action, resource) wen { true };`);
    expect(text.fr.message).toMatch(/n’est pas du Cedar près de "wen.*" \(Cedar dit «\u00a0/);
    expect(text.sv.message).toMatch(/är inte Cedar vid "wen.*" \(Cedar säger ”/);
  });
});
