import { type ChatPart, chatPart, type ChatUsage } from './chat-answer.ts';
import type { AnswerHead, EventTranslator, StreamFailure } from './dialect.ts';
import type { Json } from './json-view.ts';

/** A chat completion, as a response to `request`. @throws TypeError for what is none */
export function responseOfChat(completion: unknown, head: AnswerHead, request: Json): Json {
  const part = chatPart(completion);
  const items = new ItemIds(head.id);
  const output: Json[] = [];
  if (part.reasoning !== '') output.push(reasoningItem(items.next('rs'), part.reasoning, 'completed'));
  if (part.text !== '' || part.refusal !== '' || part.calls.length === 0)
    output.push(messageItem(items.next('msg'), contentsOf(part), 'completed'));
  for (const call of part.calls)
    output.push(callItem(items.next('fc'), call.id ?? '', call.name ?? '', call.arguments, 'completed'));
  return {
    ...part.unknown,
    ...responseBody(head, request, { ...endingOf(part.finish), output, usage: part.usage }),
  };
}

function contentsOf({ text, refusal }: Pick<ChatPart, 'text' | 'refusal'>): Json[] {
  const refused = refusal === '' ? [] : [{ type: 'refusal', refusal }];
  return text !== '' || refusal === '' ? [outputText(text), ...refused] : refused;
}

interface Ending {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly incomplete_details?: Json | null;
  readonly error?: Json | null;
}

function endingOf(finish: string | undefined): Ending {
  if (finish === 'length')
    return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (finish === 'content_filter')
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  return { status: 'completed' };
}

/** The object that every event of a response carries, and that a whole answer is. */
function responseBody(
  { id, at, model }: AnswerHead,
  request: Json,
  state: Ending & { readonly output: readonly Json[]; readonly usage: ChatUsage | undefined },
): Json {
  const given = (name: string, otherwise: unknown) => request[name] ?? otherwise;
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: Math.floor(at / 1000),
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: state.incomplete_details ?? null,
    instructions: given('instructions', null),
    max_output_tokens: given('max_output_tokens', null),
    model,
    output: state.output,
    parallel_tool_calls: given('parallel_tool_calls', true),
    previous_response_id: null,
    reasoning: given('reasoning', { effort: null, summary: null }),
    store: false,
    temperature: given('temperature', null),
    text: given('text', { format: { type: 'text' } }),
    tool_choice: given('tool_choice', 'auto'),
    tools: given('tools', []),
    top_p: given('top_p', null),
    truncation: 'disabled',
    usage: state.usage ? usageBody(state.usage) : null,
    user: given('user', null),
    metadata: given('metadata', {}),
  };
}

function usageBody({ input, cached, output, reasoning }: ChatUsage): Json {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

type Status = 'in_progress' | 'completed';

const outputText = (text: string): Json => ({ type: 'output_text', annotations: [], logprobs: [], text });
const reasoningText = (text: string): Json => ({ type: 'reasoning_text', text });
const messageItem = (id: string, content: readonly Json[], status: Status): Json => ({
  id,
  type: 'message',
  status,
  role: 'assistant',
  content,
});
const reasoningItem = (id: string, text: string, status: Status): Json => ({
  id,
  type: 'reasoning',
  status,
  summary: [],
  content: text === '' ? [] : [reasoningText(text)],
});
const callItem = (id: string, callId: string, name: string, args: string, status: Status): Json => ({
  id,
  type: 'function_call',
  status,
  call_id: callId,
  name,
  arguments: args,
});

class ItemIds {
  readonly #of: string;
  #count = 0;
  constructor(of: string) {
    this.#of = of;
  }
  next(kind: string): string {
    return `${kind}_${this.#of}${String(this.#count++).padStart(2, '0')}`;
  }
}

interface OpenItem {
  readonly kind: 'reasoning' | 'text' | 'refusal' | 'call';
  readonly id: string;
  /** Its place in `output`. */
  readonly place: number;
  readonly callId: string;
  readonly name: string;
  said: string;
}

/**
 * Events of a response (https://platform.openai.com/docs/api-reference/responses-streaming) out of chat chunks, numbered
 * from 0 without a gap. Calls stay open to the end: an engine may go to and fro between parallel ones.
 */
export class ResponseEvents implements EventTranslator {
  readonly #head: AnswerHead;
  readonly #request: Json;
  readonly #items: ItemIds;
  readonly #calls = new Map<number, OpenItem>();
  readonly #output: Json[] = [];
  #number = 0;
  #places = 0;
  #open: OpenItem | undefined;
  #finish: string | undefined;
  #usage: ChatUsage | undefined;

  constructor(head: AnswerHead, request: Json) {
    this.#head = head;
    this.#request = request;
    this.#items = new ItemIds(head.id);
  }

  chunk(data: unknown): string {
    const part = chatPart(data);
    this.#finish = part.finish ?? this.#finish;
    this.#usage = part.usage ?? this.#usage;
    let text = this.#begin();
    if (part.reasoning !== '') text += this.#say('reasoning', part.reasoning);
    if (part.text !== '') text += this.#say('text', part.text);
    if (part.refusal !== '') text += this.#say('refusal', part.refusal);
    for (const call of part.calls) {
      const known = this.#calls.get(call.index);
      if (!known) text += this.#close() + this.#openCall(call.index, call.id ?? '', call.name ?? '');
      const item = known ?? this.#calls.get(call.index);
      if (!item || call.arguments === '') continue;
      item.said += call.arguments;
      text += this.#event('response.function_call_arguments.delta', {
        item_id: item.id,
        output_index: item.place,
        delta: call.arguments,
      });
    }
    return text;
  }

  end(): string {
    let text = this.#begin();
    text += this.#close();
    // Reasoning alone is no answer: an empty one is said, as in a whole response.
    const answered = this.#calls.size > 0 || this.#output.some((item) => item['type'] === 'message');
    if (!answered) text += this.#openItem('text') + this.#close();
    for (const call of this.#calls.values()) text += this.#closeCall(call);
    const ending = endingOf(this.#finish);
    const type = ending.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
    return text + this.#event(type, { response: this.#response(ending) });
  }

  /** `error` as the documentation has it, and once more as `error.error`: without that, openai 6 takes it for an event. */
  broken({ message, code }: StreamFailure): string {
    const error = { code, message, param: null };
    return this.#event('error', { ...error, error });
  }

  #event(type: string, fields: object): string {
    const data = JSON.stringify({ type, sequence_number: this.#number++, ...fields });
    return `event: ${type}\ndata: ${data}\n\n`;
  }

  #response(ending: Ending): Json {
    const output = this.#output.filter((item) => item !== undefined);
    return responseBody(this.#head, this.#request, { ...ending, output, usage: this.#usage });
  }

  #begin(): string {
    if (this.#number > 0) return '';
    const response = this.#response({ status: 'in_progress' });
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  #say(kind: 'reasoning' | 'text' | 'refusal', said: string): string {
    const open = this.#open?.kind === kind ? '' : this.#close() + this.#openItem(kind);
    const item = this.#open;
    if (!item) return open;
    item.said += said;
    return (
      open +
      this.#event(`response.${eventNames[kind]}.delta`, { ...partOf(item), delta: said, ...logprobs(kind) })
    );
  }

  #openItem(kind: 'reasoning' | 'text' | 'refusal'): string {
    const id = this.#items.next(kind === 'reasoning' ? 'rs' : 'msg');
    this.#open = { kind, id, place: this.#places++, callId: '', name: '', said: '' };
    const item =
      kind === 'reasoning' ? reasoningItem(id, '', 'in_progress') : messageItem(id, [], 'in_progress');
    const part = contentOf({ ...this.#open, said: '' });
    return (
      this.#event('response.output_item.added', { output_index: this.#open.place, item }) +
      this.#event('response.content_part.added', { ...partOf(this.#open), part })
    );
  }

  #openCall(index: number, callId: string, name: string): string {
    const call: OpenItem = {
      kind: 'call',
      id: this.#items.next('fc'),
      place: this.#places++,
      callId,
      name,
      said: '',
    };
    this.#calls.set(index, call);
    const item = callItem(call.id, callId, name, '', 'in_progress');
    return this.#event('response.output_item.added', { output_index: call.place, item });
  }

  #close(): string {
    const item = this.#open;
    if (!item) return '';
    this.#open = undefined;
    const content = contentOf(item);
    const said = item.kind === 'refusal' ? { refusal: item.said } : { text: item.said };
    const done =
      item.kind === 'reasoning'
        ? reasoningItem(item.id, item.said, 'completed')
        : messageItem(item.id, [content], 'completed');
    this.#output[item.place] = done;
    return (
      this.#event(`response.${eventNames[item.kind]}.done`, {
        ...partOf(item),
        ...said,
        ...logprobs(item.kind),
      }) +
      this.#event('response.content_part.done', { ...partOf(item), part: content }) +
      this.#event('response.output_item.done', { output_index: item.place, item: done })
    );
  }

  #closeCall(call: OpenItem): string {
    const done = callItem(call.id, call.callId, call.name, call.said, 'completed');
    this.#output[call.place] = done;
    return (
      this.#event('response.function_call_arguments.done', {
        item_id: call.id,
        output_index: call.place,
        name: call.name,
        arguments: call.said,
      }) + this.#event('response.output_item.done', { output_index: call.place, item: done })
    );
  }
}

const eventNames = {
  reasoning: 'reasoning_text',
  text: 'output_text',
  refusal: 'refusal',
  call: 'function_call_arguments',
} as const;

const partOf = ({ id, place }: OpenItem) => ({ item_id: id, output_index: place, content_index: 0 });

const logprobs = (kind: OpenItem['kind']) => (kind === 'text' ? { logprobs: [] } : {});

function contentOf({ kind, said }: OpenItem): Json {
  if (kind === 'reasoning') return reasoningText(said);
  return kind === 'refusal' ? { type: 'refusal', refusal: said } : outputText(said);
}
