import { z } from 'zod';

import { chatOfMessages } from '../../core/dialects/anthropic-messages_openai-chat.ts';
import type { Json } from '../../core/dialects/json-view.ts';
import {
  anthropicError,
  MessageEvents,
  messageOfChat,
} from '../../core/dialects/openai-chat_anthropic-messages.ts';
import type { Language } from '../../core/policy/rule.ts';
import { parseChat } from './endpoint-chat.ts';
import type { Asked, Endpoint, ErrorDialect } from './endpoint.ts';
import { readJson } from './request-json.ts';
import { headOf, StreamTranslation } from './stream-translation.ts';
import { usageIn } from './token-usage.ts';

const block = z.looseObject({ type: z.string() });
const message = z.looseObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(block).min(1)]),
});
const countSchema = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(block)]).nullish(),
  tools: z.array(z.looseObject({ name: z.string().min(1) })).nullish(),
  tool_choice: block.nullish(),
  metadata: z.looseObject({ user_id: z.string().max(1000).nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
});
const messagesSchema = z.looseObject({
  ...countSchema.shape,
  max_tokens: z.int().min(1),
  stop_sequences: z.array(z.string()).nullish(),
  stream: z.boolean().nullish(),
});

/** Errors as Anthropic's clients read them. What Kulning adds stands beside the message. */
const anthropicErrors: ErrorDialect = {
  whole({ status, body }, supplement = {}) {
    const told = anthropicError({ status, message: body.error.message, code: body.error.code });
    const kulning = Object.keys(supplement).length > 0 ? { kulning: supplement } : {};
    const request = supplement.receipt === undefined ? {} : { request_id: supplement.receipt };
    return Buffer.from(JSON.stringify({ ...told, ...request, ...kulning }));
  },
};

/** Anthropic's messages, as a translation to chat and back. */
export const messagesEndpoint: Endpoint = {
  path: '/v1/messages',
  ability: 'chat',
  errors: anthropicErrors,
  parse(bytes, language) {
    const { data } = readJson(bytes, messagesSchema, language);
    return {
      ...translated(bytes, data, language),
      forEngine: (engine, call) => {
        const head = headOf(call, data.model);
        return {
          ...chatOf(data, language).forEngine(engine, call),
          relay: () => new StreamTranslation(new MessageEvents(head)),
          whole: (answer) => ({
            bytes: jsonBytes(messageOfChat(JSON.parse(answer.toString()), head)),
            usage: usageIn(answer.toString('latin1')),
          }),
        };
      },
    };
  },
};

/**
 * How many tokens a message would have: the engine's own count, with its template and tools, of a real call that is
 * asked for one token and has a receipt. A guess would be cheaper and wrong.
 */
export const tokenCountEndpoint: Endpoint = {
  path: '/v1/messages/count_tokens',
  ability: 'chat',
  errors: anthropicErrors,
  parse(bytes, language) {
    const given = readJson(bytes, countSchema, language).data;
    const data = { ...given, max_tokens: 1, stream: false };
    return {
      ...translated(bytes, data, language),
      forEngine: (engine, call) => ({
        ...chatOf(data, language).forEngine(engine, call),
        whole: (answer) => {
          const usage = usageIn(answer.toString('latin1'));
          if (!usage) throw new TypeError('the engine counted no tokens');
          return { bytes: jsonBytes({ input_tokens: usage.input }), usage };
        },
      }),
    };
  },
};

function translated(
  bytes: Buffer,
  data: z.output<typeof messagesSchema>,
  language: Language,
): Omit<Asked, 'forEngine'> {
  const { model, stream, maxTokens, user } = chatOf(data, language);
  const content = data.system ? [{ role: 'system', content: data.system }, ...data.messages] : data.messages;
  return { bytes, model, stream, maxTokens, user, content: () => content };
}

const chatOf = (data: Json, language: Language): Asked =>
  parseChat(jsonBytes(chatOfMessages(data)), language);

const jsonBytes = (value: object): Buffer => Buffer.from(JSON.stringify(value));
