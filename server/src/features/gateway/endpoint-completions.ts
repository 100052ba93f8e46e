import { z } from 'zod';

import { headEdits } from './endpoint-chat.ts';
import type { Endpoint } from './endpoint.ts';
import { spliced } from './json-splice.ts';
import { openAiErrors } from './openai-answer.ts';
import { readJson } from './request-json.ts';
import { StreamRelay } from './stream-relay.ts';
import { wholeAsItIs } from './token-usage.ts';

/** Text, several texts, the tokens of one, or those of several. */
const prompt = z.union([
  z.string(),
  z.array(z.string()).min(1),
  z.array(z.int()).min(1),
  z.array(z.array(z.int()).min(1)).min(1),
]);

const completionsSchema = z.looseObject({
  model: z.string().min(1).max(300),
  prompt,
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().min(0).nullish(),
  user: z.string().max(1000).nullish(),
});

/** OpenAI's completions of plain text; bytes pass as they are. */
export const completionsEndpoint: Endpoint = {
  path: '/v1/completions',
  ability: 'completions',
  errors: openAiErrors,
  parse(bytes, language) {
    const request = readJson(bytes, completionsSchema, language);
    const { data } = request;
    const wantsUsage = data.stream_options?.include_usage === true;
    return {
      bytes,
      model: data.model,
      stream: data.stream === true,
      maxTokens: data.max_tokens ?? undefined,
      user: data.user ?? undefined,
      content: () => data.prompt,
      forEngine: (engine) => ({
        path: '/completions',
        body: spliced(bytes, headEdits(request, engine, wantsUsage)),
        relay: () => new StreamRelay(!wantsUsage),
        whole: wholeAsItIs,
      }),
    };
  },
};
