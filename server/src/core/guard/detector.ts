import { type NumberWindow, numberWindows } from './number-run.ts';

/** What guardrails can look for, in the order in which one is preferred where two begin at the same place. */
export const detectorNames = [
  'known_subject',
  'email',
  'iban',
  'vat_number',
  'payment_card',
  'date_of_birth',
  'se_personnummer',
  'fr_nir',
  'de_rentenversicherungsnummer',
  'de_steuer_id',
  'gb_nino',
  'gb_nhs_number',
  'fr_siret',
  'fr_siren',
  'se_organisationsnummer',
  'phone',
  'ip_address',
] as const;

export type DetectorName = (typeof detectorNames)[number];

/** A value that was recognised and where it stands, in UTF-16 units. */
export interface Finding {
  readonly detector: DetectorName;
  readonly start: number;
  readonly end: number;
}

/** No value is longer, and none is recognised by what stands further ahead of its beginning. */
export const MOST_AHEAD = 192;
/** Words that make a number what it is are looked for this far before it. */
export const MOST_BEHIND = 64;

/**
 * Recognises a value that begins at one place. What it says of a place rests on MOST_BEHIND units before it and
 * MOST_AHEAD after it alone: so a text may be read in pieces, and its cost grows with its length.
 */
export interface Detector {
  readonly name: DetectorName;
  /** Kinds of first character that a value can have; others are not tried. */
  readonly begins: number;
  /** A character that every such value has: texts without it are not searched for them. */
  readonly needs?: string;
  /** @returns where the value ends, or 0 */
  endAt(place: Place): number;
}

/** Where a value may begin. One object is moved over a text, and what several detectors ask of a place is read once. */
export class Place {
  readonly text: string;
  #start = 0;
  #windows: readonly NumberWindow[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get start(): number {
    return this.#start;
  }

  moveTo(start: number): void {
    this.#start = start;
    this.#windows = undefined;
  }

  /** What may be one number and begins here, the longest first. */
  get windows(): readonly NumberWindow[] {
    return (this.#windows ??= numberWindows(this.text, this.#start));
  }

  /** Whether one of the words stands shortly before. */
  isAfter(words: RegExp): boolean {
    return words.test(this.text.slice(Math.max(0, this.#start - MOST_BEHIND), this.#start));
  }

  /** What a sticky pattern finds here. */
  match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#start;
    return sticky.exec(this.text)?.[0];
  }
}

export const begins = { digit: 1, upper: 2, lower: 4, mark: 8 } as const;

/** The kind of each UTF-16 unit; 0 for what begins nothing. Beyond the table only letters are likely. */
const kinds = Uint8Array.from({ length: 0x2000 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/\p{N}/u.test(character)) return begins.digit;
  if (/\p{Lu}/u.test(character)) return begins.upper;
  if (/\p{L}/u.test(character)) return begins.lower;
  return character === '+' || character === '(' || character === ':' ? begins.mark : 0;
});
const isPunctuation = (code: number) =>
  code <= 0x206f || (code >= 0x3000 && code <= 0x303f) ? 0 : begins.lower;

export const kindOf = (code: number): number => kinds[code] ?? isPunctuation(code);

/** Whether a letter or digit stands there: then nothing begins behind it and nothing ends before it. */
export function isWordAt(text: string, at: number): boolean {
  const kind = at < 0 || at >= text.length ? 0 : kindOf(text.charCodeAt(at));
  return kind !== 0 && kind !== begins.mark;
}

/**
 * Values from the left, none overlapping another: where several begin at one place, the first detector's.
 *
 * @param from what stands before it is context and was looked at already
 */
export function findAll(text: string, detectors: readonly Detector[], from = 0): Finding[] {
  const found: Finding[] = [];
  const place = new Place(text);
  const able = detectors.filter(({ needs }) => needs === undefined || text.includes(needs, from));
  const byKind = [1, 2, 4, 8].map((kind) => able.filter((each) => (each.begins & kind) !== 0));
  const tried = (kind: number) => byKind[kind === 8 ? 3 : kind >> 1] ?? [];
  let word = isWordAt(text, from - 1);
  for (let at = from; at < text.length; at++) {
    const kind = kindOf(text.charCodeAt(at));
    const inside = word;
    word = kind !== 0 && kind !== begins.mark;
    if (kind === 0 || inside) continue;
    place.moveTo(at);
    for (const detector of tried(kind)) {
      const end = detector.endAt(place);
      if (end === 0) continue;
      found.push({ detector: detector.name, start: at, end });
      at = end - 1;
      word = true;
      break;
    }
  }
  return found;
}
