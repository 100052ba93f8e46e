import { assert, constantFrom, integer, jsonValue, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { resultText, type ResultLine, sumOf, tokensOf, verdictOf } from './line-answer.ts';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  callId: 'call_1',
  status,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

describe('what becomes of a line', () => {
  it('limits and busy engines are waited for as long as they say, within bounds, however often', () => {
    assert(
      property(
        constantFrom(429, 503),
        integer({ min: -5, max: 10_000 }),
        nat(50),
        (status, seconds, attempts) => {
          const verdict = verdictOf(answer(status, '', { 'retry-after': String(seconds) }), attempts);
          const afterMs = Math.min(300_000, Math.max(1_000, seconds * 1_000));
          expect(verdict).toEqual({ is: 'again', afterMs, broken: false });
        },
      ),
    );
    expect(verdictOf(answer(429, ''), 0)).toMatchObject({ is: 'again', broken: false });
  });

  it('an engine that breaks is tried three times in all; what is wrong with the request is its answer', () => {
    expect([0, 1, 2].map((attempts) => verdictOf(answer(502, ''), attempts).is)).toEqual([
      'again',
      'again',
      'failed',
    ]);
    for (const status of [400, 401, 403, 404, 413])
      expect(verdictOf(answer(status, ''), 0)).toEqual({ is: 'failed' });
    expect(verdictOf(answer(200, ''), 9)).toEqual({ is: 'answered' });
  });
});

describe('a line of a result', () => {
  it('is one line of JSON with the body in it, whatever the engine answered and however it was written', () => {
    assert(
      property(jsonValue(), nat(2), (body, indent) => {
        const given = answer(200, JSON.stringify(body, null, indent));
        const text = resultText('batch_1.1', 'my "id"\n', given);
        expect(text).not.toMatch(/[\r\n]/);
        const line = JSON.parse(text) as ResultLine;
        expect(line).toMatchObject({ custom_id: 'my "id"\n', error: null, kulning: { receipt: 'call_1' } });
        // As JSON says it: there is one zero.
        expect(JSON.stringify(line.response?.body)).toBe(JSON.stringify(JSON.parse(JSON.stringify(body))));
      }),
    );
    expect(JSON.parse(resultText('x', undefined, answer(502, 'no JSON')))).toEqual({
      id: 'x',
      response: { status_code: 502, request_id: 'call_1', body: 'no JSON' },
      error: null,
      kulning: { receipt: 'call_1' },
    });
  });

  it('counts tokens in either manner, and none where the engine does not say', () => {
    const chat = { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 } };
    const responses = { input_tokens: 7, output_tokens: 2, output_tokens_details: { reasoning_tokens: 1 } };
    const all = [{ usage: chat }, { usage: responses }, {}, { usage: { prompt_tokens: -1 } }].map((body) =>
      tokensOf(answer(200, body)),
    );
    expect(all).toEqual([[9, 3, 4, 0], [7, 0, 2, 1], null, null]);
    expect(sumOf(all)).toEqual({ input: 16, cached: 3, output: 6, reasoning: 1 });
    expect(sumOf([null])).toBeNull();
  });
});
