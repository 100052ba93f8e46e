import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { EpochUse } from '../../platform/vault/epoch-use.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { DecisionRecord } from '../../core/placement/facts.ts';
import type { Dispatch, Refusal, Reservation } from '../dispatch/index.ts';
import { AnswerBlocked, CallContent, type ContentDeps, endOf, inCallersWords } from './call-content.ts';
import { replayed } from './call-replay.ts';
import { type AccountDeps, CallAccount, type Ending, type OpenedCall } from './call-account.ts';
import { type CallContext, forwardedTrace, placementRequest, toOpenAiError } from './call-context.ts';
import { engineError, engineFailed, healthOf, isJournalFull, refusalError } from './call-errors.ts';
import { CallSeal, withKeys } from './call-seal.ts';
import { subjectsOf } from './call-subjects.ts';
import type { AnswerRelay, Endpoint, Passage } from './endpoint.ts';
import { EngineExchange, type ExchangeEnd } from './engine-exchange.ts';
import { say } from './gateway-words.ts';
import { retryAfterOf, sendJson } from './openai-answer.ts';
import { CallerGone, readBody, tooLarge } from './request-body.ts';
import { type TokenUsage, wholeAsItIs } from './token-usage.ts';

export interface CallFlowDeps extends AccountDeps {
  readonly vault: Pick<Vault, 'sealKey' | 'links'>;
  /** Brings an organisation's keys into memory, and lets erasures know. */
  readonly loadKeys: (organisationId: string) => Promise<void>;
  readonly epochUse: Pick<EpochUse, 'hold' | 'release'>;
  readonly maxBodyBytes: number;
  /** Absent: nothing is done with content but to send it on. */
  readonly content?: ContentDeps;
  /** Spans of calls are exported. */
  readonly traces?: boolean;
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
  readonly #content: CallContent | undefined;
  #passage: Passage | undefined;
  #relay: AnswerRelay | undefined;

  constructor(call: CallContext, endpoint: Endpoint, deps: CallFlowDeps) {
    this.#call = call;
    this.#endpoint = endpoint;
    this.#deps = deps;
    const { content } = call.key;
    this.#content = content && deps.content && new CallContent(content, deps.content, call);
    this.#account = new CallAccount(call, deps, this.#content);
  }

  /**
   * Few steps of it are `async`, because each such function costs a microsecond or two and a call waits for nothing but
   * its body, its two records and its engine; what seldom has to wait gives a promise only when it does.
   * @throws whatever prevented an answer; `fail` tells the caller
   */
  async run(): Promise<void> {
    const { dispatch, epochUse } = this.#deps;
    const { ground } = this.#call.snapshot;
    const unread = dispatch.ingress(
      placementRequest(this.#call, { model: '', maxTokens: undefined }, this.#endpoint.ability),
      ground,
    );
    if (unread) return await this.#refuse(unread, undefined);
    const body = await this.#body();
    if (this.#content) {
      await this.#deps.loadKeys(this.#call.organisation.id);
      await this.#content.fill(this.#endpoint.path, body, this.#call.language);
    }
    const opening = this.#open(body);
    const opened = opening instanceof Promise ? await opening : opening;
    try {
      await this.#place(opened);
    } finally {
      this.#account.quota.refund();
      if (!this.#account.journaled) epochUse.release(this.#call.organisation.id, opened.seal.sealed.epoch);
    }
  }

  /** Decides, and asks the engine that was chosen; one that cannot be reached is passed by. */
  async #place(opened: OpenedCall): Promise<void> {
    const { dispatch, log } = this.#deps;
    const leasing = this.#account.quota.reserve(opened.asked);
    if (leasing) await leasing;
    const { ground } = this.#call.snapshot;
    const request = placementRequest(this.#call, opened.asked, this.#endpoint.ability);
    const stopped = this.#content?.refusal;
    if (stopped)
      return await this.#stop(stopped.in(this.#call.language), dispatch.record(request, ground), opened);
    const beginning = () => opened.asked.bytes.toString('latin1', 0, BEGINNING_BYTES);
    for (let attempt = 1; ; attempt++) {
      const slot = this.#slot({ request, ground, prompt: beginning });
      const placed = slot instanceof Promise ? await slot : slot;
      if ('refused' in placed) return await this.#refuse(placed, opened);
      const { reservation } = placed;
      const passage = await this.#intend(reservation, opened);
      const end = await this.#exchange(passage, reservation, opened);
      this.#account.engineAnswered();
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
  #slot(asked: Parameters<Dispatch['waitForSlot']>[0]) {
    const placed = this.#deps.dispatch.reserve(asked.request, asked.ground, asked.prompt);
    const full = 'refused' in placed && placed.refused.refusal.code === 'capacity.none';
    return full ? this.#waitForSlot(asked, placed) : placed;
  }

  async #waitForSlot(asked: Parameters<Dispatch['waitForSlot']>[0], placed: Refusal) {
    const { dispatch } = this.#deps;
    const { response, patience } = this.#call;
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
    if (told.status >= 500 && !isJournalFull(error))
      this.#deps.log.error('gateway.call_failed', error, { call: callId });
    this.#deps.metrics.rejected(told.status);
    if (this.#account.streaming) return void response.end(this.#relay?.broken(told));
    const headers = [...this.#account.mark(), ...retryAfterOf(told), ...this.#account.quota.headers()];
    // What is left of an unread body would be taken for the next request.
    if (!this.#call.request.complete) headers.push('connection', 'close');
    sendJson(response, told.status, this.#endpoint.errors.whole(told), headers);
  }

  #body(): Promise<Buffer> {
    const { request, response, language, announced } = this.#call;
    const { maxBodyBytes } = this.#deps;
    if (announced && announced.bytes > maxBodyBytes) throw tooLarge(maxBodyBytes, language);
    if (announced?.waits) response.writeContinue();
    return readBody(request, maxBodyBytes, language);
  }

  /** Checks the body, and makes the call's salt. */
  #open(body: Buffer): OpenedCall | Promise<OpenedCall> {
    const { language, organisation, callId } = this.#call;
    const { vault, loadKeys, epochUse } = this.#deps;
    const asked =
      this.#content?.asked(this.#endpoint, body, language) ?? this.#endpoint.parse(body, language);
    return withKeys(loadKeys, organisation.id, () => {
      const subjects = subjectsOf(this.#call, vault, asked, body, this.#account.keepsContent);
      const key = vault.sealKey(organisation.id, callId);
      // In the same turn: between the two, an erasure could find nobody holding the key.
      epochUse.hold(organisation.id, key.epoch);
      return { asked, seal: new CallSeal(body, key), subjects };
    });
  }

  /** Intent first; only when it is durable does a byte leave for the engine. */
  async #intend(reservation: Reservation, opened: OpenedCall): Promise<Passage> {
    try {
      const mark = { callId: this.#call.callId, at: reservation.record.inputs.now };
      const own = opened.asked.forEngine(reservation.endpoint, mark);
      const passage = (this.#passage = this.#content?.passage(own, reservation, opened.asked.stream) ?? own);
      await this.#account.intend(reservation.record, opened, reservation);
      return passage;
    } catch (error) {
      reservation.release(undefined);
      throw error;
    }
  }

  #exchange(passage: Passage, reservation: Reservation, opened: OpenedCall) {
    const { dispatch } = this.#deps;
    const { response, callId } = this.#call;
    this.#account.engineBegins();
    const parts = {
      response,
      relay: () => (this.#relay = passage.relay()),
      observer: {
        begin: () => this.#beginStream(reservation),
        sent: (bytes: Buffer) => this.#account.sent(bytes, opened),
      },
    };
    const earlier = this.#content?.earlier;
    if (earlier) {
      // Of the engine it tells nothing.
      reservation.release(undefined);
      return replayed(earlier, opened.asked.stream, parts);
    }
    return new Promise<ExchangeEnd>((resolve) => {
      const exchange = new EngineExchange({ ...parts, end: resolve });
      response.once('close', () => exchange.callerClosed());
      try {
        const { path, body } = passage;
        dispatch.send(
          reservation,
          { path, body, requestId: callId, traceparent: forwardedTrace(this.#call, this.#deps.traces) },
          exchange,
        );
      } catch (cause) {
        // The call is on record as begun, so it must end: an endpoint that undici refuses is a broken engine.
        resolve({ kind: 'broken', error: cause instanceof Error ? cause : new Error('not sent', { cause }) });
      }
    });
  }

  #beginStream(reservation: Reservation): void {
    this.#account.engineAnswered();
    this.#account.streamBegins();
    const headers = this.#account.headers(this.#site(reservation)?.slug);
    headers.push('content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache');
    this.#call.response.writeHead(200, headers);
  }

  #finish(end: Reached, reservation: Reservation, opened: OpenedCall): Promise<void> {
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
        return this.#account.settle(
          { outcome: 'cancelled', status: 499, reason: 'caller.gone', committed: false },
          opened,
          reservation,
        );
      case 'broken':
        reservation.release(false);
        return this.#endWithError(engineFailed(siteName, language), 'engine.failed', reservation, opened);
      case 'whole': {
        reservation.release(healthOf(end));
        if (end.status === 200) return this.#endWhole(end, reservation, opened);
        const error = engineError(end, this.#endpoint.ability, siteName, language);
        return this.#endWithError(error, `engine.status_${end.status}`, reservation, opened);
      }
      case 'streamed':
        return this.#endStream(end, siteName, reservation, opened);
    }
  }

  async #endWhole(
    { bytes: given, headers: givenHeaders }: Extract<Reached, { kind: 'whole' }>,
    reservation: Reservation,
    opened: OpenedCall,
  ): Promise<void> {
    const { response, callId, language } = this.#call;
    const site = this.#site(reservation);
    const answer = inCallersWords(this.#passage, given);
    if (answer instanceof AnswerBlocked) {
      const { usage } = wholeAsItIs(given);
      return await this.#endWithError(answer.in(language), 'guard.answer', reservation, opened, usage);
    }
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

  /** A stream never just ends: its last bytes are `[DONE]`, or an error that says what happened. */
  async #endStream(
    { relay, error }: Extract<Reached, { kind: 'streamed' }>,
    siteName: string,
    reservation: Reservation,
    opened: OpenedCall,
  ): Promise<void> {
    const { response, language, callId } = this.#call;
    const { rest, complete, failed, blocked } = endOf(relay, error);
    const whole = complete && !error;
    // Of an engine whose answer was stopped in the middle nothing is known.
    reservation.release(blocked ? undefined : whole && !failed);
    const last = whole ? rest : relay.broken(blocked?.in(language) ?? engineFailed(siteName, language));
    this.#account.sent(last, opened);
    const known = { status: 200, usage: relay.usage, committed: true };
    const ending: Ending =
      whole && !failed
        ? { ...known, outcome: 'answered' }
        : {
            ...known,
            outcome: 'failed',
            reason: blocked ? 'guard.answer' : failed ? 'engine.error_event' : 'engine.died',
          };
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
    usage?: TokenUsage,
  ): Promise<void> {
    const bytes = this.#endpoint.errors.whole(error, { receipt: this.#call.callId });
    this.#account.sent(bytes, opened);
    const ending: Ending = { outcome: 'failed', status: error.status, reason, usage, committed: true };
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
    if (refused.refusal.code === 'model.unknown') {
      metrics.rejected(error.status);
      return sendJson(
        response,
        error.status,
        this.#endpoint.errors.whole(error, supplement),
        this.#account.mark(),
      );
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
    const headers = [...this.#account.headers(undefined), ...retryAfterOf(error)];
    if (!request.complete) headers.push('connection', 'close');
    sendJson(response, error.status, bytes, headers);
  }

  /** Guardrails stopped the request: nobody decided where it goes, and the caller is told what was found. */
  async #stop(told: OpenAiError, record: DecisionRecord, opened: OpenedCall): Promise<void> {
    const { status } = told;
    const bytes = this.#endpoint.errors.whole(told, { receipt: this.#call.callId });
    opened.seal.add(bytes);
    const ending: Ending = { outcome: 'refused', status, reason: 'guard.request', committed: true };
    await Promise.all([this.#account.intend(record, opened, []), this.#account.settle(ending, opened)]);
    sendJson(this.#call.response, status, bytes, this.#account.headers(undefined));
  }

  #site({ placement }: Reservation) {
    return this.#call.snapshot.ground.facts.sites.find(({ id }) => id === placement.siteId);
  }
}
