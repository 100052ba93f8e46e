import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { expect, it } from 'vitest';

import { linesOf, type OpenFile } from '../files/index.ts';
import { InputLines } from './input-lines.ts';

function fileOf(
  text: string,
  version: string,
): OpenFile & { readonly reads: { start: number; end: number }[] } {
  const bytes = Buffer.from(text);
  const reads: { start: number; end: number }[] = [];
  return {
    id: 'file_1',
    purpose: 'batch',
    bytes: bytes.length,
    dataClass: null,
    keyId: 'key_1',
    createdAt: new Date(0),
    expiresAt: new Date(1),
    version,
    reads,
    async *read(range = { start: 0, end: bytes.length }) {
      reads.push(range);
      for (let at = range.start; at < range.end; at += 7)
        yield bytes.subarray(at, Math.min(at + 7, range.end));
    },
  };
}

it('reads every line of a file alone as it stands among the others', async () => {
  const texts = array(constantFrom('{"a":1}', 'å', '\n', '\r\n', ' '), { maxLength: 40 }).map((parts) =>
    parts.join(''),
  );
  let version = 0;
  const lines = new InputLines();
  await assert(
    asyncProperty(texts, async (text) => {
      const file = fileOf(text, String(++version));
      let count = 0;
      for await (const { number, bytes } of linesOf(file.read())) {
        expect(await lines.read(file, number)).toEqual(bytes);
        count = number;
      }
      expect(await lines.read(file, count + 1)).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

it('goes through a file once, and again when its bytes are others', async () => {
  const lines = new InputLines();
  const before = fileOf('one\ntwo\nthree\n', 'a');
  expect((await lines.read(before, 2))?.toString()).toBe('two');
  expect((await lines.read(before, 3))?.toString()).toBe('three');
  expect(before.reads).toEqual([
    { start: 0, end: 14 },
    { start: 4, end: 8 },
    { start: 8, end: 14 },
  ]);
  expect((await lines.read(fileOf('a longer one\ntwo\n', 'b'), 2))?.toString()).toBe('two');
});
