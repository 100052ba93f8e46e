import { promptText } from '@kulning/sdk';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { diffOf, faultOfText, filled, linesOf } from './prompt-template.ts';

const text = promptText.parse({
  messages: [
    { role: 'system', content: 'You answer for {{ company }} in {{language}}.' },
    { role: 'user', content: '{{question}} ({{count}})' },
  ],
  variables: {
    company: {},
    language: { default: 'Swedish', options: ['Swedish', 'French'] },
    question: { maxLength: 20 },
    count: { type: 'integer', default: 3 },
  },
});

describe('filling a template', () => {
  it('puts values in their places, and defaults where none are given', () => {
    expect(filled(text, { company: 'Herd AB', question: 'Why?' })).toEqual({
      messages: [
        { role: 'system', content: 'You answer for Herd AB in Swedish.' },
        { role: 'user', content: 'Why? (3)' },
      ],
    });
  });

  it.each([
    [{ question: 'x' }, { fault: 'missing', variable: 'company' }],
    [
      { company: 'x', question: 'x', colour: 'red' },
      { fault: 'unknown', variable: 'colour' },
    ],
    [
      { company: 'x', question: 'x', count: 'three' },
      { fault: 'type', variable: 'count', expected: 'integer' },
    ],
    [
      { company: 'x', question: 'x', count: 1.5 },
      { fault: 'type', variable: 'count', expected: 'integer' },
    ],
    [
      { company: 'x', question: 'x', language: 'Latin' },
      { fault: 'option', variable: 'language', expected: 'Swedish, French' },
    ],
    [
      { company: 'x', question: 'x'.repeat(21) },
      { fault: 'length', variable: 'question', expected: '20' },
    ],
    [
      { company: 'x', question: 'x', constructor: 'x' },
      { fault: 'unknown', variable: 'constructor' },
    ],
  ])('refuses %j', (values, fault) => {
    expect(filled(text, values)).toEqual(fault);
  });

  it('never reads a value as a template', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('{{question}}', '{{company}}', '$&', '{{{{', ''),
        (value, trick) => {
          const result = filled(
            { ...text, variables: { ...text.variables, question: { type: 'string' } } },
            { company: value + trick, question: 'q' },
          );
          expect(result).toMatchObject({
            messages: [{ content: `You answer for ${value}${trick} in Swedish.` }, { content: 'q (3)' }],
          });
        },
      ),
    );
  });

  it('knows beforehand what could never be filled', () => {
    expect(faultOfText(text)).toBeUndefined();
    expect(faultOfText({ ...text, variables: {} })).toEqual({ fault: 'undeclared', variable: 'company' });
    expect(
      faultOfText({ ...text, variables: { ...text.variables, count: { type: 'integer', default: 'x' } } }),
    ).toMatchObject({ fault: 'type' });
  });
});

describe('the difference of two versions', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
  it('rebuilds both from what it says, and keeps what is equal', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffOf(before, after);
        const without = (change: string) =>
          diff.filter((line) => line.change !== change).map((line) => line.text);
        expect(without('added')).toEqual(before);
        expect(without('removed')).toEqual(after);
      }),
    );
    expect(diffOf(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual([
      { change: 'same', text: 'a' },
      { change: 'removed', text: 'b' },
      { change: 'added', text: 'x' },
      { change: 'same', text: 'c' },
    ]);
  });

  it('is told in lines that people know', () => {
    expect(linesOf(text).slice(0, 2)).toEqual([
      '{{company}}: {"type":"string"}',
      '{{language}}: {"type":"string","default":"Swedish","options":["Swedish","French"]}',
    ]);
    expect(linesOf(text)).toContain('  {{question}} ({{count}})');
  });
});
