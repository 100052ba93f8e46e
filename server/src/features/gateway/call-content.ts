import { type AnswerGround, CallCache, type CacheFacts, type GatewayCache } from '../cache/index.ts';
import type { CallHandling, GuardFound, Reservation, SubjectJson } from '../dispatch/index.ts';
import { OpenAiError } from '../../core/engine/openai-error.ts';
import { AnswerBlocked, CallGuard, type GuardFacts, type KnownSubjects } from '../guardrails/index.ts';
import { filledPrompt, type PromptFacts, type PromptTexts } from '../prompts/index.ts';
import { promptOf, withPrompt } from './prompt-body.ts';
import type { CallContext } from './call-context.ts';
import type { AnswerRelay, Asked, Endpoint, Passage, WholeAnswer } from './endpoint.ts';
import { wholeAsItIs } from './token-usage.ts';
import type { Language } from '../../core/policy/rule.ts';
import { GuardedStream } from './guard-stream.ts';

export { AnswerBlocked } from '../guardrails/index.ts';

/** What is to be done with the content of a key's calls; a key for which nothing is has none of this. */
export interface KeyContent {
  readonly guard?: GuardFacts | undefined;
  readonly prompts?: PromptFacts | undefined;
  readonly cache?: CacheFacts | undefined;
}

export interface ContentDeps {
  readonly subjects: KnownSubjects;
  readonly prompts: PromptTexts;
  readonly cache: GatewayCache;
}

/** What happens to the content of one call on its way to the engine and back. */
export class CallContent {
  readonly #guard: CallGuard | undefined;
  readonly #prompts: PromptFacts | undefined;
  readonly #texts: PromptTexts;
  readonly #cache: CallCache | undefined;
  readonly #call: CallContext;
  #template: CallHandling['template'];
  #filled: Buffer | undefined;

  constructor({ guard, prompts, cache }: KeyContent, deps: ContentDeps, call: CallContext) {
    this.#guard = guard && new CallGuard(guard, deps.subjects.detectorFor(call.organisation.id));
    this.#prompts = prompts;
    this.#texts = deps.prompts;
    this.#cache = cache && new CallCache(deps.cache, cache, call.request.headers['cache-control']);
    this.#call = call;
  }

  /** Fills the template that the body names, before anything else. @throws OpenAiError 400 where it cannot be filled */
  async fill(path: string, body: Buffer, language: Language): Promise<void> {
    const prompt = this.#prompts && promptOf(path, body);
    if (prompt === undefined || !this.#prompts) return;
    try {
      const filled = await filledPrompt(prompt, this.#prompts, this.#texts, this.#call.organisation.id);
      this.#template = filled.used;
      this.#filled = withPrompt(path, body, filled);
    } catch (error) {
      throw error instanceof OpenAiError ? error.in(language) : error;
    }
  }

  /**
   * What goes on of a body: its template filled, then what guardrails leave of it. The caller's own name for its user stays:
   * erasures need it, and the engine does not get it.
   */
  asked(endpoint: Endpoint, body: Buffer, language: Language): Asked {
    const whole = this.#filled ?? body;
    const given = endpoint.parse(whole, language);
    const bytes = this.#guard?.requestBody(whole) ?? whole;
    return bytes === whole ? given : { ...endpoint.parse(bytes, language), user: given.user };
  }

  /** Why the call must not go on. */
  get refusal(): OpenAiError | undefined {
    return this.#guard?.refusal;
  }

  /** The way to the engine and back, with what is done to the answer; where it goes is decided by now. */
  passage(own: Passage, reservation: Reservation, isStream: boolean): Passage {
    this.#cache?.lookUp(own.body, isStream, this.#ground(own.path, reservation));
    return this.#seen(this.#guarded(own));
  }

  #guarded(passage: Passage): Passage {
    const guard = this.#guard;
    if (!guard?.readsAnswer) return passage;
    return {
      ...passage,
      relay: () => new GuardedRelay(passage.relay(), guard),
      whole: (bytes) => passage.whole(Buffer.from(guard.answerJson(bytes.toString()))),
    };
  }

  /** The cache sees what the engine said, before guardrails judge it: they judge it anew each time it is given. */
  #seen(passage: Passage): Passage {
    const cache = this.#cache;
    if (!cache) return passage;
    return {
      ...passage,
      relay: () => {
        const relay = passage.relay();
        return {
          get usage() {
            return relay.usage;
          },
          push(chunk) {
            cache.sawChunk(chunk);
            return relay.push(chunk);
          },
          finish: () => relay.finish(),
          broken: (error) => relay.broken(error),
        };
      },
      whole(bytes) {
        cache.sawWhole(bytes);
        return passage.whole(bytes);
      },
    };
  }

  #ground(path: string, { placement, record }: Reservation): AnswerGround {
    const { organisation, dataClass, purpose, key } = this.#call;
    return {
      organisationId: organisation.id,
      deploymentId: placement.deploymentId,
      modelVersion: placement.modelVersion,
      policy: record.policy,
      dataClass,
      purpose,
      path,
      guard: key.content?.guard?.digest ?? '',
    };
  }

  /** An earlier answer, as the engine would say it. */
  get earlier(): Buffer | undefined {
    return this.#cache?.hit;
  }

  /** The call was answered and is on record: its answer may be given again. */
  answered(subjects: readonly SubjectJson[]): void {
    this.#cache?.answered(this.#call.callId, subjects);
  }

  get headers(): string[] {
    return [
      ...(this.#guard ? ['x-kulning-guard', this.#guard.header] : []),
      ...(this.#cache ? ['x-kulning-cache', this.#cache.header] : []),
    ];
  }

  get handling(): CallHandling {
    const cache = this.#cache?.handling;
    return {
      ...(cache && { cache }),
      ...(this.#template && { template: this.#template }),
      ...(this.#guard && { guard: this.#guard.requestRecord }),
    };
  }

  get answerGuard(): GuardFound | undefined {
    return this.#guard?.answerRecord;
  }
}

/** The caller's view of a stream that was guarded before it was translated. */
class GuardedRelay implements AnswerRelay {
  readonly #inner: AnswerRelay;
  readonly #stream: GuardedStream;

  constructor(inner: AnswerRelay, guard: CallGuard) {
    this.#inner = inner;
    this.#stream = new GuardedStream(guard);
  }

  get usage() {
    return this.#inner.usage;
  }

  push(chunk: Buffer): Buffer | undefined {
    const guarded = this.#stream.push(chunk);
    return guarded.length === 0 ? undefined : this.#inner.push(guarded);
  }

  finish() {
    const held = this.#inner.push(this.#stream.end());
    const end = this.#inner.finish();
    return held ? { ...end, rest: Buffer.concat([held, end.rest]) } : end;
  }

  broken(error: OpenAiError): Buffer {
    return this.#inner.broken(error);
  }
}

/** An engine's whole answer as the caller reads it; what the engine made unreadable, or guardrails stop, is no answer. */
export function inCallersWords(passage: Passage | undefined, bytes: Buffer): WholeAnswer | Error {
  try {
    return passage?.whole(bytes) ?? wholeAsItIs(bytes);
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof AnswerBlocked)
      return error;
    throw error;
  }
}

/** What a stream ended with; guardrails may stop it in its middle, or in the words that were held until its end. */
export function endOf(relay: AnswerRelay, error: Error | undefined) {
  const stopped = { rest: Buffer.alloc(0), complete: false, failed: false };
  if (error instanceof AnswerBlocked) return { ...stopped, blocked: error };
  try {
    return { ...relay.finish(), blocked: undefined };
  } catch (thrown) {
    if (thrown instanceof AnswerBlocked) return { ...stopped, blocked: thrown };
    throw thrown;
  }
}
