import { isUtf8 } from 'node:buffer';

import { type BatchEndpoint } from '@kulning/sdk';

import { type FileLine } from '../files/index.ts';
import { membersOf } from '../gateway/index.ts';

/** What can be wrong with an input file. The first names are OpenAI's. */
export const faultCodes = [
  'empty_file',
  'invalid_json_line',
  'missing_required_parameter',
  'invalid_custom_id',
  'duplicate_custom_id',
  'invalid_method',
  'invalid_url',
  'mismatched_url',
  'invalid_body',
  'duplicate_field',
  'stream_unsupported',
  'line_too_long',
  'too_many_requests',
  'file_too_large',
  // What ends a batch that had begun.
  'input_gone',
  'key_revoked',
] as const;

export type FaultCode = (typeof faultCodes)[number];

/** Says where, never what: content does not leave the vault for an error message. */
export interface BatchFault {
  readonly code: FaultCode;
  readonly line: number | null;
  readonly param: string | null;
}

/** One request of a batch. */
export interface LineRequest {
  readonly customId: string;
  readonly model: string;
  /** The caller's own bytes. */
  readonly body: Buffer;
}

export const batchLimits = {
  lines: 50_000,
  fileBytes: 200 * 2 ** 20,
  customIdCharacters: 512,
  /** So many are told; who has more has one mistake many times. */
  faults: 100,
} as const;

type Problem = Omit<BatchFault, 'line'>;

/** A person was taken out of it since the file was sent: it is not asked any more. */
export const isErased = (line: Buffer): boolean =>
  line.subarray(0, 14).toString('latin1') === '{"erased":true';

/** A line of a file that was found in order, or one that changed since. */
export function readLine(bytes: Buffer, endpoint: BatchEndpoint): LineRequest | Problem {
  if (!isUtf8(bytes)) return problem('invalid_json_line');
  const text = bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem('invalid_json_line'); // what is wrong with it is told by its line
  }
  if (!isObject(value)) return problem('invalid_json_line');
  const { custom_id: customId, method, url, body } = value;
  if (customId === undefined) return problem('missing_required_parameter', 'custom_id');
  if (typeof customId !== 'string' || customId === '' || customId.length > batchLimits.customIdCharacters)
    return problem('invalid_custom_id', 'custom_id');
  if (method === undefined) return problem('missing_required_parameter', 'method');
  if (method !== 'POST') return problem('invalid_method', 'method');
  if (url === undefined) return problem('missing_required_parameter', 'url');
  if (typeof url !== 'string') return problem('invalid_url', 'url');
  if (url !== endpoint) return problem('mismatched_url', 'url');
  if (body === undefined) return problem('missing_required_parameter', 'body');
  if (!isObject(body)) return problem('invalid_body', 'body');
  if (body['model'] === undefined) return problem('missing_required_parameter', 'body.model');
  if (typeof body['model'] !== 'string') return problem('invalid_body', 'body.model');
  if (body['stream'] === true) return problem('stream_unsupported', 'body.stream');
  const place = membersOf(bytes.toString('latin1'))?.get('body');
  // Of two members of one name, two readers may take different ones.
  if (!place) return problem('duplicate_field');
  return { customId, model: body['model'], body: bytes.subarray(place.start, place.end) };
}

/** The name of a request, where it can still be read. */
export function customIdIn(line: Buffer): string | undefined {
  try {
    const { custom_id: customId } = JSON.parse(line.toString()) as { custom_id?: unknown };
    return typeof customId === 'string' ? customId : undefined;
  } catch {
    return undefined; // redacted beyond JSON: then nobody can say what it was called
  }
}

/** Goes through an input file once, line by line, before anything is asked. */
export class InputCheck {
  readonly faults: BatchFault[] = [];
  /** Numbers of the lines that are requests; blank ones are none. */
  readonly lines: number[] = [];
  readonly #endpoint: BatchEndpoint;
  readonly #longestLine: number;
  readonly #customIds = new Set<string>();

  constructor(endpoint: BatchEndpoint, longestLine: number) {
    this.#endpoint = endpoint;
    this.#longestLine = longestLine;
  }

  /** @returns whether it is worth going on */
  take({ number, bytes }: FileLine): boolean {
    if (isBlank(bytes)) return true;
    if (this.lines.length === batchLimits.lines) return this.#fault('too_many_requests', number, null);
    this.lines.push(number);
    if (bytes.length > this.#longestLine) return this.#fault('line_too_long', number, null);
    const read = readLine(bytes, this.#endpoint);
    if ('code' in read) return this.#fault(read.code, number, read.param);
    if (this.#customIds.has(read.customId)) return this.#fault('duplicate_custom_id', number, 'custom_id');
    this.#customIds.add(read.customId);
    return true;
  }

  /** After the last line. */
  end(): void {
    if (this.lines.length === 0) this.#fault('empty_file', null, null);
  }

  #fault(code: FaultCode, line: number | null, param: string | null): boolean {
    this.faults.push({ code, line, param });
    return code !== 'too_many_requests' && this.faults.length < batchLimits.faults;
  }
}

function problem(code: FaultCode, param: string | null = null): Problem {
  return { code, param };
}

const isBlank = (bytes: Buffer) => bytes.every((byte) => byte === 0x20 || byte === 0x09);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
