import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { cacheBits, memoryNeed, remediesFor, type CacheType } from './model-memory.ts';

/** Ministral 3 8B by its dimensions: 34 layers of 8 cached heads of 128, at 4.8 bits. */
const shape = {
  weightsBytes: 5.1e9,
  cacheBytesPerToken: 34 * 8 * 128 * 2 * 2,
  vocabularyTokens: 131_072,
  embeddingWidth: 4096,
};

test('a cache of 8,192 tokens for two is what its layers hold', () => {
  const { cacheBytes, totalBytes } = memoryNeed(shape, { contextTokens: 8192, slots: 2, cache: 'f16' });
  expect(cacheBytes).toBe(2_281_701_376);
  expect(totalBytes / 1e9).toBeCloseTo(7.9, 1);
});

test('what does not fit is told what would', () => {
  const settings = { contextTokens: 65_536, slots: 2, cache: 'f16' } as const;
  expect(remediesFor(shape, settings, 64e9, 8e9)).toBeUndefined();
  expect(remediesFor(shape, settings, 16e9, 8e9)).toEqual({
    contextTokens: 37_120,
    cache: 'q8_0',
  });
  expect(remediesFor(shape, { ...settings, contextTokens: 4096 }, 5e9, 8e9)).toMatchObject({
    file: { bitsPerParameter: expect.closeTo(3.36, 1) },
  });
  expect(remediesFor(shape, settings, 1e9, 8e9)).toEqual({});
});

const shapes = fc.record({
  weightsBytes: fc.integer({ min: 1, max: 1e12 }),
  cacheBytesPerToken: fc.integer({ min: 0, max: 5e6 }),
  vocabularyTokens: fc.integer({ min: 1, max: 300_000 }),
  embeddingWidth: fc.integer({ min: 1, max: 32_768 }),
});
const allSettings = fc.record({
  contextTokens: fc.integer({ min: 16, max: 1_000_000 }),
  slots: fc.integer({ min: 1, max: 64 }),
  cache: fc.constantFrom(...(Object.keys(cacheBits) as CacheType[])),
});

test('every remedy that is named is one, and none that is not needed', () => {
  fc.assert(
    fc.property(shapes, allSettings, fc.integer({ min: 1, max: 2e12 }), (shape, settings, capacity) => {
      const remedies = remediesFor(shape, settings, capacity, shape.weightsBytes * 2);
      const need = (change: object, weightsBytes = shape.weightsBytes) =>
        memoryNeed({ ...shape, weightsBytes }, { ...settings, ...change }).totalBytes;
      expect(remedies === undefined).toBe(need({}) <= capacity);
      const { contextTokens, cache, file } = remedies ?? {};
      if (contextTokens !== undefined) {
        expect(contextTokens).toBeLessThan(settings.contextTokens);
        expect(need({ contextTokens })).toBeLessThanOrEqual(capacity);
      }
      if (cache !== undefined) expect(need({ cache })).toBeLessThanOrEqual(capacity);
      if (file !== undefined) expect(need({}, file.bytes)).toBeLessThanOrEqual(capacity);
    }),
    { numRuns: 2000 },
  );
});

test('more of anything never needs less', () => {
  fc.assert(
    fc.property(shapes, allSettings, fc.nat(1000), (shape, settings, more) => {
      const base = memoryNeed(shape, settings).totalBytes;
      for (const key of ['contextTokens', 'slots'] as const)
        expect(
          memoryNeed(shape, { ...settings, [key]: settings[key] + more }).totalBytes,
        ).toBeGreaterThanOrEqual(base);
      for (const key of Object.keys(shape) as (keyof typeof shape)[])
        expect(
          memoryNeed({ ...shape, [key]: shape[key] + more }, settings).totalBytes,
        ).toBeGreaterThanOrEqual(base);
    }),
  );
});
