import { array, assert, boolean, constantFrom, integer, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { StreamRelay } from './stream-relay.ts';

const delta = (content: string, finish: string | null = null) =>
  JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content }, finish_reason: finish }] });
const usage = JSON.stringify({
  id: 'x',
  choices: [],
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
});

const newline = constantFrom('\n', '\r\n', '\r');
const contents = array(string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 8 });

/** Feeds the bytes in pieces, each a whole chunk from the socket. */
function relay(bytes: Buffer, cuts: readonly number[], dropUsage: boolean) {
  const stream = new StreamRelay(dropUsage);
  const sent: Buffer[] = [];
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let at = 0;
  for (const place of places) {
    const now = place > at ? stream.push(bytes.subarray(at, place)) : undefined;
    if (now) sent.push(now);
    at = place;
  }
  return { early: Buffer.concat(sent).toString(), usage: stream.usage, ...stream.finish() };
}

/** What an SSE reader sees: data lines, whatever the newlines; comments and blank lines are nothing. */
const dataOf = (text: string) =>
  text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart());

describe('a relayed stream', () => {
  it('shows the same events for every split of the bytes, and keeps [DONE] back', () => {
    assert(
      property(
        contents,
        newline,
        boolean(),
        boolean(),
        array(integer({ min: 0, max: 5000 }), { maxLength: 12 }),
        (words, nl, comments, dropUsage, cuts) => {
          const events = [...words.map((word) => delta(word)), delta('', 'stop'), usage].map(
            (data) => `${comments ? `: ping${nl}` : ''}data: ${data}${nl}${nl}`,
          );
          const bytes = Buffer.from(`${events.join('')}data: [DONE]${nl}${nl}`);
          const result = relay(bytes, cuts, dropUsage);
          const wanted = [
            ...words.map((word) => delta(word)),
            delta('', 'stop'),
            ...(dropUsage ? [] : [usage]),
          ];
          expect(dataOf(result.early)).toEqual(wanted);
          expect(dataOf(result.rest.toString())).toEqual(['[DONE]']);
          expect(result).toMatchObject({ complete: true, failed: false, usage: { input: 7, output: 3 } });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('passes bytes through untouched when nothing has to be taken out', () => {
    const text = `: hello\ndata: ${delta('å'.repeat(10))}\n\ndata: ${delta('', 'stop')}\n\n`;
    const { early } = relay(Buffer.from(`${text}data: [DONE]\n\n`), [20, 57, 58], false);
    expect(early).toBe(text);
  });

  it('is not complete when the engine dies: half an event never leaves', () => {
    const whole = `data: ${delta('one')}\n\n`;
    const result = relay(Buffer.from(`${whole}data: {"choices":[{"delta":{"con`), [], true);
    expect(result).toMatchObject({ early: whole, complete: false });
  });

  it('is complete without [DONE] when a finish reason came, and then says [DONE] itself', () => {
    const { complete, rest } = relay(Buffer.from(`data: ${delta('x', 'length')}\n\n`), [], true);
    expect({ complete, rest: rest.toString() }).toEqual({ complete: true, rest: 'data: [DONE]\n\n' });
  });

  it('does not take [DONE] or usage within an answer for the real ones', () => {
    const tricky = delta('data: [DONE] "usage":{"prompt_tokens":99} "choices":[]');
    const result = relay(
      Buffer.from(`data: ${tricky}\n\ndata: ${delta('', 'stop')}\n\ndata: [DONE]\n\n`),
      [33],
      true,
    );
    expect(dataOf(result.early)).toEqual([tricky, delta('', 'stop')]);
    expect(result.usage).toBeUndefined();
  });

  it('notices an error that the engine tells in the stream', () => {
    expect(
      relay(Buffer.from('data: {"error":{"message":"out of memory"}}\n\ndata: [DONE]\n\n'), [], true).failed,
    ).toBe(true);
  });
});
