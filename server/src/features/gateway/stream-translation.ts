import type { AnswerHead, EventTranslator } from '../../core/dialects/dialect.ts';
import { EventReader } from '../../core/dialects/event-reader.ts';
import { type Json, objectIn, textIn } from '../../core/dialects/json-view.ts';
import type { OpenAiError } from '../../core/engine/openai-error.ts';
import type { AnswerRelay, CallMark } from './endpoint.ts';
import { type TokenUsage, usageOf } from './token-usage.ts';

/** What a translated answer is called: the call's own id, without its prefix. */
export function headOf({ callId, at }: CallMark, model: string): AnswerHead {
  return { id: callId.slice(callId.indexOf('_') + 1), at, model };
}

/** Passes an engine's chat stream on in another dialect. Its end is made, and held back, here. */
export class StreamTranslation implements AnswerRelay {
  readonly #reader = new EventReader();
  readonly #translator: EventTranslator;
  #usage: TokenUsage | undefined;
  #done = false;
  #finished = false;
  #failure: Json | undefined;

  constructor(translator: EventTranslator) {
    this.#translator = translator;
  }

  get usage(): TokenUsage | undefined {
    return this.#usage;
  }

  push(chunk: Buffer): Buffer | undefined {
    let text = '';
    for (const data of this.#reader.push(chunk)) text += this.#event(data);
    return text === '' ? undefined : Buffer.from(text);
  }

  finish(): { rest: Buffer; complete: boolean; failed: boolean } {
    if (!this.#failure)
      return {
        rest: Buffer.from(this.#translator.end()),
        complete: this.#done || this.#finished,
        failed: false,
      };
    const message = textIn(this.#failure, 'message') ?? 'the engine failed';
    const code = textIn(this.#failure, 'code') ?? 'engine_error';
    return {
      rest: Buffer.from(this.#translator.broken({ status: 502, message, code })),
      complete: true,
      failed: true,
    };
  }

  broken(error: OpenAiError): Buffer {
    const { message, code } = error.body.error;
    return Buffer.from(this.#translator.broken({ status: error.status, message, code }));
  }

  #event(data: string): string {
    if (this.#done || this.#failure) return '';
    if (data.trim() === '[DONE]') {
      this.#done = true;
      return '';
    }
    const chunk: unknown = parsed(data);
    this.#failure = objectIn(chunk, 'error');
    if (this.#failure) return '';
    const usage = objectIn(chunk, 'usage');
    this.#usage = (usage && usageOf(usage)) ?? this.#usage;
    this.#finished ||= /"finish_reason"\s*:\s*"/u.test(data);
    return this.#translator.chunk(chunk);
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new TypeError('the engine sent an event that is not JSON', { cause });
  }
}
