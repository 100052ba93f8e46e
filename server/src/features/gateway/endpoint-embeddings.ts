import { z } from 'zod';

import { headEdits } from './endpoint-chat.ts';
import type { Endpoint } from './endpoint.ts';
import { spliced } from './json-splice.ts';
import { openAiErrors } from './openai-answer.ts';
import { readJson } from './request-json.ts';
import { StreamRelay } from './stream-relay.ts';
import { wholeAsItIs } from './token-usage.ts';

const embeddingsSchema = z.looseObject({
  model: z.string().min(1).max(300),
  input: z.union([
    z.string().min(1),
    z.array(z.string()).min(1),
    z.array(z.int()).min(1),
    z.array(z.array(z.int()).min(1)).min(1),
  ]),
  user: z.string().max(1000).nullish(),
});

/** OpenAI's and Mistral's embeddings; bytes pass as they are. */
export const embeddingsEndpoint: Endpoint = {
  path: '/v1/embeddings',
  ability: 'embeddings',
  errors: openAiErrors,
  parse(bytes, language) {
    const request = readJson(bytes, embeddingsSchema, language);
    const { data } = request;
    return {
      bytes,
      model: data.model,
      stream: false,
      maxTokens: undefined,
      user: data.user ?? undefined,
      content: data.input,
      forEngine: (engine) => ({
        path: '/embeddings',
        body: spliced(bytes, headEdits(request, engine, false)),
        relay: () => new StreamRelay(false),
        whole: wholeAsItIs,
      }),
    };
  },
};
