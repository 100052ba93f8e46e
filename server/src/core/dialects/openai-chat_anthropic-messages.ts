import { type ChatPart, chatPart, type ChatUsage } from './chat-answer.ts';
import { type AnswerHead, type EventTranslator, type StreamFailure, typedEvent } from './dialect.ts';
import type { Json } from './json-view.ts';

const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

/** A chat completion, as a message. @throws TypeError for what is none, or calls a tool with what is not JSON */
export function messageOfChat(completion: unknown, head: AnswerHead): Json {
  const part = chatPart(completion);
  const text = part.text + part.refusal;
  const content: Json[] = [];
  if (part.reasoning !== '') content.push({ type: 'thinking', thinking: part.reasoning, signature: '' });
  if (text !== '') content.push({ type: 'text', text });
  for (const { id, name, arguments: input } of part.calls)
    content.push({ type: 'tool_use', id: id ?? '', name: name ?? '', input: inputOf(input) });
  return {
    ...part.unknown,
    ...openMessage(head),
    content,
    ...stopOf(part, part.calls.length > 0),
    usage: usageOf(part.usage),
  };
}

function inputOf(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TypeError('the engine called a tool with arguments that are not JSON', { cause });
  }
}

function openMessage({ id, model }: AnswerHead): Json {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model, content: [] };
}

function stopOf({ finish, stoppedBy }: Pick<ChatPart, 'finish' | 'stoppedBy'>, called: boolean): Json {
  if (finish === 'stop' && stoppedBy !== undefined)
    return { stop_reason: 'stop_sequence', stop_sequence: stoppedBy };
  // Some engines say `stop` after a call.
  const reason = finish === 'stop' && called ? 'tool_use' : (STOP_REASONS[finish ?? 'stop'] ?? 'end_turn');
  return { stop_reason: reason, stop_sequence: null };
}

/** Input tokens are those that no cache had. */
function usageOf(usage: ChatUsage | undefined): Json {
  const { input = 0, cached = 0, output = 0 } = usage ?? {};
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
  };
}

interface Block {
  readonly index: number;
  readonly kind: 'thinking' | 'text' | 'tool_use';
}

/**
 * Events of a message stream (https://docs.anthropic.com/en/docs/build-with-claude/streaming) out of chat chunks. A
 * block of text ends where another kind begins; blocks of parallel calls stay open to the end, because an engine may
 * go to and fro between them.
 */
export class MessageEvents implements EventTranslator {
  readonly #head: AnswerHead;
  readonly #calls = new Map<number, Block>();
  #begun = false;
  #blocks = 0;
  #open: Block | undefined;
  #finish: string | undefined;
  #stoppedBy: string | undefined;
  #usage: ChatUsage | undefined;

  constructor(head: AnswerHead) {
    this.#head = head;
  }

  chunk(data: unknown): string {
    const part = chatPart(data);
    this.#finish = part.finish ?? this.#finish;
    this.#stoppedBy = part.stoppedBy ?? this.#stoppedBy;
    this.#usage = part.usage ?? this.#usage;
    let text = this.#begin();
    if (part.reasoning !== '')
      text += this.#said('thinking', { type: 'thinking_delta', thinking: part.reasoning });
    const said = part.text + part.refusal;
    if (said !== '') text += this.#said('text', { type: 'text_delta', text: said });
    for (const call of part.calls) {
      const known = this.#calls.get(call.index);
      if (!known) text += this.#openCall(call.index, call.id ?? '', call.name ?? '');
      const block = known ?? this.#calls.get(call.index);
      if (block && call.arguments !== '')
        text += delta(block.index, { type: 'input_json_delta', partial_json: call.arguments });
    }
    return text;
  }

  end(): string {
    const called = this.#calls.size > 0;
    const stop = stopOf({ finish: this.#finish, stoppedBy: this.#stoppedBy }, called);
    const closing = [...this.#calls.values()].map(({ index }) => typedEvent('content_block_stop', { index }));
    return [
      this.#begin(),
      this.#close(),
      ...closing,
      typedEvent('message_delta', { delta: stop, usage: usageOf(this.#usage) }),
      typedEvent('message_stop', {}),
    ].join('');
  }

  broken(failure: StreamFailure): string {
    return `event: error\ndata: ${JSON.stringify(anthropicError(failure))}\n\n`;
  }

  #begin(): string {
    if (this.#begun) return '';
    this.#begun = true;
    const message = {
      ...openMessage(this.#head),
      stop_reason: null,
      stop_sequence: null,
      usage: usageOf(undefined),
    };
    return typedEvent('message_start', { message });
  }

  #said(kind: 'thinking' | 'text', said: object): string {
    const open = this.#open?.kind === kind ? '' : this.#close() + this.#openBlock(kind, emptyBlocks[kind]);
    return open + delta(this.#open?.index ?? 0, said);
  }

  #openCall(index: number, id: string, name: string): string {
    const text = this.#close() + this.#openBlock('tool_use', { type: 'tool_use', id, name, input: {} });
    if (this.#open) this.#calls.set(index, this.#open);
    this.#open = undefined;
    return text;
  }

  #openBlock(kind: Block['kind'], content: object): string {
    const index = this.#blocks++;
    this.#open = { index, kind };
    return typedEvent('content_block_start', { index, content_block: content });
  }

  #close(): string {
    if (!this.#open) return '';
    const { index } = this.#open;
    this.#open = undefined;
    return typedEvent('content_block_stop', { index });
  }
}

const emptyBlocks = {
  thinking: { type: 'thinking', thinking: '', signature: '' },
  text: { type: 'text', text: '' },
};

const delta = (index: number, given: object) => typedEvent('content_block_delta', { index, delta: given });

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  529: 'overloaded_error',
};

/** An error as Anthropic's clients read it; the code is one more field. */
export function anthropicError({ status, message, code }: StreamFailure): Json {
  const type = ERROR_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  return { type: 'error', error: { type, message, ...(code !== null && { code }) } };
}
