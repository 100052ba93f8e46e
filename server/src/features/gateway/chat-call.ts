import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { DecisionRecord } from '../../core/placement/facts.ts';
import type { EpochUse } from '../../platform/vault/epoch-use.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { Refused, Reservation, SubjectJson } from '../dispatch/index.ts';
import { type AccountDeps, CallAccount, type Ending, type OpenedCall } from './call-account.ts';
import { type CallContext, placementRequest, toOpenAiError } from './call-context.ts';
import { engineError, engineFailed, healthOf, refusalError } from './call-errors.ts';
import { CallSeal, withKeys } from './call-seal.ts';
import { bytesForEngine, type ChatRequest, parseChatRequest } from './chat-request.ts';
import { EngineExchange, type ExchangeEnd } from './engine-exchange.ts';
import { say } from './gateway-words.ts';
import { errorBytes, errorEvent, retryAfterOf, sendJson } from './openai-answer.ts';
import { announcesTooMuch, BodyTooLarge, CallerGone, readBody } from './request-body.ts';
import { usageIn } from './token-usage.ts';

export interface ChatDeps extends AccountDeps {
  readonly vault: Pick<Vault, 'seal' | 'links'>;
  /** Brings an organisation's keys into memory, and lets erasures know. */
  readonly loadKeys: (organisationId: string) => Promise<void>;
  readonly epochUse: Pick<EpochUse, 'hold' | 'release'>;
  readonly maxBodyBytes: number;
}

type Reached = Exclude<ExchangeEnd, { kind: 'unreachable' }>;

/** Engines that cannot be reached are passed by, until the decision finds nobody left; and not for ever. */
const MAX_PLACEMENTS = 4;

/** One chat completion, from its head to its last byte: decide → intent → send → settle → end. */
export class ChatCall {
  readonly #call: CallContext;
  readonly #deps: ChatDeps;
  readonly #account: CallAccount;

  constructor(call: CallContext, deps: ChatDeps) {
    this.#call = call;
    this.#deps = deps;
    this.#account = new CallAccount(call, deps);
  }

  /** @throws whatever prevented an answer; `fail` tells the caller */
  async run(): Promise<void> {
    const { dispatch } = this.#deps;
    const { ground } = this.#call.snapshot;
    const unread = dispatch.ingress(placementRequest(this.#call, '', undefined), ground);
    if (unread) return await this.#refuse(unread.refused, unread.record, undefined);
    const opened = await this.#open();
    try {
      await this.#place(opened);
    } finally {
      const { epochUse } = this.#deps;
      if (!this.#account.journaled) epochUse.release(this.#call.organisation.id, opened.sealed.epoch);
    }
  }

  /** Decides, and asks the engine that was chosen; one that cannot be reached is passed by. */
  async #place(opened: OpenedCall): Promise<void> {
    const { dispatch, log } = this.#deps;
    const { ground } = this.#call.snapshot;
    const request = placementRequest(this.#call, opened.chat.model, opened.chat.maxTokens);
    for (let attempt = 1; ; attempt++) {
      const placed = dispatch.reserve(request, ground);
      if ('refused' in placed) return await this.#refuse(placed.refused, placed.record, opened);
      const { reservation } = placed;
      const end = await this.#exchange(reservation, opened);
      if (end.kind !== 'unreachable') return await this.#finish(end, reservation, opened);
      const { deploymentId } = reservation.placement;
      dispatch.unreachable(deploymentId);
      if (attempt === MAX_PLACEMENTS)
        return await this.#finish({ ...end, kind: 'broken' }, reservation, opened);
      log.error('gateway.engine_unreachable', end.error, { deployment: deploymentId });
      reservation.release(undefined);
    }
  }

  /** Tells the caller what `run` threw, if there is still a caller. */
  fail(error: unknown): void {
    const { response, language, callId } = this.#call;
    if (error instanceof CallerGone || response.destroyed) return;
    const told = toOpenAiError(error, language);
    if (told.status >= 500) this.#deps.log.error('gateway.call_failed', error, { call: callId });
    this.#deps.metrics.rejected(told.status);
    if (this.#account.streaming) return void response.end(errorEvent(told));
    const headers = ['x-request-id', callId, ...retryAfterOf(told)];
    // What is left of an unread body would be taken for the next request.
    if (!this.#call.request.complete) headers.push('connection', 'close');
    sendJson(response, told.status, errorBytes(told), headers);
  }

  /** Reads and checks the body, and seals the call's salt. */
  async #open(): Promise<OpenedCall> {
    const { request, response, language, organisation, callId } = this.#call;
    const { maxBodyBytes, vault, loadKeys, epochUse } = this.#deps;
    if (announcesTooMuch(request, maxBodyBytes)) throw this.#tooLarge();
    if (request.headers.expect !== undefined) response.writeContinue();
    const body = await readBody(request, maxBodyBytes).catch((error: unknown) => {
      throw error instanceof BodyTooLarge ? this.#tooLarge() : error;
    });
    const chat = parseChatRequest(body, language);
    const seal = new CallSeal(body);
    return await withKeys(loadKeys, organisation.id, () => {
      const subjects = this.#subjectsOf(chat);
      const sealed = seal.seal(vault, organisation.id, callId);
      // In the same turn: between the two, an erasure could find nobody holding the key.
      epochUse.hold(organisation.id, sealed.epoch);
      return { chat, seal, sealed, subjects };
    });
  }

  #tooLarge(): OpenAiError {
    const limit = this.#deps.maxBodyBytes;
    return new OpenAiError(413, say('bodyTooLarge', this.#call.language, { limit }), {
      code: 'request_too_large',
    });
  }

  /** @throws OpenAiError 403 where a person's data may not be processed now */
  #subjectsOf(chat: ChatRequest): SubjectJson[] {
    const { organisation, snapshot, language, subjects } = this.#call;
    const named = chat.user === undefined ? subjects : [...subjects, chat.user];
    const restricted = snapshot.restricted.get(organisation.id);
    // Content is searched only where it is kept, or where somebody must not be found in it.
    const text = this.#account.keepsContent || restricted ? chat.bytes.toString() : '';
    if (named.length === 0 && text === '') return [];
    const links = this.#deps.vault.links(organisation.id, named, text);
    if (restricted && links.some(({ index }) => restricted.has(index)))
      throw new OpenAiError(403, say('subjectRestricted', language), { code: 'subject_restricted' });
    return this.#account.keepsContent ? links : links.filter(({ origin }) => origin === 'named');
  }

  /** Intent first; only when it is durable does a byte leave for the engine. */
  async #exchange(reservation: Reservation, opened: OpenedCall): Promise<ExchangeEnd> {
    const { dispatch } = this.#deps;
    const { response, callId } = this.#call;
    const body = bytesForEngine(opened.chat, reservation.endpoint.engineModel);
    try {
      await this.#account.intend(reservation.record, opened, reservation);
    } catch (error) {
      reservation.release(undefined);
      throw error;
    }
    this.#account.engineBegins();
    const end = await new Promise<ExchangeEnd>((resolve) => {
      const exchange = new EngineExchange({
        response,
        dropUsage: !opened.chat.wantsUsage,
        observer: {
          begin: () => this.#beginStream(reservation),
          sent: (bytes) => this.#account.sent(bytes, opened),
        },
        end: resolve,
      });
      response.once('close', () => exchange.callerClosed());
      try {
        dispatch.send(reservation, { path: '/chat/completions', body, requestId: callId }, exchange);
      } catch (cause) {
        // The call is on record as begun, so it must end: an endpoint that undici refuses is a broken engine.
        resolve({ kind: 'broken', error: cause instanceof Error ? cause : new Error('not sent', { cause }) });
      }
    });
    this.#account.engineAnswered();
    return end;
  }

  #beginStream(reservation: Reservation): void {
    this.#account.engineAnswered();
    this.#account.streamBegins();
    const headers = this.#account.headers(this.#site(reservation)?.slug);
    headers.push('content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache');
    this.#call.response.writeHead(200, headers);
  }

  async #finish(end: Reached, reservation: Reservation, opened: OpenedCall): Promise<void> {
    const { language, callId } = this.#call;
    const siteName = this.#site(reservation)?.name ?? '';
    if (end.kind !== 'gone' && end.kind !== 'whole' && end.error)
      this.#deps.log.error('gateway.engine_failed', end.error, {
        call: callId,
        deployment: reservation.placement.deploymentId,
      });
    switch (end.kind) {
      case 'gone':
        reservation.release(undefined);
        return await this.#account.settle(
          { outcome: 'cancelled', status: 499, reason: 'caller.gone', committed: false },
          opened,
          reservation,
        );
      case 'broken':
        reservation.release(false);
        return await this.#endWithError(
          engineFailed(siteName, language),
          'engine.failed',
          reservation,
          opened,
        );
      case 'whole': {
        reservation.release(healthOf(end.status));
        if (end.status === 200) return await this.#endWhole(end, reservation, opened);
        const error = engineError(end.status, end.bytes, end.headers['retry-after'], siteName, language);
        return await this.#endWithError(error, `engine.status_${end.status}`, reservation, opened);
      }
      case 'streamed':
        return await this.#endStream(end, siteName, reservation, opened);
    }
  }

  async #endWhole(
    { bytes, headers: given }: Extract<Reached, { kind: 'whole' }>,
    reservation: Reservation,
    opened: OpenedCall,
  ): Promise<void> {
    const { response } = this.#call;
    this.#account.sent(bytes, opened);
    const usage = usageIn(bytes.toString('latin1'));
    await this.#account.settle(
      { outcome: 'answered', status: 200, usage, committed: true },
      opened,
      reservation,
    );
    const headers = this.#account.headers(this.#site(reservation)?.slug);
    headers.push(
      'content-type',
      given['content-type'] ?? 'application/json',
      'content-length',
      String(bytes.length),
    );
    response.writeHead(200, headers);
    response.end(bytes);
  }

  /** A stream never just ends: its last bytes are `[DONE]`, or an error that says what happened. */
  async #endStream(
    { relay, error }: Extract<Reached, { kind: 'streamed' }>,
    siteName: string,
    reservation: Reservation,
    opened: OpenedCall,
  ): Promise<void> {
    const { response, language, callId } = this.#call;
    const { rest, complete, failed } = relay.finish();
    const whole = complete && !error;
    reservation.release(whole && !failed);
    const last = whole ? rest : errorEvent(engineFailed(siteName, language));
    this.#account.sent(last, opened);
    const known = { status: 200, usage: relay.usage, committed: true };
    const ending: Ending =
      whole && !failed
        ? { ...known, outcome: 'answered' }
        : { ...known, outcome: 'failed', reason: failed ? 'engine.error_event' : 'engine.died' };
    try {
      await this.#account.settle(ending, opened, reservation);
      response.end(last);
    } catch (failure) {
      this.#deps.log.error('gateway.not_settled', failure, { call: callId });
      response.end(
        errorEvent(new OpenAiError(503, say('journalFailed', language), { code: 'journal_failed' })),
      );
    }
  }

  async #endWithError(
    error: OpenAiError,
    reason: string,
    reservation: Reservation,
    opened: OpenedCall,
  ): Promise<void> {
    const bytes = errorBytes(error, { receipt: this.#call.callId });
    this.#account.sent(bytes, opened);
    const ending: Ending = { outcome: 'failed', status: error.status, reason, committed: true };
    await this.#account.settle(ending, opened, reservation);
    const headers = [...this.#account.headers(this.#site(reservation)?.slug), ...retryAfterOf(error)];
    sendJson(this.#call.response, error.status, bytes, headers);
  }

  /** A refusal is an outcome like others: recorded, and durable before the caller hears of it. */
  async #refuse(refused: Refused, record: DecisionRecord, opened: OpenedCall | undefined): Promise<void> {
    const { metrics } = this.#deps;
    const { request, response, language, callId } = this.#call;
    const { error, supplement } = refusalError(refused, language);
    const headers = [...this.#account.headers(undefined), ...retryAfterOf(error)];
    if (!request.complete) headers.push('connection', 'close');
    if (refused.refusal.code === 'model.unknown') {
      metrics.rejected(error.status);
      return sendJson(response, error.status, errorBytes(error, supplement), ['x-request-id', callId]);
    }
    const bytes = errorBytes(error, { ...supplement, receipt: callId });
    opened?.seal.add(bytes);
    const rules = refused.refusal.rules.map(({ id }) => id);
    const ending: Ending = {
      outcome: 'refused',
      status: error.status,
      reason: refused.refusal.code,
      committed: true,
    };
    // In this order into the journal; one write carries both.
    await Promise.all([this.#account.intend(record, opened, rules), this.#account.settle(ending, opened)]);
    sendJson(response, error.status, bytes, headers);
  }

  #site({ placement }: Reservation) {
    return this.#call.snapshot.ground.facts.sites.find(({ id }) => id === placement.siteId);
  }
}
