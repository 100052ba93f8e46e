import { OpenAiError } from '../engine/openai-error.ts';
import type { Words } from '../policy/rule.ts';
import { dialectWords } from './dialect-words.ts';
import { isObject, type Json, listIn, objectIn, present, textIn, without } from './json-view.ts';

/** Fields (https://platform.openai.com/docs/api-reference/responses/create) that are carried over, or say nothing to an engine. */
const KNOWN = new Set([
  'model',
  'input',
  'instructions',
  'max_output_tokens',
  'tools',
  'tool_choice',
  'text',
  'reasoning',
  'include',
  'store',
  'truncation',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'service_tier',
  'background',
  'max_tool_calls',
  'previous_response_id',
  'conversation',
  'prompt',
]);

/**
 * What would need answers or conversations to be kept at the engine: there is one place for content, the vault, and
 * no way back from it into a prompt. @throws OpenAiError 400 with what to do instead
 */
export function assertStateless(request: Json): void {
  for (const name of ['previous_response_id', 'conversation', 'prompt'])
    if (request[name] !== undefined && request[name] !== null)
      throw unsupported(name, dialectWords.stateless(name));
  if (request['store'] === true) throw unsupported('store', dialectWords.stateless('store'));
  if (request['background'] === true) throw unsupported('background', dialectWords.background);
}

/** A request for a response, as a chat request. @throws OpenAiError 400 for what no chat request can say */
export function chatOfResponse(request: Json): Record<string, unknown> {
  if (request['truncation'] === 'auto') throw unsupported('truncation', dialectWords.truncation);
  const other = listIn(request, 'include').find((each) => each !== 'reasoning.encrypted_content');
  if (other !== undefined) throw noCounterpart('include', JSON.stringify(other));
  const instructions = textIn(request, 'instructions');
  const input = request['input'];
  return present({
    ...without(request, KNOWN),
    model: request['model'],
    messages: [
      ...(instructions === undefined ? [] : [{ role: 'system', content: instructions }]),
      ...(typeof input === 'string'
        ? [{ role: 'user', content: input }]
        : messagesOf(Array.isArray(input) ? input : [])),
    ],
    max_tokens: request['max_output_tokens'],
    tools: toolsOf(request),
    tool_choice: choiceOf(request['tool_choice']),
    response_format: formatOf(objectIn(request['text'], 'format')),
    reasoning_effort: textIn(request['reasoning'], 'effort'),
    user: textIn(request, 'user') ?? textIn(request, 'safety_identifier'),
  });
}

interface Assistant {
  readonly role: 'assistant';
  content: string | null;
  reasoning_content?: string;
  tool_calls?: Json[];
}

/** Items in a row that one turn of the model made become one message: its reasoning, its text, its parallel calls. */
function messagesOf(items: readonly unknown[]): Json[] {
  const messages: (Json | Assistant)[] = [];
  let turn: Assistant | undefined;
  const own = (): Assistant => {
    if (!turn) messages.push((turn = { role: 'assistant', content: null }));
    return turn;
  };
  for (const [at, item] of items.entries()) {
    const path = `input[${at}]`;
    const type = textIn(item, 'type') ?? 'message';
    if (type === 'reasoning') {
      own().reasoning_content = (own().reasoning_content ?? '') + reasoningOf(item);
    } else if (type === 'function_call') {
      (own().tool_calls ??= []).push(callOf(item));
    } else if (type === 'message' && textIn(item, 'role') === 'assistant') {
      if (turn?.content !== null || turn.tool_calls) turn = undefined;
      own().content = textOf(item, path);
    } else {
      turn = undefined;
      messages.push(otherMessage(item, type, path));
    }
  }
  return messages.map((message) => ({ ...message }));
}

function otherMessage(item: unknown, type: string, path: string): Json {
  if (type === 'function_call_output')
    return { role: 'tool', tool_call_id: textIn(item, 'call_id') ?? '', content: outputOf(item, path) };
  if (type !== 'message') throw noCounterpart(path, type);
  return {
    role: textIn(item, 'role') === 'developer' ? 'system' : textIn(item, 'role'),
    content: contentOf(item, path),
  };
}

function callOf(item: unknown): Json {
  return {
    id: textIn(item, 'call_id') ?? '',
    type: 'function',
    function: { name: textIn(item, 'name') ?? '', arguments: textIn(item, 'arguments') ?? '' },
  };
}

function reasoningOf(item: unknown): string {
  const parts = listIn(item, 'content').length > 0 ? listIn(item, 'content') : listIn(item, 'summary');
  return parts.map((part) => textIn(part, 'text') ?? '').join('');
}

function outputOf(item: unknown, path: string): string {
  const output = textIn(item, 'output');
  return output ?? textOf({ content: isObject(item) ? item['output'] : undefined }, path);
}

function textOf(item: unknown, path: string): string {
  const content = contentOf(item, path);
  if (typeof content === 'string') return content;
  throw unsupported(path, dialectWords.pictures(path));
}

/** A string where all is text, because not every template takes parts. */
function contentOf(item: unknown, path: string): string | Json[] {
  const whole = textIn(item, 'content');
  if (whole !== undefined) return whole;
  const parts = listIn(item, 'content').map((part, at) => partOf(part, `${path}.content[${at}]`));
  return parts.every((part) => part['type'] === 'text')
    ? parts.map((part) => textIn(part, 'text') ?? '').join('')
    : parts;
}

function partOf(part: unknown, path: string): Json {
  const type = textIn(part, 'type') ?? '';
  const url = textIn(part, 'image_url');
  if (['input_text', 'output_text', 'text'].includes(type))
    return { type: 'text', text: textIn(part, 'text') ?? '' };
  if (type === 'refusal') return { type: 'text', text: textIn(part, 'refusal') ?? '' };
  if (type === 'input_image' && url !== undefined)
    return { type: 'image_url', image_url: present({ url, detail: textIn(part, 'detail') }) };
  throw noCounterpart(path, type);
}

function toolsOf(request: Json): Json[] | undefined {
  const tools = listIn(request, 'tools').map((tool, at) => {
    const type = textIn(tool, 'type') ?? '';
    // Others run at OpenAI: search, files, code, computer.
    if (type !== 'function' || !isObject(tool)) throw noCounterpart(`tools[${at}]`, type);
    const { name, description, parameters, strict } = tool;
    return { type: 'function', function: present({ name, description, parameters, strict }) };
  });
  return tools.length > 0 ? tools : undefined;
}

function choiceOf(choice: unknown): unknown {
  if (!isObject(choice)) return choice ?? undefined;
  if (choice['type'] !== 'function') throw noCounterpart('tool_choice', String(choice['type']));
  return { type: 'function', function: { name: choice['name'] } };
}

function formatOf(format: Json | undefined): Json | undefined {
  if (format?.['type'] !== 'json_schema') return format;
  const { type: _, ...schema } = format;
  return { type: 'json_schema', json_schema: schema };
}

function noCounterpart(param: string, type: string): OpenAiError {
  return unsupported(param, dialectWords.noCounterpart(`${param} (${type})`));
}

function unsupported(param: string, why: Words): OpenAiError {
  return new OpenAiError(400, why, { code: 'unsupported_value', param });
}
