import { EventReader } from '../../core/dialects/event-reader.ts';
import { countIn, isObject, type Json, listIn, objectIn, textIn } from '../../core/dialects/json-view.ts';
import { GrowingText } from '../../core/guard/text-guard.ts';
import type { CallGuard } from '../guardrails/index.ts';

/** Members of a delta that hold text, in the dialects that engines speak. */
const TEXTS = ['content', 'reasoning_content', 'reasoning', 'thinking', 'refusal'] as const;
/** Longer arguments are not a tool's. */
const MOST_ARGUMENTS = 4 * 1024 * 1024;

type Draft = Record<string, unknown>;

/**
 * Guards an engine's stream, event by event: chat, completions and fill-in-the-middle by their choices, responses by their
 * typed events. A text is held back as long as a value may begin in it, arguments of tools until they are complete.
 * What is held leaves with the event that ends it, or before the next part begins.
 */
export class GuardedStream {
  readonly #guard: CallGuard;
  readonly #reader = new EventReader();
  readonly #texts = new Map<string, GrowingText>();
  readonly #arguments = new Map<string, { template: Draft; text: string }>();
  /** The last chunk: what is made here looks like the engine's own. */
  #last: Draft = {};
  #number = 0;

  constructor(guard: CallGuard) {
    this.#guard = guard;
  }

  /** @returns events for who reads the engine. @throws OpenAiError for what must not pass, RangeError, TypeError */
  push(chunk: Buffer): Buffer {
    let out = '';
    for (const data of this.#reader.push(chunk)) out += this.#event(data);
    return Buffer.from(out);
  }

  /** The engine said no more; what was held leaves. */
  end(): Buffer {
    const out = this.#flushChoices();
    this.#guard.assertAnswerPasses();
    return Buffer.from(out);
  }

  #event(data: string): string {
    if (data.trim() === '[DONE]') return `${this.#flushChoices()}data: [DONE]\n\n`;
    const event = parsed(data);
    const out =
      textIn(event, 'type')?.startsWith('response.') === true ? this.#typed(event, data) : this.#chunk(event);
    this.#guard.assertAnswerPasses();
    return out;
  }

  /** A chunk with choices: their deltas (chat) or texts (completions) are replaced, all else stays. */
  #chunk(event: Draft): string {
    let before = '';
    this.#last = event;
    const choices = listIn(event, 'choices').map((given, at) => {
      if (!isObject(given)) return given;
      const choice: Draft = { ...given };
      const index = countIn(choice, 'index') ?? at;
      if (this.#guard.hidesPieces && choice['logprobs'] !== undefined) choice['logprobs'] = null;
      const ends = typeof choice['finish_reason'] === 'string';
      if (typeof choice['text'] === 'string')
        choice['text'] = this.#text(`${index} text`, choice['text'], ends);
      const delta = objectIn(choice, 'delta');
      if (delta) {
        const guarded = this.#delta(event, index, delta, ends);
        before += guarded.before;
        choice['delta'] = guarded.delta;
      }
      return choice;
    });
    return before + eventOf({ ...event, ...(choices.length > 0 && { choices }) });
  }

  #delta(event: Draft, index: number, given: Json, ends: boolean): { before: string; delta: Draft } {
    const delta: Draft = { ...given };
    const hasTools = listIn(given, 'tool_calls').length > 0;
    const part = hasTools
      ? 'tool_calls'
      : TEXTS.find((name) => typeof given[name] === 'string' && given[name] !== '');
    // What came before in another part has ended: it must leave before what follows.
    const before = part === undefined ? '' : this.#flushTexts(event, index, part);
    for (const name of TEXTS)
      if (typeof given[name] === 'string')
        delta[name] = this.#text(`${index} ${name}`, given[name], ends && name === part);
    if (hasTools)
      delta['tool_calls'] = listIn(given, 'tool_calls').map((call, at) =>
        this.#toolCall(event, index, call, at),
      );
    if (!ends) return { before, delta };
    return { before: before + this.#flushTexts(event, index, part) + this.#flushTools(index), delta };
  }

  #text(key: string, piece: string, ends: boolean): string {
    let text = this.#texts.get(key);
    if (!text) this.#texts.set(key, (text = new GrowingText(this.#guard.answer)));
    const ready = text.push(piece);
    if (!ends) return ready;
    this.#texts.delete(key);
    return ready + text.end();
  }

  /** Name and id leave at once, arguments when the choice ends. */
  #toolCall(event: Draft, index: number, call: unknown, at: number): unknown {
    const given = objectIn(call, 'function');
    const piece = textIn(given, 'arguments');
    if (!isObject(call) || !given || piece === undefined) return call;
    const number = countIn(call, 'index') ?? at;
    const key = `${index} ${number}`;
    const held = this.#arguments.get(key) ?? {
      template: chunkOf(event, index, toolDelta(number, '')),
      text: '',
    };
    held.text += piece;
    if (held.text.length > MOST_ARGUMENTS) throw new RangeError('arguments of a tool have no end');
    held.template = chunkOf(event, index, toolDelta(number, ''));
    this.#arguments.set(key, held);
    return { ...call, function: { ...given, arguments: '' } };
  }

  /** Each as an event of its own. @param except the part that goes on */
  #flushTexts(event: Draft, index: number, except: string | undefined): string {
    let out = '';
    for (const [key, text] of this.#texts) {
      const [of, name = ''] = key.split(' ');
      if (of !== String(index) || name === except) continue;
      this.#texts.delete(key);
      const rest = text.end();
      if (rest !== '')
        out += eventOf(
          name === 'text' ? textChunk(event, index, rest) : chunkOf(event, index, { [name]: rest }),
        );
    }
    return out;
  }

  #flushTools(index: number): string {
    let out = '';
    for (const [key, { template, text }] of this.#arguments) {
      const [of, number] = key.split(' ').map(Number);
      if (of !== index) continue;
      this.#arguments.delete(key);
      const delta = toolDelta(number ?? 0, this.#guardedArguments(text));
      out += eventOf(chunkOf(template, index, delta));
    }
    return out;
  }

  #guardedArguments(text: string): string {
    const holder = this.#guard.answerJson(JSON.stringify({ arguments: text }));
    return textIn(JSON.parse(holder), 'arguments') ?? '';
  }

  #flushChoices(): string {
    const indexes = new Set(
      [...this.#texts.keys(), ...this.#arguments.keys()].map((key) => Number(key.split(' ')[0])),
    );
    return [...indexes]
      .map((index) => this.#flushTexts(this.#last, index, undefined) + this.#flushTools(index))
      .join('');
  }

  /** Events of a response: deltas are guarded as they grow, everything that repeats a whole text at once. */
  #typed(event: Draft, data: string): string {
    const type = textIn(event, 'type') ?? '';
    const key = `${countIn(event, 'output_index') ?? 0} ${countIn(event, 'content_index') ?? countIn(event, 'summary_index') ?? 0}`;
    const piece = textIn(event, 'delta');
    if (type.endsWith('.delta') && piece !== undefined) {
      if (type.includes('arguments') || type.includes('input')) return '';
      const delta = this.#text(`${key} ${type}`, piece, false);
      return delta === ''
        ? ''
        : this.#numbered({ ...event, delta, ...(this.#guard.hidesPieces && { logprobs: [] }) });
    }
    const judge = () => parsed(this.#guard.answerJson(data));
    // Deltas of arguments were not judged; everything else that is whole was seen in pieces.
    const whole =
      type.includes('arguments') || type.includes('input') ? judge() : this.#guard.answer.repeating(judge);
    const deltaType = type.replace(/\.done$/, '.delta');
    const given = textIn(whole, 'arguments');
    if (type.endsWith('.done') && given !== undefined) {
      const { item_id, output_index } = event;
      return this.#numbered({ type: deltaType, item_id, output_index, delta: given }) + this.#numbered(whole);
    }
    const held = this.#texts.get(`${key} ${deltaType}`);
    if (!type.endsWith('.done') || !held) return this.#numbered(whole);
    this.#texts.delete(`${key} ${deltaType}`);
    const { item_id, output_index, content_index, summary_index } = event;
    const rest = held.end();
    const last = { type: deltaType, item_id, output_index, content_index, summary_index, delta: rest };
    return (rest === '' ? '' : this.#numbered(last)) + this.#numbered(whole);
  }

  #numbered(event: Draft): string {
    const type = textIn(event, 'type') ?? 'message';
    return `event: ${type}\n${eventOf({ ...event, sequence_number: this.#number++ })}`;
  }
}

const eventOf = (event: Draft): string => `data: ${JSON.stringify(event)}\n\n`;

const toolDelta = (index: number, text: string): Draft => ({
  tool_calls: [{ index, function: { arguments: text } }],
});

/** A chunk like another one, with this delta alone. */
function chunkOf(head: Draft, index: number, delta: Draft): Draft {
  return { ...head, usage: undefined, choices: [{ index, delta, finish_reason: null }] };
}

function textChunk(head: Draft, index: number, text: string): Draft {
  return { ...head, usage: undefined, choices: [{ index, text, finish_reason: null }] };
}

function parsed(data: string): Draft {
  try {
    const event: unknown = JSON.parse(data);
    return isObject(event) ? event : {};
  } catch (cause) {
    throw new TypeError('the engine sent an event that is not JSON', { cause });
  }
}
