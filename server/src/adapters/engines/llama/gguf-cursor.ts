import { readSync } from 'node:fs';

import type { Localized } from '@kulning/sdk';

import { ggufParts, ggufWords } from './gguf-words.ts';

/** What is wrong with a file, in words for the person who added it. */
export class GgufProblem extends Error {
  override readonly name = 'GgufProblem';
  readonly said: Localized<string>;

  constructor(said: Localized<string>) {
    super(said.en);
    this.said = said;
  }
}

export type GgufValue = string | number | bigint | boolean;

/** An array that is too long to keep shows its length alone. */
export interface GgufArray {
  readonly length: number;
  readonly values: readonly GgufValue[] | undefined;
}

const WINDOW_BYTES = 1 << 20;
const LONGEST_STRING = 8 << 20;
const LONGEST_KEPT_ARRAY = 1024;
const STRING = 8;
const ARRAY = 9;
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** Reads the little-endian header of a GGUF file and never past its end, whatever lengths the file claims. */
export class GgufCursor {
  readonly #file: number;
  readonly #size: number;
  #position = 0;
  #window = Buffer.alloc(0);
  #windowStart = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  get position(): number {
    return this.#position;
  }

  take(length: number, what: Localized<string>): Buffer {
    this.#require(length, what);
    const start = this.#position - this.#windowStart;
    if (start < 0 || start + length > this.#window.length) this.#load(Math.max(length, WINDOW_BYTES));
    const from = this.#position - this.#windowStart;
    this.#position += length;
    return this.#window.subarray(from, from + length);
  }

  uint32(what: Localized<string>): number {
    return this.take(4, what).readUInt32LE();
  }

  /** A count or offset; larger than 2^53 is never true of a file. */
  length(what: Localized<string>): number {
    const value = this.take(8, what).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new GgufProblem(ggufWords.absurd(what, String(value)));
    return Number(value);
  }

  string(what: Localized<string>): string {
    const length = this.length(ggufParts.lengthOf(what));
    if (length > LONGEST_STRING) throw new GgufProblem(ggufWords.claims(what, length));
    return this.take(length, what).toString('utf8');
  }

  value(type: number, what: Localized<string>): GgufValue | GgufArray {
    if (type === STRING) return this.string(what);
    if (type === ARRAY) return this.#array(what);
    return this.#scalar(type, what);
  }

  #scalar(type: number, what: Localized<string>): GgufValue {
    const size = SCALAR_BYTES[type];
    if (size === undefined) throw new GgufProblem(ggufWords.typeUnknown(what, type));
    const bytes = this.take(size, what);
    switch (type) {
      case 0:
        return bytes.readUInt8();
      case 1:
        return bytes.readInt8();
      case 2:
        return bytes.readUInt16LE();
      case 3:
        return bytes.readInt16LE();
      case 4:
        return bytes.readUInt32LE();
      case 5:
        return bytes.readInt32LE();
      case 6:
        return bytes.readFloatLE();
      case 7:
        return bytes.readUInt8() !== 0;
      case 10:
        return bytes.readBigUInt64LE();
      case 11:
        return bytes.readBigInt64LE();
      default:
        return bytes.readDoubleLE();
    }
  }

  #array(what: Localized<string>): GgufArray {
    const type = this.uint32(ggufParts.elementTypeOf(what));
    const length = this.length(ggufParts.lengthOf(what));
    if (type === ARRAY) throw new GgufProblem(ggufWords.nestedArray(what));
    const smallest = type === STRING ? 8 : SCALAR_BYTES[type];
    if (smallest === undefined) throw new GgufProblem(ggufWords.elementTypeUnknown(what, type));
    this.#require(length * smallest, what);
    const kept = length <= LONGEST_KEPT_ARRAY;
    if (!kept && type !== STRING) {
      this.#position += length * smallest;
      return { length, values: undefined };
    }
    const values: GgufValue[] = [];
    for (let index = 0; index < length; index++) {
      const value = type === STRING ? this.string(what) : this.#scalar(type, what);
      if (kept) values.push(value);
    }
    return { length, values: kept ? values : undefined };
  }

  #require(length: number, what: Localized<string>): void {
    if (this.#position + length > this.#size)
      throw new GgufProblem(ggufWords.endsInside(what, this.#size, this.#position + length));
  }

  #load(length: number): void {
    const window = Buffer.alloc(Math.min(length, this.#size - this.#position));
    let filled = 0;
    while (filled < window.length) {
      const read = readSync(this.#file, window, filled, window.length - filled, this.#position + filled);
      if (read === 0) throw new GgufProblem(ggufWords.shorter);
      filled += read;
    }
    this.#window = window;
    this.#windowStart = this.#position;
  }
}
