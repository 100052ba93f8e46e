import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/**
 * The beginning of a file, as far as it has arrived. Its length is what is known to be there: a process that dies
 * leaves it, and the next one goes on from it. The digest grows along, so that the whole is never read twice.
 */
export class PartFile {
  readonly #file: FileHandle;
  #hash: Hash;
  #size: number;

  private constructor(file: FileHandle, hash: Hash, size: number) {
    this.#file = file;
    this.#hash = hash;
    this.#size = size;
  }

  static async open(path: string, signal: AbortSignal): Promise<PartFile> {
    const file = await open(path, 'a+', 0o600);
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of createReadStream(path, {
      highWaterMark: 1 << 20,
      signal,
    }) as AsyncIterable<Buffer>) {
      hash.update(piece);
      size += piece.length;
    }
    return new PartFile(file, hash, size);
  }

  get size(): number {
    return this.#size;
  }

  async append(piece: Buffer): Promise<void> {
    await this.#file.appendFile(piece);
    this.#hash.update(piece);
    this.#size += piece.length;
  }

  /** It was the beginning of another file. */
  async restart(): Promise<void> {
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.#size = 0;
  }

  /** Puts all of it on the disk. @returns the sha256 of the whole, in hex */
  async finish(): Promise<string> {
    await this.#file.sync();
    return this.#hash.copy().digest('hex');
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
