import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { createAnswerParser, type AnswerPart } from './answer-parser.ts';

const parse = (pieces: readonly string[]) => {
  const parser = createAnswerParser({ stop: [], tools: true });
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
};
/** Neighbouring texts as one: where they are cut means nothing. */
const joined = (parts: readonly AnswerPart[]) =>
  parts.reduce<AnswerPart[]>((all, part) => {
    const last = all.at(-1);
    if (part.kind !== 'text' || last?.kind !== 'text') return [...all, part];
    return [...all.slice(0, -1), { kind: 'text', text: last.text + part.text }];
  }, []);
const call = (name: string, given: object): AnswerPart => ({
  kind: 'tool-call',
  name,
  arguments: JSON.stringify(given),
});

test.each<[string, AnswerPart[]]>([
  ['[TOOL_CALLS]book[ARGS]{"day": "måndag"}', [call('book', { day: 'måndag' })]],
  ['[TOOL_CALLS]book[CALL_ID]a1b2c3d4e[ARGS]{}', [call('book', {})]],
  [
    'Right. [TOOL_CALLS]book[ARGS]{"n": 1}[TOOL_CALLS]send[ARGS]{"n": 2}',
    [{ kind: 'text', text: 'Right.' }, call('book', { n: 1 }), call('send', { n: 2 })],
  ],
  [
    '[TOOL_CALLS] [{"name": "book", "arguments": {"n": 1}}, {"name": "send", "arguments": {}, "id": "x"}]',
    [call('book', { n: 1 }), call('send', {})],
  ],
])('%s', (text, parts) => {
  expect(parse([text])).toEqual(parts);
});

test.each([
  '[TOOL_CALLS]book[ARGS]{"day"',
  '[TOOL_CALLS]',
  '[TOOL_CALLS][1]',
  '[TOOL_CALLS]{}',
  'a [TOOL_CAL',
])('keeps %s as text', (text) => {
  expect(joined(parse([text])).map((part) => part.kind)).toEqual(['text']);
  expect(joined(parse([text]))).toEqual([
    { kind: 'text', text: expect.stringContaining(text.trim().slice(-9)) },
  ]);
});

const fragments = fc.constantFrom(
  '[TOOL_CALLS]',
  'book',
  '[ARGS]',
  '{"a": 1}',
  '[',
  ' ',
  'x',
  '[TOOL_',
  '<tool_call>',
  '[{"name": "a"}]',
);

test('what is read does not depend on where the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 8 }), fc.array(fc.nat(9)), (parts, cuts) => {
      const text = parts.join('');
      const pieces: string[] = [];
      let at = 0;
      for (const length of cuts) pieces.push(text.slice(at, (at += length)));
      expect(joined(parse([...pieces, text.slice(at)]))).toEqual(joined(parse([text])));
    }),
    { numRuns: 2000 },
  );
});
