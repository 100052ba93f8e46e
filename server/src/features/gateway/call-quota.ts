import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Language } from '../../core/policy/rule.ts';
import type {
  CallCharge,
  CallLimits,
  CallResult,
  HeldLimits,
  LimitedCaller,
  LimitRefusal,
  RateState,
} from '../limits/index.ts';
import type { CallContext } from './call-context.ts';
import type { Asked } from './endpoint.ts';
import { say } from './gateway-words.ts';
import { limitWords } from './limit-words.ts';

/** What one call holds of its limits, from its reservation to the one moment at which it is settled or refunded. */
export class CallQuota {
  readonly #limits: CallLimits;
  readonly #caller: LimitedCaller;
  readonly #language: Language;
  #held: HeldLimits | undefined;

  constructor({ key, organisation, snapshot, language }: CallContext, limits: CallLimits) {
    this.#limits = limits;
    this.#language = language;
    this.#caller = {
      keyId: key.id,
      organisationId: organisation.id,
      facts: snapshot.limits,
      ground: snapshot.ground.facts,
    };
  }

  /** @throws OpenAiError 429 by a limit, 503 where nobody can tell, 403 where a budget cannot be kept; then nothing is held */
  reserve({ model, bytes, maxTokens }: Asked): Promise<void> | undefined {
    const answer = this.#limits.reserve(this.#caller, { model, bodyBytes: bytes.length, maxTokens });
    if (answer instanceof Promise) return answer.then((late) => this.#take(late));
    this.#take(answer);
    return undefined;
  }

  /** What the call counts for; undefined where it counts for nothing, and everything was given back. */
  settle(result: CallResult): CallCharge | undefined {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return undefined;
    const charge = this.#limits.settle(held, result);
    return result.delivered === 'nothing' ? undefined : charge;
  }

  /** Gives back what is still held: the call ended before anything came of it. */
  refund(): void {
    this.settle({ delivered: 'nothing', deploymentId: undefined, tokens: undefined, gramsCo2: null });
  }

  /** As OpenAI's clients know them, as a flat list. Nothing where there is no such limit. */
  headers(): string[] {
    const { requests, tokens } = this.#limits.rates(this.#caller);
    return [...rateHeaders('requests', requests), ...rateHeaders('tokens', tokens)];
  }

  #take(answer: HeldLimits | { readonly refusal: LimitRefusal }): void {
    if ('refusal' in answer) throw limitError(answer.refusal, this.#language);
    this.#held = answer;
  }
}

function rateHeaders(kind: 'requests' | 'tokens', state: RateState | undefined): string[] {
  if (!state) return [];
  return [
    `x-ratelimit-limit-${kind}`,
    String(state.limit),
    `x-ratelimit-remaining-${kind}`,
    String(state.remaining),
    `x-ratelimit-reset-${kind}`,
    duration(state.resetMs),
  ];
}

/** As OpenAI writes it: `20ms`, `1.5s`, `6m0s`. */
function duration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 100) / 10;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${Math.ceil(seconds % 60)}s`;
}

function limitError(refusal: LimitRefusal, language: Language): OpenAiError {
  switch (refusal.code) {
    case 'limit': {
      const { meter, waitMs } = refusal;
      const budget = meter.kind === 'budget';
      return new OpenAiError(429, limitWords(refusal, language), {
        code: budget ? 'insufficient_quota' : 'rate_limit_exceeded',
        type: 'rate_limit_error',
        ...(waitMs !== undefined && { retryAfter: Math.max(1, Math.ceil(waitMs / 1000)) }),
      });
    }
    case 'budget_unknown':
      return new OpenAiError(503, say('budgetUnknown', language), { code: refusal.code, retryAfter: 2 });
    case 'price_unknown':
      return new OpenAiError(403, say('priceUnknown', language, { model: refusal.model }), {
        code: refusal.code,
      });
    case 'carbon_unknown':
      return new OpenAiError(403, say('carbonUnknown', language, { model: refusal.model }), {
        code: refusal.code,
      });
  }
}
