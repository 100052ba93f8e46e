import { detectIdentifiers } from '../../platform/vault/identifier-detection.ts';
import { fold, foldedWords, type Identifier, normaliseIdentifier } from '../../platform/vault/identifier.ts';

/** Where one of a person's identifiers stands in a text, in UTF-16 units. */
export interface SubjectSpan {
  readonly start: number;
  readonly end: number;
  /** `name`: somebody of that name, not surely this person. */
  readonly match: 'strong' | 'name';
}

/** Finds a known person in text that was decrypted: this, not detection, is what an erasure rests on. */
export interface SubjectMatcher {
  /** In order, not overlapping. */
  spans(text: string): SubjectSpan[];
  /** Whether something of the person may still be there: an odd spelling, or one word of the name alone. */
  traceIn(text: string): boolean;
}

interface Name {
  readonly words: ReadonlySet<string>;
  readonly spellings: readonly string[];
}

/** @param identifiers as the one who asks knows them, in any spelling */
export function createSubjectMatcher(identifiers: readonly string[]): SubjectMatcher {
  const known = identifiers.map(normaliseIdentifier);
  const detectable = known.filter(({ kind }) => kind !== 'name' && kind !== 'id');
  const spellings = new Set(detectable.map(spelling));
  const squashed = detectable.map(({ value }) => squash(value));
  const names = known.flatMap((identifier) => (identifier.kind === 'name' ? [nameOf(identifier)] : []));
  const ids = known.flatMap(({ kind, value }) => (kind === 'id' ? [foldedWords(value)] : []));
  const nameWords = new Set(
    [...names.flatMap(({ words }) => [...words]), ...known.flatMap(wordsOfAddress)].filter(
      (word) => word.length > 2,
    ),
  );

  const strongSpans = (text: string): SubjectSpan[] => {
    const bare = squash(text);
    if (!squashed.some((value) => bare.includes(value))) return [];
    const detected = detectIdentifiers(text).filter(({ identifier }) => spellings.has(spelling(identifier)));
    return detected.map(({ start, end }) => ({ start, end, match: 'strong' }));
  };
  const wordSpans = (text: string): SubjectSpan[] => {
    if (names.length + ids.length === 0) return [];
    const folded = fold(text);
    const near = names.filter(({ words }) => [...words].every((word) => folded.includes(word)));
    const nearIds = ids.filter((words) => words.every((word) => folded.includes(word)));
    if (near.length + nearIds.length === 0) return [];
    const words = wordsIn(text);
    const others = near.length === 0 ? [] : detectIdentifiers(text);
    const isInside = (span: SubjectSpan) =>
      others.some(({ start, end }) => span.start < end && span.end > start);
    return [
      ...near.flatMap((name) => nameSpans(words, name)).filter((span) => !isInside(span)),
      ...nearIds.flatMap((id) => sequenceSpans(words, id)),
    ];
  };

  return {
    spans: (text) => apart([...strongSpans(text), ...wordSpans(text)]),
    traceIn(text) {
      const bare = squash(text);
      if (squashed.some((value) => bare.includes(value))) return true;
      if (names.some((name) => name.spellings.some((value) => bare.includes(value)))) return true;
      if (ids.some((words) => words.length > 0 && bare.includes(words.join('')))) return true;
      return nameWords.size > 0 && wordsIn(text).some(({ folded }) => nameWords.has(folded));
    },
  };
}

/** `[erased]` in place of each span. The marker is one word in every language: it is read by machines too. */
export function redactSpans(text: string, spans: readonly SubjectSpan[], marker = '[erased]'): string {
  let result = '';
  let from = 0;
  for (const { start, end } of spans) {
    result += text.slice(from, start) + marker;
    from = end;
  }
  return result + text.slice(from);
}

/** Letters and digits only, folded: catches `a n n a @ example.se`, `0 7 0-1…` and words cut by markup. */
function squash(text: string): string {
  return fold(text).replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

function spelling({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}

function nameOf({ value }: Identifier): Name {
  const words = value.split(' ');
  return { words: new Set(words), spellings: [words.join(''), words.toReversed().join('')] };
}

/** `anna.lind@example.se` says that the person may be called Anna or Lind. */
function wordsOfAddress({ kind, value }: Identifier): string[] {
  return kind === 'email'
    ? foldedWords(value.slice(0, value.lastIndexOf('@')).replaceAll(/[\d_]/g, ' '))
    : [];
}

interface Word {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

function wordsIn(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((match) => ({
    folded: fold(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** All words of the name in any order, with at most one other word among them: `Lind, Anna`, `Anna M. Lind`. */
function nameSpans(words: readonly Word[], { words: wanted }: Name): SubjectSpan[] {
  const spans: SubjectSpan[] = [];
  for (let first = 0; first < words.length; first++) {
    if (!wanted.has(words[first]?.folded ?? '')) continue;
    const missing = new Set(wanted);
    for (let last = first; last < first + wanted.size + 1 && last < words.length; last++) {
      missing.delete(words[last]?.folded ?? '');
      if (missing.size > 0) continue;
      spans.push({ start: words[first]?.start ?? 0, end: words[last]?.end ?? 0, match: 'name' });
      first = last;
      break;
    }
  }
  return spans;
}

function sequenceSpans(words: readonly Word[], wanted: readonly string[]): SubjectSpan[] {
  if (wanted.length === 0) return [];
  const spans: SubjectSpan[] = [];
  for (let first = 0; first + wanted.length <= words.length; first++) {
    if (!wanted.every((word, offset) => words[first + offset]?.folded === word)) continue;
    spans.push({
      start: words[first]?.start ?? 0,
      end: words[first + wanted.length - 1]?.end ?? 0,
      match: 'strong',
    });
  }
  return spans;
}

function apart(spans: SubjectSpan[]): SubjectSpan[] {
  const kept: SubjectSpan[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = kept.at(-1);
    if (before === undefined || span.start >= before.end) kept.push(span);
    else if (span.end > before.end || span.match === 'strong') {
      kept[kept.length - 1] = {
        start: before.start,
        end: Math.max(span.end, before.end),
        match: before.match === 'strong' || span.match === 'strong' ? 'strong' : 'name',
      };
    }
  }
  return kept;
}
