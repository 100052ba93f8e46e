import { isMonth } from './birth-detector.ts';
import { MOST_AHEAD } from './detector.ts';

/** More than this is never held back; it is twice the longest value, so that a value in it is seen whole. */
const MOST_HELD = 2 * MOST_AHEAD;

/** Where words may begin names (`known_subject`), a capital letter holds a word back as well. */
export interface HoldRule {
  readonly names: boolean;
}

/**
 * How much of a text that is still growing can be judged now: no value begins before this place and ends behind what has
 * come. Ordinary prose is held for a word; digits, capitals and months are held with the words before them that may
 * belong to the same value.
 */
export function heldFrom(text: string, { names }: HoldRule): number {
  let from = text.length;
  // The last word has no end yet.
  while (from > 0 && !isSpace(text.charCodeAt(from - 1))) from--;
  while (from > 0) {
    let wordEnd = from;
    while (wordEnd > 0 && isSpace(text.charCodeAt(wordEnd - 1))) wordEnd--;
    let wordStart = wordEnd;
    while (wordStart > 0 && !isSpace(text.charCodeAt(wordStart - 1))) wordStart--;
    if (endsEverything(text.slice(wordStart, wordEnd), names)) break;
    from = wordStart;
    if (text.length - from > MOST_HELD) break;
  }
  return Math.max(from, text.length - MOST_HELD + MOST_AHEAD);
}

/** A plain word belongs to no value of several words: nothing that begins before it goes on behind it. */
function endsEverything(word: string, names: boolean): boolean {
  if (!PLAIN.test(word) || SHORT_CAPITALS.test(word) || isMonth(word)) return false;
  return !names || !/^[^\p{L}]*\p{Lu}/u.test(word);
}
const PLAIN = /^[\p{L}'’\-,.;!?…"»«)]+$/u;
/** Countries of IBAN and VAT numbers, groups of letters within them, letters of insurance numbers. */
const SHORT_CAPITALS = /^[A-Z]{1,6}$/;

const isSpace = (code: number) =>
  code === 0x20 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x202f || code === 0x2009;
