import type { Json } from '../../core/dialects/json-view.ts';
import type { SubjectLink } from '../../platform/vault/vault.ts';
import type { CallHandling } from '../dispatch/index.ts';
import { AnswerCollector, eventsOf, MOST_ANSWER_LENGTH } from './answer-events.ts';
import type { CacheFacts } from './cache-facts.ts';
import { type AnswerGround, type CacheBypass, bypassOf, keyOf } from './cache-key.ts';
import type { GatewayCache } from './gateway-cache.ts';

type State =
  | { readonly name: 'bypass'; readonly why: CacheBypass | 'unread' }
  | { readonly name: 'miss'; readonly key: string }
  | { readonly name: 'hit'; readonly answer: Buffer; readonly from: string; readonly ageSeconds: number };

/** Paths whose answers have a form that is known here. */
const CACHED_PATHS = new Set(['/chat/completions', '/completions', '/embeddings']);

/** The cache as one call meets it: looked up once it is decided where the call goes, kept when it was answered. */
export class CallCache {
  readonly #cache: GatewayCache;
  readonly #facts: CacheFacts;
  readonly #cacheControl: string;
  #state: State = { name: 'bypass', why: 'unread' };
  #organisationId = '';
  #collector: AnswerCollector | undefined;
  #whole: string | undefined;

  constructor(cache: GatewayCache, facts: CacheFacts, cacheControl: string | undefined) {
    this.#cache = cache;
    this.#facts = facts;
    this.#cacheControl = cacheControl ?? '';
  }

  /** @param body as the engine would get it: filled, guarded, in the engine's dialect */
  lookUp(body: Buffer, isStream: boolean, ground: AnswerGround): void {
    const { path, dataClass, organisationId } = ground;
    this.#organisationId = organisationId;
    if (!CACHED_PATHS.has(path)) return;
    const request = JSON.parse(body.toString()) as Json;
    const why = bypassOf(request, this.#facts, { dataClass, path, cacheControl: this.#cacheControl });
    if (why) return void (this.#state = { name: 'bypass', why });
    const key = keyOf(this.#cache.vault, request, ground, this.#facts);
    const found = this.#cache.find(organisationId, key);
    const answer = found && (isStream ? eventsOf(found.answer) : Buffer.from(found.answer));
    if (!found || !answer) return void (this.#state = { name: 'miss', key });
    const ageSeconds = Math.floor((this.#cache.now() - found.createdAt) / 1000);
    this.#state = { name: 'hit', answer, from: found.call, ageSeconds };
  }

  /** What the engine would say, as it would say it. */
  get hit(): Buffer | undefined {
    return this.#state.name === 'hit' ? this.#state.answer : undefined;
  }

  /** The engine's own bytes, before anything is done to them. */
  sawWhole(bytes: Buffer): void {
    if (this.#state.name === 'miss' && bytes.length <= MOST_ANSWER_LENGTH) this.#whole = bytes.toString();
  }

  sawChunk(chunk: Buffer): void {
    if (this.#state.name === 'miss') (this.#collector ??= new AnswerCollector()).push(chunk);
  }

  /** The call was answered, and is on record. */
  answered(callId: string, named: readonly SubjectLink[]): void {
    const answer = this.#whole ?? this.#collector?.whole();
    if (this.#state.name !== 'miss' || answer === undefined) return;
    this.#cache.keep(this.#organisationId, this.#state.key, this.#facts, { call: callId, answer }, named);
  }

  /** Names of states as RFC 9211 has them, and the age as RFC 9111 counts it. */
  get header(): string {
    const state = this.#state;
    if (state.name === 'hit') return `hit; age=${state.ageSeconds}`;
    return state.name === 'bypass' ? `bypass; reason=${state.why}` : state.name;
  }

  get handling(): CallHandling['cache'] {
    const state = this.#state;
    if (state.name === 'hit') return { state: 'hit', from: state.from, ageSeconds: state.ageSeconds };
    return state.name === 'miss' ? { state: 'miss' } : undefined;
  }
}
