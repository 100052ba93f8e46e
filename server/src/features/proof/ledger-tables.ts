import type { Generated } from 'kysely';

import type { WitnessState } from '@kulning/sdk';

/** Tables of this slice (0004_ledger.sql). */
export interface LedgerTables {
  'kulning.ledger_log': {
    id: Generated<bigint>;
    origin: string;
    opened_at: Date;
    closed_at: Date | null;
    abandoned: Generated<boolean>;
    pseudonym_secret: Uint8Array;
  };
  'kulning.ledger_outbox': {
    id: Generated<bigint>;
    event_id: string | null;
    organisation_id: string | null;
    kind: string;
    at: string;
    leaf: Uint8Array;
    created_at: Generated<Date>;
  };
  'kulning.ledger_entry': {
    log_id: bigint;
    index: bigint;
    event_id: string | null;
    organisation_id: string | null;
    kind: string;
    at: string;
    leaf: Uint8Array;
  };
  'kulning.ledger_tile': { log_id: bigint; level: number; index: bigint; hashes: Uint8Array };
  'kulning.ledger_checkpoint': { log_id: bigint; size: bigint; note: string; signed_at: Date };
  'kulning.ledger_cosignature': {
    log_id: bigint;
    size: bigint;
    witness_name: string;
    lines: string;
    vkeys: string[];
    cosigned_at: Date;
  };
  'kulning.witness': {
    name: string;
    url: string;
    vkeys: string[];
    state: Generated<WitnessState>;
    detail: string | null;
    added_at: Date;
  };
}
