import type { InnerAnswer } from '../gateway/index.ts';
import type { BatchUsage } from './batch-tables.ts';

/** What becomes of a line that was asked. */
export type LineVerdict =
  | { readonly is: 'answered' | 'failed' }
  /** No room now; or, `broken`, an engine broke on it, which is tried so often and no more. */
  | { readonly is: 'again'; readonly afterMs: number; readonly broken: boolean };

const LEAST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
/** Where nobody says when to come back: a budget that is spent, an engine that is not there. */
const UNKNOWN_WAIT_MS = 15_000;
/** Times that an engine may break on one line. */
const MOST_ATTEMPTS = 3;

/** Limits and busy engines are waited for until the deadline; what is wrong with the request itself is its answer. */
export function verdictOf(
  { status, headers }: Pick<InnerAnswer, 'status' | 'headers'>,
  attempts: number,
): LineVerdict {
  if (status === 200) return { is: 'answered' };
  if (status === 429 || status === 503) {
    const seconds = Number(headers['retry-after']);
    const wished = Number.isFinite(seconds) ? seconds * 1_000 : UNKNOWN_WAIT_MS;
    return {
      is: 'again',
      afterMs: Math.min(LONGEST_WAIT_MS, Math.max(LEAST_WAIT_MS, wished)),
      broken: false,
    };
  }
  if (status >= 500 && attempts + 1 < MOST_ATTEMPTS)
    return { is: 'again', afterMs: LEAST_WAIT_MS * 2 ** attempts, broken: true };
  return { is: 'failed' };
}

/** One line of an output or error file. Without `custom_id`, the input says it when the file is written. */
export interface ResultLine {
  readonly id: string;
  readonly custom_id?: string;
  readonly response: {
    readonly status_code: number;
    readonly request_id: string;
    readonly body: unknown;
  } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** What OpenAI does not have: where it was answered, and what proves it. */
  readonly kulning?: { readonly receipt: string; readonly site?: string; readonly overhead_us?: number };
}

/** The result as text, the engine's own body in it as it came wherever a line of text can hold it. */
export function resultText(id: string, customId: string | undefined, answer: InnerAnswer): string {
  const { callId, status, headers, body } = answer;
  const site = headers['x-kulning-site'];
  const overheadUs = headers['x-kulning-overhead-us'];
  const kulning = {
    receipt: callId,
    ...(site !== undefined && { site }),
    ...(overheadUs !== undefined && { overhead_us: Number(overheadUs) }),
  };
  const named = customId === undefined ? '' : `"custom_id":${JSON.stringify(customId)},`;
  const response = `{"status_code":${status},"request_id":${JSON.stringify(callId)},"body":${oneLine(body)}}`;
  return `{"id":${JSON.stringify(id)},${named}"response":${response},"error":null,"kulning":${JSON.stringify(kulning)}}`;
}

function oneLine(body: Buffer): string {
  const text = body.toString();
  try {
    const value: unknown = JSON.parse(text);
    return /[\r\n]/.test(text) ? JSON.stringify(value) : text;
  } catch {
    return JSON.stringify(text); // an engine that answers with something else than JSON is quoted
  }
}

/** Input, cached, output and reasoning tokens as the answer says; null where it does not. */
export function tokensOf({ body }: Pick<InnerAnswer, 'body'>): number[] | null {
  const usage = memberOf(parsed(body), 'usage');
  const input = countOf(usage, 'prompt_tokens') ?? countOf(usage, 'input_tokens');
  if (input === undefined) return null;
  const output = countOf(usage, 'completion_tokens') ?? countOf(usage, 'output_tokens') ?? 0;
  const details = (name: string) => memberOf(usage, `${name}_tokens_details`);
  const cached =
    countOf(details('prompt'), 'cached_tokens') ?? countOf(details('input'), 'cached_tokens') ?? 0;
  const reasoning =
    countOf(details('completion'), 'reasoning_tokens') ?? countOf(details('output'), 'reasoning_tokens') ?? 0;
  return [input, cached, output, reasoning];
}

/** Null where no line says anything. */
export function sumOf(all: Iterable<readonly number[] | null>): BatchUsage | null {
  const sum = [0, 0, 0, 0];
  let known = false;
  for (const tokens of all) {
    known ||= tokens !== null;
    for (const [at, count] of (tokens ?? []).entries()) sum[at] = (sum[at] ?? 0) + count;
  }
  const [input = 0, cached = 0, output = 0, reasoning = 0] = sum;
  return known ? { input, cached, output, reasoning } : null;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined; // no JSON, no count
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function countOf(value: unknown, name: string): number | undefined {
  const count = memberOf(value, name);
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 && count < 2 ** 31
    ? count
    : undefined;
}
