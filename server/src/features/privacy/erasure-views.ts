import { type Erasure, inEachLanguage, KulningError, type Localized, type Notice } from '@kulning/sdk';

import { keptWords } from '../../platform/kept-words.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { stepSummary } from './erasure-certificate.ts';
import {
  type ErasureKey,
  type ErasureRow,
  type ErasureStepRow,
  lastCompletedAt,
  listErasures,
  readErasure,
  readSteps,
} from './erasure-store.ts';
import { erasureWords } from './erasure-words.ts';
import type { Language, PrivacyStore } from './privacy-store.ts';
import type { PrivacyTables } from './privacy-tables.ts';

export interface ErasureViewsOptions {
  readonly database: Database;
  readonly stores: readonly PrivacyStore[];
  /** The receipt of a ledger entry by the id of its event; undefined until there is one. */
  readonly receiptOf: (organisationId: string, eventId: string) => Promise<unknown>;
}

export interface ErasureViews {
  list(
    organisationId: string,
    page: { before?: string | undefined; limit: number },
    language: Language,
  ): Promise<{ items: Erasure[]; next?: string }>;
  get(key: ErasureKey, language: Language): Promise<Erasure>;
  /** When the last erasure of any organisation was completed; undefined: none was. */
  lastCompletedAt(): Promise<Date | undefined>;
  /** The file: certificate, the salt of its commitment, the leaf and its receipt. @throws `erasure.not_completed` */
  certificate(key: ErasureKey): Promise<string>;
}

export function createErasureViews({ stores, receiptOf, ...options }: ErasureViewsOptions): ErasureViews {
  const database = options.database.withTables<PrivacyTables>();
  const read = async (key: ErasureKey) => {
    const found = await database.inOrganisation(key.organisationId, async (trx) => {
      const row = await readErasure(trx, key);
      return row && { row, steps: await readSteps(trx, key) };
    });
    if (found !== undefined) return found;
    throw new KulningError({
      code: 'erasure.not_found',
      status: 404,
      text: erasureWords.notFound,
    });
  };

  return {
    async list(organisationId, page, language) {
      const found = await database.inOrganisation(organisationId, async (trx) => {
        const rows = await listErasures(trx, organisationId, page);
        return Promise.all(
          rows.map(async (row) => ({
            row,
            steps: await readSteps(trx, { organisationId, erasureId: row.id }),
          })),
        );
      });
      const items = found.map(({ row, steps }) => toErasure(row, steps, stores, language));
      const next = items.length === page.limit ? items.at(-1)?.id : undefined;
      return { items, ...(next !== undefined && { next }) };
    },
    async get(key, language) {
      const { row, steps } = await read(key);
      return toErasure(row, steps, stores, language);
    },
    lastCompletedAt: () => database.inInstance('last erasure', lastCompletedAt),
    async certificate(key) {
      const { row } = await read(key);
      if (row.certificate === null || row.certificate_salt === null || row.ledger_leaf === null) {
        throw new KulningError({
          code: 'erasure.not_completed',
          status: 409,
          text: notCompleted(row),
          retryable: true,
        });
      }
      return JSON.stringify(
        {
          format: 'kulning.erasure-certificate-file/v1',
          certificate: row.certificate,
          salt: row.certificate_salt.toString('base64'),
          leaf: row.ledger_leaf.toString('base64'),
          receipt: (await receiptOf(key.organisationId, key.erasureId)) ?? null,
        },
        null,
        2,
      );
    },
  };
}

function notCompleted({ state, waiting_for: waitingFor }: ErasureRow): Localized<Notice> {
  const words = erasureWords.notCompleted(state);
  if (waitingFor === null) return words;
  return inEachLanguage((language) => ({ ...words[language], hint: keptWords(waitingFor)[language] }));
}

function toErasure(
  row: ErasureRow,
  steps: readonly ErasureStepRow[],
  stores: readonly PrivacyStore[],
  language: Language,
): Erasure {
  const summaries = steps.map((step) => stepSummary(step, stores, language));
  return {
    id: row.id,
    state: row.state,
    waitingFor: row.waiting_for === null ? null : keptWords(row.waiting_for)[language],
    requestedAt: row.requested_at.toISOString(),
    completedAt: row.completed_at?.toISOString() ?? null,
    steps: summaries,
    pendingRecords: summaries.reduce((sum, { pending }) => sum + pending.length, 0),
    ledgerEventId: row.completed_at === null ? null : row.id,
  };
}
