import { redactSpans, type SubjectMatcher } from './subject-matcher.ts';

export type Redaction =
  | { readonly outcome: 'redacted'; readonly plaintext: Uint8Array }
  | { readonly outcome: 'unsure'; readonly reason: 'no-span-to-redact' | 'trace-would-remain' | 'not-text' };

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The text of a record: its JSON as text, or the text that it is; undefined for anything else. */
export function recordText(plaintext: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined; // not UTF-8: an image, an archive
  }
}

/** The strings in a record, each searched on its own: an escape in JSON must not hide an identifier. */
export function recordStrings(plaintext: Uint8Array): string[] | undefined {
  const text = recordText(plaintext);
  if (text === undefined) return undefined;
  const parsed = parse(text);
  if (parsed === undefined) return [text];
  const strings: string[] = [];
  visit(parsed, (string) => {
    strings.push(string);
    return string;
  });
  return strings;
}

/**
 * Takes a person's identifiers out of a record that others share, or says that it cannot be done surely, and then a
 * human decides. A top-level `salt` goes too: with it, the commitment in the ledger would confirm a guess of what
 * was taken out.
 */
export function redactRecord(plaintext: Uint8Array, matcher: SubjectMatcher): Redaction {
  const text = recordText(plaintext);
  if (text === undefined || /;base64,/.test(text)) return { outcome: 'unsure', reason: 'not-text' };
  let removed = 0;
  const redact = (string: string) => {
    const spans = matcher.spans(string);
    removed += spans.length;
    return redactSpans(string, spans);
  };
  const parsed = parse(text);
  const result = parsed === undefined ? redact(text) : JSON.stringify(visit(withoutSalt(parsed), redact));
  if (matcher.traceIn(result)) return { outcome: 'unsure', reason: 'trace-would-remain' };
  if (removed === 0) return { outcome: 'unsure', reason: 'no-span-to-redact' };
  return { outcome: 'redacted', plaintext: Buffer.from(result) };
}

/** Only containers: a text that happens to be a number or a quoted word is a text. */
function parse(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // text that begins like JSON
  }
}

function withoutSalt(value: Json): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const { salt: _, ...rest } = value;
  return rest;
}

/** Maps every string value; names and numbers stay (what they could hold, `traceIn` looks for afterwards). */
function visit(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => visit(item, map));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, map)]));
}
