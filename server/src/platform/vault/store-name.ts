/** The stores that can hold a person's data. A new one is added here, and erasure asks for its registration. */
export const storeNames = [
  'accounts',
  'backups',
  'batches',
  'blobs',
  'cache',
  'calls',
  'engines',
  'erasures',
  'files',
  'log',
  'postgres-files',
  'prompts',
  'sample',
  'spool',
] as const;

export type StoreName = (typeof storeNames)[number];
