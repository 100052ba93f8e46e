import { z } from 'zod';

import type { Json } from '../../core/dialects/json-view.ts';
import { ResponseEvents, responseOfChat } from '../../core/dialects/openai-chat_openai-responses.ts';
import { assertStateless, chatOfResponse } from '../../core/dialects/openai-responses_openai-chat.ts';
import type { EngineEndpoint } from '../../core/engine/engine.ts';
import { headEdits, parseChat } from './endpoint-chat.ts';
import type { Endpoint, Passage } from './endpoint.ts';
import { type Edit, spliced } from './json-splice.ts';
import { openAiErrors } from './openai-answer.ts';
import { type JsonRequest, readJson } from './request-json.ts';
import { ResponseRelay } from './response-relay.ts';
import { headOf, StreamTranslation } from './stream-translation.ts';
import { usageIn, wholeAsItIs } from './token-usage.ts';

const responsesSchema = z.looseObject({
  model: z.string().min(1).max(300),
  input: z.union([z.string(), z.array(z.looseObject({ type: z.string().optional() })).min(1)]),
  instructions: z.string().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  user: z.string().max(1000).nullish(),
  safety_identifier: z.string().max(1000).nullish(),
});

/**
 * OpenAI's responses, without memory: each request carries all it is about. An engine that has them gets the caller's
 * own bytes; for the others they become chat, and the chat becomes a response.
 */
export const responsesEndpoint: Endpoint = {
  path: '/v1/responses',
  ability: 'chat',
  errors: openAiErrors,
  parse(bytes, language) {
    const request = readJson(bytes, responsesSchema, language);
    const { data } = request;
    assertStateless(data);
    return {
      bytes,
      model: data.model,
      stream: data.stream === true,
      maxTokens: data.max_output_tokens ?? undefined,
      user: data.user ?? data.safety_identifier ?? undefined,
      content: () => (data.instructions ? [data.instructions, data.input] : data.input),
      forEngine: (engine, call) => {
        if (engine.capabilities?.responses === true) return asItIs(request, engine);
        const head = headOf(call, data.model);
        const chat = parseChat(Buffer.from(JSON.stringify(chatOfResponse(data))), language);
        return {
          ...chat.forEngine(engine, call),
          relay: () => new StreamTranslation(new ResponseEvents(head, data)),
          whole: (answer) => ({
            bytes: Buffer.from(JSON.stringify(responseOfChat(JSON.parse(answer.toString()), head, data))),
            usage: usageIn(answer.toString('latin1')),
          }),
        };
      },
    };
  },
};

/** `store` is true where nobody says so: then it is said, because content is kept in the vault or nowhere. */
function asItIs(request: JsonRequest<Json & { readonly model: string }>, engine: EngineEndpoint): Passage {
  const { bytes, members, data } = request;
  const store = members.get('store');
  const model = members.get('model');
  const edits: Edit[] = headEdits({ ...request, data: { model: data.model } }, engine, true);
  if (store && data['store'] !== false) edits.push({ ...store, value: 'false' });
  const value = `${JSON.stringify(engine.engineModel)},"store":false`;
  return {
    path: '/responses',
    body: store || !model ? spliced(bytes, edits) : spliced(bytes, [{ ...model, value }]),
    relay: () => new ResponseRelay(),
    whole: wholeAsItIs,
  };
}
