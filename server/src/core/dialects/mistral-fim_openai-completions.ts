import { chatPart } from './chat-answer.ts';
import type { AnswerHead, EventTranslator, StreamFailure } from './dialect.ts';
import { isObject, type Json, listIn, present, textIn, without } from './json-view.ts';

const OWN_NAMES = new Set(['random_seed', 'min_tokens']);

/** A request to fill in the middle (https://docs.mistral.ai/api), as plain completion with OpenAI's `suffix`. */
export function completionOfFim(request: Json): Record<string, unknown> {
  return present({
    ...without(request, OWN_NAMES),
    seed: request['random_seed'],
    min_tokens: request['min_tokens'],
  });
}

/** A text completion, as the chat completion that Mistral's clients read. @throws TypeError for what is none */
export function fimOfCompletion(completion: unknown, { id, at, model }: AnswerHead): Json {
  if (!isObject(completion) || !Array.isArray(completion['choices']))
    throw new TypeError('the engine’s answer is not a completion');
  return {
    ...completion,
    id,
    object: 'chat.completion',
    created: Math.floor(at / 1000),
    model,
    choices: listIn(completion, 'choices').map((choice, index) => ({
      index,
      message: { role: 'assistant', content: textIn(choice, 'text') ?? '', tool_calls: null },
      finish_reason: textIn(choice, 'finish_reason') ?? 'stop',
    })),
  };
}

/** Chunks of a text completion, as those of a chat. */
export class FimEvents implements EventTranslator {
  readonly #head: AnswerHead;

  constructor(head: AnswerHead) {
    this.#head = head;
  }

  chunk(data: unknown): string {
    chatPart(data);
    const { id, at, model } = this.#head;
    const choices = listIn(data, 'choices').map((choice, index) => ({
      index,
      delta: { role: 'assistant', content: textIn(choice, 'text') ?? '' },
      finish_reason: textIn(choice, 'finish_reason') ?? null,
    }));
    const body = {
      ...(isObject(data) ? data : {}),
      id,
      object: 'chat.completion.chunk',
      created: Math.floor(at / 1000),
      model,
      choices,
    };
    return `data: ${JSON.stringify(body)}\n\n`;
  }

  end(): string {
    return 'data: [DONE]\n\n';
  }

  broken({ message, code, status }: StreamFailure): string {
    const type = status < 500 ? 'invalid_request_error' : 'server_error';
    return `data: ${JSON.stringify({ error: { message, type, param: null, code } })}\n\n`;
  }
}
