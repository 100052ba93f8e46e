import { hash } from 'node:crypto';

import { isObject, type Json, without } from '../../core/dialects/json-view.ts';
import type { DataClass } from '../../core/placement/facts.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { CacheFacts } from './cache-facts.ts';

/** How an answer is sent, not what it is. */
const SENDING = new Set(['stream', 'stream_options', 'user', 'safety_identifier', 'metadata', 'store']);

/** All that an answer depends on beside the request. */
export interface AnswerGround {
  readonly organisationId: string;
  /** Of the engine, with the model's version: another one may answer otherwise. */
  readonly deploymentId: string;
  readonly modelVersion: string;
  readonly policy: string;
  readonly dataClass: DataClass | undefined;
  readonly purpose: string;
  readonly path: string;
  /** Digest of the guardrails' rules. */
  readonly guard: string;
}

export type CacheBypass = 'caller' | 'class' | 'not_deterministic' | 'tools' | 'choices';

/**
 * Why a request is not looked up: because the caller says so (RFC 9111 §5.2.1), or because two answers to it may well
 * differ and nobody said that this does not matter.
 */
export function bypassOf(
  request: Json,
  { anyTemperature, toolCalls }: CacheFacts,
  { dataClass, path, cacheControl }: { dataClass: DataClass | undefined; path: string; cacheControl: string },
): CacheBypass | undefined {
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return 'caller';
  if (dataClass === 'special') return 'class';
  const { n, best_of, tools, temperature, logprobs } = request;
  if ([n, best_of].some((count) => typeof count === 'number' && count > 1) || logprobs === true)
    return 'choices';
  if (!toolCalls && Array.isArray(tools) && tools.length > 0) return 'tools';
  const isDeterministic = temperature === 0 || path.endsWith('/embeddings');
  return anyTemperature || isDeterministic ? undefined : 'not_deterministic';
}

/**
 * The name of an answer: a keyed hash, so that nobody without the organisation's index key can tell what was asked.
 * Equal requests in other bytes have the same name.
 */
export function keyOf(
  vault: Pick<Vault, 'blindIndex'>,
  request: Json,
  { organisationId, ...ground }: AnswerGround,
  { generation }: CacheFacts,
): string {
  const asked = sorted(without(request, SENDING));
  const digest = hash('sha256', JSON.stringify([sorted(ground), generation, asked]));
  return vault.blindIndex(organisationId, { kind: 'id', value: `cache ${digest}` });
}

/** Members in one order, at every depth. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((name) => [name, sorted(value[name])]),
  );
}
