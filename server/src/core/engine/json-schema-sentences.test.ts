import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { createGbnfSampler } from './gbnf-sampler.ts';
import { compileJsonSchema, UnsupportedSchema } from './json-schema-grammar.ts';

/** Numbers in [0, 1) by a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every sentence that the grammar admits satisfies the schema, says a validator that knows nothing of grammars. */
function check(schema: object, seed: number, sentences: number): void {
  const validator = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  const sample = createGbnfSampler(compileJsonSchema(schema), randomOf(seed));
  for (let count = 0; count < sentences; count++) {
    const text = sample();
    expect(validator.safeParse(JSON.parse(text)).success, `${text} by ${JSON.stringify(schema)}`).toBe(true);
  }
}

const whole = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: -1_200_000, max: 1_200_000 }),
  fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
);
const bounds = fc.record(
  { minimum: whole, maximum: whole, exclusiveMinimum: whole, exclusiveMaximum: whole },
  { requiredKeys: [] },
);

test('whole and other numbers stay within any bounds, or the bounds are refused', () => {
  let compiled = 0;
  fc.assert(
    fc.property(fc.constantFrom('integer', 'number'), bounds, fc.integer(), (type, given, seed) => {
      const schema = { type, ...given };
      try {
        compileJsonSchema(schema);
      } catch (error) {
        expect(error).toBeInstanceOf(UnsupportedSchema);
        return;
      }
      compiled++;
      check(schema, seed, 20);
    }),
    { numRuns: 1500 },
  );
  expect(compiled).toBeGreaterThan(200);
});

test('of a small range every number can be said, and none beside it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -130, max: 130 }), fc.nat(25), fc.integer(), (minimum, length, seed) => {
      const maximum = minimum + length;
      const sample = createGbnfSampler(
        compileJsonSchema({ type: 'integer', minimum, maximum }),
        randomOf(seed),
      );
      const said = new Set(Array.from({ length: 4000 }, () => Number(sample())));
      expect([...said].toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: length + 1 }, (_, step) => minimum + step),
      );
    }),
    { numRuns: 25 },
  );
});

const atom = fc.constantFrom(
  'a',
  'é',
  '[a-f]',
  '[0-9_-]',
  String.raw`\d`,
  String.raw`\w`,
  '.',
  String.raw`\.`,
  '(ab|c)',
  '(?:x|yz)',
  '[åäö]',
);
const pattern = fc
  .array(fc.tuple(atom, fc.constantFrom('', '?', '*', '+', '{2}', '{1,3}', '{2,}')), { maxLength: 6 })
  .map((parts) => `^${parts.map((part) => part.join('')).join('')}$`);

test('strings match their pattern', () => {
  fc.assert(
    fc.property(pattern, fc.integer(), (given, seed) => check({ type: 'string', pattern: given }, seed, 12)),
    { numRuns: 500 },
  );
});

test.each([
  'a',
  '^a',
  '^(?=a)b$',
  String.raw`^\bword$`,
  '^[^a]$',
  '^a**$',
  '^(a$',
  String.raw`^\1$`,
  '^[z-a]$',
  '^"$',
  '^[ -~]$',
  '^a{2,1}$',
  '^a{5000}$',
])('the pattern %s is refused, not half kept', (given) => {
  expect(() => compileJsonSchema({ type: 'string', pattern: given })).toThrow(UnsupportedSchema);
});

const leaf = fc.oneof(
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'null' }),
  fc.constant({ type: 'string', minLength: 1, maxLength: 4 }),
  fc.constant({ type: 'string', pattern: '^[A-Z]{2}[0-9]{2}$' }),
  fc.constant({ type: 'integer', minimum: -5, maximum: 12 }),
  fc.constant({ type: ['number', 'null'], minimum: 0 }),
  fc.constant({ enum: ['lundi', 'måndag', 3, null] }),
  fc.constant({ const: 'åäö "q"' }),
);
const { schema: anySchema } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({
      type: fc.constant('array'),
      items: tie('schema'),
      minItems: fc.nat(2),
      maxItems: fc.integer({ min: 2, max: 4 }),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc
      .tuple(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'é "q"'), tie('schema')), fc.nat(15))
      .map(([properties, mask]) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).filter((_, index) => (mask >> index) % 2 === 1),
        additionalProperties: false,
      })),
  ),
}));

test('whatever is built of all this, every sentence satisfies it', () => {
  fc.assert(
    fc.property(anySchema, fc.integer(), (schema, seed) => check(schema, seed, 8)),
    { numRuns: 500 },
  );
});
