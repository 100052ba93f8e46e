import type { Database } from '../../platform/postgres/database.ts';
import type { OpenFile } from '../files/index.ts';
import { type InnerAnswer, type InnerCall, KeyGone } from '../gateway/index.ts';
import { beingErased, createRecordContent, insertVaultRecords, type RecordContent } from '../privacy/index.ts';
import { stopBatch } from './batch-claim-store.ts';
import { type BatchesContext, holdingKeys } from './batch-context.ts';
import { customIdIn, isErased, type LineRequest, readLine } from './batch-line.ts';
import { RECORD_DAYS } from './batch-service.ts';
import type { BatchRow, BatchTables } from './batch-tables.ts';
import { type LineError, lineWords } from './batch-words.ts';
import type { InputLines } from './input-lines.ts';
import { resultText, type ResultLine, tokensOf, verdictOf } from './line-answer.ts';
import { endLine, type LineClaim, type LineEnd, lineKey, releaseLine } from './line-store.ts';
import type { ModelGate } from './model-gate.ts';

export interface LineRunnerDeps extends BatchesContext {
  /** The one way to an engine: a call like any other. */
  readonly ask: (call: InnerCall) => Promise<InnerAnswer>;
  readonly gate: ModelGate;
  readonly lines: InputLines;
}

/** What the next claims of its batch should know. */
export interface LineOutcome {
  readonly model?: string;
  /** No line of the batch has room before this many milliseconds. */
  readonly waitMs?: number;
}

/** A line may wait so long for a slot, behind all others, before it is put back. */
const SLOT_WAIT_MS = 300_000;
const DAY_MS = 86_400_000;
/** An erasure under way must not miss what is written now: it is asked again when that is over. */
const ERASURE_WAIT_MS = 2_000;

/** Asks one line and keeps what came of it, unless somebody else has taken the line over meanwhile. */
export class LineRunner {
  readonly #deps: LineRunnerDeps;
  readonly #database: Database<BatchTables>;
  readonly #content: RecordContent;

  constructor(deps: LineRunnerDeps) {
    this.#deps = deps;
    this.#database = deps.database.withTables<BatchTables>();
    this.#content = createRecordContent(deps.vault, deps.blobs);
  }

  /** @throws what went wrong here; the lease then runs out, and the line is asked again */
  async run(batch: BatchRow, claim: LineClaim, file: OpenFile | undefined, signal: AbortSignal): Promise<LineOutcome> {
    const bytes = file && (await this.#deps.lines.read(file, claim.line));
    if (!bytes) return await this.#stop(batch, claim, 'input_gone');
    // Found in order when the batch began: what is unreadable now was redacted.
    const request = isErased(bytes) ? undefined : readLine(bytes, batch.endpoint);
    if (!request || 'code' in request) {
      await this.#keepError(batch, claim, customIdIn(bytes), 'content_erased');
      return {};
    }
    return await this.#ask(batch, claim, request, signal);
  }

  async #ask(batch: BatchRow, claim: LineClaim, request: LineRequest, signal: AbortSignal): Promise<LineOutcome> {
    const { model } = request;
    let leave = () => undefined as void;
    try {
      leave = await this.#deps.gate.enter(model, signal);
      const answer = await this.#deps.ask({
        keyId: batch.key_id,
        path: batch.endpoint,
        body: request.body,
        dataClass: batch.data_class ?? undefined,
        purpose: batch.purpose,
        language: batch.language,
        maxWaitMs: SLOT_WAIT_MS,
        signal,
      });
      leave();
      return await this.#take(batch, claim, request, answer);
    } catch (error) {
      leave();
      if (error instanceof KeyGone) return await this.#stop(batch, claim, 'key_revoked');
      if (!signal.aborted) throw error;
      await this.#release(claim, 0, false);
      return {};
    }
  }

  async #take(
    batch: BatchRow,
    claim: LineClaim,
    { customId, model }: LineRequest,
    answer: InnerAnswer,
  ): Promise<LineOutcome> {
    const verdict = verdictOf(answer, claim.attempts);
    if (verdict.is === 'again') {
      await this.#release(claim, verdict.afterMs, verdict.broken);
      return { model, ...(!verdict.broken && { waitMs: verdict.afterMs }) };
    }
    // Of a person who may not be processed now, not even the caller's name for the request is copied.
    const named = isRestricted(answer) ? undefined : customId;
    await this.#keep(batch, claim, resultText(lineKey(claim), named, answer), {
      state: verdict.is,
      callId: answer.callId,
      tokens: verdict.is === 'answered' ? tokensOf(answer) : null,
    });
    return { model };
  }

  async #keepError(
    batch: BatchRow,
    claim: LineClaim,
    customId: string | undefined,
    code: LineError,
  ): Promise<void> {
    const result: ResultLine = {
      id: lineKey(claim),
      ...(customId !== undefined && { custom_id: customId }),
      response: null,
      error: { code, message: lineWords[code][batch.language] },
    };
    await this.#keep(batch, claim, JSON.stringify(result), { state: 'failed', callId: null, tokens: null });
  }

  /** The result and the line's end commit together, once. */
  async #keep(batch: BatchRow, claim: LineClaim, text: string, end: LineEnd): Promise<void> {
    const { vault, clock, blobs } = this.#deps;
    const { organisationId } = claim;
    const id = lineKey(claim);
    await holdingKeys(this.#deps, organisationId, async () => {
      const sealed = await this.#content.seal(organisationId, id, Buffer.from(text));
      const kept = await this.#database.inOrganisation(organisationId, async (trx) => {
        if ((await beingErased(trx)).has(organisationId)) {
          await releaseLine(trx, claim, { afterMs: ERASURE_WAIT_MS, broken: false });
          return false;
        }
        if (!(await endLine(trx, claim, end))) return false;
        const links = vault.links(organisationId, [], text);
        const createdAt = new Date(clock.now());
        const expiresAt = new Date(batch.expires_at.getTime() + RECORD_DAYS * DAY_MS);
        await insertVaultRecords(trx, [
          { organisationId, id, store: 'batches', sealed, links, createdAt, expiresAt },
        ]);
        return true;
      });
      if (!kept && 'blobDigest' in sealed) await blobs.delete(sealed.blobDigest);
    });
  }

  /** Nothing more of the batch is asked. */
  async #stop(batch: BatchRow, claim: LineClaim, stop: 'input_gone' | 'key_revoked'): Promise<LineOutcome> {
    await this.#database.inOrganisation(claim.organisationId, async (trx) => {
      await stopBatch(trx, batch.id, stop);
      await releaseLine(trx, claim, { afterMs: 0, broken: false });
    });
    return {};
  }

  async #release(claim: LineClaim, afterMs: number, broken: boolean): Promise<void> {
    await this.#database.inOrganisation(claim.organisationId, (trx) =>
      releaseLine(trx, claim, { afterMs, broken }),
    );
  }
}

function isRestricted({ status, body }: InnerAnswer): boolean {
  return status === 403 && body.includes('subject_restricted');
}
