import type { Localized } from '@kulning/sdk';

import { jsonWords } from './json-words.ts';

/** Where a text stops being JSON (RFC 8259), and what was expected there. */
export interface JsonFault {
  readonly position: number;
  readonly expected: Localized<string>;
}

/**
 * Finds the first fault of a text that `JSON.parse` refused. The engine's own message quotes the text and often has
 * no position; this one says where, and nothing of what stands there.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.document();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return { position: error.position, expected: error.expected };
    throw error;
  }
}

class Fault extends Error {
  readonly position: number;
  readonly expected: Localized<string>;
  constructor(position: number, expected: Localized<string>) {
    super(expected.en);
    this.position = position;
    this.expected = expected;
  }
}

/** Values nested deeper than this are refused rather than followed; the parser of V8 is as patient. */
const MAX_DEPTH = 2_000;

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail(jsonWords.end);
  }

  #value(depth: number): void {
    this.#space();
    if (depth > MAX_DEPTH) this.#fail(jsonWords.lessNesting);
    const next = this.#text[this.#at];
    if (next === '{') this.#list('}', depth, () => this.#member(depth));
    else if (next === '[') this.#list(']', depth, () => this.#value(depth + 1));
    else if (next === '"') this.#match(STRING, jsonWords.string);
    else this.#match(SCALAR, jsonWords.value);
  }

  #member(depth: number): void {
    this.#space();
    this.#match(STRING, jsonWords.name);
    this.#space();
    this.#match(COLON, jsonWords.colon);
    this.#value(depth + 1);
  }

  #list(close: string, depth: number, item: () => void): void {
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      item();
      this.#space();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== close) this.#fail(jsonWords.commaOr(close));
      this.#at++;
      if (next === close) return;
    }
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #match(pattern: RegExp, expected: Localized<string>): void {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) this.#fail(expected);
    this.#at = pattern.lastIndex;
  }

  #fail(expected: Localized<string>): never {
    throw new Fault(this.#at, expected);
  }
}

const SPACE = /[ \t\n\r]*/y;
const COLON = /:/y;
// eslint-disable-next-line no-control-regex -- RFC 8259 §7 forbids exactly these
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
