import { type BatchEndpoint, KulningError, type Language } from '@kulning/sdk';

import type { DataClass } from '../../core/placement/facts.ts';
import { tightenDataClass } from '../../core/policy/data-class.ts';
import type { Database } from '../../platform/postgres/database.ts';
import {
  createRecordContent,
  insertVaultRecords,
  openUnlessGone,
  type PrivacyTables,
  readVaultRecord,
} from '../privacy/index.ts';
import { batchEvent, type BatchesContext, holdingKeys } from './batch-context.ts';
import { cancelBatch, countLines, insertBatch, pageOfBatches, readBatch } from './batch-store.ts';
import type { BatchRow, BatchTables, BatchTransaction } from './batch-tables.ts';
import { batchWords } from './batch-words.ts';

export interface BatchRequest {
  readonly organisationId: string;
  readonly keyId: string;
  /** Of the key, tightened by the request; the file's may be stricter. */
  readonly dataClass: DataClass | undefined;
  readonly purpose: string;
  readonly language: Language;
  readonly endpoint: BatchEndpoint;
  readonly inputFileId: string;
  /** Hours, as `24h`. */
  readonly completionWindow: string;
  readonly outputSeconds: number | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A batch as callers see it: its row, the counts of now, and what the vault has of it. */
export interface BatchState {
  readonly row: BatchRow;
  readonly total: number;
  readonly answered: number;
  readonly failed: number;
  readonly metadata: Readonly<Record<string, string>>;
}

const HOUR_MS = 3_600_000;
/** Results and metadata of a batch that never ends outlive it by so long. */
export const RECORD_DAYS = 30;

export class BatchService {
  readonly #context: BatchesContext;
  readonly #database: Database<BatchTables & PrivacyTables>;

  constructor(context: BatchesContext) {
    this.#context = context;
    this.#database = context.database.withTables<BatchTables & PrivacyTables>();
  }

  /** @throws KulningError `file.unknown`, `batch.purpose_wrong` */
  async create(request: BatchRequest): Promise<BatchState> {
    const { files, vault, clock, ids, record } = this.#context;
    const { organisationId, metadata, dataClass: asked, completionWindow, outputSeconds, ...rest } = request;
    const file = await files.get(organisationId, request.inputFileId);
    if (file.purpose !== 'batch')
      throw new KulningError({
        code: 'batch.purpose_wrong',
        status: 400,
        path: 'input_file_id',
        text: batchWords.purposeWrong,
      });
    const now = clock.now();
    const createdAt = new Date(now);
    const expiresAt = new Date(now + Number.parseInt(completionWindow, 10) * HOUR_MS);
    const dataClass = tightenDataClass(file.dataClass ?? undefined, asked) ?? null;
    const id = ids.next('batch');
    const text = JSON.stringify({ metadata });
    const inserting = async (trx: BatchTransaction) => {
      const row = await insertBatch(trx, {
        ...rest,
        organisationId,
        id,
        dataClass,
        completionWindow,
        outputSeconds: outputSeconds ?? null,
        createdAt,
        expiresAt,
      });
      await insertVaultRecords(trx, [
        {
          organisationId,
          id,
          store: 'batches',
          sealed: vault.seal(organisationId, id, Buffer.from(text)),
          links: vault.links(organisationId, [], text),
          createdAt,
          expiresAt: new Date(expiresAt.getTime() + RECORD_DAYS * 24 * HOUR_MS),
        },
      ]);
      const { inputFileId: input, endpoint, purpose, keyId: key } = request;
      const body = { input, endpoint, purpose, key, class: dataClass, window: completionWindow };
      await record(trx, batchEvent('batch.created', row, now, body));
      return { row, total: 0, answered: 0, failed: 0, metadata };
    };
    return await holdingKeys(this.#context, organisationId, () =>
      this.#database.inOrganisation(organisationId, inserting),
    );
  }

  /** @throws KulningError `batch.unknown` */
  async get(organisationId: string, id: string): Promise<BatchState> {
    await this.#context.vault.load(organisationId);
    return await this.#database.inOrganisation(organisationId, async (trx) => {
      const row = await readBatch(trx, organisationId, id);
      if (!row) throw unknownBatch(id);
      return await this.#stateOf(trx, organisationId, row);
    });
  }

  /** Newest first. @throws KulningError `page.cursor_wrong` */
  async list(
    organisationId: string,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<{ batches: BatchState[]; more: boolean }> {
    await this.#context.vault.load(organisationId);
    return await this.#database.inOrganisation(organisationId, async (trx) => {
      const found = await pageOfBatches(trx, organisationId, page);
      if (!found)
        throw new KulningError({
          code: 'page.cursor_wrong',
          status: 400,
          path: 'after',
          text: batchWords.cursorWrong,
        });
      const batches: BatchState[] = [];
      for (const row of found.batches) batches.push(await this.#stateOf(trx, organisationId, row));
      return { batches, more: found.more };
    });
  }

  /** From here on nothing more is asked; what is being asked is hung up on. @throws KulningError `batch.unknown`, `batch.ended` */
  async cancel(organisationId: string, id: string): Promise<BatchState> {
    const { clock, record, vault } = this.#context;
    await vault.load(organisationId);
    return await this.#database.inOrganisation(organisationId, async (trx) => {
      const before = await readBatch(trx, organisationId, id);
      if (!before) throw unknownBatch(id);
      const row = await cancelBatch(trx, organisationId, id);
      if (!row)
        throw new KulningError({
          code: 'batch.ended',
          status: 409,
          text: batchWords.ended(before.state),
        });
      if (before.state !== 'cancelling')
        await record(trx, batchEvent('batch.cancelling', row, clock.now(), {}));
      return await this.#stateOf(trx, organisationId, row);
    });
  }

  async #stateOf(trx: BatchTransaction, organisationId: string, row: BatchRow): Promise<BatchState> {
    const counts =
      row.answered !== null && row.failed !== null
        ? { answered: row.answered, failed: row.failed }
        : (await countLines(trx, organisationId, [row.id])).get(row.id);
    const metadata = await this.#metadataOf(trx as never, row);
    return { row, total: row.total ?? 0, answered: 0, failed: 0, ...counts, metadata };
  }

  /** Empty where there was none, or where it was erased. */
  async #metadataOf(
    trx: Parameters<typeof readVaultRecord>[0],
    { organisation_id: organisationId, id }: BatchRow,
  ): Promise<BatchState['metadata']> {
    const { vault, blobs } = this.#context;
    const record = await readVaultRecord(trx, organisationId, id);
    const bytes = record && (await openUnlessGone(() => createRecordContent(vault, blobs).open(record)));
    if (!bytes) return {};
    return (JSON.parse(Buffer.from(bytes).toString()) as { metadata: Record<string, string> }).metadata;
  }
}

function unknownBatch(id: string): KulningError {
  return new KulningError({ code: 'batch.unknown', status: 404, text: batchWords.unknown(id.slice(0, 80)) });
}
