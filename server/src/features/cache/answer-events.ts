import { EventReader } from '../../core/dialects/event-reader.ts';
import { countIn, isObject, type Json, listIn, objectIn, textIn } from '../../core/dialects/json-view.ts';

type Draft = Record<string, unknown>;

/** A longer answer is not kept, and not gathered. */
export const MOST_ANSWER_LENGTH = 1024 * 1024;

/**
 * Gathers a stream of chat or completions into the answer that the engine would have given in one piece. One choice alone:
 * requests for more are not cached.
 */
export class AnswerCollector {
  readonly #reader = new EventReader();
  readonly #message: Draft = { role: 'assistant' };
  readonly #calls = new Map<
    number,
    { id?: string | undefined; name?: string | undefined; arguments: string }
  >();
  #head: Json | undefined;
  #isChat = true;
  #finish: string | undefined;
  #usage: Json | undefined;
  #length = 0;
  #unfit = false;

  push(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#unfit || this.#length > 4 * MOST_ANSWER_LENGTH) return void (this.#unfit = true);
    for (const data of this.#reader.push(chunk)) if (data.trim() !== '[DONE]') this.#event(data);
  }

  /** Undefined where the stream was no whole answer of a known form. */
  whole(): string | undefined {
    if (this.#unfit || !this.#head || this.#finish === undefined) return undefined;
    const { id, created, model, system_fingerprint } = this.#head;
    const calls = [...this.#calls.values()].map(({ id: callId, name, arguments: text }) => ({
      id: callId,
      type: 'function',
      function: { name, arguments: text },
    }));
    const message = { ...this.#message, ...(calls.length > 0 && { tool_calls: calls }) };
    const content = this.#isChat ? { message } : { text: this.#message['content'] ?? '' };
    const answer = JSON.stringify({
      id,
      object: this.#isChat ? 'chat.completion' : 'text_completion',
      created,
      model,
      system_fingerprint,
      choices: [{ index: 0, ...content, finish_reason: this.#finish }],
      usage: this.#usage,
    });
    return answer.length > MOST_ANSWER_LENGTH ? undefined : answer;
  }

  #event(data: string): void {
    const event: unknown = JSON.parse(data);
    const choices = listIn(event, 'choices');
    // An error, a response's typed event, several choices: none of them is kept.
    if (!isObject(event) || !Array.isArray(event['choices']) || choices.length > 1)
      return void (this.#unfit = true);
    this.#head ??= event;
    this.#usage = objectIn(event, 'usage') ?? this.#usage;
    const [choice] = choices;
    if (!isObject(choice)) return;
    if ((countIn(choice, 'index') ?? 0) > 0) return void (this.#unfit = true);
    this.#finish = textIn(choice, 'finish_reason') ?? this.#finish;
    const text = textIn(choice, 'text');
    if (text !== undefined) {
      this.#isChat = false;
      this.#add('content', text);
    }
    this.#delta(objectIn(choice, 'delta') ?? {});
  }

  #delta(delta: Json): void {
    for (const [name, value] of Object.entries(delta)) {
      if (name === 'tool_calls') listIn(delta, name).forEach((call, at) => this.#call(call, at));
      else if (name !== 'role' && typeof value === 'string') this.#add(name, value);
      else if (name !== 'role' && value !== null) this.#unfit = true;
    }
  }

  #add(name: string, text: string): void {
    const before = this.#message[name];
    this.#message[name] = typeof before === 'string' ? before + text : text;
  }

  #call(given: unknown, at: number): void {
    const index = countIn(given, 'index') ?? at;
    const call = this.#calls.get(index) ?? { arguments: '' };
    const part = objectIn(given, 'function');
    call.id ??= textIn(given, 'id');
    call.name ??= textIn(part, 'name');
    call.arguments += textIn(part, 'arguments') ?? '';
    this.#calls.set(index, call);
  }
}

/** A whole answer as the stream that says the same: one event a part. Undefined for what no stream of these can say. */
export function eventsOf(answer: string): Buffer | undefined {
  const whole: unknown = JSON.parse(answer);
  const [choice] = listIn(whole, 'choices');
  if (!isObject(whole) || !isObject(choice)) return undefined;
  const { usage } = whole;
  const isChat = isObject(choice['message']);
  const object = isChat ? 'chat.completion.chunk' : whole['object'];
  const event = (choices: readonly object[], more: object = {}) =>
    `data: ${JSON.stringify({ ...whole, object, usage: undefined, choices, ...more })}\n\n`;
  const part = (content: object, finish: unknown = null) =>
    event([{ index: 0, ...content, finish_reason: finish }]);
  const parts = isChat ? deltasOf(choice['message'] as Json).map((delta) => part({ delta })) : [];
  const end = isChat
    ? part({ delta: {} }, choice['finish_reason'])
    : part({ text: choice['text'] }, choice['finish_reason']);
  const counted = isObject(usage) ? event([], { usage }) : '';
  return Buffer.from(`${parts.join('')}${end}${counted}data: [DONE]\n\n`);
}

/** Thought before speech, speech before calls, as engines do. */
function deltasOf({ role, content, tool_calls: calls, ...others }: Json): object[] {
  const texts = Object.entries({ ...others, content }).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [{ [name]: value }] : [],
  );
  const listed = Array.isArray(calls) ? calls.map((call: Json, index) => ({ index, ...call })) : [];
  return [{ role, content: '' }, ...texts, ...(listed.length > 0 ? [{ tool_calls: listed }] : [])];
}
