import { isAscii, isUtf8 } from 'node:buffer';

import { z } from 'zod';

import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Language } from '../../core/policy/rule.ts';
import { say } from './gateway-words.ts';
import { jsonFault } from './json-fault.ts';
import { type Member, membersOf } from './json-members.ts';

/** The fields that the gateway itself understands, checked; all others are the engine's to judge. */
const chatRequestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  user: z.string().max(1000).nullish(),
});

export interface ChatRequest {
  readonly bytes: Buffer;
  readonly model: string;
  readonly stream: boolean;
  /** The caller asked for the usage of a stream. */
  readonly wantsUsage: boolean;
  readonly maxTokens: number | undefined;
  readonly user: string | undefined;
  /** As parsed, for those who keep or search the content. */
  readonly messages: readonly unknown[];
  readonly members: ReadonlyMap<string, Member>;
}

/** @throws OpenAiError 400 with the byte or the field that is wrong */
export function parseChatRequest(bytes: Buffer, language: Language): ChatRequest {
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) throw wrong(say('bodyNotUtf8', language), 'invalid_utf8');
  const latin1 = bytes.toString('latin1');
  const text = ascii ? latin1 : bytes.toString('utf8');
  const parsed = chatRequestSchema.safeParse(parseJson(text, language));
  if (!parsed.success) throw wrongField(parsed.error, language);
  const members = membersOf(latin1);
  if (!members) throw wrong(say('bodyDoubled', language), 'duplicate_field');
  const { data } = parsed;
  return {
    bytes,
    model: data.model,
    stream: data.stream === true,
    wantsUsage: data.stream_options?.include_usage === true,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? undefined,
    user: data.user ?? undefined,
    messages: data.messages,
    members,
  };
}

/**
 * The bytes for the engine: the caller's own, with the engine's name of the model, and with usage asked for in a
 * stream, because the receipt needs it.
 */
export function bytesForEngine(request: ChatRequest, engineModel: string): Buffer {
  const edits: (Member & { readonly value: string })[] = [];
  const model = request.members.get('model');
  if (model && request.model !== engineModel) edits.push({ ...model, value: JSON.stringify(engineModel) });
  if (request.stream && !request.wantsUsage) edits.push(usageEdit(request));
  if (edits.length === 0) return request.bytes;
  edits.sort((a, b) => a.start - b.start);
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, value } of edits) {
    pieces.push(request.bytes.subarray(at, start), Buffer.from(value));
    at = end;
  }
  pieces.push(request.bytes.subarray(at));
  return Buffer.concat(pieces);
}

/** `stream_options` gains `include_usage`; where there is none, it is put in front of the value of `stream`'s name. */
function usageEdit({ bytes, members }: ChatRequest): Member & { readonly value: string } {
  const options = members.get('stream_options');
  if (!options) {
    const stream = members.get('stream') ?? { start: 0, end: 0 };
    return { ...stream, value: 'true,"stream_options":{"include_usage":true}' };
  }
  const given: unknown = JSON.parse(bytes.toString('utf8', options.start, options.end));
  return { ...options, value: JSON.stringify({ ...(given as object | null), include_usage: true }) };
}

function parseJson(text: string, language: Language): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const fault = jsonFault(text);
    if (!fault) throw error;
    const position = Buffer.byteLength(text.slice(0, fault.position));
    throw wrong(say('bodyNotJson', language, { position, expected: fault.expected }), 'invalid_json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(say('bodyNotObject', language), 'invalid_json');
  return value;
}

function wrongField(error: z.ZodError, language: Language): OpenAiError {
  const [issue] = error.issues;
  const param = (issue?.path ?? []).reduce<string>(
    (path, step) =>
      typeof step === 'number' ? `${path}[${step}]` : path === '' ? String(step) : `${path}.${String(step)}`,
    '',
  );
  return wrong(say('fieldWrong', language, { param, problem: issue?.message ?? '' }), 'invalid_type', param);
}

function wrong(message: string, code: string, param?: string): OpenAiError {
  return new OpenAiError(400, message, { code, ...(param !== undefined && { param }) });
}
