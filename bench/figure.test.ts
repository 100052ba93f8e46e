import { expect, test } from 'vitest';

import { tableOf, verdictOf } from './figure.ts';

test('a figure reaches its target, or the table says how far it is from it', () => {
  expect(verdictOf({ value: 220, target: { atMost: 220 } })).toBe('reached');
  expect(verdictOf({ value: 275, target: { atMost: 220 } })).toBe('25 % above');
  expect(verdictOf({ value: 10_000, target: { atLeast: 10_000 } })).toBe('reached');
  expect(verdictOf({ value: 2_500, target: { atLeast: 10_000 } })).toBe('75 % below');
  expect(verdictOf({ value: 5 })).toBe('');
});

test('what was not measured is not called reached', () => {
  expect(verdictOf({ value: Number.NaN, target: { atMost: 1 } })).toBe('not measured');
});

test('columns are as wide as their widest cell', () => {
  const lines = tableOf([
    {
      what: 'a call',
      value: 180.4,
      unit: 'µs',
      target: { atMost: 220 },
      beside: { what: 'bare', value: 92 },
    },
    { what: 'decisions', value: 31_250, unit: '/s' },
  ]);
  expect(lines).toEqual([
    'what       measured  beside it, in the same run  target    verdict',
    '---------  --------  --------------------------  --------  -------',
    'a call       180 µs  92.0 µs bare                ≤ 220 µs  reached',
    'decisions  31,250/s',
  ]);
});
