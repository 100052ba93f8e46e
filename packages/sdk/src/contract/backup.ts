import { z } from 'zod';

import { op } from './operation.ts';

export const backupSchema = z.object({
  /** Its folder, below the instance's folder for backups. */
  name: z.string(),
  createdAt: z.iso.datetime(),
  /** When Kulning removes it, though never the newest one; null: it stays until somebody removes it. */
  expiresAt: z.iso.datetime().nullable(),
  /** The version of Kulning that made it. */
  version: z.string(),
  /** As it lies on disk. */
  bytes: z.number().int(),
  rows: z.number().int(),
  blobs: z.number().int(),
  /** How far each log of the ledger had come. */
  ledger: z.array(z.object({ origin: z.string(), treeSize: z.number().int() })),
});

export type Backup = z.output<typeof backupSchema>;

export const backupOperations = {
  create: op({
    id: 'backup.create',
    method: 'POST',
    path: '/api/v1/backups',
    summary: 'Back up database and blobs, never keys, while the instance serves',
    scope: 'instance:write',
    result: backupSchema,
  }),
  list: op({
    id: 'backup.list',
    method: 'GET',
    path: '/api/v1/backups',
    summary: 'The backups in the folder of this instance, newest first',
    scope: 'instance:read',
    result: z.object({ items: z.array(backupSchema) }),
  }),
};
