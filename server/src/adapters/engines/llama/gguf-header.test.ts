import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { fixtureGguf, fixtureGgufBytes } from '../../../../../tools/fixture-gguf.ts';
import { encodeGguf, type GgufEntry } from '../../../../../tools/gguf-encoder.ts';
import { GgufProblem } from './gguf-cursor.ts';
import { readGgufHeader, type GgufHeader } from './gguf-header.ts';

const fixture = fixtureGgufBytes();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kulning-gguf-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function headerOf(bytes: Uint8Array): GgufHeader {
  const path = join(folder, 'case.gguf');
  writeFileSync(path, bytes);
  return readGgufHeader(path);
}

/** The fixture with some bytes replaced. */
function patched(offset: number, patch: Uint8Array): Uint8Array {
  const bytes = Buffer.from(fixture);
  bytes.set(patch, offset);
  return bytes;
}
const uint64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

const tensor = { name: 'a.weight', dimensions: [4, 2], values: new Float32Array(8) };
const least: GgufEntry[] = [
  ['general.architecture', 'string', 'llama'],
  ['llama.context_length', 'uint32', 128],
  ['tokenizer.ggml.model', 'string', 'llama'],
  ['tokenizer.ggml.tokens', 'string[]', ['a']],
];
const without = (key: string) => least.filter(([name]) => name !== key);

test('tells what a file is', () => {
  expect(readGgufHeader(fixtureGguf())).toMatchObject({
    version: 3,
    architecture: 'llama',
    name: 'kulning-fixture',
    contextTokens: 4096,
    parameters: 147_264,
    tokenizer: 'llama',
    licence: 'apache-2.0',
    licenceLink: undefined,
    cacheBytesPerToken: 2 * 64 * 2 * 2,
  });
  expect(headerOf(encodeGguf(least, [tensor])).parameters).toBe(8);
});

test.each<[string, () => Uint8Array, RegExp]>([
  ['an empty file', () => new Uint8Array(0), /ends inside the magic number: it has 0 bytes/u],
  ['another format', () => Buffer.from('PK\u0003\u0004 a zip'), /does not begin with "GGUF"/u],
  ['an old version', () => patched(4, Buffer.from([1, 0, 0, 0])), /version 1 is not supported/u],
  ['a big-endian file', () => patched(4, Buffer.from([0, 0, 0, 3])), /big-endian/u],
  ['an absurd number of tensors', () => patched(8, uint64(2n ** 63n)), /the number of tensors is absurd/u],
  [
    'too many metadata entries',
    () => patched(16, uint64(10n ** 9n)),
    /the number of metadata entries is 1000000000/u,
  ],
  ['no tensor', () => patched(8, uint64(0n)), /the number of tensors is 0/u],
  [
    'a key longer than the file',
    () => patched(24, uint64(1_000_000n)),
    /the file ends inside metadata key 1/u,
  ],
  ['a key longer than anything', () => patched(24, uint64(2n ** 40n)), /metadata key 1 of \d+ claims/u],
  [
    'a file cut in its tensors',
    () => fixture.subarray(0, 400_000),
    /tensor ".+" ends at byte \d+, the file has 400000/u,
  ],
  ['a file cut in its header', () => fixture.subarray(0, 2000), /the file ends inside/u],
  [
    'a key that occurs twice',
    () => encodeGguf([...least, ...least], [tensor]),
    /"general.architecture" occurs twice/u,
  ],
  [
    'a tensor that occurs twice',
    () => encodeGguf(least, [tensor, tensor]),
    /tensor "a.weight" occurs twice/u,
  ],
  ['a tensor of no size', () => encodeGguf(least, [{ ...tensor, dimensions: [4, 0] }]), /has 0 elements/u],
  [
    'a tensor of five dimensions',
    () => encodeGguf(least, [{ ...tensor, dimensions: [1, 1, 1, 1, 8] }]),
    /has 5 dimensions/u,
  ],
  [
    'a tensor of absurd size',
    () => encodeGguf(least, [{ ...tensor, dimensions: [2 ** 30, 2 ** 30] }]),
    /has 1152921504606847000 elements/u,
  ],
  [
    'no architecture',
    () => encodeGguf(without('general.architecture'), [tensor]),
    /does not name its architecture/u,
  ],
  [
    'no context length',
    () => encodeGguf(without('llama.context_length'), [tensor]),
    /llama\.context_length/u,
  ],
  ['no tokenizer', () => encodeGguf(without('tokenizer.ggml.tokens'), [tensor]), /has no tokenizer/u],
  [
    'a LoRA adapter',
    () => encodeGguf([...least, ['general.type', 'string', 'adapter']], [tensor]),
    /a GGUF adapter, not a model/u,
  ],
  [
    'a part of a split file',
    () => encodeGguf([...least, ['split.count', 'uint32', 3]], [tensor]),
    /one of 3 parts.*--merge/u,
  ],
  [
    'an odd alignment',
    () => encodeGguf([...least, ['general.alignment', 'uint32', 31]], [tensor]),
    /not a power of two/u,
  ],
])('refuses %s', (_, bytes, reason) => {
  expect(() => headerOf(bytes())).toThrow(GgufProblem);
  expect(() => headerOf(bytes())).toThrow(reason);
});

test('whatever is changed in a header, it is read or refused, never a crash', () => {
  const original = fixture.subarray(0, 40_000);
  const change = fc.tuple(
    fc.nat(original.length - 9),
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(uint64(2n ** 64n - 1n), uint64(2n ** 32n), uint64(0n)),
    ),
  );
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.nat(original.length),
      (changes, length) => {
        const bytes = Buffer.from(original);
        for (const [offset, patch] of changes) bytes.set(patch, offset);
        try {
          headerOf(bytes.subarray(0, Math.max(length, 30_000)));
        } catch (error) {
          expect(error).toBeInstanceOf(GgufProblem);
        }
      },
    ),
    { numRuns: 500 },
  );
});
