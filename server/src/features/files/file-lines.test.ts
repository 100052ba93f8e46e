import { array, assert, asyncProperty, constantFrom, nat } from 'fast-check';
import { expect, it } from 'vitest';

import { type FileLine, linesOf } from './file-lines.ts';

async function allOf(lines: AsyncIterable<FileLine>): Promise<FileLine[]> {
  const all: FileLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function* inPieces(text: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b);
  for (const [index, from] of [0, ...places].entries())
    yield text.subarray(from, places[index] ?? text.length);
}

it('gives back every byte as lines, however the bytes were cut', async () => {
  const texts = array(constantFrom('a', 'å', '\n', '\r\n', '\r', '{}'), { maxLength: 30 }).map((parts) =>
    parts.join(''),
  );
  await assert(
    asyncProperty(texts, array(nat(60), { maxLength: 12 }), async (text, cuts) => {
      const lines = await allOf(linesOf(inPieces(Buffer.from(text), cuts)));
      expect(lines.map(({ bytes, ending }) => bytes.toString() + ending).join('')).toBe(text);
      expect(lines.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1));
      expect(lines.every(({ bytes }) => !bytes.includes('\n'))).toBe(true);
      expect(lines.slice(0, -1).every(({ ending }) => ending !== '')).toBe(true);
    }),
  );
});

it('holds no more of a line than it was told to', async () => {
  const text = Buffer.from(`${'x'.repeat(100)}\nshort\n`);
  const lines = await allOf(linesOf(inPieces(text, [30, 60, 90]), 40));
  expect(lines.map(({ bytes }) => bytes.length)).toEqual([41, 5]);
});
