import { join } from 'node:path';

import { asSaid } from '@kulning/sdk';

import type { Ground } from './compose.ts';
import type { BackupFeature } from './features/backup/index.ts';
import { createFilePrivacy } from './features/files/index.ts';
import {
  certificateWords as words,
  consequenceForBackups,
  createCopiesStore,
  createFileStore,
  createVaultStore,
  type PrivacyStore,
  storeDescriptions,
} from './features/privacy/index.ts';

/** Stores whose content lies in the vault, record by record. */
const vaultStores = ['calls', 'batches', 'cache', 'prompts', 'sample'] as const;

/** Every place of this instance that can hold a person's data: what an erasure covers, in the order of its certificate. */
export function composeStores(
  ground: Ground,
  backup: BackupFeature,
  accounts: readonly PrivacyStore[],
): PrivacyStore[] {
  const { config, folders, database, vault, blobs } = ground;
  const files = (name: 'postgres-files' | 'log' | 'spool' | 'blobs', folder: string | undefined) =>
    createFileStore({
      name,
      description: storeDescriptions[name],
      folders: folder === undefined ? undefined : [folder],
    });
  return [
    ...vaultStores.map((name) =>
      createVaultStore({ name, description: storeDescriptions[name], database, vault, blobs }),
    ),
    createFilePrivacy({ database, vault, blobs }),
    ...accounts,
    files(
      'postgres-files',
      config.database.url === undefined || isEmbedded(ground) ? join(config.home, 'postgres') : undefined,
    ),
    files('log', folders.log),
    files('spool', folders.spool),
    files('blobs', folders.blobs),
    createCopiesStore({
      name: 'backups',
      description: storeDescriptions.backups,
      method: words.backupsMethod,
      copies: async () =>
        (await backup.service.list()).map(({ name, createdAt, expiresAt }) => ({
          where: words.backup(name),
          description: words.madeAt(createdAt),
          expiresAt,
        })),
      consequence: consequenceForBackups,
      notVerifiable: () =>
        Promise.resolve([
          {
            what: words.backupCopies,
            why: words.backupCopiesWhy,
          },
        ]),
    }),
    createCopiesStore({
      name: 'engines',
      description: storeDescriptions.engines,
      method: words.enginesMethod,
      copies: () => Promise.resolve([]),
      notVerifiable: async () => remoteEngines(ground),
    }),
  ];
}

/** The supervisor hands its own server's address on; its data lies in this home. */
function isEmbedded({ config, databaseUrl }: Ground): boolean {
  return (
    databaseUrl.includes(encodeURIComponent(join(config.home, 'run'))) ||
    databaseUrl.includes(join(config.home, 'run'))
  );
}

async function remoteEngines({ models, database }: Ground) {
  const endpoints = await database.inInstance('remote engines', (trx) => models.endpoints(trx));
  return [...endpoints.values()].flatMap(({ kind, origin }) =>
    kind === 'openai-http' && 'url' in origin
      ? [
          {
            what: asSaid(origin.url),
            why: words.enginesWhy,
          },
        ]
      : [],
  );
}
