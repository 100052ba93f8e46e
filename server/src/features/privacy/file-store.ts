import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { asSaid, inEachLanguage, type Localized } from '@kulning/sdk';

import type { StoreName } from '../../platform/vault/store-name.ts';
import { certificateWords } from './erasure-words.ts';
import type { PrivacyStore, ReadBack, Subject } from './privacy-store.ts';

export interface FileStoreOptions {
  readonly name: StoreName;
  readonly description: Localized<string>;
  /** Folders whose every byte is read; undefined when they are on another machine (your own PostgreSQL). */
  readonly folders: readonly string[] | undefined;
}

/**
 * Files that must not hold a person's data in clear: PostgreSQL's tables, indexes and WAL, logs, the spool, blobs.
 * There is nothing to erase in them; reading them back byte by byte is what shows it.
 */
export function createFileStore(options: FileStoreOptions): PrivacyStore {
  return {
    name: options.name,
    method: certificateWords.filesMethod,
    describe: (language) => options.description[language],
    find: async () => [],
    export: async () => [],
    erase: async () => ({ pending: [] }),
    verify: (subject) => scanFolders(options, subject),
    outlook: async () => ({
      residualCopies: [],
      notVerifiable:
        options.folders === undefined
          ? [{ what: options.description, why: certificateWords.filesElsewhereWhy }]
          : [],
    }),
  };
}

async function scanFolders({ folders }: FileStoreOptions, subject: Subject): Promise<ReadBack> {
  if (folders === undefined) return { readBack: 'not-verifiable', evidence: certificateWords.filesElsewhere };
  const patterns = bytePatterns(subject.identifiers);
  const hits: string[] = [];
  let [files, bytes, unread] = [0, 0, 0];
  for (const folder of folders) {
    for await (const path of filesIn(folder)) {
      const scanned = await scanFile(path, patterns).catch(() => undefined); // gone or not ours to read: counted
      if (scanned === undefined) unread++;
      else {
        files++;
        bytes += scanned.bytes;
        if (scanned.hit) hits.push(relative(folder, path));
      }
    }
  }
  const read =
    hits.length > 0
      ? certificateWords.foundIn(files, bytes, hits.slice(0, 5).join(', '))
      : certificateWords.foundNowhere(files, bytes);
  const rest = unread > 0 ? certificateWords.unread(unread) : asSaid('');
  const evidence = inEachLanguage((language) => read[language] + rest[language]);
  if (hits.length > 0) return { readBack: 'found', evidence };
  return { readBack: unread > 0 && files === 0 ? 'not-verifiable' : 'gone', evidence };
}

/** As typed, lower and upper case, composed and decomposed, in UTF-8; and UTF-16 as Windows tools would write it. */
function bytePatterns(identifiers: readonly string[]): Buffer[] {
  const spellings = identifiers.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()]);
  const forms = new Set(spellings.flatMap((text) => [text.normalize('NFC'), text.normalize('NFD')]));
  return [...forms].flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')]);
}

/** Reads a file once, in pieces that overlap by the longest pattern. */
async function scanFile(path: string, patterns: readonly Buffer[]): Promise<{ bytes: number; hit: boolean }> {
  const overlap = Math.max(...patterns.map(({ length }) => length)) - 1;
  let tail = Buffer.alloc(0);
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    bytes += piece.length;
    const window = Buffer.concat([tail, piece]);
    if (patterns.some((pattern) => window.includes(pattern))) return { bytes, hit: true };
    tail = window.subarray(Math.max(0, window.length - overlap));
  }
  return { bytes, hit: false };
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // not there (yet): nothing in it
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}
