import { MISTRAL_CALLS, readMistralCalls } from './mistral-calls.ts';

/** A tool call as a model writes it (Hermes): `<tool_call>{"name": "…", "arguments": {…}}</tool_call>`. */
export const TOOL_CALL_OPEN = '<tool_call>';
export const TOOL_CALL_CLOSE = '</tool_call>';

export type AnswerPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `arguments` is JSON text, as in the OpenAI API. */
  | { readonly kind: 'tool-call'; readonly name: string; readonly arguments: string };

/**
 * Turns generated text, arriving in pieces cut anywhere, into what a client sees. The parts, joined, do not depend
 * on where the pieces were cut. What is not a well-formed tool call stays text: nothing a model wrote disappears.
 */
export interface AnswerParser {
  push(piece: string): AnswerPart[];
  /** What was held back, when no more comes. */
  end(): AnswerPart[];
  /** A stop string was met: the text ends before it. */
  readonly stopped: boolean;
}

export function createAnswerParser(options: {
  readonly stop: readonly string[];
  readonly tools: boolean;
}): AnswerParser {
  const stops = createStopFilter(options.stop);
  const calls = options.tools ? createCallReader() : undefined;
  const read = (text: string): AnswerPart[] => {
    if (calls !== undefined) return calls.push(text);
    return text === '' ? [] : [{ kind: 'text', text }];
  };
  return {
    push: (piece) => read(stops.push(piece)),
    end: () => [...read(stops.end()), ...(calls?.end() ?? [])],
    get stopped() {
      return stops.stopped;
    },
  };
}

function createStopFilter(stop: readonly string[]) {
  let held = '';
  let stopped = false;
  return {
    get stopped() {
      return stopped;
    },
    push(piece: string): string {
      if (stopped) return '';
      held += piece;
      const found = stop.map((marker) => held.indexOf(marker)).filter((at) => at >= 0);
      if (found.length > 0) {
        stopped = true;
        const text = held.slice(0, Math.min(...found));
        held = '';
        return text;
      }
      const keep = Math.max(0, ...stop.map((marker) => beginningAtEnd(held, marker)));
      const text = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return text;
    },
    end(): string {
      const text = held;
      held = '';
      return text;
    },
  };
}

/** Hermes's calls stand anywhere; what follows Mistral's marker is calls to the end, and is judged there. */
function createCallReader() {
  const hermes = createToolCallReader();
  let held = '';
  let calling = false;
  return {
    push(text: string): AnswerPart[] {
      held += text;
      if (calling) return [];
      const at = held.indexOf(MISTRAL_CALLS);
      calling = at >= 0;
      const end = calling ? at : held.length - beginningAtEnd(held, MISTRAL_CALLS);
      const sure = held.slice(0, end).trimEnd(); // White space before calls is layout; before anything else, text.
      held = held.slice(sure.length);
      return hermes.push(sure);
    },
    end(): AnswerPart[] {
      const calls = calling ? readMistralCalls(held) : undefined;
      return calls === undefined ? [...hermes.push(held), ...hermes.end()] : [...hermes.end(), ...calls];
    },
  };
}

function createToolCallReader() {
  let held = '';
  let afterCall = false;

  /** White space around calls is layout, not an answer. */
  const textPart = (text: string, beforeCall: boolean): AnswerPart[] => {
    let shown = afterCall ? text.trimStart() : text;
    if (beforeCall) shown = shown.trimEnd();
    if (shown === '') return [];
    afterCall = false;
    return [{ kind: 'text', text: shown }];
  };
  const callPart = (inner: string, closed: boolean): AnswerPart[] => {
    const call = readToolCall(inner);
    if (call === undefined) return textPart(TOOL_CALL_OPEN + inner + (closed ? TOOL_CALL_CLOSE : ''), false);
    afterCall = true;
    return [call];
  };
  const nextCall = (): AnswerPart[] | undefined => {
    const first = held.indexOf(TOOL_CALL_OPEN);
    if (first < 0) return undefined;
    const close = held.indexOf(TOOL_CALL_CLOSE, first);
    if (close < 0) return undefined;
    const open = held.lastIndexOf(TOOL_CALL_OPEN, close);
    const parts = textPart(held.slice(0, open), true);
    parts.push(...callPart(held.slice(open + TOOL_CALL_OPEN.length, close), true));
    held = held.slice(close + TOOL_CALL_CLOSE.length);
    return parts;
  };
  return {
    push(text: string): AnswerPart[] {
      held += text;
      const parts: AnswerPart[] = [];
      for (let more = nextCall(); more !== undefined; more = nextCall()) parts.push(...more);
      const open = held.indexOf(TOOL_CALL_OPEN);
      const end = open >= 0 ? open : held.length - beginningAtEnd(held, TOOL_CALL_OPEN);
      const sure = held.slice(0, end).trimEnd();
      parts.push(...textPart(sure, false));
      held = held.slice(sure.length);
      return parts;
    },
    end(): AnswerPart[] {
      const open = held.lastIndexOf(TOOL_CALL_OPEN);
      const rest = held;
      held = '';
      if (open < 0) return textPart(rest, false);
      return [
        ...textPart(rest.slice(0, open), true),
        ...callPart(rest.slice(open + TOOL_CALL_OPEN.length), false),
      ];
    },
  };
}

function readToolCall(inner: string): AnswerPart | undefined {
  try {
    const call: unknown = JSON.parse(inner);
    if (typeof call !== 'object' || call === null || !('name' in call) || typeof call.name !== 'string')
      return undefined;
    const given: unknown = 'arguments' in call ? call.arguments : {};
    return {
      kind: 'tool-call',
      name: call.name,
      arguments: typeof given === 'string' ? given : JSON.stringify(given),
    };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Length of the longest end of `text` that is a proper beginning of `marker`. */
function beginningAtEnd(text: string, marker: string): number {
  for (let length = Math.min(marker.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}
