import { expect, test } from 'vitest';

import { compileJsonSchema, compileToolCalls } from './json-schema-grammar.ts';

test.each([
  [
    { type: 'string', pattern: '^(?=a)b$' },
    '#: "pattern" "^(?=a)b$" cannot be enforced; between ^ and $, characters, classes, groups and repetitions can.',
  ],
  [{ type: 'number', minimum: 0.5 }, '#: "minimum" 0.5 cannot be enforced.'],
  [{ type: 'integer', multipleOf: 5 }, '#: "multipleOf" cannot be enforced.'],
  [{ type: 'integer', minimum: 5, maximum: 3 }, '#: no number lies clearly within its bounds.'],
  [{ type: 'array', items: { not: {} } }, '#/items: "not" cannot be enforced.'],
  [{ type: 'array', uniqueItems: true }, '#: "uniqueItems" cannot be enforced.'],
  [{ allOf: [{ type: 'string' }, { minLength: 2 }] }, '#: "allOf" of several schemas cannot be enforced.'],
  [{ type: 'object', required: ['a'], properties: {} }, '# requires "a" without describing it.'],
  [{ $ref: 'https://example.eu/schema' }, '#: "$ref" https://example.eu/schema is not within the schema.'],
  [{ $ref: '#/$defs/none' }, '#: "$ref" #/$defs/none leads nowhere.'],
  [{ $ref: '#' }, '# refers to nothing but itself.'],
  [{ enum: [] }, '#: "enum" is empty.'],
  [{ type: 'sting' }, '#: there is no type "sting".'],
  [{ type: 'string', minLength: 2000 }, '#: "minLength" above 1000 cannot be enforced.'],
  [false, '# is not a schema that anything satisfies.'],
  ['text', '# is not a schema that anything satisfies.'],
])('%j is refused: %s', (schema, message) => {
  expect(() => compileJsonSchema(schema)).toThrow(
    expect.objectContaining({ name: 'UnsupportedSchema', message }),
  );
});

test('what only describes a value is no obstacle', () => {
  const described = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'T',
    description: 'D',
    type: 'string',
    format: 'email',
    default: 'x',
  };
  expect(compileJsonSchema(described)).toBe(compileJsonSchema({ type: 'string' }));
});

test('a schema that grows without end is refused instead of compiled', () => {
  let schema: object = { type: 'string' };
  for (let depth = 0; depth < 100; depth++) schema = { type: 'array', items: schema };
  expect(() => compileJsonSchema(schema)).toThrow('is nested too deep');
  const wide = {
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`p${index}`, { type: 'null' }]),
    ),
  };
  expect(() => compileJsonSchema(wide)).toThrow('The schema is too large.');
});

test('a tool without usable parameters is named', () => {
  expect(() =>
    compileToolCalls([
      { name: 'book', parameters: { type: 'object', properties: { day: { pattern: 'x' } } } },
    ]),
  ).toThrow('book/properties/day: "pattern" cannot be enforced');
});
