import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { completionText } from './completion-stream.ts';

const encoder = new TextEncoder();

/** The same bytes, cut wherever the network likes. */
function streamOf(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const edges = [
    0,
    ...cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right),
    bytes.length,
  ];
  const parts = edges.slice(1).map((edge, index) => bytes.slice(edges[index], edge));
  return new ReadableStream({
    start: (control) => {
      for (const part of parts) control.enqueue(part);
      control.close();
    },
  });
}

const eventsOf = (words: readonly string[]) =>
  words.map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`).join('');

async function read(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = '';
  for await (const part of completionText(stream)) text += part;
  return text;
}

describe('a streamed completion', () => {
  it('reads the same words however the network cuts the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat()), async (words, cuts) => {
        const bytes = encoder.encode(`: a comment\n\n${eventsOf(words)}data: [DONE]\n\n`);
        expect(await read(streamOf(bytes, cuts))).toBe(words.join(''));
      }),
    );
  });

  it('throws the error that the gateway sends in the middle, with its remedy', async () => {
    const error = { message: 'The engine died.', code: 'engine.died', kulning: { hint: 'Ask again.' } };
    const bytes = encoder.encode(`${eventsOf(['half'])}data: ${JSON.stringify({ error })}\n\n`);
    await expect(read(streamOf(bytes, []))).rejects.toMatchObject({
      code: 'engine.died',
      hint: 'Ask again.',
    });
  });

  it('does not take a stream that just ends for an answer', async () => {
    await expect(read(streamOf(encoder.encode(eventsOf(['half'])), []))).rejects.toMatchObject({
      code: 'gateway.cut',
    });
  });
});
