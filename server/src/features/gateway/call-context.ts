import type { IncomingMessage, ServerResponse } from 'node:http';

import { KulningError, type Scope } from '@kulning/sdk';

import type { EngineAbility } from '../../core/engine/engine.ts';
import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { DataClass, PlacementRequest } from '../../core/placement/facts.ts';
import { dataClasses, tightenDataClass } from '../../core/policy/data-class.ts';
import type { Language } from '../../core/policy/rule.ts';
import type { Asked } from './endpoint.ts';
import { callSpanIds, formatTraceParent, type TraceParent } from '../../platform/telemetry/trace-context.ts';
import { languageOf, say } from './gateway-words.ts';
import type { Priority } from '../../core/limits/admission-queue.ts';
import type { RequestHead } from './request-head.ts';
import { type GatewayKey, type GatewayOrganisation, isTooOld, keyDigest, type Snapshot } from './snapshot.ts';

/** Who asks, as the snapshot knows them. */
export interface Authorised {
  readonly key: GatewayKey;
  readonly organisation: GatewayOrganisation;
  readonly language: Language;
}

/** A call as far as its head tells. */
export interface CallContext extends Authorised {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly snapshot: Snapshot;
  readonly callId: string;
  /** `performance.now()` at the first line of the gateway. */
  readonly begunAt: number;
  readonly dataClass: DataClass | undefined;
  readonly purpose: string;
  readonly subjects: readonly string[];
  /** The caller's trace, which the engine's part of the call continues. */
  readonly trace?: TraceParent | undefined;
  readonly patience: { readonly maxWaitMs: number; readonly priority: Priority };
  /** The caller says that answering it twice does no harm. */
  readonly repeatable: boolean;
  /** Absent: the request came whole. */
  readonly announced?: RequestHead['announced'];
}

/** @throws OpenAiError 401 for a key that is not (or no longer) known, 403 for one without the scope */
export function authorise(head: RequestHead, snapshot: Snapshot, scope: Scope, now: number): Authorised {
  const stranger = () => languageOf(head.acceptLanguage, 'en');
  if (head.bearer === undefined) throw unauthenticated(say('keyMissing', stranger()));
  const key = snapshot.keys.get(keyDigest(head.bearer));
  const organisation = key && snapshot.organisations.get(key.organisationId);
  if (!key || !organisation || (key.expiresAt !== undefined && key.expiresAt <= now))
    throw unauthenticated(say('keyWrong', stranger()));
  const language = languageOf(head.acceptLanguage, organisation.language);
  if (!key.scopes.has(scope))
    throw new OpenAiError(403, say('scopeMissing', language, { scope }), { code: 'scope_missing' });
  return { key, organisation, language };
}

/** @throws OpenAiError 400 for a class that does not exist, 403 for one that is looser than the key's */
export function classOf(head: RequestHead, { key, language }: Authorised): DataClass | undefined {
  if (head.dataClass === undefined) return key.dataClass;
  const asked = dataClasses.find((each) => each === head.dataClass);
  if (!asked)
    throw new OpenAiError(400, say('classUnknown', language), {
      code: 'data_class_unknown',
      param: 'x-kulning-data-class',
    });
  const dataClass = tightenDataClass(key.dataClass, asked);
  if (dataClass !== asked)
    throw new OpenAiError(403, say('classLoosened', language, { byDefault: key.dataClass ?? '', asked }), {
      code: 'data_class_loosened',
      param: 'x-kulning-data-class',
    });
  return dataClass;
}

/** A key for a purpose of its own keeps to it; one for `general` lets each call say. */
export function purposeOf(head: RequestHead, { key, language }: Authorised): string {
  if (head.purpose === undefined || head.purpose === key.purpose) return key.purpose;
  const param = 'x-kulning-purpose';
  if (!/^[a-z0-9][a-z0-9-]{0,119}$/.test(head.purpose))
    throw new OpenAiError(400, say('purposeMalformed', language), { code: 'purpose_malformed', param });
  if (key.purpose !== 'general')
    throw new OpenAiError(403, say('purposeBound', language, { purpose: key.purpose }), {
      code: 'purpose_bound',
      param,
    });
  return head.purpose;
}

const DEFAULT_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 60_000;

/** A caller may wait shorter or longer than others, and go behind them, never before. */
export function patienceOf({
  maxWaitMs = DEFAULT_WAIT_MS,
  lowPriority,
}: RequestHead): CallContext['patience'] {
  return { maxWaitMs: Math.min(LONGEST_WAIT_MS, maxWaitMs), priority: lowPriority ? 'low' : 'normal' };
}

/** @throws OpenAiError 503 when nobody can tell whether key and policy are still what they were */
export function assertFresh(ageMs: number, dataClass: DataClass | undefined, language: Language): void {
  if (!isTooOld(ageMs, dataClass)) return;
  const values = { age: Math.floor(ageMs / 1000), dataClass: dataClass ?? 'unclassified' };
  throw new OpenAiError(503, say('controlStale', language, values), { code: 'control_stale', retryAfter: 5 });
}

/** What placement is asked; the model is known once the body is read. */
export function placementRequest(
  call: CallContext,
  { model, maxTokens }: Pick<Asked, 'model' | 'maxTokens'>,
  ability: EngineAbility,
): PlacementRequest {
  const { organisation, dataClass, snapshot } = call;
  return {
    callId: call.callId,
    organisationId: organisation.id,
    organisation: {
      demonstration: organisation.demonstration,
      ...(organisation.revenueEur !== undefined && { revenueEur: organisation.revenueEur }),
    },
    model,
    ...(ability !== 'chat' && { ability }),
    ...(dataClass !== undefined && { dataClass }),
    purpose: call.purpose,
    demonstration: organisation.demonstration,
    ingressSiteId: snapshot.places.ingressSiteId,
    storageSiteIds: snapshot.places.storageSiteIds,
    backupSiteIds: snapshot.places.backupSiteIds,
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

/** With traces of our own the engine's parent is our span; without, its parent is the caller's. */
export function forwardedTrace({ trace, callId }: CallContext, traces = false): string | undefined {
  if (!trace) return undefined;
  return formatTraceParent(traces ? { ...trace, parentId: callSpanIds(callId).engine } : trace);
}

/** What went wrong, in OpenAI's shape; an error that nobody foresaw tells nothing of itself. */
export function toOpenAiError(error: unknown, language: Language): OpenAiError {
  if (error instanceof OpenAiError) return error.in(language);
  if (error instanceof KulningError) {
    const { message, hint } = error.text[language];
    return new OpenAiError(error.status, hint === undefined ? message : `${message} ${hint}`, {
      code: error.code,
      ...(error.retryable && { retryAfter: 2 }),
    });
  }
  return new OpenAiError(500, say('internal', language), { code: 'internal' });
}

function unauthenticated(message: string): OpenAiError {
  return new OpenAiError(401, message, { code: 'invalid_api_key', type: 'authentication_error' });
}
