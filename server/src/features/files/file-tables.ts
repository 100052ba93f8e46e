import type { FilePurpose } from '@kulning/sdk';
import type { Generated, Transaction } from 'kysely';

import type { DataClass } from '../../core/placement/facts.ts';

/** Tables of this slice (0011_batches.sql). */
export interface FileTables {
  'kulning.file': {
    row_id: Generated<bigint>;
    organisation_id: string;
    id: string;
    purpose: FilePurpose;
    bytes: bigint;
    data_class: DataClass | null;
    key_id: string;
    created_at: Date;
    expires_at: Date;
  };
}

export type FileTransaction = Transaction<FileTables>;
