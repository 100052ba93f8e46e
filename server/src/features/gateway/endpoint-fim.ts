import { z } from 'zod';

import type { Json } from '../../core/dialects/json-view.ts';
import {
  completionOfFim,
  FimEvents,
  fimOfCompletion,
} from '../../core/dialects/mistral-fim_openai-completions.ts';
import { headEdits } from './endpoint-chat.ts';
import { completionsEndpoint } from './endpoint-completions.ts';
import type { Endpoint } from './endpoint.ts';
import { spliced } from './json-splice.ts';
import { openAiErrors } from './openai-answer.ts';
import { readJson } from './request-json.ts';
import { StreamRelay } from './stream-relay.ts';
import { headOf, StreamTranslation } from './stream-translation.ts';
import { usageIn, wholeAsItIs } from './token-usage.ts';

const fimSchema = z.looseObject({
  model: z.string().min(1).max(300),
  prompt: z.string(),
  suffix: z.string().nullish(),
  max_tokens: z.int().min(0).nullish(),
  stream: z.boolean().nullish(),
  random_seed: z.int().nullish(),
});

/**
 * Mistral's fill-in-the-middle. An engine that has the path gets the caller's bytes, without anything added that its
 * strict reader might refuse; for one that is known not to, it becomes a completion with a suffix.
 */
export const fimEndpoint: Endpoint = {
  path: '/v1/fim/completions',
  ability: 'fim',
  errors: openAiErrors,
  parse(bytes, language) {
    const request = readJson(bytes, fimSchema, language);
    const { data } = request;
    return {
      bytes,
      model: data.model,
      stream: data.stream === true,
      maxTokens: data.max_tokens ?? undefined,
      user: undefined,
      content: () => ({ prompt: data.prompt, suffix: data.suffix }),
      forEngine: (engine, call) => {
        if (engine.capabilities?.fim !== 'unknown' || engine.capabilities.completions !== true)
          return {
            path: '/fim/completions',
            body: spliced(bytes, headEdits(request, engine, true)),
            relay: () => new StreamRelay(false),
            whole: wholeAsItIs,
          };
        const head = headOf(call, data.model);
        const completion = Buffer.from(JSON.stringify(completionOfFim(data satisfies Json)));
        return {
          ...completionsEndpoint.parse(completion, language).forEngine(engine, call),
          relay: () => new StreamTranslation(new FimEvents(head)),
          whole: (answer) => ({
            bytes: Buffer.from(JSON.stringify(fimOfCompletion(JSON.parse(answer.toString()), head))),
            usage: usageIn(answer.toString('latin1')),
          }),
        };
      },
    };
  },
};
