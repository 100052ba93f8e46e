import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { prefixChain, PrefixMemory, warmest } from './prefix-affinity.ts';

const blocks = (...letters: string[]) => letters.map((letter) => letter.repeat(1024)).join('');

test('prompts share a chain as far as they are alike, and only within an organisation', () => {
  const prompts = fc.tuple(fc.array(fc.constantFrom('a', 'b')), fc.array(fc.constantFrom('a', 'b')));
  fc.assert(
    fc.property(prompts, ([first, second]) => {
      const [one, other] = [prefixChain(blocks(...first), 's'), prefixChain(blocks(...second), 's')];
      const alike = first.findIndex((letter, at) => letter !== second[at]);
      const common = Math.min(alike === -1 ? first.length : alike, second.length, 32);
      one.forEach((block, at) => expect(block === other[at]).toBe(at < common));
      const strangers = new Set(prefixChain(blocks(...first), 'another'));
      expect(one.some((block) => strangers.has(block))).toBe(false);
    }),
  );
});

test('a hit is the part of the beginning that was sent there', () => {
  const memory = new PrefixMemory();
  memory.note('warm', prefixChain(blocks('a', 'b'), 's'));
  memory.note('cold', prefixChain(blocks('x'), 's'));
  expect(memory.hits(prefixChain(blocks('a', 'b', 'c', 'd'), 's'))).toEqual({ warm: 0.5 });
  expect(memory.hits(prefixChain('short', 's'))).toEqual({});
  memory.keepOnly(new Set(['cold']));
  expect(memory.hits(prefixChain(blocks('a'), 's'))).toEqual({});
});

test('never holds more than it may, and forgets ends before beginnings', () => {
  const chains = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 8 }));
  fc.assert(
    fc.property(chains, fc.integer({ min: 1, max: 10 }), (prompts, most) => {
      const memory = new PrefixMemory(most);
      for (const letters of prompts) memory.note('d', prefixChain(blocks(...letters), 's'));
      const last = prefixChain(blocks(...(prompts.at(-1) ?? [])), 's');
      const { d = 0 } = memory.hits(last);
      expect(Math.round(d * last.length)).toBe(Math.min(last.length, most));
    }),
  );
});

const option = fc.record({
  score: fc.double({ min: 0, max: 1, noNaN: true }),
  hit: fc.constantFrom(0, 0.25, 0.5, 1),
  load: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('a warm cache never outweighs the score, nor an engine that carries more than the others', () => {
  fc.assert(
    fc.property(fc.array(option, { minLength: 1, maxLength: 8 }), (options) => {
      const chosen = warmest(options);
      if (chosen === undefined) return;
      expect(chosen.hit).toBeGreaterThan(0);
      expect(chosen.score).toBeLessThanOrEqual(Math.min(...options.map(({ score }) => score)) + 0.05);
      const loads = options.map(({ load }) => load);
      const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
      const deviation = Math.sqrt(loads.reduce((sum, load) => sum + (load - mean) ** 2, 0) / loads.length);
      expect(chosen.load).toBeLessThanOrEqual(mean + Math.max(0.1, deviation) + 1e-12);
    }),
  );
});

test('among equals the warmest is taken; when all are cold, none', () => {
  const even = { score: 0.3, load: 0.5 };
  const warm = { ...even, hit: 1 };
  expect(warmest([{ ...even, hit: 0 }, warm, { ...even, hit: 0.5 }])).toBe(warm);
  expect(warmest([{ ...even, hit: 0 }])).toBeUndefined();
  expect(
    warmest([
      { ...warm, load: 1 },
      { ...even, hit: 0, load: 0 },
      { ...even, hit: 0, load: 0 },
    ]),
  ).toBeUndefined();
});
