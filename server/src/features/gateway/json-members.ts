/** A member of the outermost object: where its value stands, in characters of the text. */
export interface Member {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the values of the outermost object stand, so that one of them can be replaced or read while all other bytes
 * stay as they are. Strings are jumped over, so the cost goes with their number and hardly with their length.
 *
 * @param text valid JSON, an object, one character a byte (latin1 of the UTF-8 bytes): positions are byte offsets
 * @param from where the object stands in the text
 * @returns undefined where a name stands twice: two readers of such a text may understand two different things
 */
export function membersOf(text: string, from = 0): Map<string, Member> | undefined {
  const members = new Map<string, Member>();
  let at = skipSpace(text, skipSpace(text, from) + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = endOfString(text, at);
    const name = text.slice(at + 1, nameEnd - 1);
    const plain = name.includes('\\') ? (JSON.parse(text.slice(at, nameEnd)) as string) : name;
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = endOfValue(text, start);
    if (members.has(plain)) return undefined;
    members.set(plain, { start, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) !== COMMA) break;
    at = skipSpace(text, at + 1);
  }
  return members;
}

/** Where the elements of an array stand; none where something else stands there. */
export function elementsOf(text: string, from: number): Member[] {
  const elements: Member[] = [];
  let at = skipSpace(text, from);
  if (text.charCodeAt(at) !== OPEN_BRACKET) return elements;
  at = skipSpace(text, at + 1);
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = endOfValue(text, at);
    elements.push({ start: at, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) !== COMMA) break;
    at = skipSpace(text, at + 1);
  }
  return elements;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

function skipSpace(text: string, at: number): number {
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** @param at the opening quote; returns the position after the closing one */
function endOfString(text: string, at: number): number {
  for (let close = text.indexOf('"', at + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return close + 1;
  }
  return text.length;
}

function endOfValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return endOfString(text, at);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return endOfScalar(text, at);
  let depth = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at + 1;
    at++;
  }
  return at;
}

function endOfScalar(text: string, at: number): number {
  for (let code = text.charCodeAt(at); at < text.length; code = text.charCodeAt(++at))
    if (code === COMMA || code === CLOSE_BRACE || code <= 0x20) return at;
  return at;
}
