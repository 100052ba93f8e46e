import type { Database } from '../../platform/postgres/database.ts';
import type { OpenFile } from '../files/index.ts';
import { type InnerAnswer, type InnerCall, KeyGone } from '../gateway/index.ts';
import { beingErased, createRecordContent, insertVaultRecords } from '../privacy/index.ts';
import { stopBatch } from './batch-claim-store.ts';
import { type BatchesContext, holdingKeys } from './batch-context.ts';
import { customIdIn, isErased, type LineRequest, readLine } from './batch-line.ts';
import { RECORD_DAYS } from './batch-service.ts';
import type { BatchRow, BatchTables, BatchTransaction } from './batch-tables.ts';
import { lineWords } from './batch-words.ts';
import type { InputLines } from './input-lines.ts';
import { resultText, type ResultLine, tokensOf, verdictOf } from './line-answer.ts';
import { endLine, type LineClaim, type LineEnd, lineKey, releaseLine } from './line-store.ts';
import type { ModelGate } from './model-gate.ts';

export interface LineRunDeps extends BatchesContext {
  /** The one way to an engine: a call like any other. */
  readonly ask: (call: InnerCall) => Promise<InnerAnswer>;
  readonly gate: ModelGate;
  readonly lines: InputLines;
}

/** What the next claims of its batch should know. */
export interface LineOutcome {
  /** No line of the batch has room before this many milliseconds. */
  readonly waitMs?: number;
}

/** A line may wait so long for a slot, behind all others, before it is put back. */
const SLOT_WAIT_MS = 300_000;
const DAY_MS = 86_400_000;
/** An erasure under way must not miss what is written now: it is asked again when that is over. */
const ERASURE_WAIT_MS = 2_000;

type Again = Parameters<typeof releaseLine>[2];

interface InputLine {
  readonly file: OpenFile;
  readonly bytes: Buffer;
  /** Undefined where a person was taken out of it. */
  readonly request: LineRequest | undefined;
}

/** Asks one line and keeps what came of it, unless somebody else has taken the line over meanwhile. */
export class LineRun {
  readonly #deps: LineRunDeps;
  readonly #database: Database<BatchTables>;
  readonly #batch: BatchRow;
  readonly #claim: LineClaim;
  readonly #signal: AbortSignal;
  readonly #onModel: (model: string) => void;

  /** @param onModel hears which model the line asks, before it is asked */
  constructor(
    deps: LineRunDeps,
    batch: BatchRow,
    claim: LineClaim,
    given: { readonly signal: AbortSignal; readonly onModel: (model: string) => void },
  ) {
    this.#deps = deps;
    this.#database = deps.database.withTables<BatchTables>();
    this.#batch = batch;
    this.#claim = claim;
    this.#signal = given.signal;
    this.#onModel = given.onModel;
  }

  /** Once an object. @throws what went wrong here; the lease then runs out, and the line is asked again */
  async run(): Promise<LineOutcome> {
    let leave: (() => void) | undefined;
    try {
      for (let model: string | undefined; ;) {
        const line = await this.#read();
        if (!line) return await this.#stop('input_gone');
        if (!line.request) return await this.#keepErased(line);
        if (leave && model === line.request.model) {
          const answer = await this.#ask(line.request);
          leave();
          return await this.#take(answer, line.file, line.request);
        }
        // What was read before a wait may have been erased in it: then it is read again.
        leave?.();
        ({ model } = line.request);
        this.#onModel(model);
        leave = await this.#deps.gate.enter(model, this.#signal);
      }
    } catch (error) {
      if (error instanceof KeyGone) return await this.#stop('key_revoked');
      if (!this.#signal.aborted) throw error;
      await this.#release({ afterMs: 0, broken: false });
      return {};
    } finally {
      leave?.();
    }
  }

  /** The line as the file has it now. Found in order when the batch began: what is unreadable was redacted since. */
  async #read(): Promise<InputLine | undefined> {
    const { files, lines } = this.#deps;
    const file = await files.open(this.#claim.organisationId, this.#batch.input_file_id);
    const bytes = file && (await lines.read(file, this.#claim.line));
    if (!file || !bytes) return undefined;
    const read = isErased(bytes) ? undefined : readLine(bytes, this.#batch.endpoint);
    return { file, bytes, request: read && 'model' in read ? read : undefined };
  }

  #ask({ body }: LineRequest): Promise<InnerAnswer> {
    const { key_id: keyId, endpoint: path, data_class: dataClass, purpose, language } = this.#batch;
    const signal = this.#signal;
    const base = { keyId, path, body, purpose, language, signal };
    return this.#deps.ask({ ...base, dataClass: dataClass ?? undefined, maxWaitMs: SLOT_WAIT_MS });
  }

  async #take(answer: InnerAnswer, file: OpenFile, { customId }: LineRequest): Promise<LineOutcome> {
    const verdict = verdictOf(answer, this.#claim.attempts);
    if (verdict.is === 'again') {
      await this.#release(verdict);
      return verdict.broken ? {} : { waitMs: verdict.afterMs };
    }
    // Of a person who may not be processed now, not even the caller's name for the request is copied.
    const named = isRestricted(answer) ? undefined : customId;
    await this.#keep(file, resultText(lineKey(this.#claim), named, answer), {
      state: verdict.is,
      callId: answer.callId,
      tokens: verdict.is === 'answered' ? tokensOf(answer) : null,
    });
    return {};
  }

  async #keepErased({ file, bytes }: InputLine): Promise<LineOutcome> {
    const customId = customIdIn(bytes);
    const code = 'content_erased';
    const result: ResultLine = {
      id: lineKey(this.#claim),
      ...(customId !== undefined && { custom_id: customId }),
      response: null,
      error: { code, message: lineWords[code][this.#batch.language] },
    };
    await this.#keep(file, JSON.stringify(result), { state: 'failed', callId: null, tokens: null });
    return {};
  }

  /** The result and the line's end commit together, once. */
  async #keep(file: OpenFile, text: string, end: LineEnd): Promise<void> {
    const { vault, blobs, clock } = this.#deps;
    const { organisationId } = this.#claim;
    const id = lineKey(this.#claim);
    await holdingKeys(this.#deps, organisationId, async () => {
      const sealed = await createRecordContent(vault, blobs).seal(organisationId, id, Buffer.from(text));
      const kept = await this.#database.inOrganisation(organisationId, async (trx) => {
        if (await this.#isStale(trx, file)) return false;
        if (!(await endLine(trx, this.#claim, end))) return false;
        const links = vault.links(organisationId, [], text);
        const createdAt = new Date(clock.now());
        const expiresAt = new Date(this.#batch.expires_at.getTime() + RECORD_DAYS * DAY_MS);
        const record = { organisationId, id, store: 'batches', sealed, links, createdAt, expiresAt } as const;
        await insertVaultRecords(trx, [record]);
        return true;
      });
      if (!kept && 'blobDigest' in sealed) await blobs.delete(sealed.blobDigest);
    });
  }

  /** Somebody is being erased, or was since the line was read: what came of it is forgotten, and it is asked again. */
  async #isStale(trx: BatchTransaction, file: OpenFile): Promise<boolean> {
    const { organisationId } = this.#claim;
    const erasing = (await beingErased(trx)).has(organisationId);
    const version = await this.#deps.files.versionIn(trx, organisationId, file.id);
    if (!erasing && version === file.version) return false;
    await releaseLine(trx, this.#claim, { afterMs: ERASURE_WAIT_MS, broken: false });
    return true;
  }

  /** Nothing more of the batch is asked. */
  async #stop(stop: 'input_gone' | 'key_revoked'): Promise<LineOutcome> {
    await this.#database.inOrganisation(this.#claim.organisationId, async (trx) => {
      await stopBatch(trx, this.#batch.id, stop);
      await releaseLine(trx, this.#claim, { afterMs: 0, broken: false });
    });
    return {};
  }

  async #release(again: Again): Promise<void> {
    await this.#database.inOrganisation(this.#claim.organisationId, (trx) =>
      releaseLine(trx, this.#claim, again),
    );
  }
}

function isRestricted({ status, body }: InnerAnswer): boolean {
  return status === 403 && body.includes('subject_restricted');
}
