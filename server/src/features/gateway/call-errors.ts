import type { IncomingHttpHeaders } from 'node:http';

import { KulningError } from '@kulning/sdk';

import type { EngineAbility } from '../../core/engine/engine.ts';
import { meantStatus, normaliseEngineError, OpenAiError } from '../../core/engine/openai-error.ts';
import { explain } from '../../core/placement/explain.ts';
import type { Language } from '../../core/policy/rule.ts';
import type { Refused } from '../dispatch/index.ts';
import { say } from './gateway-words.ts';
import type { ErrorSupplement } from './openai-answer.ts';

/** A refusal in the caller's language: the words of its rules, and what to do now. */
export function refusalError(
  refused: Refused,
  language: Language,
  retryAfterMs = 2_000,
): { error: OpenAiError; supplement: ErrorSupplement } {
  const { code, status, retryable, rules } = refused.refusal;
  const { words, hint } = explain(refused, language);
  const message = hint === undefined ? words : `${words} ${hint}`;
  return {
    error: new OpenAiError(status, message, {
      code: code === 'model.unknown' ? 'model_not_found' : code,
      ...(code === 'model.unknown' && { param: 'model' }),
      ...(code === 'context.overflow' && { param: 'messages' }),
      ...(retryable && { retryAfter: Math.max(1, Math.ceil(retryAfterMs / 1000)) }),
    }),
    supplement: {
      ...(hint !== undefined && { hint }),
      ...(rules.length > 0 && { rules: rules.map(({ id, tag }) => ({ id, tag })) }),
    },
  };
}

/**
 * What the caller is told when the engine answered with an error. What is wrong with the request is passed on in the
 * engine's words (ours speak each language); what is wrong between gateway and engine is not the caller's to mend.
 */
export function engineError(
  answer: { readonly status: number; readonly bytes: Buffer; readonly headers: IncomingHttpHeaders },
  ability: EngineAbility,
  site: string,
  language: Language,
): OpenAiError {
  const { bytes } = answer;
  const status = statusMeant(answer);
  const retryAfter = answer.headers['retry-after'];
  // A server that nobody could ask beforehand, and that does not have the path.
  if (ability !== 'chat' && (status === 404 || status === 405 || status === 501))
    return new OpenAiError(400, say('abilityMissing', language, { site, ability }), {
      code: 'ability.missing',
      param: 'model',
    });
  const isCallers = status >= 400 && status < 500 && status !== 401 && status !== 403 && status !== 404;
  if (isCallers || status === 503) {
    const {
      status: normalised,
      message,
      body,
    } = normaliseEngineError(status, bytes.toString('utf8', 0, 65_536)).in(language);
    const { type, param, code } = body.error;
    const seconds = Number(retryAfter ?? (status === 429 || status === 503 ? 1 : NaN));
    return new OpenAiError(normalised, message, {
      type,
      ...(param !== null && { param }),
      ...(code !== null && { code }),
      ...(Number.isFinite(seconds) && { retryAfter: seconds }),
    });
  }
  return new OpenAiError(502, say('engineRefusedUs', language, { site, status }), { code: 'engine_error' });
}

export function engineFailed(site: string, language: Language): OpenAiError {
  return new OpenAiError(502, say('engineFailed', language, { site }), { code: 'engine_failed' });
}

/** What an answer says about the engine: undefined is nothing, because it was busy, or we were wrong. */
export function healthOf(answer: { readonly status: number; readonly bytes: Buffer }): boolean | undefined {
  const status = statusMeant(answer);
  if (status === 429 || status === 503 || status === 401 || status === 403 || status === 404)
    return undefined;
  return status < 500;
}

/** A caller's fault that a server answers with 500 says nothing about the server. */
const statusMeant = ({ status, bytes }: { readonly status: number; readonly bytes: Buffer }): number =>
  status === 500 ? meantStatus(status, bytes.toString('utf8', 0, 65_536)) : status;

/** A state, not a failure of one call: the journal says itself when it begins, and at its end how many calls it cost. */
export function isJournalFull(error: unknown): boolean {
  return error instanceof KulningError && error.code === 'spool.full';
}
