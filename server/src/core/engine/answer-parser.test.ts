import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { createAnswerParser, type AnswerPart } from './answer-parser.ts';

const parse = (pieces: readonly string[], stop: readonly string[] = [], tools = true) => {
  const parser = createAnswerParser({ stop, tools });
  const parts = pieces.flatMap((piece) => parser.push(piece));
  return { parts: joined([...parts, ...parser.end()]), stopped: parser.stopped };
};

/** Neighbouring texts as one: where they are cut means nothing. */
function joined(parts: readonly AnswerPart[]): AnswerPart[] {
  const result: AnswerPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      result[result.length - 1] = { kind: 'text', text: last.text + part.text };
    else result.push(part);
  }
  return result;
}

const call = '<tool_call>\n{"name": "book", "arguments": {"day": "måndag"}}\n</tool_call>';
const booked: AnswerPart = { kind: 'tool-call', name: 'book', arguments: '{"day":"måndag"}' };

test('reads text and calls, and drops the layout between them', () => {
  expect(parse([`An invoice.\n${call}\n${call}\n`]).parts).toEqual([
    { kind: 'text', text: 'An invoice.' },
    booked,
    booked,
  ]);
});

test('takes a call whose end is missing, if it is complete', () => {
  expect(parse(['<tool_call>{"name":"book","arguments":{"day":"måndag"}}']).parts).toEqual([booked]);
});

test.each([
  '<tool_call>{"name": "book"',
  '<tool_call>nonsense</tool_call>',
  '<tool_call>{"day":1}</tool_call>',
  'a <tool_ca',
  'a < b',
])('keeps %s as text', (text) => {
  expect(parse([text]).parts).toEqual([{ kind: 'text', text }]);
});

test('without tools, a call is text', () => {
  expect(parse([call], [], false).parts).toEqual([{ kind: 'text', text: call }]);
});

test('ends before the earliest stop string', () => {
  expect(parse(['one, two. three'], ['three', 'two'])).toEqual({
    parts: [{ kind: 'text', text: 'one, ' }],
    stopped: true,
  });
});

const fragments = fc.constantFrom(
  '<tool_call>',
  '</tool_call>',
  '{"name": "a", "arguments": {}}',
  ' ',
  '\n',
  '<',
  'x',
  '<tool_',
  'stop',
  'sto',
  call,
);

test('what is read does not depend on where the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fragments), fc.array(fc.nat(12)), fc.boolean(), (parts, cuts, tools) => {
      const text = parts.join('');
      const pieces: string[] = [];
      let at = 0;
      for (const length of cuts) pieces.push(text.slice(at, (at += length)));
      pieces.push(text.slice(at));
      expect(parse(pieces, ['stop'], tools)).toEqual(parse([text], ['stop'], tools));
    }),
    { numRuns: 2000 },
  );
});

test('nothing but layout disappears, and no stop string appears', () => {
  fc.assert(
    fc.property(fc.array(fragments), (parts) => {
      const text = parts.join('');
      const [kept = ''] = text.split('stop');
      const shown = parse([text], ['stop']).parts.map((part) => (part.kind === 'text' ? part.text : ''));
      const calls = kept.replaceAll(
        /<tool_call>\s*\{"name": "(?:a|book)", "arguments": \{[^}]*\}\}\s*(?:<\/tool_call>|$)/gu,
        '',
      );
      expect(shown.join('').replaceAll(/\s/gu, '')).toBe(calls.replaceAll(/\s/gu, ''));
    }),
    { numRuns: 2000 },
  );
});
