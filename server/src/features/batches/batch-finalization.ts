import type { Database } from '../../platform/postgres/database.ts';
import { expiryOf, type FileDraft, type FileLine, linesOf } from '../files/index.ts';
import {
  beingErased,
  createRecordContent,
  deleteRecords,
  openUnlessGone,
  pageOfRecords,
  type PrivacyTables,
} from '../privacy/index.ts';
import { type BatchClaim, type BatchEnd, endBatch, lockClaim } from './batch-claim-store.ts';
import { batchEvent, type BatchesContext } from './batch-context.ts';
import { type BatchFault, customIdIn } from './batch-line.ts';
import type { BatchRow, BatchStop, BatchTables } from './batch-tables.ts';
import { type LineError, lineWords } from './batch-words.ts';
import { type ResultLine, sumOf } from './line-answer.ts';
import { type EndedLine, lineKey, pageOfLines } from './line-store.ts';

const PAGE_LINES = 200;

const endings: Readonly<Record<BatchStop, BatchEnd['state']>> = {
  cancelled: 'cancelled',
  expired: 'expired',
  key_revoked: 'failed',
  input_gone: 'failed',
};

/** Why a line that was left has no answer. */
const leftBecause: Readonly<Record<BatchStop, LineError>> = {
  cancelled: 'batch_cancelled',
  expired: 'batch_expired',
  key_revoked: 'key_revoked',
  input_gone: 'input_gone',
};

export interface FinalizationDeps extends BatchesContext {
  /** Days that the organisation keeps calls; undefined: none. Its files stay no longer than that. */
  readonly retentionDays: (organisationId: string) => number | undefined;
}

/** Somebody is being erased: what would be copied now could escape. The batch is finalized when that is over. */
class ErasureUnderWay extends Error {
  override readonly name = 'ErasureUnderWay';
}

/** Writes output and error file, and ends the batch in the same transaction: its lines and their results are in them now. */
export class BatchFinalization {
  readonly #deps: FinalizationDeps;
  readonly #database: Database<BatchTables & PrivacyTables>;
  readonly #claim: BatchClaim;
  readonly #batch: BatchRow;
  readonly #signal: AbortSignal;
  readonly #tokens: (readonly number[] | null)[] = [];
  readonly #blobs = new Set<string>();
  readonly #lines: number[] = [];
  #answered = 0;
  #failed = 0;

  constructor(deps: FinalizationDeps, claim: BatchClaim, signal: AbortSignal) {
    this.#deps = deps;
    this.#database = deps.database.withTables<BatchTables & PrivacyTables>();
    this.#claim = claim;
    this.#batch = claim.batch;
    this.#signal = signal;
  }

  /** Once an object. @throws the signal's reason */
  async run(): Promise<void> {
    const { files, blobs } = this.#deps;
    const { organisation_id: organisationId } = this.#batch;
    try {
      const output = { content: this.#output(), subjects: [] };
      await files.draft(organisationId, output, async (answers) => {
        const errors = { content: this.#errors(), subjects: [] };
        await files.draft(organisationId, errors, (failures) => this.#end(answers, failures));
      });
    } catch (error) {
      if (error instanceof ErasureUnderWay) return;
      throw error;
    }
    // After the commit: a crash in between leaves noise without a key, which the sweep of orphans takes.
    for (const digest of this.#blobs) await blobs.delete(digest);
  }

  async *#output(): AsyncGenerator<Buffer> {
    for await (const { state, line, tokens, result } of this.#results(['answered'])) {
      if (state !== 'answered' || result === undefined) continue;
      this.#answered++;
      this.#tokens.push(tokens);
      this.#lines.push(line);
      yield Buffer.from(`${result}\n`);
    }
  }

  /** What failed, what was left, and answers that were erased since; each with the name that the caller gave it. */
  async *#errors(): AsyncGenerator<Buffer> {
    const names = new CustomIds(await this.#input());
    const answered = new Set(this.#lines);
    for await (const { line, state, result } of this.#results(['answered', 'failed', 'left'])) {
      if (answered.has(line)) continue;
      this.#lines.push(line);
      const failure = result === undefined ? this.#without(line, state) : (JSON.parse(result) as ResultLine);
      const customId = failure.custom_id ?? (await names.of(line));
      // Of a request whose input is gone and that was not asked, not even the name is left.
      if (customId === undefined) continue;
      const { id, ...rest } = failure;
      yield Buffer.from(`${JSON.stringify({ id, custom_id: customId, ...rest })}\n`);
    }
    this.#failed = (this.#batch.total ?? 0) - this.#answered;
  }

  /** A line without a result: it was left, or what came of it was erased. */
  #without(line: number, state: EndedLine['state']): ResultLine {
    const { id, stop, language } = this.#batch;
    const code = state === 'left' && stop !== null ? leftBecause[stop] : 'content_erased';
    const error = { code, message: lineWords[code][language] };
    return { id: lineKey({ batchId: id, line }), response: null, error };
  }

  /** Lines in order, with their results as text where there are any. */
  async *#results(
    states: readonly EndedLine['state'][],
  ): AsyncGenerator<EndedLine & { result: string | undefined }> {
    const { organisation_id: organisationId, id: batchId } = this.#batch;
    for (let after = 0; ;) {
      this.#signal.throwIfAborted();
      const lines = await this.#database.inOrganisation(organisationId, (trx) =>
        pageOfLines(trx, this.#batch, after, PAGE_LINES),
      );
      const wanted = lines.filter(({ state }) => states.includes(state));
      const results = await this.#resultsOf(wanted.map(({ line }) => lineKey({ batchId, line })));
      for (const line of wanted)
        yield { ...line, result: results.get(lineKey({ batchId, line: line.line })) };
      if (lines.length < PAGE_LINES) return;
      after = lines.at(-1)?.line ?? after;
    }
  }

  async #resultsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { vault, blobs } = this.#deps;
    const { organisation_id: organisationId } = this.#batch;
    const content = createRecordContent(vault, blobs);
    const rows = await this.#database.inOrganisation(organisationId, (trx) =>
      pageOfRecords(trx, { organisationId, store: 'batches', after: '', limit: PAGE_LINES, ids }),
    );
    const results = new Map<string, string>();
    for (const row of rows) {
      const bytes = await openUnlessGone(() => content.open(row));
      if (bytes) results.set(row.id, Buffer.from(bytes).toString());
      if (row.blob_digest !== null) this.#blobs.add(row.blob_digest);
    }
    return results;
  }

  async #input(): Promise<AsyncGenerator<FileLine> | undefined> {
    const file = await this.#deps.files.open(this.#batch.organisation_id, this.#batch.input_file_id);
    return file && linesOf(file.read());
  }

  async #end(answers: FileDraft, failures: FileDraft): Promise<void> {
    const { record, clock, retentionDays } = this.#deps;
    const { organisation_id: organisationId, id, key_id: keyId, data_class: dataClass, stop } = this.#batch;
    const seconds = this.#batch.output_seconds ?? undefined;
    const expiresAt = expiryOf('batch_output', clock.now(), seconds, retentionDays(organisationId));
    const facts = { purpose: 'batch_output', dataClass, keyId, expiresAt } as const;
    const faults: BatchFault[] =
      stop === 'key_revoked' || stop === 'input_gone' ? [{ code: stop, line: null, param: null }] : [];
    await this.#database.inOrganisation(organisationId, async (trx) => {
      if (!(await lockClaim(trx, this.#claim))) throw new DOMException('the claim is lost', 'AbortError');
      if ((await beingErased(trx)).has(organisationId)) throw new ErasureUnderWay();
      // A file without a line is none: the caller is told so by its absence.
      const publish = async (draft: FileDraft, kind: string) =>
        draft.bytes === 0
          ? null
          : (await draft.publish(trx, { ...facts, filename: `${id}_${kind}.jsonl` })).id;
      const end: BatchEnd = {
        state: stop === null ? 'completed' : endings[stop],
        faults,
        answered: this.#answered,
        failed: this.#failed,
        usage: sumOf(this.#tokens),
        outputFileId: await publish(answers, 'output'),
        errorFileId: await publish(failures, 'error'),
      };
      await deleteRecords(
        trx,
        organisationId,
        this.#lines.map((line) => lineKey({ batchId: id, line })),
      );
      await endBatch(trx, this.#batch, end);
      const { state: status, answered, failed, outputFileId: output, errorFileId: errors } = end;
      const body = { status, requests: this.#batch.total ?? 0, answered, failed, output, errors };
      await record(trx, batchEvent('batch.ended', this.#batch, clock.now(), body));
    });
  }
}

/** The names that the caller gave to requests, read along with the lines. */
class CustomIds {
  readonly #input: AsyncIterator<FileLine> | undefined;
  #at: FileLine | undefined;

  constructor(input: AsyncGenerator<FileLine> | undefined) {
    this.#input = input;
  }

  /** In rising order. Undefined where the input, or its name, is gone. */
  async of(line: number): Promise<string | undefined> {
    while (this.#input && (this.#at?.number ?? 0) < line) {
      const next = await this.#input.next();
      if (next.done === true) return undefined;
      this.#at = next.value;
    }
    if (this.#at?.number !== line) return undefined;
    return customIdIn(this.#at.bytes);
  }
}
