import type { OpenAiError } from '../../core/engine/openai-error.ts';
import type { AnswerRelay } from './endpoint.ts';
import { errorEvent } from './openai-answer.ts';
import { type TokenUsage, usageIn } from './token-usage.ts';

/** An event longer than this is not from an engine. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;
const DONE = '[DONE]';
/** At the end the finish reason or the error stands within this many bytes. */
const TAIL_BYTES = 4096;

/**
 * Passes the events of a stream (text/event-stream, WHATWG HTML §9.2) on as the bytes they came in, whole events
 * only, and keeps back what must not leave before the call is settled: the end. No event is parsed but the one that
 * carries the usage.
 */
export class StreamRelay implements AnswerRelay {
  readonly #dropUsage: boolean;
  #carry: Buffer | undefined;
  #end: Buffer | undefined;
  /** The last events that left, as they came: looked into at the end, once. */
  readonly #tail: Buffer[] = [];
  #tailLength = 0;
  #usage: TokenUsage | undefined;

  /** @param dropUsage the caller did not ask for the usage event */
  constructor(dropUsage: boolean) {
    this.#dropUsage = dropUsage;
  }

  get usage(): TokenUsage | undefined {
    return this.#usage;
  }

  /** What may leave now. @throws RangeError for an event without end */
  push(chunk: Buffer): Buffer | undefined {
    const bytes = this.#carry ? Buffer.concat([this.#carry, chunk]) : chunk;
    const boundary = endOfLastEvent(bytes);
    this.#carry = boundary < bytes.length ? bytes.subarray(boundary) : undefined;
    if (this.#carry && this.#carry.length > MAX_EVENT_BYTES)
      throw new RangeError('an event of the engine has no end');
    if (boundary === 0 || this.#end) return undefined;
    const events = bytes.subarray(0, boundary);
    const text = events.toString('latin1');
    if (!text.includes('"usage"') && !text.includes(DONE)) {
      this.#remember(events);
      return events;
    }
    return this.#sift(text);
  }

  /**
   * The engine's stream is over. `complete`: it said so (`[DONE]`), or gave a finish reason and only forgot to;
   * half an event at the end is dropped. `failed`: it sent an error event.
   */
  finish(): { rest: Buffer; complete: boolean; failed: boolean } {
    const last = Buffer.concat(this.#tail, this.#tailLength).toString('latin1');
    const failed = /(?:^|[\r\n])data: ?\{\s*"error"/.test(last);
    if (this.#end) return { rest: this.#end, complete: true, failed };
    const finished = /"finish_reason"\s*:\s*"/.test(last);
    return { rest: Buffer.from(`data: ${DONE}\n\n`), complete: finished, failed };
  }

  broken(error: OpenAiError): Buffer {
    return errorEvent(error);
  }

  /** Event by event: takes the usage out, and holds the end back. */
  #sift(events: string): Buffer | undefined {
    const kept: string[] = [];
    for (const event of events.split(BETWEEN_EVENTS)) {
      if (/^data: ?\[DONE\]/m.test(event)) {
        this.#end = Buffer.from(event, 'latin1');
        break;
      }
      const usage = event.includes('"usage"') ? usageIn(/^data: ?(.*)$/m.exec(event)?.[1] ?? '') : undefined;
      this.#usage = usage ?? this.#usage;
      if (usage && this.#dropUsage && /"choices"\s*:\s*\[\s*\]/.test(event)) continue;
      kept.push(this.#dropUsage ? event.replace(NO_USAGE_YET, '') : event);
    }
    if (kept.length === 0) return undefined;
    const forward = Buffer.from(kept.join(''), 'latin1');
    this.#remember(forward);
    return forward;
  }

  #remember(events: Buffer): void {
    const last = events.length > TAIL_BYTES ? events.subarray(-TAIL_BYTES) : events;
    this.#tail.push(last);
    this.#tailLength += last.length;
    for (
      let first = this.#tail[0];
      first && this.#tailLength - first.length >= TAIL_BYTES;
      first = this.#tail[0]
    ) {
      this.#tail.shift();
      this.#tailLength -= first.length;
    }
  }
}

/** OpenAI's own servers say in every event that the usage is still to come; who did not ask may not understand it. */
const NO_USAGE_YET = /,\s*"usage"\s*:\s*null(?=\s*\}[ \t]*$)/m;
/** Splits behind a blank line. A lone CR ends a line too, but not where it is the first half of CRLF. */
const BETWEEN_EVENTS = /(?<=(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n)))(?=[^\r\n])/;
const BLANK_LINES = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))/g;

/** The position behind the last blank line; 0 if there is none. Nearly always a chunk ends in one. */
function endOfLastEvent(bytes: Buffer): number {
  const { length } = bytes;
  if (length > 1 && bytes[length - 1] === 10 && bytes[length - 2] === 10) return length;
  if (!bytes.includes(13)) {
    const blank = bytes.lastIndexOf('\n\n');
    return blank < 0 ? 0 : blank + 2;
  }
  let end = 0;
  for (const found of bytes.toString('latin1').matchAll(BLANK_LINES)) end = found.index + found[0].length;
  return end;
}
