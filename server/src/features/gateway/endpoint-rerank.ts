import { z } from 'zod';

import { headEdits } from './endpoint-chat.ts';
import type { Endpoint } from './endpoint.ts';
import { spliced } from './json-splice.ts';
import { openAiErrors } from './openai-answer.ts';
import { readJson } from './request-json.ts';
import { StreamRelay } from './stream-relay.ts';
import { wholeAsItIs } from './token-usage.ts';

const rerankSchema = z.looseObject({
  model: z.string().min(1).max(300),
  query: z.string().min(1),
  documents: z.array(z.union([z.string(), z.looseObject({ text: z.string() })])).min(1),
  top_n: z.int().min(1).nullish(),
  user: z.string().max(1000).nullish(),
});

/** The shape of Jina and Cohere, which llama-server and vLLM took over; bytes pass as they are. */
export const rerankEndpoint: Endpoint = {
  path: '/v1/rerank',
  ability: 'rerank',
  errors: openAiErrors,
  parse(bytes, language) {
    const request = readJson(bytes, rerankSchema, language);
    const { data } = request;
    return {
      bytes,
      model: data.model,
      stream: false,
      maxTokens: undefined,
      user: data.user ?? undefined,
      content: () => ({ query: data.query, documents: data.documents }),
      forEngine: (engine) => ({
        path: '/rerank',
        body: spliced(bytes, headEdits(request, engine, false)),
        relay: () => new StreamRelay(false),
        whole: wholeAsItIs,
      }),
    };
  },
};
