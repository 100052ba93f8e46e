import { detectIdentifiers } from '../../platform/vault/identifier-detection.ts';
import type { StoreName } from '../../platform/vault/store-name.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { FoundRecord, Subject } from './privacy-store.ts';
import { recordStrings, redactRecord } from './record-redaction.ts';
import { maskIdentifier, maskOthers } from './subject.ts';
import type { LinkedRow } from './vault-record-store.ts';

const contextLength = 60;
const mostContexts = 3;

/** What a decrypted record has to do with a person; undefined when nothing. */
export function examineRecord(
  { vault, store }: { vault: Vault; store: StoreName },
  row: LinkedRow,
  plaintext: Uint8Array,
  subject: Subject,
): FoundRecord | undefined {
  const own = row.links.filter((link) => subject.indexes.has(link.index));
  const strings = recordStrings(plaintext) ?? [];
  const found = strings
    .map((text) => ({ text, spans: subject.matcher.spans(text) }))
    .filter(({ spans }) => spans.length > 0);
  if (own.length === 0 && found.length === 0) return undefined;

  const isStrong =
    own.some((link) => link.strength === 'strong') ||
    found.some(({ spans }) => spans.some((span) => span.match === 'strong'));
  const others = row.links.filter(
    (link) => !subject.indexes.has(link.index) && (link.strength === 'strong' || link.origin === 'named'),
  );
  const detected = strings.flatMap((text) => detectIdentifiers(text).map(({ identifier }) => identifier));
  const strangers = new Map(
    detected
      .map(
        (identifier) =>
          [vault.blindIndex(subject.organisationId, identifier), maskIdentifier(identifier)] as const,
      )
      .filter(([index]) => !subject.indexes.has(index)),
  );
  const redaction = redactRecord(plaintext, subject.matcher);
  return {
    recordId: row.id,
    store,
    createdAt: row.created_at,
    match: isStrong ? 'strong' : 'name',
    matchedIndexes: subject.parts
      .filter(
        ({ index, matcher }) =>
          own.some((link) => link.index === index) ||
          found.some(({ text }) => matcher.spans(text).length > 0),
      )
      .map(({ index }) => index),
    otherIndexes: [...new Set([...others.map(({ index }) => index), ...strangers.keys()])].sort(),
    otherIdentifiers: [...new Set(strangers.values())].sort(),
    contexts: found
      .flatMap(({ text, spans }) => spans.map((span) => contextOf(text, span)))
      .slice(0, mostContexts)
      .map((text) => maskOthers(text, subject, vault)),
    redaction: redaction.outcome === 'redacted' ? 'possible' : redaction.reason,
  };
}

/** Cut at spaces, so that no half identifier shows unmasked. */
function contextOf(text: string, { start, end }: { start: number; end: number }): string {
  const before = text.slice(Math.max(0, start - contextLength), start);
  const after = text.slice(end, end + contextLength);
  const head = start > contextLength ? `… ${before.replace(/^\S*/, '').trimStart()}` : before;
  const tail = text.length > end + contextLength ? `${after.replace(/\S*$/, '').trimEnd()} …` : after;
  return (head + text.slice(start, end) + tail).replaceAll(/\s+/g, ' ').trim();
}
