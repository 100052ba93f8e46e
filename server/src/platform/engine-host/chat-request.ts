import { z } from 'zod';

import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Words } from '../../core/policy/rule.ts';
import { issueSentence } from '../issue-words.ts';
import { chatWords } from './chat-words.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly name?: string;
  readonly toolCallId?: string;
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[];
}

interface ToolDefinition {
  readonly name: string;
  /** JSON Schema of the arguments. */
  readonly parameters: unknown;
  /** As the client sent it, for the chat template. */
  readonly source: unknown;
}

/** What an engine of ours understands of a request; everything else in it is tolerated and has no effect. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly seed: number | undefined;
  readonly stop: readonly string[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: 'none' | 'auto' | 'required' | { readonly name: string };
  /** JSON Schema that the answer must satisfy; `{}` for `json_object` is any object. */
  readonly answerSchema: unknown;
}

const contentPart = z.looseObject({ type: z.string(), text: z.string().optional() });
const toolCall = z.looseObject({
  id: z.string().default(''),
  function: z.looseObject({ name: z.string(), arguments: z.unknown() }),
});
const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(contentPart)]).nullish(),
  name: z.string().optional(),
  tool_call_id: z.string().optional(),
  tool_calls: z.array(toolCall).nullish(),
});
const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({ name: z.string().min(1), parameters: z.unknown().optional() }),
});
const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({ type: z.literal('json_schema'), json_schema: z.looseObject({ schema: z.unknown() }) }),
]);
const tokens = z.int().min(1).nullish();
const requestSchema = z.looseObject({
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
  n: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required', 'any']),
      z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
    ])
    .nullish(),
  response_format: responseFormat.nullish(),
});

type Parsed = z.output<typeof requestSchema>;

/** @throws OpenAiError 400 that names the wrong field */
export function parseChatRequest(body: string): ChatRequest {
  const given = parseEngineRequest(requestSchema, body);
  refuseRequest(given.n !== 1 && given.n !== null && given.n !== undefined, 'n', chatWords.oneAnswer);
  refuseRequest(given.logprobs === true, 'logprobs', chatWords.noLogprobs);
  return {
    messages: given.messages.map(messageOf),
    stream: given.stream ?? false,
    includeUsage: given.stream_options?.include_usage ?? false,
    maxTokens: given.max_completion_tokens ?? given.max_tokens ?? undefined,
    temperature: given.temperature ?? undefined,
    topP: given.top_p ?? undefined,
    seed: given.seed ?? undefined,
    stop: typeof given.stop === 'string' ? [given.stop] : (given.stop ?? []),
    ...toolsOf(given),
    answerSchema: answerSchemaOf(given),
  };
}

/** @throws OpenAiError 400 that names the wrong field */
export function parseEngineRequest<Schema extends z.ZodType>(schema: Schema, body: string): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(body), { reportInput: true });
  if (!parsed.success) throw wrongField(parsed.error);
  return parsed.data;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : '';
    throw new OpenAiError(400, chatWords.notJson(reason), { code: 'invalid_json' });
  }
}

function wrongField({ issues }: z.ZodError): OpenAiError {
  const [issue] = issues;
  const param = issue?.path.join('.') ?? '';
  if (issue === undefined || param === '')
    return new OpenAiError(400, chatWords.notObject, { code: 'invalid_value' });
  return new OpenAiError(400, issueSentence(issue, param), { code: 'invalid_value', param });
}

export function refuseRequest(when: boolean, param: string, why: Words): void {
  if (when) throw new OpenAiError(400, why, { code: 'unsupported_value', param });
}

function messageOf(given: Parsed['messages'][number], index: number): ChatMessage {
  return {
    role: given.role === 'developer' ? 'system' : given.role,
    content: contentOf(given.content, index),
    ...(given.name !== undefined && { name: given.name }),
    ...(given.tool_call_id !== undefined && { toolCallId: given.tool_call_id }),
    ...(given.tool_calls && {
      toolCalls: given.tool_calls.map((call) => ({
        id: call.id,
        name: call.function.name,
        arguments: argumentsOf(call.function.arguments),
      })),
    }),
  };
}

function contentOf(content: Parsed['messages'][number]['content'], index: number): string {
  if (content === null || content === undefined) return '';
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      const param = `messages.${index}.content`;
      const isText = part.type === 'text' && part.text !== undefined;
      refuseRequest(!isText, param, chatWords.onlyText(param, part.type));
      return part.text ?? '';
    })
    .join('');
}

/** Templates write arguments as JSON themselves, so they need the value; a history may hold text that is not JSON. */
function argumentsOf(given: unknown): unknown {
  if (typeof given !== 'string') return given ?? {};
  try {
    return JSON.parse(given);
  } catch (error) {
    if (error instanceof SyntaxError) return given;
    throw error;
  }
}

/** `any` is Mistral's word for `required`; a named choice leaves that tool alone. */
function toolsOf(given: Parsed): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const all = (given.tools ?? []).map((source) => ({
    name: source.function.name,
    parameters: source.function.parameters ?? { type: 'object', properties: {} },
    source,
  }));
  const choice = given.tool_choice ?? 'auto';
  if (choice === 'none') return { tools: [], toolChoice: 'none' };
  if (typeof choice === 'string') {
    refuseRequest(choice !== 'auto' && all.length === 0, 'tool_choice', chatWords.noTools);
    return { tools: all, toolChoice: choice === 'any' ? 'required' : choice };
  }
  const { name } = choice.function;
  const named = all.filter((tool) => tool.name === name);
  refuseRequest(named.length === 0, 'tool_choice', chatWords.toolUnknown(name));
  return { tools: named, toolChoice: { name } };
}

function answerSchemaOf(given: Parsed): unknown {
  const format = given.response_format;
  if (format?.type === 'json_object') return { type: 'object' };
  return format?.type === 'json_schema' ? format.json_schema.schema : undefined;
}
