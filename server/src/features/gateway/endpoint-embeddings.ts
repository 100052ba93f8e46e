import { z } from 'zod';

import { headEdits } from './endpoint-chat.ts';
import type { Endpoint } from './endpoint.ts';
import { membersOf } from './json-members.ts';
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
      content: () => data.input,
      forEngine: (engine, { callId }) => ({
        path: '/embeddings',
        body: spliced(bytes, headEdits(request, engine, false)),
        relay: () => new StreamRelay(false),
        whole: (answer) => wholeAsItIs(withId(answer, callId)),
      }),
    };
  },
};

/** Mistral's clients refuse an answer without an id, which OpenAI's API does not have. */
function withId(answer: Buffer, id: string): Buffer {
  const text = answer.toString('latin1');
  const brace = text.indexOf('{') + 1;
  if (brace === 0 || membersOf(text)?.has('id') !== false) return answer;
  const comma = /^\s*\}/u.test(text.slice(brace)) ? '' : ',';
  return spliced(answer, [{ start: brace, end: brace, value: `"id":${JSON.stringify(id)}${comma}` }]);
}
