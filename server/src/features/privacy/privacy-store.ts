import type { Language, Localized, PlannedRecord, ResidualCopy, Unverifiable } from '@kulning/sdk';

import type { StoreName } from '../../platform/vault/store-name.ts';
import type { SubjectMatcher } from './subject-matcher.ts';

export type { Language } from '@kulning/sdk';

/** A natural person as searched for. Lives in memory during a request or a step of an erasure, never in a log. */
export interface Subject {
  readonly organisationId: string;
  /** As given. */
  readonly identifiers: readonly string[];
  /** Their blind indexes in this organisation. */
  readonly indexes: ReadonlySet<string>;
  readonly matcher: SubjectMatcher;
  /** The same for each identifier alone, in order. */
  readonly parts: readonly { readonly index: string; readonly matcher: SubjectMatcher }[];
}

/** A record that holds, or may hold, the person's data. */
export interface FoundRecord {
  readonly recordId: string;
  readonly store: StoreName;
  readonly createdAt: Date;
  /** `name`: found by a name alone; perhaps a namesake's. */
  readonly match: 'strong' | 'name';
  /** Blind indexes of the person's identifiers that led to it. */
  readonly matchedIndexes: readonly string[];
  /** Blind indexes of other people's identifiers in it: it is shared. */
  readonly otherIndexes: readonly string[];
  /** The same, masked, for a human who must tell two people apart. */
  readonly otherIdentifiers: readonly string[];
  /** Words around the place, other identifiers masked. */
  readonly contexts: readonly string[];
  /** Whether the person could be taken out of it surely. */
  readonly redaction: 'possible' | 'no-span-to-redact' | 'trace-would-remain' | 'not-text';
}

export interface ExportedRecord {
  readonly recordId: string;
  readonly store: StoreName;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Others are in it too: their identifiers are masked, and a human should read it before it is handed over. */
  readonly shared: boolean;
  readonly content: unknown;
}

export interface ReadBack {
  readonly readBack: 'gone' | 'unreadable' | 'pending' | 'residual' | 'not-verifiable' | 'found';
  /** One sentence: what was read, and what it showed. No content. */
  readonly evidence: Localized<string>;
}

export interface Outlook {
  /** Copies that stay for a while and cannot be read any more. */
  readonly residualCopies: readonly InWords<ResidualCopy>[];
  readonly notVerifiable: readonly InWords<Unverifiable>[];
  /** What else an erasure brings about there, a sentence each. */
  readonly consequences?: readonly Localized<string>[];
}

/** What a person reads of a thing, in each language; times and the like as they are. */
export type InWords<T> = Omit<T, Prose> & { readonly [Name in keyof T & Prose]: Localized<string> };

type Prose = 'where' | 'description' | 'what' | 'why';

/**
 * Anything that can hold a person's data: a kind of vault record, files, backups, a remote engine. Every method may
 * be repeated after a crash. What is registered is what an erasure covers, so every store must be.
 */
export interface PrivacyStore {
  readonly name: StoreName;
  describe(language: Language): string;
  /** How it erases, in words for the certificate. */
  readonly method: Localized<string>;
  find(subject: Subject): Promise<FoundRecord[]>;
  export(subject: Subject, recordIds: ReadonlySet<string>): Promise<ExportedRecord[]>;
  /** Does what the plan says to its own records. @returns those that it could not do surely after all */
  erase(subject: Subject, plan: readonly PlannedRecord[]): Promise<{ pending: string[] }>;
  /** Reads, rather than trusts what `erase` did. Called while the person is still known, before the old key dies. */
  verify(subject: Subject, plan: readonly PlannedRecord[], pending: ReadonlySet<string>): Promise<ReadBack>;
  /** What will be left, whoever is erased. */
  outlook(organisationId: string): Promise<Outlook>;
}

/** Each name once; a missing one would be a hole in every erasure. */
export function registerStores(
  stores: readonly PrivacyStore[],
  required: readonly StoreName[],
): readonly PrivacyStore[] {
  const names = stores.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new TypeError(`two stores are registered as ${twice}`);
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new TypeError(`columns hold content of store ${missing}, and no such store is registered`);
  return stores;
}
