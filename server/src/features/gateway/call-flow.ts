import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { RandomPool } from '../../platform/random-pool.ts';
import type { EpochUse } from '../../platform/vault/epoch-use.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { Dispatch, Refusal, Reservation, SubjectJson } from '../dispatch/index.ts';
import { type AccountDeps, CallAccount, type Ending, type OpenedCall } from './call-account.ts';
import { type CallContext, placementRequest, toOpenAiError } from './call-context.ts';
import { engineError, engineFailed, healthOf, refusalError } from './call-errors.ts';
import { CallSeal, withKeys } from './call-seal.ts';
import type { AnswerRelay, Asked, Endpoint, Passage, WholeAnswer } from './endpoint.ts';
import { EngineExchange, type ExchangeEnd } from './engine-exchange.ts';
import { say } from './gateway-words.ts';
import { retryAfterOf, sendJson } from './openai-answer.ts';
import { announcesTooMuch, BodyTooLarge, CallerGone, readBody } from './request-body.ts';
import { wholeAsItIs } from './token-usage.ts';

export interface CallFlowDeps extends AccountDeps {
  readonly vault: Pick<Vault, 'seal' | 'links'>;
  /** Brings an organisation's keys into memory, and lets erasures know. */
  readonly loadKeys: (organisationId: string) => Promise<void>;
  readonly epochUse: Pick<EpochUse, 'hold' | 'release'>;
  readonly random: RandomPool;
  readonly maxBodyBytes: number;
}

type Reached = Exclude<ExchangeEnd, { kind: 'unreachable' }>;

/** Engines that cannot be reached are passed by, until the decision finds nobody left; and not for ever. */
const MAX_PLACEMENTS = 4;
/** What a busy engine or a proxy before it says; another try may meet a better moment. */
const REPEATABLE_STATUSES = new Set([429, 502, 503, 504]);
/** Of a request, for engines that keep what they read: the same beginning goes where it was read before. */
const BEGINNING_BYTES = 32_768;

/**
 * One call of any endpoint, from its head to its last byte: decide → intent → send → settle → end. What it may cost at
 * most is known once it is opened (model, most tokens, length), its price once it is placed, and its tokens when it is
 * settled; every way out of a call that was opened leads through `run`.
 */
export class CallFlow {
  readonly #call: CallContext;
  readonly #endpoint: Endpoint;
  readonly #deps: CallFlowDeps;
  readonly #account: CallAccount;
  #passage: Passage | undefined;
  #relay: AnswerRelay | undefined;

  constructor(call: CallContext, endpoint: Endpoint, deps: CallFlowDeps) {
    this.#call = call;
    this.#endpoint = endpoint;
    this.#deps = deps;
    this.#account = new CallAccount(call, deps);
  }

  /** @throws whatever prevented an answer; `fail` tells the caller */
  async run(): Promise<void> {
    const { dispatch } = this.#deps;
    const { ground } = this.#call.snapshot;
    const unread = dispatch.ingress(
      placementRequest(this.#call, { model: '', maxTokens: undefined }, this.#endpoint.ability),
      ground,
    );
    if (unread) return await this.#refuse(unread, undefined);
    const opened = await this.#open();
    try {
      await this.#place(opened);
    } finally {
      const { epochUse } = this.#deps;
      this.#account.quota.refund();
      if (!this.#account.journaled) epochUse.release(this.#call.organisation.id, opened.sealed.epoch);
    }
  }

  /** Decides, and asks the engine that was chosen; one that cannot be reached is passed by. */
  async #place(opened: OpenedCall): Promise<void> {
    const { dispatch, log } = this.#deps;
    const leasing = this.#account.quota.reserve(opened.asked);
    if (leasing) await leasing;
    const { ground } = this.#call.snapshot;
    const request = placementRequest(this.#call, opened.asked, this.#endpoint.ability);
    const beginning = () => opened.asked.bytes.toString('latin1', 0, BEGINNING_BYTES);
    for (let attempt = 1; ; attempt++) {
      const placed = await this.#slot({ request, ground, prompt: beginning });
      if ('refused' in placed) return await this.#refuse(placed, opened);
      const { reservation } = placed;
      const end = await this.#exchange(reservation, opened);
      if (end.kind === 'unreachable') dispatch.unreachable(reservation.placement.deploymentId);
      if (!this.#mayRepeat(end) || attempt === MAX_PLACEMENTS || !dispatch.mayRetry())
        return await this.#finish(
          end.kind === 'unreachable' ? { ...end, kind: 'broken' } : end,
          reservation,
          opened,
        );
      const { deploymentId } = reservation.placement;
      if ('error' in end && end.error)
        log.error('gateway.engine_passed_by', end.error, { deployment: deploymentId });
      reservation.release(end.kind === 'broken' ? false : undefined);
    }
  }

  /** Where the engine certainly did not begin, or where the caller allows it; never after a byte of an answer. */
  #mayRepeat(end: ExchangeEnd): boolean {
    if (end.kind === 'unreachable') return true;
    if (!this.#call.repeatable || this.#call.response.destroyed) return false;
    return end.kind === 'broken' || (end.kind === 'whole' && REPEATABLE_STATUSES.has(end.status));
  }

  /** A decision with a slot; where all are taken the call waits for one, as long as its caller likes. */
  async #slot(asked: Parameters<Dispatch['waitForSlot']>[0]) {
    const { dispatch } = this.#deps;
    const { response, patience } = this.#call;
    const placed = dispatch.reserve(asked.request, asked.ground, asked.prompt);
    if (!('refused' in placed) || placed.refused.refusal.code !== 'capacity.none') return placed;
    const hungUp = new AbortController();
    const abort = () => hungUp.abort();
    response.once('close', abort);
    const since = performance.now();
    const given = await dispatch.waitForSlot(asked, placed, { ...patience, signal: hungUp.signal });
    response.off('close', abort);
    this.#account.waited(performance.now() - since);
    return given;
  }

  /** Tells the caller what `run` threw, if there is still a caller. */
  fail(error: unknown): void {
    const { response, language, callId } = this.#call;
    if (error instanceof CallerGone || response.destroyed) return;
    const told = toOpenAiError(error, language);
    if (told.status >= 500) this.#deps.log.error('gateway.call_failed', error, { call: callId });
    this.#deps.metrics.rejected(told.status);
    if (this.#account.streaming) return void response.end(this.#relay?.broken(told));
    const headers = ['x-request-id', callId, ...retryAfterOf(told), ...this.#account.quota.headers()];
    // What is left of an unread body would be taken for the next request.
    if (!this.#call.request.complete) headers.push('connection', 'close');
    sendJson(response, told.status, this.#endpoint.errors.whole(told), headers);
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
    const asked = this.#endpoint.parse(body, language);
    const seal = new CallSeal(body, this.#deps.random.take(32));
    return await withKeys(loadKeys, organisation.id, () => {
      const subjects = this.#subjectsOf(asked);
      const sealed = seal.seal(vault, organisation.id, callId);
      // In the same turn: between the two, an erasure could find nobody holding the key.
      epochUse.hold(organisation.id, sealed.epoch);
      return { asked, seal, sealed, subjects };
    });
  }

  #tooLarge(): OpenAiError {
    const limit = this.#deps.maxBodyBytes;
    return new OpenAiError(413, say('bodyTooLarge', this.#call.language, { limit }), {
      code: 'request_too_large',
    });
  }

  /** @throws OpenAiError 403 where a person's data may not be processed now */
  #subjectsOf({ bytes, user }: Asked): SubjectJson[] {
    const { organisation, snapshot, language, subjects } = this.#call;
    const named = user === undefined ? subjects : [...subjects, user];
    const restricted = snapshot.restricted.get(organisation.id);
    // Content is searched only where it is kept, or where somebody must not be found in it.
    const text = this.#account.keepsContent || restricted ? bytes.toString() : '';
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
    let passage: Passage;
    try {
      const mark = { callId, at: reservation.record.inputs.now };
      this.#passage = passage = opened.asked.forEngine(reservation.endpoint, mark);
      await this.#account.intend(reservation.record, opened, reservation);
    } catch (error) {
      reservation.release(undefined);
      throw error;
    }
    this.#account.engineBegins();
    const end = await new Promise<ExchangeEnd>((resolve) => {
      const exchange = new EngineExchange({
        response,
        relay: () => (this.#relay = passage.relay()),
        observer: {
          begin: () => this.#beginStream(reservation),
          sent: (bytes) => this.#account.sent(bytes, opened),
        },
        end: resolve,
      });
      response.once('close', () => exchange.callerClosed());
      try {
        const { path, body } = passage;
        dispatch.send(reservation, { path, body, requestId: callId }, exchange);
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
        const error = engineError(end, this.#endpoint.ability, siteName, language);
        return await this.#endWithError(error, `engine.status_${end.status}`, reservation, opened);
      }
      case 'streamed':
        return await this.#endStream(end, siteName, reservation, opened);
    }
  }

  async #endWhole(
    { bytes: given, headers: givenHeaders }: Extract<Reached, { kind: 'whole' }>,
    reservation: Reservation,
    opened: OpenedCall,
  ): Promise<void> {
    const { response, callId, language } = this.#call;
    const site = this.#site(reservation);
    const answer = this.#inCallersWords(given);
    if (answer instanceof Error) {
      this.#deps.log.error('gateway.engine_failed', answer, { call: callId });
      const error = engineFailed(site?.name ?? '', language);
      return await this.#endWithError(error, 'engine.unreadable', reservation, opened);
    }
    const { bytes, usage } = answer;
    this.#account.sent(bytes, opened);
    const ending: Ending = { outcome: 'answered', status: 200, usage, committed: true };
    await this.#account.settle(ending, opened, reservation);
    const headers = this.#account.headers(site?.slug);
    const type = givenHeaders['content-type'] ?? 'application/json';
    headers.push('content-type', type, 'content-length', String(bytes.length));
    response.writeHead(200, headers);
    response.end(bytes);
  }

  #inCallersWords(bytes: Buffer): WholeAnswer | Error {
    try {
      return this.#passage?.whole(bytes) ?? wholeAsItIs(bytes);
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return error;
      throw error;
    }
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
    const last = whole ? rest : relay.broken(engineFailed(siteName, language));
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
      const told = new OpenAiError(503, say('journalFailed', language), { code: 'journal_failed' });
      response.end(relay.broken(told));
    }
  }

  async #endWithError(
    error: OpenAiError,
    reason: string,
    reservation: Reservation,
    opened: OpenedCall,
  ): Promise<void> {
    const bytes = this.#endpoint.errors.whole(error, { receipt: this.#call.callId });
    this.#account.sent(bytes, opened);
    const ending: Ending = { outcome: 'failed', status: error.status, reason, committed: true };
    await this.#account.settle(ending, opened, reservation);
    const headers = [...this.#account.headers(this.#site(reservation)?.slug), ...retryAfterOf(error)];
    sendJson(this.#call.response, error.status, bytes, headers);
  }

  /** A refusal is an outcome like others: recorded, and durable before the caller hears of it. */
  async #refuse(
    { refused, record, retryAfterMs }: Refusal & { retryAfterMs?: number },
    opened: OpenedCall | undefined,
  ): Promise<void> {
    const { metrics } = this.#deps;
    const { request, response, language, callId } = this.#call;
    const { error, supplement } = refusalError(refused, language, retryAfterMs);
    const headers = [...this.#account.headers(undefined), ...retryAfterOf(error)];
    if (!request.complete) headers.push('connection', 'close');
    if (refused.refusal.code === 'model.unknown') {
      metrics.rejected(error.status);
      return sendJson(response, error.status, this.#endpoint.errors.whole(error, supplement), [
        'x-request-id',
        callId,
      ]);
    }
    const bytes = this.#endpoint.errors.whole(error, { ...supplement, receipt: callId });
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
