import { linesOf, type OpenFile } from '../files/index.ts';

/** Files whose lines this process knows the places of; each takes eight bytes a line. */
const MOST_KNOWN = 8;

/**
 * Reads single lines of long files: each file is gone through once, and again when its bytes have changed. Of a line
 * only its own chunks are decrypted.
 */
export class InputLines {
  /** By version of the bytes: where each line ends, its line break counted in. */
  readonly #ends = new Map<string, Promise<Float64Array>>();

  /** @returns undefined where the file has no such line. @throws KulningError where it is gone meanwhile */
  async read(file: OpenFile, line: number): Promise<Buffer | undefined> {
    const ends = await this.#endsOf(file);
    const end = ends[line - 1];
    if (end === undefined) return undefined;
    const pieces: Uint8Array[] = [];
    for await (const piece of file.read({ start: line === 1 ? 0 : (ends[line - 2] ?? 0), end }))
      pieces.push(piece);
    for await (const { bytes } of linesOf(one(Buffer.concat(pieces)))) return bytes;
    return Buffer.alloc(0);
  }

  #endsOf(file: OpenFile): Promise<Float64Array> {
    const known = this.#ends.get(file.version);
    if (known) return known;
    const [oldest] = this.#ends.keys();
    if (this.#ends.size >= MOST_KNOWN && oldest !== undefined) this.#ends.delete(oldest);
    const ends = endsOf(file);
    this.#ends.set(file.version, ends);
    // Whoever waits for it hears of a failure; the next one tries again.
    ends.catch(() => this.#ends.delete(file.version));
    return ends;
  }
}

async function endsOf(file: OpenFile): Promise<Float64Array> {
  const ends: number[] = [];
  let at = 0;
  for await (const chunk of file.read()) {
    for (let newline = chunk.indexOf(0x0a); newline >= 0; newline = chunk.indexOf(0x0a, newline + 1))
      ends.push(at + newline + 1);
    at += chunk.length;
  }
  if (at > (ends.at(-1) ?? 0)) ends.push(at);
  return Float64Array.from(ends);
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
