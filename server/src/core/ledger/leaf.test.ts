import { createHash, createHmac } from 'node:crypto';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { canonicalJson, type JsonValue } from './canonical-json.ts';
import { commitmentsOf, leafBytes, organisationPseudonym } from './leaf.ts';
import { isOver, logOrigin, nextOrigin, restoredOrigin } from './log-origin.ts';

describe('canonical JSON (RFC 8785)', () => {
  test('writes the example of the RFC', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    ) as JsonValue;
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('sorts names as the RFC does, by UTF-16 code unit', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
    expect(text).toBe(`{${sorted.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`);
  });

  test('means the same as what it was made of, and does not depend on the order of names', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const reversed = JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
          inner !== null && typeof inner === 'object' && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).reverse())
            : inner,
        ) as JsonValue;
        expect(canonicalJson(reversed)).toBe(canonicalJson(value as JsonValue));
        expect(JSON.parse(canonicalJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('refuses what JSON cannot carry', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(RangeError);
    expect(() => canonicalJson(['\ud800'])).toThrow(RangeError);
  });
});

describe('leaves', () => {
  const event = {
    kind: 'call.answered',
    at: '2026-11-22T12:00:00.000Z',
    organisation: 'org:ab',
    id: 'call_1',
    body: { class: 'public' },
  };

  test('are canonical and carry kind, time, id and pseudonym beside the body', () => {
    expect(Buffer.from(leafBytes(event)).toString()).toBe(
      '{"at":"2026-11-22T12:00:00.000Z","class":"public","id":"call_1","kind":"call.answered","org":"org:ab","v":1}',
    );
  });

  test('refuse a body that would overwrite the envelope, and what no entry bundle can hold', () => {
    expect(() => leafBytes({ ...event, body: { org: 'another' } })).toThrow(RangeError);
    expect(() => leafBytes({ ...event, body: { long: 'x'.repeat(65_536) } })).toThrow(RangeError);
  });

  test('commit to request and answer by the salt, and to the salt by its hash', () => {
    const salt = Buffer.alloc(32, 7);
    const hmac = (text: string) => `hmac-sha256:${createHmac('sha256', salt).update(text).digest('hex')}`;
    expect(commitmentsOf(salt, Buffer.from('question'), Buffer.from('answer'))).toEqual({
      salt: `sha256:${createHash('sha256').update(salt).digest('hex')}`,
      request: hmac('question'),
      response: hmac('answer'),
    });
  });

  test('name an organisation differently in each log', () => {
    const names = [1, 2].map((fill) => organisationPseudonym(Buffer.alloc(32, fill), 'org_1'));
    expect(new Set(names).size).toBe(2);
    expect(names.join()).not.toContain('org_1');
  });
});

describe('origins of logs', () => {
  const at = (date: string) => Date.parse(date);

  test('name instance and quarter', () => {
    expect(logOrigin('example.org/k', at('2026-09-30T23:59:59.999Z'))).toBe('example.org/k/2026q3');
    expect(logOrigin('example.org/k', at('2026-10-01T00:00:00Z'))).toBe('example.org/k/2026q4');
  });

  test('follow each other by quarter', () => {
    const origin = 'example.org/k/2026q4';
    expect(isOver(origin, at('2026-12-31T23:59:59Z'))).toBe(false);
    expect(isOver(origin, at('2027-01-01T00:00:00Z'))).toBe(true);
    expect(nextOrigin(origin, at('2027-01-01T00:00:00Z'))).toBe('example.org/k/2027q1');
    expect(nextOrigin(`${origin}.2`, at('2027-05-01T00:00:00Z'))).toBe('example.org/k/2027q2.2');
  });

  test('of restores never meet, nor the one that was backed up, in this quarter and in all that follow', () => {
    const [now, later] = [at('2026-12-01T00:00:00Z'), at('2027-02-01T00:00:00Z')];
    const backedUp = 'example.org/k/2026q4';
    const first = restoredOrigin(backedUp, now, '5f1c09ae');
    expect(first).toBe('example.org/k/2026q4.5f1c09ae');
    // What was restored is backed up and restored itself, after the turn of the year.
    const second = restoredOrigin(first, later, '00c3d1e2');
    expect(second).toBe('example.org/k/2027q1.00c3d1e2');
    expect(nextOrigin(backedUp, later)).toBe('example.org/k/2027q1');
    expect(nextOrigin(first, later)).toBe('example.org/k/2027q1.5f1c09ae');
    expect(restoredOrigin(first, at('2026-01-01T00:00:00Z'), 'ab')).toBe('example.org/k/2026q4.ab');
  });

  test('do not end because a clock goes back', () => {
    expect(isOver('example.org/k/2026q4', at('2026-09-30T00:00:00Z'))).toBe(false);
  });
});
