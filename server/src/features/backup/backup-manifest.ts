import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';
import { z } from 'zod';

import { writeDurably } from './backup-files.ts';
import { backupWords } from './backup-words.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

const manifestSchema = z.strictObject({
  format: z.literal('kulning.backup/v1'),
  createdAt: z.iso.datetime(),
  /** The version of Kulning that made it. */
  release: z.string(),
  /** Null before the instance has one. */
  instanceId: z.string().nullable(),
  schema: z
    .array(
      z.strictObject({ version: z.number().int(), name: z.string(), sha256: digest, release: z.string() }),
    )
    .min(1),
  /** How far each log had come; a later head must be consistent with it. */
  ledger: z.array(z.strictObject({ origin: z.string(), treeSize: count })),
  /** In an order in which each refers only to those before it. `sha256` and `bytes` are of the file as it lies there. */
  tables: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z_][a-z0-9_]*$/),
      columns: z.array(z.string()).min(1),
      rows: count,
      bytes: count,
      sha256: digest,
    }),
  ),
  sequences: z.array(z.strictObject({ name: z.string(), lastValue: z.string().regex(/^-?\d+$/) })),
  blobs: z.array(z.strictObject({ digest: z.string().regex(/^sha256-[0-9a-f]{64}$/), bytes: count })),
});

export type BackupManifest = z.output<typeof manifestSchema>;

const manifestFile = 'backup.json';
const sumFile = 'backup.json.sha256';

export const blobFolder = (folder: string) => join(folder, 'blobs');
export const tableFile = (folder: string, table: string) => join(folder, 'tables', `${table}.copy.gz`);

export function blobFile(folder: string, digest: string): string {
  return join(blobFolder(folder), digest.slice('sha256-'.length, 'sha256-'.length + 2), digest);
}

export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  await writeDurably(join(folder, manifestFile), text);
  await writeDurably(join(folder, sumFile), `${sumOf(text)}  ${manifestFile}\n`);
}

/**
 * Reads the manifest, and nothing else of the backup.
 * @throws KulningError `backup.not_found`, `backup.damaged`, `backup.unknown_format`
 */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, manifestFile), 'utf8').catch((cause: unknown) => {
    throw new KulningError({
      code: 'backup.not_found',
      status: 404,
      text: backupWords.notFound(folder, manifestFile),
      cause,
    });
  });
  const sum = await readFile(join(folder, sumFile), 'utf8').catch(() => '');
  if (sum !== `${sumOf(text)}  ${manifestFile}\n`) throw damaged(manifestFile);
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new KulningError({
    code: 'backup.unknown_format',
    status: 422,
    text: backupWords.unknownFormat(join(folder, manifestFile)),
    cause: parsed.error,
  });
}

/** Reads every byte of the backup and compares. @throws KulningError `backup.damaged` that names the first wrong part */
export async function verifyBackup(folder: string): Promise<BackupManifest> {
  const manifest = await readManifest(folder);
  for (const table of manifest.tables)
    await verifyFile(tableFile(folder, table.name), `table ${table.name}`, table);
  for (const { digest, bytes } of manifest.blobs) {
    const sha256 = digest.slice('sha256-'.length);
    await verifyFile(blobFile(folder, digest), `blob ${digest}`, { bytes, sha256 });
  }
  return manifest;
}

async function verifyFile(
  path: string,
  part: string,
  expected: { bytes: number; sha256: string },
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (cause) {
    throw damaged(part, cause);
  }
  if (bytes !== expected.bytes || hash.digest('hex') !== expected.sha256) throw damaged(part);
}

export function damaged(part: string, cause?: unknown): KulningError {
  return new KulningError({
    code: 'backup.damaged',
    status: 422,
    text: backupWords.damaged(part),
    cause,
  });
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
