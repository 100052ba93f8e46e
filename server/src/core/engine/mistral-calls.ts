import type { AnswerPart } from './answer-parser.ts';

export const MISTRAL_CALLS = '[TOOL_CALLS]';
export const MISTRAL_ARGUMENTS = '[ARGS]';
const MISTRAL_CALL_ID = '[CALL_ID]';

type Call = Extract<AnswerPart, { kind: 'tool-call' }>;

/**
 * Calls as Mistral's models write them at the end of an answer: `[TOOL_CALLS]name[ARGS]{…}` for each (Small 3.2,
 * Devstral, Ministral 3; an id may stand between), or one list `[TOOL_CALLS][{"name": …, "arguments": {…}}]` (up to
 * Nemo). Ids are given anew, as for every engine.
 * @param text from the first marker on
 * @returns undefined if it is not well formed: then it is text
 */
export function readMistralCalls(text: string): Call[] | undefined {
  const parts = text
    .split(MISTRAL_CALLS)
    .slice(1)
    .map((part) => part.trim());
  const calls = parts.flatMap((part): (Call | undefined)[] =>
    part.startsWith('[') ? listed(part) : [named(part)],
  );
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

function named(part: string): Call | undefined {
  const at = part.indexOf(MISTRAL_ARGUMENTS);
  if (at < 0) return undefined;
  const name = part.slice(0, at).split(MISTRAL_CALL_ID)[0]?.trim() ?? '';
  const given = parsed(part.slice(at + MISTRAL_ARGUMENTS.length));
  return name === '' || !isObject(given) ? undefined : callOf(name, given);
}

function listed(part: string): (Call | undefined)[] {
  const list = parsed(part);
  if (!Array.isArray(list) || list.length === 0) return [undefined];
  return list.map((one: unknown) =>
    isObject(one) && typeof one['name'] === 'string'
      ? callOf(one['name'], one['arguments'] ?? {})
      : undefined,
  );
}

function callOf(name: string, given: unknown): Call {
  return { kind: 'tool-call', name, arguments: typeof given === 'string' ? given : JSON.stringify(given) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
