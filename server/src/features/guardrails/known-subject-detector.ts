import {
  begins,
  type Detector,
  isWordAt,
  kindOf,
  MOST_AHEAD,
  type Place,
} from '../../core/guard/detector.ts';
import { textDetectors } from '../../core/guard/detectors.ts';
import { type Identifier, normaliseIdentifier } from '../../platform/vault/identifier.ts';

const MOST_WORDS = 4;
const LONGEST_NAME = 100;

/**
 * Finds persons whom the organisation named: addresses and numbers, names of two to four words that begin with a capital
 * letter, and identifiers of its own that hold a digit. Spelling is brought to one form first, as everywhere.
 */
export function knownSubjectDetector(isKnown: (identifier: Identifier) => boolean): Detector {
  return {
    name: 'known_subject',
    begins: begins.digit | begins.upper | begins.lower | begins.mark,
    endAt: (place) => valueEnd(place, isKnown) || nameEnd(place, isKnown) || ownIdEnd(place, isKnown),
  };
}

function valueEnd(place: Place, isKnown: (identifier: Identifier) => boolean): number {
  const { text, start } = place;
  const kind = kindOf(text.charCodeAt(start));
  for (const detector of textDetectors) {
    const end = (detector.begins & kind) === 0 ? 0 : detector.endAt(place);
    if (end > 0 && isKnown(normaliseIdentifier(text.slice(start, end)))) return end;
  }
  return 0;
}

/** The longest that is known: `Anna Maria Lind` before `Anna Maria`. */
function nameEnd({ text, start }: Place, isKnown: (identifier: Identifier) => boolean): number {
  const ends: number[] = [];
  let at = start;
  while (
    ends.length < MOST_WORDS &&
    at - start < LONGEST_NAME &&
    kindOf(text.charCodeAt(at)) === begins.upper
  ) {
    const end = endOfWord(text, at);
    ends.push(end);
    const gap = text.startsWith(', ', end) ? 2 : text[end] === ' ' || text[end] === '\u00a0' ? 1 : 0;
    if (gap === 0) break;
    at = end + gap;
  }
  const known = ends.toReversed().find((end) => {
    if (end === ends[0] || end - start > LONGEST_NAME) return false;
    const identifier = normaliseIdentifier(text.slice(start, end));
    return identifier.kind === 'name' && isKnown(identifier);
  });
  return known ?? 0;
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (
    at < text.length &&
    at - start < LONGEST_NAME &&
    (isWordAt(text, at) || /['’-]/.test(text[at] ?? ''))
  )
    at++;
  return at;
}

/** `customer-4711`: one word with a digit in it. */
function ownIdEnd({ text, start }: Place, isKnown: (identifier: Identifier) => boolean): number {
  let end = start;
  let digits = 0;
  for (; end < text.length && end - start < MOST_AHEAD / 2; end++) {
    const code = text.charCodeAt(end);
    if (code >= 48 && code <= 57) digits++;
    else if (!isWordAt(text, end) && text[end] !== '-' && text[end] !== '_') break;
  }
  while (end > start && !isWordAt(text, end - 1)) end--;
  if (digits === 0 || end - start < 4 || isWordAt(text, end)) return 0;
  const identifier = normaliseIdentifier(text.slice(start, end));
  return identifier.kind === 'id' && isKnown(identifier) ? end : 0;
}
