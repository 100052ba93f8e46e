import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

/** Leaves carry identifiers and salted commitments alone (DESIGN §3.4). */
export const columns: ColumnDeclarations = {
  'kulning.ledger_log': { identifier: ['origin'], metadata: ['pseudonym_secret'] },
  'kulning.ledger_outbox': { identifier: ['event_id', 'organisation_id'], metadata: ['kind', 'leaf', 'at'] },
  'kulning.ledger_entry': { identifier: ['event_id', 'organisation_id'], metadata: ['kind', 'leaf', 'at'] },
  'kulning.ledger_tile': { metadata: ['hashes'] },
  'kulning.ledger_checkpoint': { metadata: ['note'] },
  'kulning.ledger_cosignature': { identifier: ['witness_name'], metadata: ['lines', 'vkeys'] },
  'kulning.witness': { metadata: ['name', 'url', 'vkeys', 'state', 'detail'] },
};
