import type { CallHandling, GuardFound } from '../dispatch/index.ts';
import { OpenAiError } from '../../core/engine/openai-error.ts';
import { AnswerBlocked, CallGuard, type GuardFacts, type KnownSubjects } from '../guardrails/index.ts';
import { filledPrompt, type PromptFacts, type PromptTexts } from '../prompts/index.ts';
import { promptOf, withPrompt } from './prompt-body.ts';
import type { AnswerRelay, Asked, Endpoint, Passage } from './endpoint.ts';
import type { Language } from '../../core/policy/rule.ts';
import { GuardedStream } from './guard-stream.ts';

export { AnswerBlocked } from '../guardrails/index.ts';

/** What is to be done with the content of a key's calls; a key for which nothing is has none of this. */
export interface KeyContent {
  readonly guard?: GuardFacts | undefined;
  readonly prompts?: PromptFacts | undefined;
}

export interface ContentDeps {
  readonly subjects: KnownSubjects;
  readonly prompts: PromptTexts;
}

/** What happens to the content of one call on its way to the engine and back. */
export class CallContent {
  readonly #guard: CallGuard | undefined;
  readonly #prompts: PromptFacts | undefined;
  readonly #texts: PromptTexts;
  readonly #organisationId: string;
  #template: CallHandling['template'];
  #filled: Buffer | undefined;

  constructor({ guard, prompts }: KeyContent, deps: ContentDeps, organisationId: string) {
    this.#guard = guard && new CallGuard(guard, deps.subjects.detectorFor(organisationId));
    this.#prompts = prompts;
    this.#texts = deps.prompts;
    this.#organisationId = organisationId;
  }

  /** Fills the template that the body names, before anything else. @throws OpenAiError 400 where it cannot be filled */
  async fill(path: string, body: Buffer, language: Language): Promise<void> {
    const prompt = this.#prompts && promptOf(path, body);
    if (prompt === undefined || !this.#prompts) return;
    try {
      const filled = await filledPrompt(prompt, this.#prompts, this.#texts, this.#organisationId);
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

  /** The way to the engine and back, with what is done to the answer. */
  passage(passage: Passage): Passage {
    const guard = this.#guard;
    if (!guard?.readsAnswer) return passage;
    return {
      ...passage,
      relay: () => new GuardedRelay(passage.relay(), guard),
      whole: (bytes) => passage.whole(Buffer.from(guard.answerJson(bytes.toString()))),
    };
  }

  get headers(): string[] {
    return this.#guard ? ['x-kulning-guard', this.#guard.header] : [];
  }

  get handling(): CallHandling {
    return {
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
