/** Longest run of what a pattern repeats without a bound. */
const MOST_REPEATED = 1000;

/** What `.` means within a JSON string, in characters that are one UTF-16 unit: patterns count those (ECMA-262). */
const ANY = String.raw`[\x20-\x21\x23-\x5B\x5D-\x7E\u00A0-\u2027\u202A-\uD7FF\uE000-\uFFFD]`;
const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'a-zA-Z0-9_' };

/**
 * GBNF for the inside of a JSON string that matches a pattern: `^`, `$`, characters, classes, groups, `|` and
 * repetitions. Nothing else of regular expressions, so that what is promised is kept.
 * @returns undefined for a pattern that has more in it
 */
export function patternExpression(pattern: string): string | undefined {
  const body = /^\^(.*)\$$/su.exec(pattern)?.[1];
  if (body === undefined) return undefined;
  const reader = new PatternReader(body);
  const expression = reader.alternatives();
  return reader.atEnd && !reader.refused ? expression : undefined;
}

class PatternReader {
  readonly #text: string;
  #at = 0;
  refused = false;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  alternatives(): string {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return parts.length === 1 ? (parts[0] ?? '""') : `( ${parts.join(' | ')} )`;
  }

  #sequence(): string {
    const parts: string[] = [];
    while (!this.atEnd && !this.refused && !'|)'.includes(this.#peek()))
      parts.push(this.#atom() + this.#repetition());
    return parts.length === 0 ? '""' : parts.join(' ');
  }

  #atom(): string {
    const character = this.#next();
    if (character === '(') {
      this.#take('?:');
      const inner = this.alternatives();
      if (!this.#take(')')) this.refused = true;
      return `( ${inner} )`;
    }
    if (character === '[') return this.#class();
    if (character === '.') return ANY;
    if (character === '\\') return this.#escape();
    if ('*+?{}])^$"'.includes(character)) return this.#refuse();
    return literal(character);
  }

  #escape(): string {
    const character = this.#next();
    const known = CLASSES[character];
    if (known !== undefined) return `[${known}]`;
    return /^[^a-zA-Z0-9"\\]$/u.test(character) ? literal(character) : this.#refuse();
  }

  /** Ranges of plain characters; negated classes would let quotes and control characters in. */
  #class(): string {
    let ranges = '';
    if (this.#peek() === '^') return this.#refuse();
    while (!this.atEnd && this.#peek() !== ']') {
      const first = this.#member();
      if (first.length > 1 || this.#peek() !== '-' || this.#text[this.#at + 1] === ']')
        ranges += spelled(first);
      else {
        this.#next();
        const last = this.#member();
        if (last.length !== 1 || last < first || (first < '\\' && last > '\\') || (first < '"' && last > '"'))
          return this.#refuse();
        ranges += `${spelled(first)}-${spelled(last)}`;
      }
    }
    if (!this.#take(']') || ranges === '') return this.#refuse();
    return `[${ranges}]`;
  }

  /** One character, or the ranges of a class such as `\d`. */
  #member(): string {
    const character = this.#next();
    if (character !== '\\') return this.#plain(character);
    const escaped = this.#next();
    return CLASSES[escaped] ?? (/[a-zA-Z0-9]/u.test(escaped) ? this.#refuse() : this.#plain(escaped));
  }

  #plain(character: string): string {
    return /^[^"\\\p{Cc}\p{Cs}]$/u.test(character) ? character : this.#refuse();
  }

  #repetition(): string {
    const [all, mark, least, comma, most] =
      /^(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})/u.exec(this.#text.slice(this.#at)) ?? [];
    if (all === undefined) return '';
    this.#at += all.length;
    if (this.#peek() === '?') this.refused = true; // Lazy or not is the same to a grammar, but the rest is not ours.
    if (mark === '?') return '?';
    if (mark !== undefined) return `{${mark === '*' ? 0 : 1},${MOST_REPEATED}}`;
    const high = comma === undefined ? Number(least) : Number(most ?? MOST_REPEATED);
    if (high > MOST_REPEATED || high < Number(least)) this.refused = true;
    return `{${least},${high}}`;
  }

  #refuse(): string {
    this.refused = true;
    return '';
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #next(): string {
    return this.#text[this.#at++] ?? '';
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}

const literal = (character: string) => `"${character}"`;

/** Within a class of GBNF. */
function spelled(members: string): string {
  return members.length === 1 ? members.replace(/[\]^-]/u, String.raw`\$&`) : members;
}
