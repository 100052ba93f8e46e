import { detectIdentifiers } from '../../platform/vault/identifier-detection.ts';
import { type Identifier, normaliseIdentifier } from '../../platform/vault/identifier.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { Subject } from './privacy-store.ts';
import { createSubjectMatcher } from './subject-matcher.ts';

export function createSubject(vault: Vault, organisationId: string, identifiers: readonly string[]): Subject {
  const parts = identifiers.map((identifier) => ({
    index: vault.blindIndex(organisationId, identifier),
    matcher: createSubjectMatcher([identifier]),
  }));
  return {
    organisationId,
    identifiers,
    indexes: new Set(parts.map(({ index }) => index)),
    matcher: createSubjectMatcher(identifiers),
    parts,
  };
}

/** Enough for a human who knows the identifier to recognise it, too little to learn it: `a•••@e•••.se`, `•••67`. */
export function maskIdentifier({ kind, value }: Identifier): string {
  if (kind === 'email') {
    const at = value.lastIndexOf('@');
    return `${value[0]}•••@${value[at + 1]}•••${value.slice(value.lastIndexOf('.'))}`;
  }
  if (kind === 'name')
    return value
      .split(' ')
      .map((word) => `${word[0]?.toUpperCase()}•••`)
      .join(' ');
  return kind === 'id' ? `${value[0]}•••${value.slice(-1)}` : `•••${value.slice(-2)}`;
}

/** The text with each identifier that is not the person's masked. */
export function maskOthers(text: string, subject: Subject, vault: Vault): string {
  let result = '';
  let from = 0;
  for (const { identifier, start, end } of detectIdentifiers(text)) {
    if (subject.indexes.has(vault.blindIndex(subject.organisationId, identifier))) continue;
    result += text.slice(from, start) + maskIdentifier(identifier);
    from = end;
  }
  return result + text.slice(from);
}

/** The identifiers once each, in normal form, for a commitment that depends on the person and not on the spelling. */
export function canonicalIdentifiers(identifiers: readonly string[]): string[] {
  const spellings = identifiers.map(normaliseIdentifier).map(({ kind, value }) => `${kind}:${value}`);
  return [...new Set(spellings)].sort();
}
