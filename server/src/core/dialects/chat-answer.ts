import { countIn, isObject, type Json, listIn, objectIn, textIn, without } from './json-view.ts';

/** What a translator reads of a chat completion (https://platform.openai.com/docs/api-reference/chat), whole or in chunks. */
export interface ChatPart {
  readonly text: string;
  /** `reasoning_content` (llama-server, SGLang, DeepSeek) or `reasoning` (vLLM, OpenRouter). */
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly ChatToolCall[];
  /** Once, at the end. */
  readonly finish: string | undefined;
  /** The stop string that was met, where the engine says it (vLLM's `stop_reason`). */
  readonly stoppedBy: string | undefined;
  readonly usage: ChatUsage | undefined;
  /** Fields of the answer that nobody here knows: they survive the translation. */
  readonly unknown: Readonly<Record<string, unknown>>;
}

export interface ChatToolCall {
  /** Which of several parallel calls; pieces of one share it. */
  readonly index: number;
  /** With the first piece. */
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** JSON text, or a piece of it. */
  readonly arguments: string;
}

export interface ChatUsage {
  /** All of the prompt, cached or not. */
  readonly input: number;
  readonly cached: number;
  /** All of the answer, reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}

/** Fields that say what a translation says in its own way. */
const KNOWN = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'service_tier']);

/** @throws TypeError for what is no chat completion, nor a chunk of one */
export function chatPart(value: unknown): ChatPart {
  if (!isObject(value) || !Array.isArray(value['choices']))
    throw new TypeError('the engine’s answer is not a chat completion');
  const [first] = listIn(value, 'choices');
  const message = objectIn(first, 'message') ?? objectIn(first, 'delta');
  const counted = objectIn(value, 'usage');
  return {
    text: textOf(message),
    reasoning: textIn(message, 'reasoning_content') ?? textIn(message, 'reasoning') ?? '',
    refusal: textIn(message, 'refusal') ?? '',
    calls: listIn(message, 'tool_calls').map((call, at) => ({
      index: countIn(call, 'index') ?? at,
      id: textIn(call, 'id'),
      name: textIn(objectIn(call, 'function'), 'name'),
      arguments: textIn(objectIn(call, 'function'), 'arguments') ?? '',
    })),
    finish: textIn(first, 'finish_reason'),
    stoppedBy: textIn(first, 'stop_reason'),
    usage: counted && usageOf(counted),
    unknown: without(value, KNOWN),
  };
}

/** A string, or parts of text as Mistral's own models give them. */
function textOf(message: Json | undefined): string {
  const parts = listIn(message, 'content').map((part) => textIn(part, 'text') ?? '');
  return textIn(message, 'content') ?? parts.join('');
}

function usageOf(given: Json): ChatUsage | undefined {
  const input = countIn(given, 'prompt_tokens');
  if (input === undefined) return undefined;
  return {
    input,
    cached: Math.min(input, countIn(objectIn(given, 'prompt_tokens_details'), 'cached_tokens') ?? 0),
    output: countIn(given, 'completion_tokens') ?? 0,
    reasoning: countIn(objectIn(given, 'completion_tokens_details'), 'reasoning_tokens') ?? 0,
  };
}
