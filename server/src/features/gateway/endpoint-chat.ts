import { z } from 'zod';

import type { EngineEndpoint } from '../../core/engine/engine.ts';
import type { Language } from '../../core/policy/rule.ts';
import type { Asked, Endpoint, Passage } from './endpoint.ts';
import { type Edit, spliced } from './json-splice.ts';
import { openAiErrors } from './openai-answer.ts';
import { type JsonRequest, readJson } from './request-json.ts';
import { toolEdits } from './request-tools.ts';
import { StreamRelay } from './stream-relay.ts';
import { wholeAsItIs } from './token-usage.ts';

/** The fields that the gateway itself understands, checked; all others are the engine's to judge. */
const chatSchema = z.looseObject({
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

/** OpenAI's chat completions: the caller's own bytes go to the engine, and the engine's own come back. */
export const chatEndpoint: Endpoint = {
  path: '/v1/chat/completions',
  ability: 'chat',
  errors: openAiErrors,
  parse: parseChat,
};

/** @throws OpenAiError 400 with the byte or the field that is wrong */
export function parseChat(bytes: Buffer, language: Language): Asked {
  const { data, members } = readJson(bytes, chatSchema, language);
  const { model, stream } = data;
  const wantsUsage = data.stream_options?.include_usage === true;
  return {
    bytes,
    model,
    stream: stream === true,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? undefined,
    user: data.user ?? undefined,
    content: () => readJson(bytes, chatSchema, language).data.messages,
    forEngine: (engine): Passage => ({
      path: '/chat/completions',
      body: spliced(bytes, [
        ...headEdits({ bytes, members, data: { model, stream } }, engine, wantsUsage),
        ...toolEdits({ bytes, members }, engine, language),
      ]),
      relay: () => new StreamRelay(!wantsUsage),
      whole: wholeAsItIs,
    }),
  };
}

/**
 * The caller's own bytes, with the engine's name of the model, and with usage asked for in a stream, because the
 * receipt needs it.
 */
export function headEdits(
  request: JsonRequest<{ readonly model: string; readonly stream?: boolean | null | undefined }>,
  { engineModel }: EngineEndpoint,
  wantsUsage: boolean,
): Edit[] {
  const { data, members } = request;
  const edits: Edit[] = [];
  const model = members.get('model');
  if (model && data.model !== engineModel) edits.push({ ...model, value: JSON.stringify(engineModel) });
  if (data.stream === true && !wantsUsage) edits.push(usageEdit(request));
  return edits;
}

/** `stream_options` gains `include_usage`; where there is none, it is put in behind the value of `stream`. */
function usageEdit({ bytes, members }: Pick<JsonRequest<unknown>, 'bytes' | 'members'>): Edit {
  const options = members.get('stream_options');
  if (!options) {
    const stream = members.get('stream') ?? { start: 0, end: 0 };
    return { ...stream, value: 'true,"stream_options":{"include_usage":true}' };
  }
  const given: unknown = JSON.parse(bytes.toString('utf8', options.start, options.end));
  return { ...options, value: JSON.stringify({ ...(given as object | null), include_usage: true }) };
}
