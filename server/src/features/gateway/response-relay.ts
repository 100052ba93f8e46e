import { EventReader } from '../../core/dialects/event-reader.ts';
import { countIn, objectIn, textIn } from '../../core/dialects/json-view.ts';
import type { OpenAiError } from '../../core/engine/openai-error.ts';
import type { AnswerRelay } from './endpoint.ts';
import { type TokenUsage, usageOf } from './token-usage.ts';

const LAST = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error']);

/**
 * Passes an engine's own stream of a response on, event by event with the data as it came. The last event carries the
 * usage, and is held back.
 */
export class ResponseRelay implements AnswerRelay {
  readonly #reader = new EventReader();
  #usage: TokenUsage | undefined;
  #rest: Buffer | undefined;
  #failed = false;
  #number = 0;

  get usage(): TokenUsage | undefined {
    return this.#usage;
  }

  push(chunk: Buffer): Buffer | undefined {
    let text = '';
    for (const data of this.#reader.push(chunk)) {
      if (this.#rest || data.trim() === '[DONE]') continue;
      const event: unknown = JSON.parse(data);
      const type = textIn(event, 'type') ?? 'error';
      this.#number = (countIn(event, 'sequence_number') ?? this.#number) + 1;
      const bytes = `event: ${type}\n${data.replaceAll(/^/gmu, 'data: ')}\n\n`;
      if (!LAST.has(type)) text += bytes;
      else {
        this.#rest = Buffer.from(bytes);
        this.#failed = type === 'error' || type === 'response.failed';
        const usage = objectIn(objectIn(event, 'response'), 'usage');
        this.#usage = usage && usageOf(usage);
      }
    }
    return text === '' ? undefined : Buffer.from(text);
  }

  finish(): { rest: Buffer; complete: boolean; failed: boolean } {
    return { rest: this.#rest ?? Buffer.alloc(0), complete: this.#rest !== undefined, failed: this.#failed };
  }

  broken(error: OpenAiError): Buffer {
    const { message, code } = error.body.error;
    const told = { code, message, param: null };
    const data = { type: 'error', sequence_number: this.#number, ...told, error: told };
    return Buffer.from(`event: error\ndata: ${JSON.stringify(data)}\n\n`);
  }
}
