import {
  property,
  assert,
  array,
  constantFrom,
  record,
  string,
  uint8Array,
  asyncProperty,
  nat,
} from 'fast-check';
import { describe, expect, it } from 'vitest';

import { boundaryOf, FormBroken, readForm } from './multipart-reader.ts';

interface Read {
  readonly name: string;
  readonly filename: string | undefined;
  readonly content: Buffer;
}

async function readAll(pieces: readonly Uint8Array[], boundary: string): Promise<Read[]> {
  async function* body() {
    yield* pieces;
  }
  const parts: Read[] = [];
  for await (const { name, filename, content } of readForm(body(), boundary)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    parts.push({ name, filename, content: Buffer.concat(chunks) });
  }
  return parts;
}

/** Bytes that look like delimiters are likely. */
const contents = array(
  constantFrom('\r', '\n', '-', '--b', '\r\n--', '\r\n--b', 'x', '\0').map((text) => Buffer.from(text)),
  { maxLength: 12 },
).map((pieces) => Buffer.concat(pieces));

describe('a form', () => {
  it('reads as it was sent by fetch, whatever its bytes and however it is cut', async () => {
    const part = record({ name: constantFrom('purpose', 'file', 'a"b'), content: contents, isFile: nat(1) });
    await assert(
      asyncProperty(
        array(part, { maxLength: 4 }),
        array(nat(400), { maxLength: 20 }),
        async (given, cuts) => {
          const form = new FormData();
          for (const { name, content, isFile } of given)
            if (isFile === 1) form.append(name, new Blob([content]), 'Åsa "1".jsonl');
            else form.append(name, content.toString('latin1'));
          const request = new Request('http://localhost', { method: 'POST', body: form });
          const boundary = boundaryOf(request.headers.get('content-type') ?? '') ?? '';
          const whole = Buffer.from(await request.arrayBuffer());
          const places = [...new Set(cuts.filter((cut) => cut < whole.length))].sort((a, b) => a - b);
          const pieces = [0, ...places].map((from, index) =>
            whole.subarray(from, places[index] ?? whole.length),
          );

          const read = await readAll(pieces, boundary);
          const wanted = await new Response(whole, { headers: request.headers }).formData();
          expect(read.map(({ name }) => name)).toEqual([...wanted.keys()]);
          for (const [index, value] of [...wanted.values()].entries()) {
            const bytes =
              typeof value === 'string' ? Buffer.from(value) : Buffer.from(await value.arrayBuffer());
            expect(read[index]?.content).toEqual(bytes);
            expect(read[index]?.filename).toBe(typeof value === 'string' ? undefined : value.name);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('that is cut off or has no name is broken, never short', async () => {
    const whole = Buffer.from('--b\r\ncontent-disposition: form-data; name="x"\r\n\r\nhello\r\n--b--\r\n');
    expect(await readAll([whole], 'b')).toEqual([
      { name: 'x', filename: undefined, content: Buffer.from('hello') },
    ]);
    // The two bytes after the closing mark may be missing; what tells the end may not.
    for (let length = 0; length < whole.length - 2; length++)
      await expect(readAll([whole.subarray(0, length)], 'b'), `${length} bytes`).rejects.toThrow(FormBroken);
    await expect(readAll([Buffer.from('--b\r\nx: y\r\n\r\n\r\n--b--')], 'b')).rejects.toThrow(FormBroken);
    await expect(readAll([Buffer.from(`--b\r\n${'x'.repeat(10_000)}`)], 'b')).rejects.toThrow(FormBroken);
  });

  it('never breaks otherwise on bytes that are no form', async () => {
    await assert(
      asyncProperty(uint8Array({ maxLength: 200 }), async (bytes) => {
        await expect(readAll([bytes], 'b')).rejects.toThrow(FormBroken);
      }),
    );
  });

  it('has its boundary in the content type, quoted or not', () => {
    assert(
      property(
        string({ minLength: 1, maxLength: 70 }).filter((text) => /^[\w'()+,./:=?-]+$/.test(text)),
        (text) => {
          expect(boundaryOf(`multipart/form-data; boundary="${text}"`)).toBe(text);
          if (!/[\s;"]/.test(text))
            expect(boundaryOf(`Multipart/Form-Data; charset=x; boundary=${text}`)).toBe(text);
        },
      ),
    );
    expect(boundaryOf('application/json')).toBeUndefined();
    expect(boundaryOf(undefined)).toBeUndefined();
  });
});
