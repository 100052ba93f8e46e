import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { IdSource } from '../../core/id.ts';
import { tightenDataClass } from '../../core/policy/data-class.ts';
import { assertFresh, type Authorised, type CallContext, toOpenAiError } from './call-context.ts';
import { CallFlow, type CallFlowDeps } from './call-flow.ts';
import { endpoints } from './endpoints.ts';
import { say } from './gateway-words.ts';
import { type InnerAnswer, type InnerCall, InnerExchange } from './inner-call.ts';
import { openAiErrors, retryAfterOf } from './openai-answer.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import type { GatewayKey, Snapshot } from './snapshot.ts';

/** The key of an inner call was revoked, has expired, or may not make calls. */
export class KeyGone extends Error {
  override readonly name = 'KeyGone';
}

export interface InnerCallsDeps extends CallFlowDeps {
  readonly snapshots: Pick<SnapshotKeeper, 'current' | 'ageMs'>;
  readonly ids: IdSource;
}

/** Makes calls for keys whose owners are not connected: each with its own decision, limits, journal and receipt. */
export class InnerCalls {
  readonly #deps: InnerCallsDeps;
  /** Snapshots know keys by digest. */
  readonly #keysOf = new WeakMap<Snapshot, ReadonlyMap<string, GatewayKey>>();

  constructor(deps: InnerCallsDeps) {
    this.#deps = deps;
  }

  /** Never fails for what a caller over HTTP would be told: that is the answer. @throws KeyGone; the signal's reason once it was aborted */
  async ask(call: InnerCall): Promise<InnerAnswer> {
    call.signal.throwIfAborted();
    const { ids, snapshots } = this.#deps;
    const callId = ids.next('call');
    const { current } = snapshots;
    if (!current)
      return errorAnswer(callId, new OpenAiError(503, say('notReady', call.language), { retryAfter: 1 }));
    const authorised = this.#authorise(call, current);
    const exchange = new InnerExchange(call.path, call.body);
    const hangUp = () => exchange.hangUp();
    call.signal.addEventListener('abort', hangUp, { once: true });
    try {
      await this.#run(call, exchange, { ...authorised, callId, snapshot: current });
    } catch (error) {
      return errorAnswer(callId, toOpenAiError(error, call.language));
    } finally {
      call.signal.removeEventListener('abort', hangUp);
    }
    const { answer } = exchange.response;
    if (answer) return { callId, ...answer };
    call.signal.throwIfAborted();
    throw new TypeError('a call that nobody left has an answer');
  }

  async #run(
    { dataClass: ofData, path, purpose, maxWaitMs }: InnerCall,
    { request, response }: InnerExchange,
    known: Authorised & Pick<CallContext, 'callId' | 'snapshot'>,
  ): Promise<void> {
    const endpoint = endpoints.get(path);
    if (!endpoint) throw new TypeError(`no endpoint at ${path}`);
    const { dataClass: ofKey } = known.key;
    const dataClass = tightenDataClass(ofKey, ofData);
    assertFresh(this.#deps.snapshots.ageMs(), dataClass, known.language);
    const context: CallContext = {
      ...known,
      request,
      response,
      begunAt: performance.now(),
      dataClass,
      purpose,
      subjects: [],
      patience: { maxWaitMs, priority: 'low' },
      repeatable: false,
    };
    const flow = new CallFlow(context, endpoint, this.#deps);
    await flow.run().catch((error: unknown) => flow.fail(error));
  }

  #authorise({ keyId, language }: InnerCall, snapshot: Snapshot): Authorised {
    let keys = this.#keysOf.get(snapshot);
    if (!keys) {
      keys = new Map([...snapshot.keys.values()].map((key) => [key.id, key]));
      this.#keysOf.set(snapshot, keys);
    }
    const key = keys.get(keyId);
    const organisation = key && snapshot.organisations.get(key.organisationId);
    const expired = (key?.expiresAt ?? Number.POSITIVE_INFINITY) <= this.#deps.now();
    if (!key || !organisation || expired || !key.scopes.has('calls:create')) throw new KeyGone();
    return { key, organisation, language };
  }
}

function errorAnswer(callId: string, error: OpenAiError): InnerAnswer {
  const [, retryAfter] = retryAfterOf(error);
  const headers = { 'x-request-id': callId, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
  return { callId, status: error.status, headers, body: openAiErrors.whole(error) };
}
