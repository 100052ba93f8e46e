import { OpenAiError } from '../engine/openai-error.ts';
import { dialectWords } from './dialect-words.ts';
import { isObject, type Json, listIn, objectIn, present, textIn, without } from './json-view.ts';

/** Fields of a request (https://docs.anthropic.com/en/api/messages) that this translation carries over, or that say nothing to an engine. */
const KNOWN = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stop_sequences',
  'stream',
  'tools',
  'tool_choice',
  'metadata',
  'service_tier',
  'cache_control',
]);
/** What would run, or keep something, at Anthropic: no engine here could. */
const REFUSED = ['mcp_servers', 'container', 'context_management'];

/** A request for messages, as a chat request. @throws OpenAiError 400 for what no chat request can say */
export function chatOfMessages(request: Json): Record<string, unknown> {
  for (const name of REFUSED)
    if (request[name] !== undefined && request[name] !== null) throw unsupported(name);
  const stop = request['stop_sequences'];
  const messages = [
    ...systemOf(request['system']),
    ...listIn(request, 'messages').flatMap((message, at) => chatMessages(message, `messages[${at}]`)),
  ];
  return present({
    ...without(request, KNOWN),
    model: request['model'],
    messages,
    max_tokens: request['max_tokens'],
    stop: Array.isArray(stop) && stop.length > 0 ? stop : undefined,
    stream: request['stream'],
    user: textIn(request['metadata'], 'user_id'),
    ...toolsOf(request),
  });
}

function systemOf(system: unknown): Json[] {
  const text =
    typeof system === 'string' ? system : textOfBlocks(Array.isArray(system) ? system : [], 'system');
  return text === '' ? [] : [{ role: 'system', content: text }];
}

/** One message becomes several where results of tools stand in it: they are messages of their own. */
function chatMessages(message: unknown, path: string): Json[] {
  const role = textIn(message, 'role');
  const content = isObject(message) ? message['content'] : undefined;
  if (typeof content === 'string') return [{ role, content }];
  const blocks = Array.isArray(content) ? content : [];
  return role === 'assistant' ? [assistantMessage(blocks, path)] : userMessages(role, blocks, path);
}

function assistantMessage(blocks: readonly unknown[], path: string): Json {
  const ofType = (type: string) => blocks.filter((block) => textIn(block, 'type') === type);
  const known = new Set(['text', 'tool_use', 'thinking', 'redacted_thinking']);
  for (const [at, block] of blocks.entries()) {
    const type = textIn(block, 'type') ?? '';
    if (!known.has(type)) throw unsupported(`${path}.content[${at}]`, type);
  }
  const text = ofType('text').map((block) => textIn(block, 'text') ?? '');
  const thinking = ofType('thinking').map((block) => textIn(block, 'thinking') ?? '');
  const calls = ofType('tool_use').map((block) => ({
    id: textIn(block, 'id') ?? '',
    type: 'function',
    function: {
      name: textIn(block, 'name') ?? '',
      arguments: JSON.stringify(objectIn(block, 'input') ?? {}),
    },
  }));
  return {
    role: 'assistant',
    content: text.length === 0 && calls.length > 0 ? null : text.join(''),
    ...(thinking.length > 0 && { reasoning_content: thinking.join('') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function userMessages(role: string | undefined, blocks: readonly unknown[], path: string): Json[] {
  const results: Json[] = [];
  const parts: Json[] = [];
  for (const [at, block] of blocks.entries()) {
    const here = `${path}.content[${at}]`;
    if (textIn(block, 'type') !== 'tool_result') parts.push(contentPart(block, here));
    else {
      const inner = isObject(block) ? block['content'] : undefined;
      const given = Array.isArray(inner) ? inner.map((each) => contentPart(each, here)) : [];
      const text =
        typeof inner === 'string' ? inner : given.map((part) => textIn(part, 'text') ?? '').join('');
      results.push({
        role: 'tool',
        tool_call_id: textIn(block, 'tool_use_id') ?? '',
        content: text,
        ...(isObject(block) && block['is_error'] === true && { is_error: true }),
      });
      // A message of a tool holds text alone: its pictures follow in the user's.
      parts.push(...given.filter((part) => part['type'] !== 'text'));
    }
  }
  const onlyText = parts.every((part) => part['type'] === 'text');
  const content = onlyText ? parts.map((part) => textIn(part, 'text') ?? '').join('') : parts;
  return parts.length === 0 && results.length > 0 ? results : [...results, { role, content }];
}

function contentPart(block: unknown, path: string): Json {
  const type = textIn(block, 'type') ?? '';
  const source = objectIn(block, 'source');
  if (type === 'text') return { type: 'text', text: textIn(block, 'text') ?? '' };
  if (type === 'image' && source !== undefined) {
    const url =
      textIn(source, 'url') ?? `data:${textIn(source, 'media_type')};base64,${textIn(source, 'data') ?? ''}`;
    return { type: 'image_url', image_url: { url } };
  }
  if (type === 'document' && textIn(source, 'type') === 'text')
    return { type: 'text', text: textIn(source, 'data') ?? '' };
  throw unsupported(path, type);
}

function textOfBlocks(blocks: readonly unknown[], path: string): string {
  return blocks.map((block, at) => textIn(contentPart(block, `${path}[${at}]`), 'text') ?? '').join('');
}

function toolsOf(request: Json): Json {
  const choice = objectIn(request, 'tool_choice');
  const tools = listIn(request, 'tools').map((tool, at) => {
    const type = textIn(tool, 'type') ?? 'custom';
    // Others run at Anthropic: search, code, computer.
    if (type !== 'custom') throw unsupported(`tools[${at}]`, type);
    const { name, description, input_schema: parameters, strict } = isObject(tool) ? tool : {};
    return { type: 'function', function: present({ name, description, parameters, strict }) };
  });
  return {
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: choice && choiceOf(choice),
    parallel_tool_calls: choice?.['disable_parallel_tool_use'] === true ? false : undefined,
  };
}

function choiceOf(choice: Json): unknown {
  switch (choice['type']) {
    case 'any':
      return 'required';
    case 'tool':
      return { type: 'function', function: { name: choice['name'] } };
    case 'auto':
    case 'none':
      return choice['type'];
    default:
      throw unsupported('tool_choice', String(choice['type']));
  }
}

function unsupported(param: string, type?: string): OpenAiError {
  const what = type === undefined ? param : `${param} (${type})`;
  return new OpenAiError(400, dialectWords.noCounterpart(what), { code: 'unsupported_value', param });
}
