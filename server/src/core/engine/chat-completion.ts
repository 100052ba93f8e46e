import type { AnswerPart } from './answer-parser.ts';

/** Token counts as the engine saw them: the prompt as rendered, the answer without its end token. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export type FinishReason = 'stop' | 'length' | 'tool_calls';

/** What is the same in every chunk of one answer. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly fingerprint: string;
}

interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/**
 * Nine letters and digits, the strictest form that templates ask of an id (Mistral's raise on any other).
 * @param answerId makes it differ between answers
 */
function toolCallId(answerId: string, index: number): string {
  return (answerId.replaceAll(/[^a-zA-Z0-9]/gu, '') + index.toString(36).padStart(2, '0')).slice(-9);
}

/** `chat.completion` (https://platform.openai.com/docs/api-reference/chat/object). */
export function completionBody(
  head: AnswerHead,
  parts: readonly AnswerPart[],
  finish: FinishReason,
  usage: Usage,
) {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const calls = parts
    .filter((part) => part.kind === 'tool-call')
    .map((part, index) => toolCall(head, part, index));
  return {
    ...headBody(head, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          refusal: null,
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage: usageBody(usage),
  };
}

/** `chat.completion.chunk` events of one streamed answer, as server-sent events. */
export function createChunkWriter(head: AnswerHead, includeUsage: boolean) {
  let calls = 0;
  const event = (body: object) =>
    `data: ${JSON.stringify({ ...headBody(head, 'chat.completion.chunk'), ...body })}\n\n`;
  const choice = (delta: object, finish: FinishReason | null) =>
    event({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
  return {
    start: () => choice({ role: 'assistant', content: '', refusal: null }, null),
    part(part: AnswerPart): string {
      if (part.kind === 'text') return choice({ content: part.text }, null);
      const index = calls++;
      return choice({ tool_calls: [{ index, ...toolCall(head, part, index) }] }, null);
    },
    finish(finish: FinishReason, usage: Usage): string {
      const last = includeUsage ? event({ choices: [], usage: usageBody(usage) }) : '';
      return `${choice({}, finish)}${last}data: [DONE]\n\n`;
    },
  };
}

function headBody(head: AnswerHead, object: string) {
  return {
    id: head.id,
    object,
    created: head.created,
    model: head.model,
    system_fingerprint: head.fingerprint,
  };
}

function toolCall(
  head: AnswerHead,
  part: Extract<AnswerPart, { kind: 'tool-call' }>,
  index: number,
): ToolCall {
  return {
    id: toolCallId(head.id, index),
    type: 'function',
    function: { name: part.name, arguments: part.arguments },
  };
}

function usageBody(usage: Usage) {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
  };
}
