import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { redactRecord } from './record-redaction.ts';
import { createSubjectMatcher, redactSpans } from './subject-matcher.ts';

const anna = createSubjectMatcher(['anna.lind@example.se', 'Anna Lind', '070-123 45 67', 'Customer-4711']);

describe('finding a known person', () => {
  it.each([
    ['Write to ANNA.LIND@example.se today', 'ANNA.LIND@example.se', 'strong'],
    ['call +46 (0)70 123 45 67 now', '+46 (0)70 123 45 67', 'strong'],
    ['for customer-4711, urgent', 'customer-4711', 'strong'],
    ['hej anna lind!', 'anna lind', 'name'],
    ['LIND, Anna (sales)', 'LIND, Anna', 'name'],
    ['signed Anna M. Lind', 'Anna M. Lind', 'name'],
    ['Änna Lind', 'Änna Lind', 'name'],
  ])('in %s', (text, found, match) => {
    expect(anna.spans(text).map(({ start, end, match: how }) => [text.slice(start, end), how])).toEqual([
      [found, match],
    ]);
  });

  it.each([
    'Anna Berg and Per Lind',
    'annalind',
    'joanna.lind@example.se',
    'anna.lind@example.se.evil.test',
    'customer-47110',
    '070-123 45 68',
  ])('not in %s', (text) => {
    expect(anna.spans(text)).toEqual([]);
  });

  it('tells that a trace is left: one word of the name, an odd spelling, a cut one', () => {
    for (const text of [
      'ask Anna',
      'Mrs LIND',
      'a n n a . l i n d @ example . se',
      '0 7 0 1 2 3 4 5 6 7',
      '{"a":["anna.li","nd@example.se"]}',
    ]) {
      expect(anna.traceIn(text), text).toBe(true);
    }
    expect(anna.traceIn('Johan Lundgren, 070-123 45 68')).toBe(false);
  });
});

describe('redacting a shared record', () => {
  const record = (value: unknown) => Buffer.from(JSON.stringify(value));
  const outcome = (value: unknown) => {
    const result = redactRecord(record(value), anna);
    return result.outcome === 'redacted'
      ? JSON.parse(Buffer.from(result.plaintext).toString())
      : result.reason;
  };

  it('takes the person out of every string, keeps the rest, and drops the salt', () => {
    expect(
      outcome({
        salt: 'c2FsdA',
        prompt: [{ role: 'user', content: 'Anna Lind (anna.lind@example.se) owes bob@b.example 5 kr' }],
        tokens: 12,
      }),
    ).toEqual({
      prompt: [{ role: 'user', content: '[erased] ([erased]) owes bob@b.example 5 kr' }],
      tokens: 12,
    });
  });

  it('sees through JSON escapes', () => {
    const escaped = Buffer.from(String.raw`{"answer":"\u0041nna Lind\nanna.lind\u0040example.se"}`);
    expect(redactRecord(escaped, anna)).toEqual({
      outcome: 'redacted',
      plaintext: Buffer.from(String.raw`{"answer":"[erased]\n[erased]"}`),
    });
  });

  it.each([
    ['a word of the name stays', { prompt: 'Anna Lind said: "call me Anna"' }, 'trace-would-remain'],
    ['the identifier is a name in the JSON', { 'anna.lind@example.se': 'owes 5' }, 'trace-would-remain'],
    ['it is a number', { prompt: 'anna.lind@example.se', phone: 46701234567 }, 'trace-would-remain'],
    ['nothing of the person is in the text', { prompt: 'the invoice of bob@b.example' }, 'no-span-to-redact'],
    ['it holds an image', { image: 'data:image/png;base64,aGVq', prompt: 'Anna Lind' }, 'not-text'],
  ])('leaves it to a human when %s', (_case, value, reason) => {
    expect(outcome(value)).toBe(reason);
  });

  it('leaves bytes that are no text to a human', () => {
    expect(redactRecord(Buffer.from([0xff, 0xfe, 0x00]), anna)).toMatchObject({ reason: 'not-text' });
  });

  it('whatever the surroundings: either no trace is left or it is not called redacted', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'anna.lind@example.se',
        'Anna Lind',
        'Lind Anna',
        '+46701234567',
        'Anna',
        'customer-4711',
        'anna.lind',
        '@example.se',
      ),
      fc.string({ maxLength: 12 }),
    );
    const value = fc.array(
      fc.tuple(piece, fc.constantFrom('', ' ', '\n', ', ', '-')).map((pair) => pair.join('')),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(value, fc.array(piece, { maxLength: 3 }), (pieces, others) => {
        const result = redactRecord(record({ prompt: pieces.join(''), others }), anna);
        if (result.outcome === 'unsure') return;
        const text = Buffer.from(result.plaintext).toString();
        expect(anna.spans(text)).toEqual([]);
        expect(text).not.toMatch(/anna.?lind|lind.?anna|4670?1234567/i);
      }),
      { numRuns: 500 },
    );
  });

  it('removes exactly the spans', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '.', ',') }), { maxLength: 5 }),
        (parts) => {
          const text = parts.join('Anna Lind');
          const spans = anna.spans(text).filter(({ start, end }) => text.slice(start, end) === 'Anna Lind');
          expect(redactSpans(text, spans, '').length).toBe(text.length - 9 * spans.length);
        },
      ),
    );
  });
});
